/**
 * What can go wrong with a program, each told in the user's words and at the user's line; and what comes after goes on.
 */
import { describe, expect, it } from 'vitest';
import { bernoulliLogit, normal, poissonLog } from '#kernel/distributions/index';
import { compileModel, model } from '#kernel/model/index';
import { compile, compileLogDensity, Program } from '#kernel/program/compile';
import { constant, named, variable } from '#kernel/program/expression';
import { matmul } from '#kernel/program/functions';
import { gainsFromWebAssembly, planWebAssembly } from '#kernel/program/generate/webassembly/plan';
import type { Expr } from '#kernel/program/types';

/** The error of a piece of work. */
function errorOf(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

/** A program after an error is as one before it. */
function goesOn(): void {
  const x = variable('x', [40]);
  const { graph } = compile({ inputs: [{ name: 'x', shape: [40] }], outputs: [x.exp().sum()] });
  const given = { x: Float64Array.from({ length: 40 }, (_, i) => Math.sin(i)) };
  const expected = new Program(graph, 'interpreter').run(given);
  for (const backEnd of ['javascript', 'webassembly'] as const) {
    expect(new Program(graph, backEnd).run(given)).toEqual(expected);
  }
}

const counts = Array.from({ length: 48 }, (_, i) => i % 3);
const told = () =>
  model()
    .data({ x: counts.map((k) => k % 2), k: counts })
    .parameters({ slope: normal(0, 1), level: normal(0, 1) });

describe('shapes that do not fit', () => {
  it('are told with the operation and the names, at the line that wrote it', () => {
    const error = errorOf(() =>
      model()
        .data({
          y: [1, 2, 3],
          X: [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
        })
        .parameters({ beta: normal(0, 1).size(3) })
        .observe(({ X, beta }) => ({ y: normal(matmul(X, beta) as Expr, 1) })),
    );
    expect(error.message).toMatch(/^matmul: .*inner sizes 2 and 3.*X has shape \[3, 2\], beta has shape \[3\]/);
    expect(error.stack).toContain('errors.test.ts');
    goesOn();
  });
});

describe('a value that is not finite', () => {
  it('is told with term, datum and parameter, also where equal rows of data are computed once', () => {
    const compiled = compileModel(
      told().observe(({ slope, level, x }) => ({ k: poissonLog(level.add(slope.mul(x).mul(1e3))) })),
    );
    const text = compiled.explain(Float64Array.of(2, 0));
    expect(text).toMatch(/^The log density is −∞ at slope = 2, level = 0:\n/);
    // Row 1 is the first with x = 1.
    expect(text).toMatch(/k ~ poissonLog\(.*\) is −∞ at \[1\] \(k = 1, logRate = 2000\)/);
    goesOn();
  });

  it('of a slope is told with parameter, operation and datum, also where equal rows are computed once', () => {
    const compiled = compileModel(told().logDensity(({ slope, x }) => x.add(slope.square()).sqrt().sum()));
    const text = compiled.explain(Float64Array.of(0, 0));
    expect(text).toContain('its slope along slope (unconstrained coordinate 0) is NaN');
    expect(text).toMatch(/is Infinity at element 0 of \[48\]: sqrt\(x \+ square\(slope\)\) = 0\.$/);
    goesOn();
  });

  it('stops nothing: the density is −∞ or NaN, and the next position has its value', () => {
    const compiled = compileModel(
      told().observe(({ slope, level, x }) => ({ x: bernoulliLogit(level.add(slope.mul(x))) })),
    );
    const density = compiled.density({ prior: true, jacobian: true });
    const gradient = new Float64Array(2);
    const before = density.valueAndGradient(Float64Array.of(0.3, -0.2), gradient.slice());
    expect(density.valueAndGradient(Float64Array.of(Number.NaN, 0), gradient)).toBeNaN();
    expect(density.valueAndGradient(Float64Array.of(Infinity, 0), gradient)).not.toBeGreaterThan(-1e300);
    expect(density.valueAndGradient(Float64Array.of(0.3, -0.2), gradient)).toBe(before);
  });
});

describe('more memory than there is', () => {
  it('for WebAssembly: there is none of it, and JavaScript has its turn', () => {
    const n = 2 ** 28; // 2 GiB of numbers
    const { nodes, inputs, outputs } = compile({
      inputs: [{ name: 'x', shape: [40] }],
      outputs: [variable('x', [40]).exp().sum()],
    }).graph;
    const grown = nodes.map((node) => (node.shape[0] === 40 ? { ...node, shape: [n] } : node));
    const graph = { nodes: grown, outputs, inputs: inputs.map((input) => ({ ...input, shape: [n] })) };
    expect(gainsFromWebAssembly(graph)).toBe(true);
    expect(planWebAssembly(graph)).toBeUndefined();
    goesOn();
  });

  it('for arrays of numbers: the largest is named as the user wrote it, and its shape', () => {
    const [rows, columns] = [2 ** 22, 2 ** 20];
    const weights = named(variable('weights', [rows]) as Expr, 'weights');
    const scores = weights.reshape(rows, 1).mul(constant(new Float64Array(columns).fill(0.5))) as Expr;
    const error = errorOf(() =>
      compile({ inputs: [{ name: 'weights', shape: [rows] }], outputs: [scores.exp().sum(0), scores.cumsum()] }),
    );
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toMatch(
      /^program: no memory for its arrays, [\d.e+]+ GiB in all, the largest of shape \[4194304, 1048576\] \(weights \* .*\)/,
    );
    expect(error.message).toContain('use fewer rows');
    goesOn();
  });
});

describe('data of another kind', () => {
  it('a column that changes its rank is told by name, and the model stays as it was', () => {
    const one = told().observe(({ slope, level, x }) => ({ k: poissonLog(level.add(slope.mul(x))) }));
    const before = compileModel(one).density({ prior: true, jacobian: true }).value(Float64Array.of(0.1, 0.2));
    const loose = one as unknown as { with(columns: object): unknown };
    expect(errorOf(() => loose.with({ x: [[0, 1]] })).message).toBe(
      ".with: 'x' is a vector in .data and a matrix here; lengths may change, kinds may not",
    );
    expect(errorOf(() => loose.with({ k: 3 })).message).toContain("'k' is a vector in .data and a number here");
    expect(errorOf(() => loose.with({ k: [1, 2] })).message).toMatch(/48.*2|2.*48/);
    expect(compileModel(one).density({ prior: true, jacobian: true }).value(Float64Array.of(0.1, 0.2))).toBe(before);
  });

  it('an input of another length is told by name, with what was expected', () => {
    const x = variable('x', [3]);
    const program = compile({ inputs: [{ name: 'x', shape: [3] }], outputs: [x.sum()] });
    expect(errorOf(() => program.run({ x: new Float64Array(4) })).message).toBe(
      "input 'x': expected 3 numbers (shape [3]), got 4",
    );
    expect(errorOf(() => program.run({})).message).toContain("input 'x': expected 3 numbers (shape [3]), got nothing");
    expect(program.run({ x: Float64Array.of(1, 2, 3) })[0]).toEqual(Float64Array.of(6));
  });

  it('a position of another length is told', () => {
    const position = variable('position', [2]);
    const density = compileLogDensity({ position, value: position.square().sum() });
    expect(() => density.value(new Float64Array(3))).toThrow('expected a position of 2 numbers, got 3');
  });
});
