import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeOf } from '#kernel/program/arguments';
import { compile, compileLogDensity } from '#kernel/program/compile';
import { constant, variable } from '#kernel/program/expression';
import { matmul } from '#kernel/program/functions';
import { closeGraph } from '#kernel/program/graph';
import { reduceLeastSquares } from '#kernel/program/optimise/least-squares';
import { triangle } from '#kernel/program/optimise/triangle';
import type { Expr } from '#kernel/program/types';

const N = 60;
const position = variable('position', [6]);
const wave = (n: number, phase: number) => Float64Array.from({ length: n }, (_, i) => Math.sin(1.3 * i + phase) + 0.3);
const design = constant(wave(N * 3, 0)).reshape(N, 3);
const [u, v, y] = [1, 2, 3].map((phase) => constant(wave(N, phase)));
const beta = position.slice(0, 3);
const a = position.at(3);
const b = position.at(4);
const scale = position.at(5).exp();

/** Largest number of elements of any value that is not given. */
function widest(value: Expr): number {
  const [reduced] = reduceLeastSquares([nodeOf(value)]);
  const { nodes } = closeGraph([reduced!], [{ name: 'position', shape: [6] }]);
  const computed = nodes.filter(({ inputs }) => inputs.length > 0);
  return Math.max(...computed.map(({ shape }) => shape.reduce((size, n) => size * n, 1)));
}

/** Value and gradient with and without the rewrite, at one position. */
function both(value: Expr, at: Float64Array) {
  return [true, false].map((leastSquares) => {
    const density = compileLogDensity({ position, value, rewrites: { leastSquares } });
    const gradient = new Float64Array(at.length);
    return { value: density.valueAndGradient(at, gradient), gradient, alone: density.value(at) };
  });
}

const linear: [string, Expr][] = [
  ['a design matrix', y!.sub(matmul(design, beta))],
  ['an intercept beside it', y!.sub(a.add(matmul(design, beta)))],
  ['a scale', y!.sub(matmul(design, beta)).div(scale)],
  ['columns written out', a.add(b.mul(u!)).add(beta.at(0).mul(v!)).sub(y!)],
  ['a product that is scaled', matmul(design, beta).mul(scale).sub(y!.mul(b)).add(u!.neg())],
  ['no data to fit', matmul(design, beta).add(a)],
  ['the same column twice', y!.sub(a.mul(u!)).sub(b.mul(u!)).add(matmul(design, beta))],
  ['a column of zeros', y!.sub(a.mul(constant(new Float64Array(N)))).sub(b)],
  ['rows in two dimensions', y!.sub(matmul(design, beta)).reshape(6, 10)],
  ['coefficients that are not linear in the parameters', y!.sub(a.exp().mul(u!)).sub(matmul(design, beta.sigmoid()))],
];

describe('a sum of squares over a fixed design', () => {
  it.each(linear)('%s: no value as long as the data is left', (_, residual) => {
    expect(widest(residual.square().sum().mul(-0.5).sub(a))).toBeLessThan(N / 2);
  });
  it.each(linear)('%s: value and gradient as on the plain path, within 1e-12 of the terms', (_, residual) => {
    const value = residual.square().sum().mul(-0.5).sub(a.mul(3));
    const inputs = [{ name: 'position', shape: [6] }];
    fc.assert(
      fc.property(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 6, maxLength: 6 }), (list) => {
        const at = Float64Array.from(list);
        const [reduced, plain] = both(value, at);
        // The terms of the value, and those of a residual before they cancel.
        const size = compile({ inputs, outputs: [residual.square().sum()] }).run({ position: at })[0]![0]!;
        const terms = size + Math.exp(2 * Math.abs(at[5]!)) * N * 100;
        expect(Math.abs(reduced!.value - plain!.value)).toBeLessThanOrEqual(1e-12 * terms);
        expect(reduced!.alone).toBe(reduced!.value);
        reduced!.gradient.forEach((slope, i) => {
          expect(Math.abs(slope - plain!.gradient[i]!)).toBeLessThanOrEqual(1e-12 * terms);
        });
      }),
      { seed: 20261122, numRuns: 40 },
    );
  });
  it('has the value of the plain path where a coefficient is infinite or not a number', () => {
    const value = y!
      .sub(a)
      .sub(b.mul(u!))
      .sub(position.at(0).mul(constant(wave(N, 9).map((v) => Math.abs(v) + 1))))
      .square()
      .sum()
      .mul(-0.5);
    const extremes = [Infinity, -Infinity, Number.NaN, 1e200, -1e150, 0.3];
    for (const first of extremes) {
      for (const third of [0, ...extremes]) {
        const at = Float64Array.of(first, 0, 0, third, 0, 0);
        const [reduced, plain] = both(value, at);
        if (Number.isFinite(plain!.value)) expect(reduced!.value / plain!.value).toBeCloseTo(1, 9);
        else expect(reduced!.value).toBe(plain!.value);
        expect(reduced!.alone).toBe(reduced!.value);
      }
    }
    // A zero of the design meets the infinity.
    const zeros = y!
      .sub(a.mul(constant(wave(N, 1).fill(0, 7, 8))))
      .square()
      .sum();
    const [reduced, plain] = both(zeros, Float64Array.of(0, 0, 0, Infinity, 0, 0));
    expect([reduced!.value, plain!.value]).toEqual([Number.NaN, Number.NaN]);
  });
  it('keeps what an exact fit leaves: nothing, not a difference of large numbers', () => {
    const exact = constant(Float64Array.from({ length: N }, (_, i) => 1e6 + 3 * i));
    const counted = constant(Float64Array.from({ length: N }, (_, i) => i));
    const value = exact.sub(a).sub(b.mul(counted)).square().sum();
    const [reduced] = both(value, Float64Array.of(0, 0, 0, 1e6, 3, 0));
    expect(Math.abs(reduced!.value)).toBeLessThan(1e-12);
  });
  it.each([
    ['a mean that is not linear', y!.sub(matmul(design, beta).exp())],
    ['a product of two unknown arrays', y!.sub(matmul(design, beta).mul(matmul(design, beta)))],
    ['a scale for each row', y!.sub(matmul(design, beta)).div(matmul(design, beta).exp())],
    ['a value that is not finite', constant(wave(N, 1).fill(Number.NaN, 5, 6)).sub(a)],
    ['few rows', y!.slice(0, 20).sub(a)],
    [
      'nearly as many columns as rows',
      y!
        .sub(matmul(constant(wave(N * 3, 4)).reshape(N, 3), beta))
        .slice(0, 14)
        .sub(a),
    ],
  ])('%s: is left as it is', (_, residual) => {
    const value = nodeOf(residual.square().sum());
    expect(reduceLeastSquares([value])).toEqual([value]);
  });
});

describe('the triangular factor', () => {
  it.each([
    [1, 1],
    [5, 1],
    [7, 3],
    [40, 12],
  ])('of %i × %i: Rᵀ R = Aᵀ A', (rows, columns) => {
    const matrix = wave(rows * columns, 2);
    const r = triangle(matrix.slice(), rows, columns);
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < columns; j++) {
        let [from, expected] = [0, 0];
        for (let k = 0; k < columns; k++) from += r[k * columns + i]! * r[k * columns + j]!;
        for (let k = 0; k < rows; k++) expected += matrix[k * columns + i]! * matrix[k * columns + j]!;
        expect(Math.abs(from - expected)).toBeLessThan(1e-12 * rows);
        if (j < i) expect(r[i * columns + j]).toBe(0);
      }
    }
  });
  it('of zeros is zeros', () => {
    expect(triangle(new Float64Array(6), 3, 2)).toEqual(new Float64Array(4));
  });
});
