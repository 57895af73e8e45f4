/**
 * Maker of elementwise operations: shape by broadcasting, one loop as kernel.
 */
import { broadcastShapes, broadcastStrides, indexMap, sameShape, sizeOf } from '../shape.ts';
import type { Shape } from '../types.ts';
import type { Derivative, Elementwise, Kernel, KernelContext, Operation } from './operation.ts';

type Scalar = Elementwise['scalar'];

interface Options {
  readonly documentation: string;
  readonly arity: 1 | 2 | 3;
  readonly scalar: (...values: number[]) => number;
  readonly javascript?: (...operands: string[]) => string;
  readonly derivative: Derivative | 'constant';
  readonly selects?: boolean;
  readonly commutes?: boolean;
}

/** An elementwise operation named `name`, of one to three inputs. */
export function elementwise(name: string, options: Options): Operation {
  const { documentation, arity, derivative, selects = false, commutes = false } = options;
  const scalar = options.scalar as Scalar;
  return {
    documentation,
    arity,
    derivative,
    selects,
    commutes,
    shape: (inputs) => (arity === 1 ? inputs[0]! : broadcastShapes(name, inputs)),
    kernel: (context) => elementwiseKernel(scalar, context),
    elementwise: { scalar, ...(options.javascript ? { javascript: options.javascript } : {}) },
  };
}

/** The kernel of a function of numbers, over operands that broadcast. */
export function elementwiseKernel(f: Scalar, { shape, inputShapes }: KernelContext): Kernel {
  const n = sizeOf(shape);
  if (inputShapes.every((input) => sameShape(input, shape))) return alignedKernel(f, n, inputShapes.length);
  const steps = inputShapes.map((input) => (sizeOf(input) === 1 ? 0 : sameShape(input, shape) ? 1 : undefined));
  if (!steps.includes(undefined)) return steppingKernel(f, n, steps as number[]);
  const maps = inputShapes.map((input) => operandMap(input, shape));
  const [ma, mb, mc] = maps;
  return (output, [a, b, c]) => {
    const x = a!;
    const y = b ?? x;
    const z = c ?? x;
    for (let i = 0; i < n; i++) output[i] = f(x[ma![i]!]!, y[(mb ?? ma)![i]!]!, z[(mc ?? ma)![i]!]!);
  };
}

/** Operands are read in order (1) or are one number (0). */
function steppingKernel(f: Scalar, n: number, [sa = 0, sb = 0, sc = 0]: readonly number[]): Kernel {
  return (output, [a, b, c]) => {
    const x = a!;
    const y = b ?? x;
    const z = c ?? x;
    for (let i = 0; i < n; i++) output[i] = f(x[i * sa]!, y[i * sb]!, z[i * sc]!);
  };
}

function alignedKernel(f: Scalar, n: number, arity: number): Kernel {
  switch (arity) {
    case 1:
      return (output, [a]) => {
        const x = a!;
        for (let i = 0; i < n; i++) output[i] = f(x[i]!, 0, 0);
      };
    case 2:
      return (output, [a, b]) => {
        const x = a!;
        const y = b!;
        for (let i = 0; i < n; i++) output[i] = f(x[i]!, y[i]!, 0);
      };
    default:
      return (output, [a, b, c]) => {
        const x = a!;
        const y = b!;
        const z = c!;
        for (let i = 0; i < n; i++) output[i] = f(x[i]!, y[i]!, z[i]!);
      };
  }
}

/** Where each element of the result finds its operand. // (size,) */
function operandMap(from: Shape, to: Shape): Int32Array {
  return indexMap(to, broadcastStrides(from, to));
}
