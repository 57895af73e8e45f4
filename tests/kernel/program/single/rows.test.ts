/**
 * Softmax and its logarithm along rows of every length around the vectors and groups of vectors they are written for:
 * the bits of the interpreter, unusual numbers included; and loops of long chains of functions.
 */
import { describe, expect, it } from 'vitest';
import { variable } from '#kernel/program/expression';
import { gelu, logSoftmax, sigmoidGate, softmax } from '#kernel/program/neural';
import { compileStep } from '#kernel/program/step';
import type { Expr } from '#kernel/program/types';

function run(shape: readonly number[], build: (x: Expr) => Expr, values: Float32Array, options: object): number[] {
  const x = variable('x', shape);
  const step = compileStep({ inputs: [x], outputs: [build(x)], ...options });
  return Array.from(step.run({ x: values })[0]!);
}

const wave = (size: number) => Float32Array.from({ length: size }, (_, i) => 3 * Math.sin(1.7 * i + 0.3));

const functions = { softmax: (x: Expr) => softmax(x), logSoftmax: (x: Expr) => logSoftmax(x) } as const;

describe.each(Object.entries(functions))('%s', (name, build) => {
  it.each([1, 2, 3, 4, 5, 7, 8, 11, 12, 13, 15, 16, 17, 19, 20, 23, 31, 32, 33, 36, 39, 64, 65, 70, 130])(
    'has the bits of the interpreter along rows of %i',
    (size) => {
      const values = wave(3 * size);
      expect(run([3, size], build, values, {})).toEqual(run([3, size], build, values, { interpret: true }));
    },
  );
  it('has them where rows hold infinities, NaN and zeros of both signs', () => {
    const rows = [
      [-Infinity, 0, -0, 1, 2, -Infinity, 3],
      [Number.NaN, 1, 2, 3, 4, 5, 6],
      [1, 2, 3, 4, 5, 6, Number.NaN],
      [Infinity, 1, 2, 3, 4, 5, 6],
      [-0, -0, -0, -0, -0, -0, -0],
      [-1e30, -1e30, 100, -100, -1e30, 88, -88],
      [-Infinity, -Infinity, -Infinity, -Infinity, -Infinity, -Infinity, -Infinity],
    ];
    const values = Float32Array.from(rows.flat());
    expect(run([7, 7], build, values, {})).toEqual(run([7, 7], build, values, { interpret: true }));
  });
  it('without rounding of products, it agrees within a few units', () => {
    const values = wave(3 * 37);
    const exact = run([3, 37], build, values, {});
    for (const [i, x] of run([3, 37], build, values, { reproducible: false }).entries()) {
      expect(Math.abs(x - exact[i]!)).toBeLessThan(4e-7 * Math.max(1, Math.abs(exact[i]!)));
    }
    expect(name).toMatch(/oftmax$/);
  });
});

describe('a loop over chains of functions', () => {
  const gates = (x: Expr) =>
    sigmoidGate(x)
      .mul(x.tanh())
      .add(gelu(x, { approximate: 'tanh' }))
      .sub(x.abs().log1p());
  /** With sums along rows and columns that end in the same loop. */
  const sums = (x: Expr) => gates(x).mul(gates(x).sum(0)).add(x.exp().sum(1).reshape(5, 1));
  it.each([1, 3, 4, 6, 8, 15, 16, 17, 31, 33, 40, 67])('has the bits of the interpreter for rows of %i', (size) => {
    const values = wave(5 * size);
    for (const build of [gates, sums]) {
      expect(run([5, size], build, values, {})).toEqual(run([5, size], build, values, { interpret: true }));
    }
  });
  it('without rounding of products, it agrees within rounding', () => {
    const values = wave(5 * 33);
    const exact = run([5, 33], gates, values, {});
    for (const [i, x] of run([5, 33], gates, values, { reproducible: false }).entries()) {
      expect(Math.abs(x - exact[i]!)).toBeLessThan(2e-6 * (1 + Math.abs(exact[i]!)));
    }
  });
});
