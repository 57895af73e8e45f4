import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cholesky,
  choleskyLogDeterminant,
  choleskySolve,
  leastSquares,
  qr,
  solveTriangular,
  symmetricEigen,
  symmetricInverse,
} from '#kernel/numeric/linalg/index';
import figures from './fixtures/numpy.json' with { type: 'json' };

const array = (values: readonly number[]) => Float64Array.from(values);

function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-12) {
  expect(got.length).toBe(expected.length);
  const scale = Math.max(...Array.from(expected, Math.abs), 1e-300);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(got[i]! - expected[i]!)).toBeLessThanOrEqual(tolerance * scale);
  }
}

/** (m, k) times (k, n). */
function product(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) for (let l = 0; l < k; l++) c[i * n + j]! += a[i * k + l]! * b[l * n + j]!;
  return c;
}

function transpose(a: Float64Array, m: number, n: number): Float64Array {
  return Float64Array.from({ length: m * n }, (_, i) => a[(i % m) * n + Math.floor(i / m)]!);
}

const identity = (n: number) => Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));

// fixtures/numpy.json: numpy 2.4.6, `python tests/kernel/numeric/linalg/numpy_figures.py`
describe.each(figures.cases)('against numpy, n = $n', (figure) => {
  const { n } = figure;
  const s = array(figure.s);
  const l = cholesky(s, n);
  it('factors', () => expectClose(l, figure.cholesky));
  it('solves', () => expectClose(choleskySolve(l, n, array(figure.b), 2), figure.solve, 1e-10));
  it('inverts, exactly symmetric', () => {
    const inverse = symmetricInverse(s, n);
    expectClose(inverse, figure.inverse, 1e-10);
    expect(transpose(inverse, n, n)).toEqual(inverse);
  });
  it('has the log determinant', () => {
    expect(choleskyLogDeterminant(l, n)).toBeCloseTo(figure.logDeterminant, 11);
  });
  it('has the thin QR with a positive diagonal', () => {
    const { q, r } = qr(array(figure.a), n + 3, n);
    expectClose(q, figure.q);
    expectClose(r, figure.r);
  });
  it('has the least-squares coefficients', () => {
    expectClose(leastSquares(array(figure.a), n + 3, n, array(figure.y)), figure.leastSquares, 1e-11);
  });
  it('has the eigenvalues, and vectors that give the matrix back', () => {
    const a = array(figure.symmetric);
    const { values, vectors } = symmetricEigen(a, n);
    expectClose(values, figure.eigenvalues);
    const scaled = vectors.map((v, i) => v * values[i % n]!);
    expectClose(product(scaled, transpose(vectors, n, n), n, n, n), figure.symmetric);
    expectClose(product(transpose(vectors, n, n), vectors, n, n, n), identity(n));
  });
});

describe('triangular systems', () => {
  const lower = array([2, 99, 1, 4]); // the 99 must not be read
  const upper = array([2, 1, 99, 4]);
  it('are solved in all four forms, without reading the other triangle', () => {
    expectClose(solveTriangular(lower, 2, array([2, 9])), [1, 2]);
    expectClose(solveTriangular(lower, 2, array([4, 8]), { transpose: true }), [1, 2]);
    expectClose(solveTriangular(upper, 2, array([4, 8]), { upper: true }), [1, 2]);
    expectClose(solveTriangular(upper, 2, array([2, 9]), { upper: true, transpose: true }), [1, 2]);
  });
  it('leave the right-hand side as it was', () => {
    const b = array([2, 9]);
    solveTriangular(lower, 2, b);
    expect(b).toEqual(array([2, 9]));
  });
  it('with a zero on the diagonal are refused, naming it', () => {
    expect(() => solveTriangular(array([1, 0, 1, 0]), 2, array([1, 1]))).toThrow(/diagonal element 1 of 2 is 0/);
  });
});

describe('cholesky', () => {
  it.each([
    ['not positive definite', [1, 2, 2, 1]],
    ['singular', [1, 1, 1, 1]],
    ['NaN', [Number.NaN, 0, 0, 1]],
    ['infinite', [Infinity, 0, 0, 1]],
  ])('refuses a matrix that is %s, naming the pivot', (_, values) => {
    expect(() => cholesky(array(values as number[]), 2)).toThrow(/positive definite matrix, but pivot [01] of 2/);
  });
  it('refuses a wrong size, with both sizes', () => {
    expect(() => cholesky(array([1, 2, 3]), 2)).toThrow(/2 × 2 = 4 numbers, got 3/);
  });
  it('solves what it factored, for random well-conditioned matrices', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer(), (n, seed) => {
        const g = Float64Array.from({ length: n * n }, (_, i) => Math.sin(seed + i * 1.7));
        const a = product(g, transpose(g, n, n), n, n, n);
        for (let i = 0; i < n; i++) a[i * n + i]! += 1;
        const x = Float64Array.from({ length: n }, (_, i) => i - 1);
        expectClose(choleskySolve(cholesky(a, n), n, product(a, x, n, n, 1)), x, 1e-10);
      }),
      { seed: 5 },
    );
  });
});

describe('qr', () => {
  it('keeps columns of very different size apart', () => {
    const { q, r } = qr(array([1e-160, 1, 1e-160, 2, 1e-160, 4]), 3, 2);
    expectClose(product(q, r, 3, 2, 2), [1e-160, 1, 1e-160, 2, 1e-160, 4]);
    expect(r[0]! / 1e-160).toBeCloseTo(Math.sqrt(3), 12);
  });
  it('refuses more columns than rows, and least squares refuses dependent columns', () => {
    expect(() => qr(array([1, 2]), 1, 2)).toThrow(/1 × 2/);
    expect(() => leastSquares(array([1, 2, 1, 2, 1, 2]), 3, 2, array([1, 2, 3]))).toThrow(/column 1 of 2/);
  });
});

describe('symmetricEigen', () => {
  it('finds tiny eigenvalues beside large ones', () => {
    // diag(1e10, 1) rotated by 0.3
    const [c, s] = [Math.cos(0.3), Math.sin(0.3)];
    const cross = (1e10 - 1) * c * s;
    const { values } = symmetricEigen(array([1e10 * c * c + s * s, cross, cross, 1e10 * s * s + c * c]), 2);
    expect(values[0]! - 1).toBeLessThan(1e-5);
    expect(values[1]! / 1e10).toBeCloseTo(1, 14);
  });
  it('takes equal eigenvalues, zero matrices and size 0', () => {
    expect(symmetricEigen(identity(3), 3).values).toEqual(array([1, 1, 1]));
    expect(symmetricEigen(new Float64Array(4), 2).values).toEqual(new Float64Array(2));
    expect(symmetricEigen(new Float64Array(0), 0).values.length).toBe(0);
  });
  it('refuses elements that are not finite, naming the place', () => {
    expect(() => symmetricEigen(array([1, 0, Number.NaN, 1]), 2)).toThrow(/got NaN at \[1,0\]/);
  });
});
