/**
 * Pooling over windows of images (batch, channels, height, width), without padding: the largest element, whose cotangent
 * goes to the first of several equal ones, and the mean.
 */

import type { Attributes } from '../node.ts';
import { formatShape } from '../shape.ts';
import { type Arithmetic, doubleArithmetic } from '../single/arithmetic.ts';
import type { Expr, Shape } from '../types.ts';
import type { Kernel, KernelContext, Operation } from './operation.ts';

/** All sizes of a pooling. */
export interface PoolingForm {
  /** Batch times channels. */
  readonly planes: number;
  readonly height: number;
  readonly width: number;
  readonly window: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly result: readonly [number, number];
}

type Windows = Pick<Attributes, 'windows' | 'strides'>;

/** Sizes of a pooling. @throws RangeError where the windows do not fit */
export function poolingForm(image: Shape, { windows, strides }: Windows): PoolingForm {
  const [window, stride] = [windows, strides].map((pair) => [pair![0]!, pair![1]!] as const);
  if (image.length !== 4) {
    throw new RangeError(`pooling: expected images (batch, channels, height, width), got shape ${formatShape(image)}`);
  }
  const [batch, channels, height, width] = image as [number, number, number, number];
  const size = (n: number, d: 0 | 1) => Math.floor((n - window![d]) / stride![d]) + 1;
  const result = [size(height, 0), size(width, 1)] as const;
  if (!(result[0] > 0 && result[1] > 0)) {
    throw new RangeError(
      `pooling: windows of ${window!.join(' × ')} do not fit into images of ${height} × ${width}; use smaller ones, or padding`,
    );
  }
  return { planes: batch * channels, height, width, window: window!, stride: stride!, result };
}

/** For each window in order: where its elements are, and where its result. */
function eachWindow(form: PoolingForm, body: (elements: readonly number[], result: number) => void): void {
  const { planes, height, width, window, stride, result } = form;
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < result[0]; y++) {
      for (let x = 0; x < result[1]; x++) {
        const elements: number[] = [];
        for (let i = 0; i < window[0]; i++) {
          for (let j = 0; j < window[1]; j++) {
            elements.push((plane * height + y * stride[0] + i) * width + x * stride[1] + j);
          }
        }
        body(elements, (plane * result[0] + y) * result[1] + x);
      }
    }
  }
}

/** Which element of a window is the first of the largest; none if one is NaN. */
function firstLargest(x: Float64Array, elements: readonly number[]): number {
  const top = elements.reduce((best, at) => Math.max(best, x[at]!), -Infinity);
  return elements.findIndex((at) => x[at] === top);
}

function pooledShape(image: Shape, windows: Windows): number[] {
  const { result } = poolingForm(image, windows);
  return [image[0]!, image[1]!, ...result];
}

/**
 * What is added to an element from several windows is added in this order: rows of the result, in each row four windows
 * at a time, and for these the places in the window one after the other.
 */
function scattered(
  form: PoolingForm,
  output: Float64Array,
  { round }: Arithmetic,
  value: (elements: readonly number[], place: number, result: number) => number | undefined,
): void {
  output.fill(0);
  const held: { elements: readonly number[]; result: number }[] = [];
  const write = () => {
    for (let place = 0; place < form.window[0] * form.window[1]; place++) {
      for (const { elements, result } of held) {
        const term = value(elements, place, result);
        const at = elements[place]!;
        if (term !== undefined) output[at] = round(output[at]! + term);
      }
    }
    held.length = 0;
  };
  eachWindow(form, (elements, result) => {
    held.push({ elements, result });
    const column = result % form.result[1];
    if (held.length === 4 || column === form.result[1] - 1) write();
  });
}

/** The cotangent of a mean over windows, in either precision. */
export function averagePoolInputKernel(arithmetic: Arithmetic, { shape, attributes }: KernelContext): Kernel {
  const form = poolingForm(shape, attributes);
  const share = arithmetic.round(1 / (form.window[0] * form.window[1]));
  return (output, [g]) => {
    scattered(form, output, arithmetic, (_, __, result) => arithmetic.round(g![result]! * share));
  };
}

/** The mean over windows, in either precision: the sum in order, times the reciprocal of their size. */
export function averagePoolKernel({ round }: Arithmetic, { inputShapes, attributes }: KernelContext): Kernel {
  const form = poolingForm(inputShapes[0]!, attributes);
  const share = round(1 / (form.window[0] * form.window[1]));
  return (output, [x]) => {
    eachWindow(form, (elements, result) => {
      output[result] = round(elements.reduce((sum, at) => round(sum + x![at]!), 0) * share);
    });
  };
}

/** The cotangent of the largest, in either precision. */
export function maxPoolInputKernel(arithmetic: Arithmetic, { shape, attributes }: KernelContext): Kernel {
  const form = poolingForm(shape, attributes);
  return (output, [g, x]) => {
    const chosen = new Map<number, number>();
    eachWindow(form, (elements, result) => chosen.set(result, firstLargest(x!, elements)));
    scattered(form, output, arithmetic, (_, place, result) => (chosen.get(result) === place ? g![result] : undefined));
  };
}

export const pooling = {
  maxPool: {
    documentation: 'largest element of each window; NaN when one is',
    arity: 1,
    selects: true,
    shape: ([image], attributes) => pooledShape(image!, attributes),
    kernel: ({ inputShapes, attributes }) => {
      const form = poolingForm(inputShapes[0]!, attributes);
      return (output, [x]) => {
        eachWindow(form, (elements, result) => {
          output[result] = elements.reduce((best, at) => Math.max(best, x![at]!), -Infinity);
        });
      };
    },
    derivative: ({ cotangent, inputs, attributes, apply }) => [
      apply('maxPoolInput', [cotangent, inputs[0]!], { ...windowsOf(attributes), sizes: inputs[0]!.shape }),
    ],
  },
  maxPoolInput: {
    documentation: 'cotangents of maxPool carried to the first largest element of each window',
    arity: 2,
    selects: true,
    shape: (_, { sizes }) => sizes!,
    kernel: (context) => maxPoolInputKernel(doubleArithmetic, context),
    derivative: ({ cotangent, inputs, needed, attributes, apply }) => [
      needed[0] ? apply('maxPoolPick', [cotangent, inputs[1]!], windowsOf(attributes)) : undefined,
      undefined, // which element is the largest does not change
    ],
  },
  maxPoolPick: {
    documentation: 'the element of the first input where the second is the first largest of each window',
    arity: 2,
    selects: true,
    shape: ([image], attributes) => pooledShape(image!, attributes),
    kernel: ({ inputShapes, attributes }) => {
      const form = poolingForm(inputShapes[0]!, attributes);
      return (output, [h, x]) => {
        eachWindow(form, (elements, result) => {
          const place = firstLargest(x!, elements);
          output[result] = place < 0 ? 0 : h![elements[place]!]!;
        });
      };
    },
    derivative: ({ cotangent, inputs, needed, attributes, apply }) => [
      needed[0]
        ? apply('maxPoolInput', [cotangent, inputs[1]!], { ...windowsOf(attributes), sizes: inputs[1]!.shape })
        : undefined,
      undefined,
    ],
  },
  averagePool: {
    documentation: 'mean of each window',
    arity: 1,
    shape: ([image], attributes) => pooledShape(image!, attributes),
    kernel: (context) => averagePoolKernel(doubleArithmetic, context),
    derivative: ({ cotangent, inputs, attributes, apply }) => [
      apply('averagePoolInput', [cotangent], { ...windowsOf(attributes), sizes: inputs[0]!.shape }),
    ],
  },
  averagePoolInput: {
    documentation: 'cotangents of averagePool shared out over each window',
    arity: 1,
    shape: (_, { sizes }) => sizes!,
    kernel: (context) => averagePoolInputKernel(doubleArithmetic, context),
    derivative: ({ cotangent, attributes, apply }): Expr[] => [
      apply('averagePool', [cotangent], windowsOf(attributes)),
    ],
  },
} satisfies Record<string, Operation>;

function windowsOf({ windows, strides }: Attributes): Attributes {
  return { windows: windows!, strides: strides! };
}
