/**
 * Dense linear algebra: products of vectors and matrices, and triangular systems.
 */
import { formatShape } from '../shape.ts';
import type { Expr, Shape } from '../types.ts';
import { lowerMask, requireSquare } from './cholesky.ts';
import { solveInTiles } from './dense.ts';
import type { Chain, Kernel, KernelContext, Operation } from './operation.ts';
import { matrixMatrix, matrixVector, type ProductForm, vectorMatrix } from './products.ts';

/** How a product reads its operands: vectors are rows (left) or columns (right). */
export interface ProductLayout {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly left: readonly [row: number, column: number];
  readonly right: readonly [row: number, column: number];
}

/** Sizes and strides of a product. @throws RangeError when the inner sizes differ or an operand has no dimension */
export function productLayout(
  a: Shape,
  b: Shape,
  { transposeLeft = false, transposeRight = false }: { transposeLeft?: boolean; transposeRight?: boolean },
): ProductLayout {
  const side = (shape: Shape, transposed: boolean, vector: readonly [number, number]) => {
    if (shape.length === 1) return { size: vector[0] === 1 ? [1, shape[0]!] : [shape[0]!, 1], stride: [1, 1] };
    const [rows, columns] = [shape[0]!, shape[1]!];
    return transposed
      ? { size: [columns, rows], stride: [1, columns] }
      : { size: [rows, columns], stride: [columns, 1] };
  };
  if (![1, 2].includes(a.length) || ![1, 2].includes(b.length)) {
    throw new RangeError(
      `matmul: shapes ${formatShape(a)} and ${formatShape(b)}: each must have one or two dimensions; ` +
        'multiply scalars with .mul(…), and .reshape(…) arrays of more dimensions',
    );
  }
  const left = side(a, transposeLeft, [1, 0]);
  const right = side(b, transposeRight, [0, 1]);
  if (left.size[1] !== right.size[0]) {
    throw new RangeError(
      `matmul: shapes ${formatShape(a)} and ${formatShape(b)}: the inner sizes ${left.size[1]} and ${right.size[0]} ` +
        'differ; they must be equal. Check the order of the operands, or use .transpose()',
    );
  }
  return {
    m: left.size[0]!,
    k: left.size[1]!,
    n: right.size[1]!,
    left: [left.stride[0]!, left.stride[1]!],
    right: [right.stride[0]!, right.stride[1]!],
  };
}

export const linear = {
  matmul: {
    documentation: 'matrix product of vectors and matrices (vec·vec, mat·vec, vec·mat, mat·mat)',
    arity: 2,
    shape: ([a, b], attributes) => {
      const { m, n } = productLayout(a!, b!, attributes);
      return [...(a!.length === 2 ? [m] : []), ...(b!.length === 2 ? [n] : [])];
    },
    kernel: matmulKernel,
    derivative: matmulDerivative,
  },
  triangularSolve: {
    documentation: 'X with L X = B (or Lᵀ X = B), L lower triangular',
    arity: 2,
    shape: ([l, b]) => {
      requireSquare('triangularSolve', l!);
      if (![1, 2].includes(b!.length) || b![0] !== l![0]) {
        throw new RangeError(
          `triangularSolve: a factor of shape ${formatShape(l!)} with a right-hand side of shape ${formatShape(b!)}; ` +
            `give a vector or matrix of ${l![0]} rows`,
        );
      }
      return b!;
    },
    kernel: triangularSolveKernel,
    derivative: triangularSolveDerivative,
  },
} satisfies Record<string, Operation>;

/** A product of a matrix and a vector as what it is in memory; undefined for a product of two matrices. */
export function productFormOf({ m, k, n, left, right }: ProductLayout): ProductForm | undefined {
  if (n === 1 && left[1] === 1) return { kind: 'matrixVector', rows: m, columns: k, matrixFirst: true };
  if (m === 1 && right[0] === 1) return { kind: 'matrixVector', rows: n, columns: k, matrixFirst: false };
  if (n === 1 && left[0] === 1) return { kind: 'vectorMatrix', rows: k, columns: m, matrixFirst: true };
  if (m === 1 && right[1] === 1) return { kind: 'vectorMatrix', rows: k, columns: n, matrixFirst: false };
  return undefined;
}

function matmulKernel({ inputShapes, attributes }: KernelContext): Kernel {
  const layout = productLayout(inputShapes[0]!, inputShapes[1]!, attributes);
  const form = productFormOf(layout);
  if (form) return form.kind === 'matrixVector' ? matrixVector(form) : vectorMatrix(form);
  return matrixMatrix(layout.m, layout.k, layout.n, layout.left, layout.right);
}

export function matmulDerivative({
  cotangent: g,
  inputs,
  needed,
  attributes,
  apply,
  times,
}: Chain): (Expr | undefined)[] {
  const a = inputs[0]!;
  const b = inputs[1]!;
  const { transposeLeft: ta = false, transposeRight: tb = false } = attributes;
  const outer = (x: Expr, y: Expr) => times(x.reshape(x.size, 1), y.reshape(1, y.size)); // (x, y)
  const product = (x: Expr, y: Expr, transposeLeft: boolean, transposeRight: boolean) =>
    apply('matmul', [x, y], { transposeLeft, transposeRight });
  const byLeft = (): Expr => {
    if (a.shape.length === 1) return b.shape.length === 1 ? times(g, b) : product(b, g, tb, false);
    if (b.shape.length === 1) return ta ? outer(b, g) : outer(g, b);
    return ta ? product(b, g, tb, true) : product(g, b, false, !tb);
  };
  const byRight = (): Expr => {
    if (b.shape.length === 1) return a.shape.length === 1 ? times(g, a) : product(g, a, false, ta);
    if (a.shape.length === 1) return tb ? outer(g, a) : outer(a, g);
    return tb ? product(g, a, true, ta) : product(a, g, !ta, false);
  };
  return [needed[0] ? byLeft() : undefined, needed[1] ? byRight() : undefined];
}

function triangularSolveKernel({ inputShapes, attributes }: KernelContext): Kernel {
  const n = inputShapes[0]![0]!;
  const width = inputShapes[1]!.length === 2 ? inputShapes[1]![1]! : 1;
  const transposed = attributes.transposed === true;
  return (output, [l, b]) => {
    if (solveInTiles(output, l!, b!, n, width, transposed)) return;
    for (let j = 0; j < width; j++) {
      for (let step = 0; step < n; step++) {
        const i = transposed ? n - 1 - step : step;
        let rest = b![i * width + j]!;
        for (let done = 0; done < step; done++) {
          const k = transposed ? n - 1 - done : done;
          rest -= (transposed ? l![k * n + i]! : l![i * n + k]!) * output[k * width + j]!;
        }
        output[i * width + j] = rest / l![i * n + i]!;
      }
    }
  };
}

function triangularSolveDerivative({ cotangent, inputs, output: x, needed, attributes, apply }: Chain) {
  const l = inputs[0]!;
  const n = l.shape[0]!;
  const transposed = attributes.transposed === true;
  const bBar = apply('triangularSolve', [l, cotangent], { transposed: !transposed });
  const factor = (): Expr => {
    const asMatrix = (e: Expr): Expr => (e.shape.length === 2 ? e : e.reshape(n, 1));
    const [left, right] = transposed ? [x, bBar] : [bBar, x];
    return apply('matmul', [asMatrix(left), asMatrix(right)], { transposeRight: true })
      .mul(lowerMask(n, 1))
      .neg();
  };
  return [needed[0] ? factor() : undefined, needed[1] ? bBar : undefined];
}
