/**
 * Attention that never looks ahead (Vaswani et al. 2017, section 3.2.3): of the matrix of weights, one row a step and
 * one column a step that is looked at, only the lower triangle is there. Products and softmax leave out the upper one,
 * block after block of rows, which halves them; inside the blocks on the diagonal all is computed, and ignored.
 */
import { formatShape, sameShape, sizeOf } from '../shape.ts';
import { type Arithmetic, doubleArithmetic, partialSum } from '../single/arithmetic.ts';
import type { Expr, Shape } from '../types.ts';
import { lowerMask } from './cholesky.ts';
import type { Kernel, KernelContext, Operation } from './operation.ts';
import { largestOf } from './softmax.ts';

/** Rows of the smallest blocks: four vectors. */
const ROWS = 16;
/** About so many blocks at most: each has code of its own. */
const BLOCKS = 8;

/** Steps that are taken together: rows `from` to before `to`, which see columns before `to`. */
export interface CausalBlock {
  readonly from: number;
  readonly to: number;
}

/** The blocks of so many steps. 40 → 0–16, 16–32, 32–40; 1024 → eight of 128 */
export function causalBlocks(steps: number): CausalBlock[] {
  const rows = Math.max(ROWS, ROWS * Math.ceil(steps / (ROWS * BLOCKS)));
  return Array.from({ length: Math.ceil(steps / rows) }, (_, i) => ({
    from: i * rows,
    to: Math.min((i + 1) * rows, steps),
  }));
}

/** Steps, and the last two dimensions as they are named in `causalMatmul`. */
export interface CausalSizes {
  readonly pairs: number;
  readonly steps: number;
  /** Numbers a step of the operands that are no weights. */
  readonly width: number;
}

export function causalSizes([a, b]: readonly Shape[]): CausalSizes {
  return { pairs: sizeOf(a!.slice(0, -2)), steps: b![b!.length - 2]!, width: b![b!.length - 1]! };
}

/** The kernel of `causalMatmul` in either precision: each element one sum in ascending order. */
export function causalProductKernel({ round }: Arithmetic, { inputShapes, attributes }: KernelContext): Kernel {
  const { pairs, steps, width } = causalSizes(inputShapes);
  const blocks = causalBlocks(steps);
  const { lower, transposeLeft = false } = attributes;
  const square = steps * steps;
  const flat = steps * width;
  return (output, [x, y]) => {
    const sumOf = (from: number, to: number, a: number, aStep: number, b: number, bStep: number): number => {
      let sum = 0;
      for (let q = from; q < to; q++) sum = round(sum + round(x![a + q * aStep]! * y![b + q * bStep]!));
      return sum;
    };
    if (lower === 'result') output.fill(0);
    for (let pair = 0; pair < pairs; pair++) {
      for (const { from, to } of blocks) {
        for (let i = from; i < to; i++) {
          if (lower === 'result') {
            for (let j = 0; j < to; j++) {
              output[pair * square + i * steps + j] = sumOf(
                0,
                width,
                pair * flat + i * width,
                1,
                pair * flat + j * width,
                1,
              );
            }
            continue;
          }
          const [start, step] = transposeLeft ? [i, steps] : [i * steps, 1];
          const [first, last] = transposeLeft ? [from, steps] : [0, to];
          for (let j = 0; j < width; j++) {
            output[pair * flat + i * width + j] = sumOf(
              first,
              last,
              pair * square + start,
              step,
              pair * flat + j,
              width,
            );
          }
        }
      }
    }
  };
}

/** Softmax of each row up to the diagonal in either precision; 0 after it. */
export function causalSoftmaxKernel(arithmetic: Arithmetic, { shape }: KernelContext): Kernel {
  const { round, weight } = arithmetic;
  const n = shape[shape.length - 1]!;
  return (output, [x]) => {
    output.fill(0);
    for (let start = 0, row = 0; start < output.length; start += n, row++) {
      const seen = (row % n) + 1;
      const top = largestOf(x!, start, seen);
      for (let i = start; i < start + seen; i++) output[i] = weight(round(x![i]! - top));
      const scale = round(1 / partialSum(arithmetic, seen, (i) => output[start + i]!));
      for (let i = start; i < start + seen; i++) output[i] = round(output[i]! * scale);
    }
  };
}

/** y (g − Σ g y) along each row up to the diagonal; 0 after it. */
export function causalSoftmaxSlopeKernel(arithmetic: Arithmetic, { shape }: KernelContext): Kernel {
  const { round } = arithmetic;
  const n = shape[shape.length - 1]!;
  return (output, [y, g]) => {
    output.fill(0);
    for (let start = 0, row = 0; start < output.length; start += n, row++) {
      const seen = (row % n) + 1;
      const along = partialSum(arithmetic, seen, (i) => round(y![start + i]! * g![start + i]!));
      for (let i = start; i < start + seen; i++) output[i] = round(y![i]! * round(g![i]! - along));
    }
  };
}

function requireSquare(name: string, shape: Shape): readonly number[] {
  const [rows, columns] = shape.slice(-2);
  if (shape.length < 2 || rows !== columns) {
    throw new RangeError(
      `${name}: expected as many columns as rows, one for each step, got shape ${formatShape(shape)}; where queries and keys have other lengths, mask the scores with where(…, -Infinity, …)`,
    );
  }
  return shape;
}

export const causal = {
  causalMatmul: {
    documentation:
      'products over leading dimensions with a lower triangle of weights: that of a bᵀ (`lower: result`), or that of a times b (`lower: left`)',
    arity: 2,
    shape: ([a, b], { lower }) => {
      const fits = a!.length >= 3 && a!.length === b!.length && sameShape(a!.slice(0, -1), b!.slice(0, -1));
      if (!fits || (lower === 'result' && !sameShape(a!, b!))) {
        throw new RangeError(
          `causalMatmul: shapes ${formatShape(a!)} and ${formatShape(b!)}: all dimensions before the last must be equal`,
        );
      }
      if (lower === 'result') return [...a!.slice(0, -1), a![a!.length - 2]!];
      requireSquare('causalMatmul', a!);
      return [...b!];
    },
    kernel: (context) => causalProductKernel(doubleArithmetic, context),
    derivative: ({ cotangent: g, inputs, needed, attributes, apply }) => {
      const [a, b] = inputs as [Expr, Expr];
      const { lower, transposeLeft = false } = attributes;
      const weights = (x: Expr, y: Expr) => apply('causalMatmul', [x, y], { lower: 'result' });
      const mixed = (x: Expr, y: Expr, transposed: boolean) =>
        apply('causalMatmul', [x, y], { lower: 'left', transposeLeft: transposed });
      if (lower === 'result') {
        return [needed[0] ? mixed(g, b, false) : undefined, needed[1] ? mixed(g, a, true) : undefined];
      }
      const slope = () => (transposeLeft ? weights(b, g) : weights(g, b));
      return [needed[0] ? slope() : undefined, needed[1] ? mixed(a, g, !transposeLeft) : undefined];
    },
  },
  causalSoftmax: {
    documentation: 'softmax of each row of a square matrix up to the diagonal; 0 after it',
    arity: 1,
    shape: ([x]) => requireSquare('causalSoftmax', x!),
    kernel: (context) => causalSoftmaxKernel(doubleArithmetic, context),
    derivative: ({ cotangent, output, apply }) => [apply('causalSoftmaxSlope', [output, cotangent])],
  },
  causalSoftmaxSlope: {
    documentation: 'y (g − Σ g y) along each row of a square matrix up to the diagonal: the reverse of causalSoftmax',
    arity: 2,
    shape: ([y, g]) => {
      if (!sameShape(y!, g!)) {
        throw new RangeError(`causalSoftmaxSlope: shapes ${formatShape(y!)} and ${formatShape(g!)} must be equal`);
      }
      return requireSquare('causalSoftmaxSlope', y!);
    },
    kernel: (context) => causalSoftmaxSlopeKernel(doubleArithmetic, context),
    derivative: ({ cotangent, inputs, apply }) => {
      const [y, g] = inputs as [Expr, Expr];
      const { shape } = y;
      const seen = lowerMask(shape[shape.length - 1]!, 1);
      const [c, slope] = [cotangent.mul(seen), g.mul(seen)];
      const along = (x: Expr): Expr =>
        x
          .mul(y)
          .sum(-1)
          .reshape(...shape.slice(0, -1), 1);
      const ofWeights = c.mul(slope.sub(along(slope))).sub(slope.mul(along(c)));
      return [ofWeights, apply('causalSoftmaxSlope', [y, cotangent])];
    },
  },
} satisfies Record<string, Operation>;
