/**
 * QR, symmetric eigenvalue and singular value decompositions. Each gives its factors flat, one after another, in one
 * result, so that they are found once; `matrices.ts` takes them apart.
 */

import { symmetricEigen } from '../../numeric/linalg/eigen.ts';
import { qr } from '../../numeric/linalg/qr.ts';
import { svd } from '../../numeric/linalg/svd.ts';
import { formatShape } from '../shape.ts';
import type { Expr, Shape } from '../types.ts';
import { lowerMask, requireSquare } from './cholesky.ts';
import type { Apply, Chain, Operation } from './operation.ts';

/** Values nearer than this share of the largest count as one. */
const SAME = 1e-13;

/** Blocks of a flat result, in order. */
export function blocks(flat: Expr, shapes: readonly Shape[], apply: Apply): Expr[] {
  let at = 0;
  return shapes.map((sizes) => {
    const start = at;
    at += sizes.reduce((product, n) => product * n, 1);
    return apply('reshape', [apply('slice', [flat], { start, end: at })], { sizes });
  });
}

/** Shapes of Q and R. @throws RangeError unless there are at least as many rows as columns */
export function qrShapes(shape: Shape): Shape[] {
  const [rows, columns] = requireMatrix('qr', shape);
  if (rows < columns) {
    throw new RangeError(
      `qr: expected at least as many rows as columns, got shape ${formatShape(shape)}; factor the transpose`,
    );
  }
  return [shape, [columns, columns]];
}

/** Shapes of the eigenvalues and of the matrix of eigenvectors. */
export function eigenShapes(shape: Shape): Shape[] {
  requireSquare('symmetricEigen', shape);
  return [[shape[0]!], shape];
}

/** Shapes of U, the singular values, and V. */
export function svdShapes(shape: Shape): Shape[] {
  const [rows, columns] = requireMatrix('svd', shape);
  const k = Math.min(rows, columns);
  return [[rows, k], [k], [columns, k]];
}

function requireMatrix(operation: string, shape: Shape): [number, number] {
  if (shape.length !== 2) throw new RangeError(`${operation}: expected a matrix, got shape ${formatShape(shape)}`);
  return [shape[0]!, shape[1]!];
}

const flatSize = (shapes: readonly Shape[]) => [
  shapes.reduce((total, shape) => total + shape.reduce((product, n) => product * n, 1), 0),
];

/** Write parts one after another; NaN everywhere for an argument that is not finite. */
function writeAll(output: Float64Array, a: Float64Array, parts: () => readonly Float64Array[]): void {
  if (!a.every(Number.isFinite)) {
    output.fill(Number.NaN);
    return;
  }
  let at = 0;
  for (const part of parts()) {
    output.set(part, at);
    at += part.length;
  }
}

export const factorisations = {
  qr: {
    documentation:
      'thin factors of A = Q R, flat: Q with orthonormal columns, then R, upper, its diagonal not negative',
    arity: 1,
    shape: ([a]) => flatSize(qrShapes(a!)),
    kernel: ({ inputShapes }) => {
      const [rows, columns] = inputShapes[0]! as [number, number];
      return (output, [a]) =>
        writeAll(output, a!, () => {
          const { q, r } = qr(a!, rows, columns);
          return [q, r];
        });
    },
    derivative: qrDerivative,
  },
  symmetricEigen: {
    documentation: 'A = V diag(λ) Vᵀ from the lower triangle of A, flat: λ rising, then V, a column each',
    arity: 1,
    shape: ([a]) => flatSize(eigenShapes(a!)),
    kernel: ({ inputShapes }) => {
      const n = inputShapes[0]![0]!;
      return (output, [a]) => {
        const lower = a!.map((x, at) => (at % n > Math.floor(at / n) ? 0 : x));
        writeAll(output, lower, () => {
          const { values, vectors } = symmetricEigen(lower, n);
          return [values, vectors];
        });
      };
    },
    derivative: eigenDerivative,
  },
  svd: {
    documentation: 'A = U diag(s) Vᵀ, flat: U, s falling, V, as many columns as the smaller side of A',
    arity: 1,
    shape: ([a]) => flatSize(svdShapes(a!)),
    kernel: ({ inputShapes }) => {
      const [rows, columns] = inputShapes[0]! as [number, number];
      return (output, [a]) =>
        writeAll(output, a!, () => {
          const { u, values, v } = svd(a!, rows, columns);
          return [u, values, v];
        });
    },
    derivative: svdDerivative,
  },
} satisfies Record<string, Operation>;

const turned = (a: Expr, apply: Apply): Expr => apply('transpose', [a], { permutation: [1, 0] });

/**
 * Ā = (Q̄ + Q sym(M)) R⁻ᵀ with M = R R̄ᵀ − Q̄ᵀ Q, sym taking its lower triangle for both (Walter & Lehmann 2010, as in
 * Liao et al. 2019, PRX 9, 031041, appendix).
 */
function qrDerivative({ cotangent, inputs, output, apply }: Chain): Expr[] {
  const shapes = qrShapes(inputs[0]!.shape);
  const n = shapes[1]![0]!;
  const [q, r] = blocks(output, shapes, apply) as [Expr, Expr];
  const [qBar, rBar] = blocks(cotangent, shapes, apply) as [Expr, Expr];
  const m = apply('matmul', [r, rBar], { transposeRight: true }).sub(
    apply('matmul', [qBar, q], { transposeLeft: true }),
  ); // (n, n)
  const half = m.mul(lowerMask(n, 0.5));
  const all = qBar.add(apply('matmul', [q, half.add(turned(half, apply))])); // (rows, n)
  // X R⁻ᵀ, as (R⁻¹ Xᵀ)ᵀ with R = (Rᵀ)ᵀ
  return [turned(apply('triangularSolve', [turned(r, apply), turned(all, apply)], { transposed: true }), apply)];
}

/** 1 / (x_j − x_i), and 0 where the two count as one. // (n, n) */
function inverseGaps(x: Expr, largest: Expr, apply: Apply): Expr {
  const n = x.shape[0]!;
  const gap = x.reshape(1, n).sub(x.reshape(n, 1));
  return apply('where', [gap.abs().le(largest.mul(SAME)), 0, gap.reciprocal()]);
}

/** Ā = V (diag(λ̄) + F ∘ Vᵀ V̄) Vᵀ with F_ij = 1 / (λ_j − λ_i) (Giles 2008, section 3.1), for the lower triangle alone. */
function eigenDerivative({ cotangent, inputs, output, apply }: Chain): Expr[] {
  const shapes = eigenShapes(inputs[0]!.shape);
  const n = shapes[0]![0]!;
  const [values, v] = blocks(output, shapes, apply) as [Expr, Expr];
  const [valuesBar, vBar] = blocks(cotangent, shapes, apply) as [Expr, Expr];
  const largest = apply('max', [values.abs()], { axes: [0] });
  const turning = inverseGaps(values, largest, apply).mul(apply('matmul', [v, vBar], { transposeLeft: true }));
  const inner = turning.add(valuesBar.reshape(1, n).mul(identity(n))); // (n, n)
  const full = apply('matmul', [apply('matmul', [v, inner]), v], { transposeRight: true });
  return [full.add(turned(full, apply)).mul(lowerMask(n, 0.5))];
}

/** Townsend (2016), Differentiating the singular value decomposition, equations for the reverse mode. */
function svdDerivative({ cotangent, inputs, output, apply }: Chain): Expr[] {
  const shapes = svdShapes(inputs[0]!.shape);
  const k = shapes[1]![0]!;
  const [u, s, v] = blocks(output, shapes, apply) as [Expr, Expr, Expr];
  const [uBar, sBar, vBar] = blocks(cotangent, shapes, apply) as [Expr, Expr, Expr];
  const largest = apply('max', [s], { axes: [0] });
  const f = inverseGaps(s.square(), largest.square(), apply); // (k, k)
  const inverse = apply('where', [s.le(largest.mul(SAME)), 0, s.reciprocal()]).reshape(1, k);
  const across = s.reshape(1, k);
  /** What of a factor's cotangent turns its columns among themselves. // (k, k) */
  const turning = (x: Expr, bar: Expr) => {
    const inside = apply('matmul', [x, bar], { transposeLeft: true });
    return f.mul(inside.sub(turned(inside, apply)));
  };
  /** And what leads out of their span. */
  const outside = (x: Expr, bar: Expr) =>
    bar.sub(apply('matmul', [x, apply('matmul', [x, bar], { transposeLeft: true })])).mul(inverse);
  const inner = turning(u, uBar)
    .mul(across)
    .add(turning(v, vBar).mul(s.reshape(k, 1)))
    .add(sBar.reshape(1, k).mul(identity(k))); // (k, k)
  const left = apply('matmul', [u, inner]).add(outside(u, uBar)); // (rows, k)
  return [
    apply('matmul', [left, v], { transposeRight: true }).add(
      apply('matmul', [u, outside(v, vBar)], { transposeRight: true }),
    ),
  ];
}

/** 1 on the diagonal, 0 elsewhere. // (n, n) */
export function identity(n: number): number[][] {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
}
