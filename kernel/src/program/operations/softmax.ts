/**
 * Softmax along the last dimension and its logarithm, shifted by the largest element so that nothing overflows; and the
 * position of the largest element.
 */
import { type Arithmetic, doubleArithmetic, partialSum } from '../single/arithmetic.ts';
import type { Shape } from '../types.ts';
import type { Kernel, KernelContext, Operation } from './operation.ts';

/** The largest of so many numbers. */
export function largestOf(x: Float64Array, start: number, count: number): number {
  let top = -Infinity;
  for (let i = start; i < start + count; i++) top = Math.max(top, x[i]!);
  return top;
}

/** Softmax in either precision: e^(x − max) times the reciprocal of their sum. */
export function softmaxKernel(arithmetic: Arithmetic, { shape }: KernelContext): Kernel {
  const { round, weight } = arithmetic;
  const n = shape[shape.length - 1]!;
  return (output, [x]) => {
    for (let start = 0; start < output.length; start += n) {
      const top = largestOf(x!, start, n);
      for (let i = start; i < start + n; i++) output[i] = weight(round(x![i]! - top));
      const scale = round(1 / partialSum(arithmetic, n, (i) => output[start + i]!));
      for (let i = start; i < start + n; i++) output[i] = round(output[i]! * scale);
    }
  };
}

/** log softmax in either precision: (x − max) − log Σ e^(x − max). */
export function logSoftmaxKernel(arithmetic: Arithmetic, { shape }: KernelContext): Kernel {
  const { round, weight, log } = arithmetic;
  const n = shape[shape.length - 1]!;
  return (output, [x]) => {
    for (let start = 0; start < output.length; start += n) {
      const top = largestOf(x!, start, n);
      const shifted = (i: number) => round(x![start + i]! - top);
      const total = log(partialSum(arithmetic, n, (i) => weight(shifted(i))));
      for (let i = 0; i < n; i++) output[start + i] = round(shifted(i) - total);
    }
  };
}

function requireRow(name: string, shape: Shape): readonly number[] {
  if (shape.length === 0) {
    throw new RangeError(`${name}: expected an array of one or more dimensions, got a scalar; reshape it to [1]`);
  }
  return shape;
}

export const softmaxes = {
  softmax: {
    documentation: 'e^x / Σ e^x along the last dimension; −∞ has weight 0, a row of −∞ alone gives NaN',
    arity: 1,
    shape: ([x]) => requireRow('softmax', x!),
    kernel: (context) => softmaxKernel(doubleArithmetic, context),
    derivative: ({ cotangent, output: y }) => {
      const kept = [...y.shape.slice(0, -1), 1];
      const along = cotangent
        .mul(y)
        .sum(-1)
        .reshape(...kept);
      return [y.mul(cotangent.sub(along))];
    },
  },
  logSoftmax: {
    documentation: 'x − log Σ e^x along the last dimension',
    arity: 1,
    shape: ([x]) => requireRow('logSoftmax', x!),
    kernel: (context) => logSoftmaxKernel(doubleArithmetic, context),
    derivative: ({ cotangent, output: y }) => {
      const kept = [...y.shape.slice(0, -1), 1];
      const total = cotangent.sum(-1).reshape(...kept);
      return [cotangent.sub(y.exp().mul(total))];
    },
  },
  argmax: {
    documentation:
      'position of the largest element along the last dimension, the first of several; NaN counts as largest',
    arity: 1,
    shape: ([x]) => requireRow('argmax', x!).slice(0, -1),
    kernel: ({ inputShapes }) => {
      const n = inputShapes[0]![inputShapes[0]!.length - 1]!;
      return (output, [x]) => {
        for (let row = 0; row < output.length; row++) {
          let best = 0;
          for (let i = 1; i < n; i++) {
            const [held, next] = [x![row * n + best]!, x![row * n + i]!];
            if (next > held || (Number.isNaN(next) && !Number.isNaN(held))) best = i;
          }
          output[row] = best;
        }
      };
    },
    derivative: 'constant',
  },
} satisfies Record<string, Operation>;
