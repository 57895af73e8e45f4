import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { symmetricInverse } from '#kernel/numeric/linalg/cholesky';
import { compile } from '#kernel/program/compile';
import { constant, variable } from '#kernel/program/expression';
import { matmul, transpose } from '#kernel/program/functions';
import { grad } from '#kernel/program/gradient';
import { cholesky, logDeterminant, triangularSolve } from '#kernel/program/matrices';
import { productFormOf, productLayout } from '#kernel/program/operations/linear';
import type { Expr } from '#kernel/program/types';

fc.configureGlobal({ seed: 20261122 });

const wave = (n: number, phase = 0) => Float64Array.from({ length: n }, (_, i) => Math.sin(1.7 * i + phase) + 0.1 * i);

/** Evaluate an expression of matrices given as inputs, so that nothing is folded. */
function run(
  build: (...operands: Expr[]) => Expr,
  ...operands: { shape: number[]; values: Float64Array }[]
): Float64Array {
  const inputs = operands.map(({ shape }, i) => ({ name: `m${i}`, shape }));
  const output = build(...inputs.map(({ name, shape }) => variable(name, shape)));
  const program = compile({ inputs, outputs: [output] });
  return program.run(Object.fromEntries(inputs.map(({ name }, i) => [name, operands[i]!.values])))[0]!;
}

/** Sums in ascending order, or with even and odd positions apart, as the kernels promise. */
function naive(
  m: number,
  k: number,
  n: number,
  a: (i: number, q: number) => number,
  b: (q: number, j: number) => number,
  apart = false,
) {
  return Float64Array.from({ length: m * n }, (_, at) => {
    const sums = [0, 0];
    for (let q = 0; q < k; q++) sums[apart ? q % 2 : 0]! += a(Math.floor(at / n), q) * b(q, at % n);
    return sums[0]! + sums[1]!;
  });
}

/** Whether a product is one of inner products of rows that stand together in memory: summed as two lanes. */
function apart(a: number[], b: number[], transposeLeft: boolean, transposeRight: boolean): boolean {
  return productFormOf(productLayout(a, b, { transposeLeft, transposeRight }))?.kind === 'matrixVector';
}

const size = fc.integer({ min: 1, max: 9 });
/** Sizes on both sides of every tile. */
const wide = fc.integer({ min: 1, max: 61 });

describe('products have the bits of the sums in order', () => {
  it('matrix · matrix, either side transposed', () => {
    fc.assert(
      fc.property(size, size, size, fc.boolean(), fc.boolean(), (m, k, n, turnLeft, turnRight) => {
        const a = wave(m * k);
        const b = wave(k * n, 2);
        const found = run(
          (x, y) => matmul(turnLeft ? transpose(x) : x, turnRight ? transpose(y) : y),
          { shape: turnLeft ? [k, m] : [m, k], values: a },
          { shape: turnRight ? [n, k] : [k, n], values: b },
        );
        const left = (i: number, q: number) => (turnLeft ? a[q * m + i]! : a[i * k + q]!);
        const right = (q: number, j: number) => (turnRight ? b[j * k + q]! : b[q * n + j]!);
        const rows = apart(turnLeft ? [k, m] : [m, k], turnRight ? [n, k] : [k, n], turnLeft, turnRight);
        expect(found).toEqual(naive(m, k, n, left, right, rows));
      }),
    );
  });
  it('matrix · vector and vector · matrix, transposed or not', () => {
    fc.assert(
      fc.property(wide, wide, fc.boolean(), (m, k, turned) => {
        const a = wave(m * k);
        const v = wave(k, 1);
        const matrix = { shape: turned ? [k, m] : [m, k], values: a };
        const vector = { shape: [k], values: v };
        const at = (i: number, q: number) => (turned ? a[q * m + i]! : a[i * k + q]!);
        expect(run((x, y) => matmul(turned ? transpose(x) : x, y), matrix, vector)).toEqual(
          naive(m, k, 1, at, (q) => v[q]!, apart(matrix.shape, [k], turned, false)),
        );
        expect(run((x, y) => matmul(y, turned ? x : transpose(x)), matrix, vector)).toEqual(
          naive(
            1,
            k,
            m,
            (_, q) => v[q]!,
            (q, j) => at(j, q),
            apart([k], matrix.shape, false, !turned),
          ),
        );
      }),
    );
  });
  it('large ones, past every tile', () => {
    const [m, k, n] = [37, 23, 19];
    const a = wave(m * k);
    const b = wave(k * n);
    const found = run(matmul, { shape: [m, k], values: a }, { shape: [k, n], values: b });
    expect(found).toEqual(
      naive(
        m,
        k,
        n,
        (i, q) => a[i * k + q]!,
        (q, j) => b[q * n + j]!,
      ),
    );
  });
  it('of nothing are 0', () => {
    expect(
      run(matmul, { shape: [2, 0], values: new Float64Array(0) }, { shape: [0, 2], values: new Float64Array(0) }),
    ).toEqual(new Float64Array(4));
  });
});

/** A positive definite matrix. // (n, n) */
function positive(n: number): Float64Array {
  const a = wave(n * n);
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = i === j ? 0.5 : 0;
    for (let q = 0; q < n; q++) sum += a[i * n + q]! * a[j * n + q]!;
    return sum;
  });
}

describe('the Cholesky factor', () => {
  for (const n of [1, 2, 3, 5, 12, 20]) {
    it(`of ${n} × ${n}: L Lᵀ is the matrix, L is lower, the diagonal is positive`, () => {
      const values = positive(n);
      const l = run(cholesky, { shape: [n, n], values });
      for (let i = 0; i < n; i++) {
        expect(l[i * n + i]).toBeGreaterThan(0);
        for (let j = 0; j < n; j++) {
          if (j > i) expect(l[i * n + j]).toBe(0);
          let sum = 0;
          for (let q = 0; q <= Math.min(i, j); q++) sum += l[i * n + q]! * l[j * n + q]!;
          expect(Math.abs(sum - values[i * n + j]!)).toBeLessThan(1e-13 * n * values[i * n + i]!);
        }
      }
    });
    it(`of ${n} × ${n}: solving with L and Lᵀ undoes multiplying`, () => {
      const [l, b] = [
        { shape: [n, n], values: run(cholesky, { shape: [n, n], values: positive(n) }) },
        { shape: [n, 2], values: wave(2 * n) },
      ];
      for (const transposed of [false, true]) {
        const back = run((x, y) => matmul(transposed ? transpose(x) : x, triangularSolve(x, y, { transposed })), l, b);
        back.forEach((value, i) => {
          expect(Math.abs(value - b.values[i]!)).toBeLessThan(1e-11);
        });
      }
    });
  }
  it('reads the lower triangle alone, and its derivative is that of the lower triangle', () => {
    const values = positive(4);
    const spoilt = values.map((x, at) => (at % 4 > Math.floor(at / 4) ? Number.NaN : x));
    expect(run(cholesky, { shape: [4, 4], values: spoilt })).toEqual(run(cholesky, { shape: [4, 4], values }));
    const slopes = run((a) => grad(logDeterminant(a), [a])[0]!, { shape: [4, 4], values: spoilt });
    for (let i = 0; i < 4; i++) for (let j = i + 1; j < 4; j++) expect(slopes[i * 4 + j]).toBe(0);
  });
  it('gives log |A| the gradient A⁻¹ (twice it below the diagonal, which stands for both sides)', () => {
    const n = 6;
    const values = positive(n);
    const inverse = symmetricInverse(values, n);
    const slopes = run((a) => grad(logDeterminant(a), [a])[0]!, { shape: [n, n], values });
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const expected = (i === j ? 1 : 2) * inverse[i * n + j]!;
        expect(Math.abs(slopes[i * n + j]! - expected)).toBeLessThan(1e-11 * (1 + Math.abs(expected)));
      }
    }
  });
  it('is NaN everywhere for a matrix that is not positive definite, or has a NaN', () => {
    const indefinite = Float64Array.of(1, 2, 2, 1);
    expect(run(cholesky, { shape: [2, 2], values: indefinite }).every(Number.isNaN)).toBe(true);
    expect(run(cholesky, { shape: [2, 2], values: Float64Array.of(1, 0, 0, Number.NaN) }).every(Number.isNaN)).toBe(
      true,
    );
    expect(run(cholesky, { shape: [2, 2], values: new Float64Array(4) }).every(Number.isNaN)).toBe(true);
  });
  it('refuses what is not a square matrix, and right-hand sides of another height', () => {
    expect(() => cholesky(constant([1, 2]))).toThrow(/cholesky: expected a square matrix, got shape \[2\]/);
    expect(() => cholesky(constant([[1, 2]]))).toThrow(/\[1, 2\]/);
    expect(() => triangularSolve([[1]], [1, 2])).toThrow(
      /factor of shape \[1, 1\].*right-hand side of shape \[2\].*1 rows/,
    );
  });
});
