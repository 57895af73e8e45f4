import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeOf } from '#kernel/program/arguments';
import { compile, compileLogDensity, Program } from '#kernel/program/compile';
import { apply, constant, variable } from '#kernel/program/expression';
import { logMix, matmul } from '#kernel/program/functions';
import { grad } from '#kernel/program/gradient';
import { topologicalOrder } from '#kernel/program/node';
import { multiplyLogarithms } from '#kernel/program/optimise/log-products';
import type { Expr } from '#kernel/program/types';

const wave = (n: number, phase = 0) => Float64Array.from({ length: n }, (_, i) => Math.sin(1.3 * i + phase));
const N = 300;
const position = variable('position', [4]);
const inputs = [{ name: 'position', shape: [4] }];
const design = constant(wave(N * 3)).reshape(N, 3);
const logit = position.at(0).add(matmul(design, position.slice(1)));
const y = constant(Float64Array.from({ length: N }, (_, i) => i % 2));
const signs = constant(Float64Array.from({ length: N }, (_, i) => 1 - 2 * (i % 2)));

const densities: Record<string, Expr> = {
  'a Bernoulli likelihood by its logit': logit.mul(signs).softplus().neg().sum(),
  'the same, with what is linear apart': y.mul(logit).sub(logit.softplus()).sum(),
  'a mixture of two': logMix(position.at(0).sigmoid(), y.sub(logit).square().mul(-0.5), logit.abs().neg()).sum(),
  'an ordered logit': y.sub(logit).softplus().neg().sub(logit.add(1).softplus()).sum().mul(position.at(3)),
  'one added, one taken away': logit.softplus().sub(logit.mul(2).softplus()).sum(),
  'a prior beside it': logit.softplus().sum().neg().sub(position.square().sum()),
};

const operationsOf = (outputs: readonly Expr[]) =>
  topologicalOrder(multiplyLogarithms(outputs.map(nodeOf))).map(({ operation }) => operation);

describe('sums of logarithms as logarithms of products', () => {
  it.each(Object.entries(densities))('%s: no logarithm is left for each datum', (_, value) => {
    const operations = operationsOf([value]);
    expect(operations).toContain('sumLog1p');
    expect(operations.filter((name) => ['softplus', 'logAddExp'].includes(name))).toEqual([]);
  });

  it.each(Object.entries(densities))('%s: as on the plain path within 1e-12 of the terms', (_, value) => {
    const [multiplied, plain] = [true, false].map((logProducts) =>
      compileLogDensity({ position, value, rewrites: { logProducts } }),
    );
    fc.assert(
      fc.property(fc.array(fc.double({ min: -12, max: 12, noNaN: true }), { minLength: 4, maxLength: 4 }), (list) => {
        const at = Float64Array.from(list);
        const [slopes, expected] = [new Float64Array(4), new Float64Array(4)];
        const found = multiplied!.valueAndGradient(at, slopes);
        const wanted = plain!.valueAndGradient(at, expected);
        const terms = N * (1 + 4 * Math.max(1, ...list.map(Math.abs)) ** 2);
        expect(Math.abs(found - wanted)).toBeLessThanOrEqual(1e-12 * terms);
        expect(multiplied!.value(at)).toBe(found);
        slopes.forEach((slope, i) => {
          expect(Math.abs(slope - expected[i]!)).toBeLessThanOrEqual(1e-12 * terms);
        });
      }),
      { seed: 20261122, numRuns: 30 },
    );
  });

  it('keeps its relative accuracy where every term is tiny', () => {
    const x = variable('x', [N]);
    const value = x.softplus().sum().neg();
    const density = compileLogDensity({ position: x, value });
    for (const at of [-20, -30, -36, -50, -300, -740]) {
      const found = density.value(new Float64Array(N).fill(at));
      const expected = -N * Math.log1p(Math.exp(at));
      expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-13 * Math.abs(expected) + N * 5e-324);
    }
  });

  it('is as long as its terms are large: no product overflows', () => {
    const x = variable('x', [5000]);
    const density = compileLogDensity({ position: x, value: x.softplus().sum() });
    expect(density.value(new Float64Array(5000))).toBeCloseTo(5000 * Math.LN2, 9);
    expect(density.value(new Float64Array(5000).fill(800))).toBe(4_000_000);
  });

  it('gives infinities and NaN as the plain path does', () => {
    const a = variable('a', [40]);
    const b = constant(wave(40));
    for (const value of [
      a.softplus().neg().sum(),
      apply('logAddExp', [a, b]).sum(),
      apply('logAddExp', [a, a]).sum(),
    ]) {
      const [multiplied, plain] = [true, false].map((logProducts) =>
        compileLogDensity({ position: a, value, rewrites: { logProducts } }),
      );
      for (const extreme of [Infinity, -Infinity, Number.NaN, 1e300, -1e300, 0, -0]) {
        const at = wave(40, 1);
        at[17] = extreme;
        const [slopes, expected] = [new Float64Array(40), new Float64Array(40)];
        const [found, wanted] = [multiplied!.valueAndGradient(at, slopes), plain!.valueAndGradient(at, expected)];
        if (Number.isFinite(wanted)) expect(found).toBeCloseTo(wanted, 10);
        else expect(found).toBe(wanted);
        expect(slopes).toEqual(expected);
      }
    }
  });

  it('leaves short sums, weighted terms and sums along an axis as they are', () => {
    const few = variable('few', [20]);
    const many = variable('many', [60]);
    const weighted = many
      .softplus()
      .mul(constant(wave(60)))
      .sum();
    const along = many.softplus().reshape(6, 10).sum(0);
    const outputs = [few.softplus().sum(), weighted, along].map(nodeOf);
    expect(multiplyLogarithms(outputs)).toEqual(outputs);
  });
});

describe('the operation', () => {
  it.each([1, 5, 31, 32, 33, 63, 64, 255, 256, 257, 258, 259, 511, 512, 515, 1000])(
    'has the same bits on every back end: %i elements',
    (n) => {
      const x = variable('x', [n]);
      const total = apply('sumLog1p', [x.abs().neg().exp()]);
      const { graph } = compile({ inputs: [{ name: 'x', shape: [n] }], outputs: [total, ...grad(total, [x])] });
      const expected = new Program(graph, 'interpreter').run({ x: wave(n) });
      for (const backEnd of ['javascript', 'webassembly'] as const) {
        const program = new Program(graph, backEnd);
        expect(program.run({ x: wave(n) })).toEqual(expected);
        expect(program.run({ x: wave(n) })).toEqual(expected); // nothing is left over from the run before
      }
      const sum = wave(n).reduce((all, v) => all + Math.log1p(Math.exp(-Math.abs(v))), 0);
      expect(Math.abs(expected[0]![0]! - sum)).toBeLessThan(1e-14 * n);
    },
  );
  it('counts a matrix whose rows are repeated in full', () => {
    const x = variable('x', [8]);
    const table = x
      .add(constant(wave(48)).reshape(6, 8))
      .abs()
      .neg()
      .exp();
    const { graph } = compile({ inputs: [{ name: 'x', shape: [8] }], outputs: [apply('sumLog1p', [table])] });
    const [interpreted] = new Program(graph, 'interpreter').run({ x: wave(8, 2) });
    expect(new Program(graph, 'javascript').run({ x: wave(8, 2) })[0]).toEqual(interpreted);
    expect(new Program(graph, 'webassembly').run({ x: wave(8, 2) })[0]).toEqual(interpreted);
  });
  it('of nothing is 0', () => {
    const { graph } = compile({ inputs, outputs: [apply('sumLog1p', [constant(new Float64Array(0))])] });
    expect(new Program(graph, 'interpreter').run({ position: new Float64Array(4) })[0]).toEqual(Float64Array.of(0));
  });
});
