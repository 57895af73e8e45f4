/**
 * The reverse sweep of the Cholesky factor in tiles: the bits of the plain sweep at every size, and the right gradient.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { symmetricInverse } from '#kernel/numeric/linalg/cholesky';
import { compile } from '#kernel/program/compile';
import { variable } from '#kernel/program/expression';
import { grad } from '#kernel/program/gradient';
import { logDeterminant } from '#kernel/program/matrices';
import { reverseKernel } from '#kernel/program/operations/cholesky-reverse';

fc.configureGlobal({ seed: 20261122 });

/** Element by element, in the order of Murray's algorithm. */
function plain(l: Float64Array, cotangent: Float64Array, n: number): Float64Array {
  const bar = cotangent.map((x, at) => (at % n <= Math.floor(at / n) ? x : 0));
  for (let j = n - 1; j >= 0; j--) {
    const d = l[j * n + j]!;
    let diagonal = bar[j * n + j]!;
    for (let i = j + 1; i < n; i++) diagonal -= (l[i * n + j]! * bar[i * n + j]!) / d;
    diagonal /= d;
    for (let i = j + 1; i < n; i++) bar[i * n + j]! /= d;
    for (let k = 0; k < j; k++) {
      let row = bar[j * n + k]! - diagonal * l[j * n + k]!;
      for (let i = j + 1; i < n; i++) {
        row -= bar[i * n + j]! * l[i * n + k]!;
        bar[i * n + k]! -= bar[i * n + j]! * l[j * n + k]!;
      }
      bar[j * n + k] = row;
    }
    bar[j * n + j] = diagonal / 2;
  }
  return bar;
}

const factor = (n: number, phase = 0) =>
  Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return j > i ? 0 : i === j ? 1.5 + Math.sin(i + phase) : Math.sin(1.3 * at + phase) / (1 + i - j);
  });
const numbers = (n: number, phase = 0) => Float64Array.from({ length: n * n }, (_, i) => Math.cos(0.7 * i + phase));

function found(l: Float64Array, cotangent: Float64Array, n: number): Float64Array {
  const output = new Float64Array(n * n).fill(7);
  reverseKernel(n)(output, [l, cotangent]);
  return output;
}

describe('the reverse sweep', () => {
  for (const n of [1, 2, 5, 12, 47, 48, 49, 50, 51, 52, 61, 64, 95, 120]) {
    it(`of ${n} × ${n} has the bits of the plain one`, () => {
      expect(found(factor(n), numbers(n), n)).toEqual(plain(factor(n), numbers(n), n));
    });
  }
  it('of any factor and cotangent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 48, max: 75 }), fc.double({ min: -9, max: 9, noNaN: true }), (n, phase) => {
        const [l, bar] = [factor(n, phase), numbers(n, 2 * phase)];
        expect(found(l, bar, n)).toEqual(plain(l, bar, n));
      }),
      { numRuns: 25 },
    );
  });
  it('of sparse cotangents, zeros of both signs included', () => {
    const n = 57;
    const bar = numbers(n).map((x, i) => (i % 3 === 0 ? x : i % 3 === 1 ? 0 : -0));
    expect(found(factor(n), bar, n)).toEqual(plain(factor(n), bar, n));
  });
  it('with a NaN or ∞ in it is that of the plain loops too', () => {
    const n = 50;
    for (const bad of [Number.NaN, Infinity]) {
      const bar = numbers(n);
      bar[30 * n + 7] = bad;
      expect(found(factor(n), bar, n)).toEqual(plain(factor(n), bar, n));
      const l = factor(n);
      l[20 * n + 3] = bad;
      expect(found(l, numbers(n), n)).toEqual(plain(l, numbers(n), n));
    }
  });
  it('does not read the cotangent above the diagonal', () => {
    const n = 49;
    const spoilt = numbers(n).map((x, at) => (at % n > Math.floor(at / n) ? 1e9 : x));
    expect(found(factor(n), spoilt, n)).toEqual(plain(factor(n), numbers(n), n));
  });
  it('gives log |A| of a large matrix the gradient A⁻¹', () => {
    const n = 70;
    const values = Float64Array.from({ length: n * n }, (_, at) => {
      const gap = Math.abs(Math.floor(at / n) - (at % n));
      return Math.exp(-gap / 9) + (gap === 0 ? 0.3 : 0);
    });
    const a = variable('a', [n, n]);
    const program = compile({ inputs: [{ name: 'a', shape: [n, n] }], outputs: grad(logDeterminant(a), [a]) });
    const slopes = program.run({ a: values })[0]!;
    const inverse = symmetricInverse(values, n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const expected = (i === j ? 1 : 2) * inverse[i * n + j]!;
        expect(Math.abs(slopes[i * n + j]! - expected)).toBeLessThan(1e-11);
      }
    }
  });
});
