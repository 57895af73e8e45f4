/**
 * Elimination, singular values and the matrix exponential: what defines them, at many sizes and scales.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lu, luSolve } from '#kernel/numeric/linalg/lu';
import { matrixExponential } from '#kernel/numeric/linalg/matrix-exponential';
import { svd } from '#kernel/numeric/linalg/svd';

fc.configureGlobal({ seed: 20261122 });

/** (m, k) times (k, n). */
function product(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) for (let l = 0; l < k; l++) c[i * n + j]! += a[i * k + l]! * b[l * n + j]!;
  return c;
}

const transpose = (a: Float64Array, m: number, n: number) =>
  Float64Array.from({ length: m * n }, (_, i) => a[(i % m) * n + Math.floor(i / m)]!);
const largest = (a: ArrayLike<number>) => Math.max(0, ...Array.from(a, Math.abs));
const off = (a: Float64Array, b: Float64Array) => largest(a.map((x, i) => x - b[i]!));
const identity = (n: number) => Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));

const side = fc.integer({ min: 1, max: 9 });
const matrix = (m: number, n: number) =>
  fc
    .array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: m * n, maxLength: m * n })
    .map((x) => Float64Array.from(x));

describe('elimination', () => {
  const given = side.chain((n) => fc.tuple(fc.constant(n), matrix(n, n), matrix(n, 2)));
  it('P A = L U', () => {
    fc.assert(
      fc.property(given, ([n, a]) => {
        const { factors, rows } = lu(a, n);
        const l = factors.map((x, at) => (at % n < Math.floor(at / n) ? x : at % (n + 1) === 0 ? 1 : 0));
        const u = factors.map((x, at) => (at % n >= Math.floor(at / n) ? x : 0));
        const moved = Float64Array.from({ length: n * n }, (_, at) => a[rows[Math.floor(at / n)]! * n + (at % n)]!);
        expect(off(product(l, u, n, n, n), moved)).toBeLessThanOrEqual(1e-13 * n * Math.max(1, largest(u)));
        expect(largest(l)).toBeLessThanOrEqual(1);
      }),
    );
  });
  it('solves A X = B and Aᵀ X = B to a small residual', () => {
    fc.assert(
      fc.property(given, ([n, a, b]) => {
        for (const transposed of [false, true]) {
          const x = luSolve(lu(a, n), n, b, { columns: 2, transpose: transposed });
          if (!x.every(Number.isFinite)) continue; // singular
          const back = product(transposed ? transpose(a, n, n) : a, x, n, n, 2);
          expect(off(back, b)).toBeLessThanOrEqual(1e-12 * n * (largest(a) * largest(x) + largest(b)));
        }
      }),
    );
  });
  it('knows the sign of its permutation', () => {
    expect(lu(Float64Array.of(0, 1, 1, 0), 2).parity).toBe(-1);
    expect(lu(Float64Array.of(0, 1, 0, 0, 0, 1, 1, 0, 0), 3).parity).toBe(1);
    expect(lu(identity(3), 3).parity).toBe(1);
  });
  it('refuses arrays of another size', () => {
    expect(() => lu(Float64Array.of(1), 2)).toThrow(/lu: expected a row-major array of 2 × 2/);
    expect(() => luSolve(lu(identity(2), 2), 2, Float64Array.of(1))).toThrow(/luSolve: right-hand side/);
  });
});

describe('singular values', () => {
  const given = fc.tuple(side, side).chain(([m, n]) => fc.tuple(fc.constant(m), fc.constant(n), matrix(m, n)));
  const check = (a: Float64Array, m: number, n: number) => {
    const k = Math.min(m, n);
    const { u, values, v } = svd(a, m, n);
    const scaled = u.map((x, at) => x * values[at % k]!);
    expect(off(product(scaled, transpose(v, n, k), m, k, n), a)).toBeLessThanOrEqual(1e-13 * k * largest(a));
    expect(off(product(transpose(u, m, k), u, k, m, k), identity(k))).toBeLessThan(1e-13 * (k + 1));
    expect(off(product(transpose(v, n, k), v, k, n, k), identity(k))).toBeLessThan(1e-13 * (k + 1));
    values.forEach((x, j) => {
      expect(x).toBeGreaterThanOrEqual(0);
      if (j > 0) expect(x).toBeLessThanOrEqual(values[j - 1]!);
      const column = Array.from({ length: n }, (_, i) => v[i * k + j]!);
      expect(Math.max(...column)).toBeGreaterThanOrEqual(-Math.min(...column));
    });
  };
  it('A = U diag(s) Vᵀ with orthonormal columns, s falling', () => {
    fc.assert(fc.property(given, ([m, n, a]) => check(a, m, n)));
  });
  it('also where rows repeat, or are 0', () => {
    check(Float64Array.of(1, 2, 3, 1, 2, 3, 0, 0, 0, 2, 4, 6), 4, 3);
    check(new Float64Array(6), 2, 3);
    check(Float64Array.of(1, 1, 1, 1), 2, 2);
  });
  it('at the ends of the exponents', () => {
    for (const scale of [1e-200, 1e200, 1e-310]) {
      const { values } = svd(Float64Array.of(3 * scale, 0, 0, 4 * scale), 2, 2);
      expect(values[0]! / scale).toBeCloseTo(4, 9);
      expect(values[1]! / scale).toBeCloseTo(3, 9);
    }
  });
  it('small ones beside large ones keep their digits where rows are scaled', () => {
    // D A with D = diag(1, 1e-9): one-sided rotations of the columns of Aᵀ D: exact √2 and √2 · 1e-9
    const { values } = svd(Float64Array.of(1, 1, 1e-9, -1e-9), 2, 2);
    expect(values[0]! / Math.SQRT2).toBeCloseTo(1, 15);
    expect(values[1]! / (1e-9 * Math.SQRT2)).toBeCloseTo(1, 15);
  });
  it('refuses what is not finite', () => {
    expect(() => svd(Float64Array.of(1, Number.NaN), 2, 1)).toThrow(/svd: expected finite elements, got NaN/);
  });
});

describe('the matrix exponential', () => {
  it('of commuting matrices multiplies: e^A e^A = e^(2A), and e^A e^(−A) = I', () => {
    const small = (n: number) => matrix(n, n).map((a) => a.map((x) => x / 10));
    fc.assert(
      fc.property(
        side.chain((n) => fc.tuple(fc.constant(n), small(n))),
        ([n, a]) => {
          const e = matrixExponential(a, n);
          const twice = matrixExponential(
            a.map((x) => 2 * x),
            n,
          );
          expect(off(product(e, e, n, n, n), twice)).toBeLessThan(1e-12 * n * largest(e) ** 2);
          const back = matrixExponential(
            a.map((x) => -x),
            n,
          );
          expect(off(product(e, back, n, n, n), identity(n))).toBeLessThan(1e-12 * n * largest(e) * largest(back));
        },
      ),
      { numRuns: 60 },
    );
  });
  it('of a diagonal is the exponential of each', () => {
    const found = matrixExponential(Float64Array.of(-30, 0, 0, 2.5), 2);
    expect(found[0]! / Math.exp(-30)).toBeCloseTo(1, 12);
    expect(found[3]! / Math.exp(2.5)).toBeCloseTo(1, 14);
    expect([found[1], found[2]]).toEqual([0, 0]);
  });
  it('of what is not finite is NaN', () => {
    expect(matrixExponential(Float64Array.of(1, Infinity, 0, 1), 2).every(Number.isNaN)).toBe(true);
  });
});
