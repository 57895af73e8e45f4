/**
 * log Σ e^x of many elements as loops: the values of its kernel, at the ends too, and the same bits on every back end.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeOf } from '#kernel/program/arguments';
import { compile, Program } from '#kernel/program/compile';
import { named, variable } from '#kernel/program/expression';
import { generate } from '#kernel/program/generate/javascript';
import { Assembler } from '#kernel/program/generate/webassembly/assembler';
import { grad } from '#kernel/program/gradient';
import { closeGraph } from '#kernel/program/graph';
import { topologicalOrder } from '#kernel/program/node';
import { spellOutLogSumExp } from '#kernel/program/optimise/spell-out';
import type { Expr } from '#kernel/program/types';

const shapes = [
  { shape: [40], axes: [undefined] },
  { shape: [12, 7], axes: [undefined, 0, 1, -1] },
  { shape: [3, 5, 6], axes: [undefined, 0, 1, 2] },
];
const cases = shapes.flatMap(({ shape, axes }) => axes.map((axis) => ({ shape, axis })));

/** One input x of this shape, and its log-sum-exp with the gradient of its sum. */
function told(
  shape: readonly number[],
  axis: number | undefined,
): { inputs: { name: string; shape: readonly number[] }[]; outputs: Expr[] } {
  const x = variable('x', shape) as Expr;
  const value = (axis === undefined ? x.logSumExp() : x.logSumExp(axis)) as Expr;
  return { inputs: [{ name: 'x', shape }], outputs: [value, ...grad(value.tanh().sum(), [x])] };
}

/** What the kernel of the operation gives. */
function byKernel(shape: readonly number[], axis: number | undefined, x: Float64Array): Float64Array[] {
  const { inputs, outputs } = told(shape, axis);
  return new Program(closeGraph(outputs.map(nodeOf), inputs), 'interpreter').run({ x });
}

describe('log-sum-exp of many elements', () => {
  it.each(cases)('over axis $axis of $shape: has the value and gradient of its kernel', ({ shape, axis }) => {
    const { inputs, outputs } = told(shape, axis);
    const { graph } = compile({ inputs, outputs });
    expect(graph.nodes.some(({ operation }) => operation === 'logSumExp')).toBe(false);
    const size = shape.reduce((product, n) => product * n, 1);
    const element = fc.oneof(
      { arbitrary: fc.double({ min: -800, max: 800, noNaN: true }), weight: 12 },
      { arbitrary: fc.constantFrom(-Infinity, 1e300, -1e300, 0, -0), weight: 2 },
    );
    fc.assert(
      fc.property(fc.array(element, { minLength: size, maxLength: size }), (list) => {
        const x = Float64Array.from(list);
        const expected = byKernel(shape, axis, x);
        const found = new Program(graph, 'interpreter').run({ x });
        for (const backEnd of ['javascript', 'webassembly'] as const) {
          expect(new Program(graph, backEnd).run({ x })).toEqual(found);
        }
        found.forEach((values, k) => {
          values.forEach((value, i) => {
            const wanted = expected[k]![i]!;
            if (Number.isFinite(wanted)) {
              expect(Math.abs(value - wanted)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(wanted)));
            } else expect(value).toBe(wanted);
          });
        });
      }),
      { seed: 20261122, numRuns: 20 },
    );
  });

  it.each<[string, (x: Float64Array) => Float64Array, number]>([
    ['NaN anywhere', (x) => x.with(3, Number.NaN), Number.NaN],
    ['∞ anywhere', (x) => x.with(3, Infinity), Infinity],
    ['−∞ everywhere', (x) => x.map(() => -Infinity), -Infinity],
  ])('%s', (_, change, expected) => {
    const { inputs, outputs } = told([40], undefined);
    const x = change(Float64Array.from({ length: 40 }, (__, i) => Math.sin(i)));
    expect(compile({ inputs, outputs }).run({ x })[0]![0]).toBe(expected);
  });

  it('calls no function for each element where its loops are WebAssembly', () => {
    const { inputs, outputs } = told([60, 4], 1);
    const { text } = generate(compile({ inputs, outputs: outputs.slice(0, 1) }).graph, Assembler.open(1e6));
    expect(text).not.toMatch(/exp\(|for \(/);
    expect(text).toMatch(/\bw\d+\(/);
  });

  it('of a few stays what it is, and keeps its name for messages', () => {
    const few = nodeOf((variable('x', [31]) as Expr).logSumExp());
    expect(spellOutLogSumExp([few])).toEqual([few]);
    const many = nodeOf(named((variable('x', [32]) as Expr).logSumExp() as Expr, 'total'));
    const [made] = spellOutLogSumExp([many]);
    expect(made!.name).toBe('total');
    expect(topologicalOrder([made!]).some(({ operation }) => operation === 'logSumExp')).toBe(false);
  });
});
