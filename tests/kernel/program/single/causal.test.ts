/**
 * Attention that never looks ahead: the bits of the interpreter for numbers of steps around the edges of blocks and
 * vectors, and what products and softmax with a mask give.
 */
import { describe, expect, it } from 'vitest';
import { variable } from '#kernel/program/expression';
import { transpose, where } from '#kernel/program/functions';
import { grad } from '#kernel/program/gradient';
import { matmul } from '#kernel/program/index';
import { causalMix, causalScores, causalSoftmax, softmax } from '#kernel/program/neural';
import { causalBlocks } from '#kernel/program/operations/causal';
import { compileStep } from '#kernel/program/step';
import type { Expr } from '#kernel/program/types';

type Attention = (q: Expr, k: Expr, v: Expr) => Expr;

const blocked: Attention = (q, k, v) => causalMix(causalSoftmax(causalScores(q, k)), v);
const masked: Attention = (q, k, v) => {
  const steps = q.shape[1]!;
  const later = Array.from({ length: steps }, (_, i) => Array.from({ length: steps }, (_, j) => (j > i ? 1 : 0)));
  return matmul(softmax(where(later, -Infinity, matmul(q, transpose(k, [0, 2, 1])))), v) as Expr;
};

/** Attention and its gradients in q, k and v. */
function run(attention: Attention, [pairs, steps, width]: readonly [number, number, number], options: object = {}) {
  const shape = [pairs, steps, width];
  const inputs = ['q', 'k', 'v'].map((name) => variable(name, shape) as Expr);
  const made = attention(...(inputs as [Expr, Expr, Expr]));
  const outputs = [made, ...grad(made.mul(made.add(0.3)).sum(), inputs)];
  const step = compileStep({ inputs, outputs, ...options });
  const values = (phase: number) =>
    Float32Array.from({ length: pairs * steps * width }, (_, i) => 1.5 * Math.sin(1.7 * i + phase));
  return step.run({ q: values(0.3), k: values(1.1), v: values(2.4) }).map((x) => Array.from(x));
}

const sizes = [
  [1, 1, 1],
  [2, 3, 2],
  [1, 4, 4],
  [2, 15, 3],
  [1, 16, 8],
  [2, 17, 5],
  [1, 33, 16],
  [2, 64, 16],
  [1, 70, 7],
  [1, 130, 3],
  [1, 259, 2],
] as const;

describe('attention that never looks ahead', () => {
  it.each(sizes)('over %i × %i steps of %i has the bits of the interpreter, gradients too', (...size) => {
    expect(run(blocked, size)).toEqual(run(blocked, size, { interpret: true }));
  });
  it.each(sizes)('over %i × %i steps of %i is softmax with a mask, gradients too', (...size) => {
    const [found, expected] = [run(blocked, size), run(masked, size)];
    found.forEach((values, at) => {
      const scale = Math.max(1, ...expected[at]!.map(Math.abs));
      const apart = Math.max(...values.map((x, i) => Math.abs(x - expected[at]![i]!)));
      expect(apart).toBeLessThan(4e-6 * scale);
    });
  });
  it.each(sizes)('over %i × %i steps of %i agrees in double precision far closer', (...size) => {
    const double = { precision: 'double' };
    const [found, expected] = [run(blocked, size, double), run(masked, size, double)];
    found.forEach((values, at) => {
      values.forEach((x, i) => {
        expect(x).toBeCloseTo(expected[at]![i]!, 11);
      });
    });
  });
  it('without rounding of products, it agrees within a few units', () => {
    const [found, expected] = [run(blocked, [2, 64, 16], { reproducible: false }), run(blocked, [2, 64, 16])];
    found.forEach((values, at) => {
      const scale = Math.max(1, ...expected[at]!.map(Math.abs));
      expect(Math.max(...values.map((x, i) => Math.abs(x - expected[at]![i]!)))).toBeLessThan(4e-6 * scale);
    });
  });
});

describe('softmax up to the diagonal', () => {
  const softened = (values: Float32Array, options: object = {}) => {
    const size = Math.sqrt(values.length);
    const x = variable('x', [size, size]) as Expr;
    return Array.from(compileStep({ inputs: [x], outputs: [causalSoftmax(x)], ...options }).run({ x: values })[0]!);
  };
  it('leaves zeros after it, and rows that add up to one', () => {
    const rows = softened(Float32Array.from({ length: 400 }, (_, i) => Math.cos(i)));
    for (let i = 0; i < 20; i++) {
      const row = rows.slice(20 * i, 20 * i + 20);
      expect(row.slice(i + 1).every((x) => Object.is(x, 0))).toBe(true);
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    }
  });
  it('never looks at what lies after it: NaN and infinities there change nothing', () => {
    const values = Float32Array.from({ length: 400 }, (_, i) => Math.cos(i));
    const poisoned = values.map((x, at) =>
      at % 20 > Math.floor(at / 20) ? [Number.NaN, Infinity, -Infinity, 1e30][at % 4]! : x,
    );
    expect(softened(poisoned)).toEqual(softened(values));
    expect(softened(poisoned, { interpret: true })).toEqual(softened(values));
  });
  it('has the bits of the interpreter where rows hold unusual numbers', () => {
    const unusual = [Number.NaN, Infinity, -Infinity, -0, 0, 88, -1e30, 3];
    const values = Float32Array.from({ length: 18 * 18 }, (_, i) => unusual[(i * i + 3 * i) % unusual.length]!);
    expect(softened(values)).toEqual(softened(values, { interpret: true }));
  });
  it('wants as many columns as rows', () => {
    expect(() => causalSoftmax(variable('x', [2, 3]))).toThrow(/as many columns as rows.*\[2, 3\].*where/);
    expect(() => causalSoftmax(variable('x', [3]))).toThrow(/as many columns as rows/);
    expect(() => causalScores(variable('a', [2, 4, 3]), variable('b', [2, 5, 3]))).toThrow(
      /before the last must be equal/,
    );
    expect(() => causalMix(variable('w', [2, 3, 3]), variable('v', [2, 4, 2]))).toThrow(
      /before the last must be equal/,
    );
    expect(() => causalMix(variable('w', [2, 3, 4]), variable('v', [2, 3, 2]))).toThrow(/as many columns as rows/);
  });
});

describe('blocks of steps', () => {
  it.each([1, 15, 16, 17, 64, 100, 128, 129, 1000, 1024])('of %i cover each step once, in eight or fewer', (steps) => {
    const blocks = causalBlocks(steps);
    expect(blocks.length).toBeLessThanOrEqual(8);
    expect(blocks.map(({ from }) => from)).toEqual([0, ...blocks.slice(0, -1).map(({ to }) => to)]);
    expect(blocks.at(-1)!.to).toBe(steps);
    expect(blocks.every(({ from }) => from % 16 === 0)).toBe(true);
  });
});
