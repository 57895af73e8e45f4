/**
 * Convolution of images by filters (cross-correlation, as in every framework of neural networks), without padding, and
 * the two products that are its derivatives. The three are linear in each input, so each is the derivative of another.
 *
 * Images are (batch, channels, height, width), filters (outputs, channels / groups, height, width).
 */

import type { Attributes } from '../node.ts';
import { formatShape } from '../shape.ts';
import { type Arithmetic, doubleArithmetic } from '../single/arithmetic.ts';
import type { Expr, Shape } from '../types.ts';
import type { Apply, Kernel, KernelContext, Operation } from './operation.ts';

/** All sizes of a convolution. */
export interface ConvolutionForm {
  readonly batch: number;
  readonly groups: number;
  /** Channels, and outputs, of one group. */
  readonly channels: number;
  readonly outputs: number;
  readonly height: number;
  readonly width: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  /** Height and width of the result. */
  readonly result: readonly [number, number];
}

type Steps = Pick<Attributes, 'strides' | 'dilations' | 'groups'>;

/** Sizes of a convolution. @throws RangeError where images and filters do not meet */
export function convolutionForm(
  image: Shape,
  filter: Shape,
  { strides, dilations, groups = 1 }: Steps,
): ConvolutionForm {
  const stride = [strides![0]!, strides![1]!] as const;
  const dilation = [dilations![0]!, dilations![1]!] as const;
  if (image.length !== 4 || filter.length !== 4) {
    throw new RangeError(
      `convolution: images of shape ${formatShape(image)} and filters of shape ${formatShape(filter)}; expected ` +
        '(batch, channels, height, width) and (outputs, channels, height, width)',
    );
  }
  const [batch, channels, height, width] = image as [number, number, number, number];
  const [outputs, own, ...kernel] = filter as [number, number, number, number];
  if (channels !== own * groups || outputs % groups !== 0) {
    throw new RangeError(
      `convolution: ${channels} channels, ${outputs} outputs and ${groups} groups do not go with filters of shape ` +
        `${formatShape(filter)}: their second size must be channels / groups, and outputs a multiple of groups`,
    );
  }
  const size = (n: number, d: 0 | 1) => Math.floor((n - dilation[d] * (kernel[d]! - 1) - 1) / stride[d]) + 1;
  const result = [size(height, 0), size(width, 1)] as const;
  if (!(result[0] > 0 && result[1] > 0)) {
    throw new RangeError(
      `convolution: filters of ${kernel.join(' × ')} (dilation ${dilation.join(', ')}) do not fit into images of ${height} × ${width}; use padding, or fewer layers`,
    );
  }
  return {
    batch,
    groups,
    channels: own,
    outputs: outputs / groups,
    height,
    width,
    kernel: [kernel[0]!, kernel[1]!],
    stride,
    dilation,
    result,
  };
}

/** Where things are, in elements. */
function positions({ channels, outputs, height, width, kernel, stride, dilation, result, groups }: ConvolutionForm) {
  return {
    image: (n: number, g: number, c: number, y: number, x: number) =>
      (((n * groups + g) * channels + c) * height + y) * width + x,
    filter: (g: number, o: number, c: number, i: number, j: number) =>
      (((g * outputs + o) * channels + c) * kernel[0] + i) * kernel[1] + j,
    result: (n: number, g: number, o: number, y: number, x: number) =>
      (((n * groups + g) * outputs + o) * result[0] + y) * result[1] + x,
    row: (y: number, i: number) => y * stride[0] + i * dilation[0],
    column: (x: number, j: number) => x * stride[1] + j * dilation[1],
  };
}

/** Each element a sum over channels, rows and columns of the filter, in this order. */
export function convolutionKernel({ round }: Arithmetic, { inputShapes, attributes }: KernelContext): Kernel {
  const form = convolutionForm(inputShapes[0]!, inputShapes[1]!, attributes);
  const at = positions(form);
  const [rows, columns] = form.kernel;
  return (output, [x, w]) => {
    let out = 0;
    for (let n = 0; n < form.batch; n++) {
      for (let g = 0; g < form.groups; g++) {
        for (let o = 0; o < form.outputs; o++) {
          for (let y = 0; y < form.result[0]; y++) {
            for (let z = 0; z < form.result[1]; z++) {
              let sum = 0;
              for (let c = 0; c < form.channels; c++) {
                for (let i = 0; i < rows; i++) {
                  for (let j = 0; j < columns; j++) {
                    const pixel = x![at.image(n, g, c, at.row(y, i), at.column(z, j))]!;
                    sum = round(sum + round(w![at.filter(g, o, c, i, j)]! * pixel));
                  }
                }
              }
              output[out++] = sum;
            }
          }
        }
      }
    }
  };
}

/** The cotangent of the images: each element a sum over outputs, and the filter's rows and columns from the last. */
export function convolutionInputKernel(
  { round }: Arithmetic,
  { shape, inputShapes, attributes }: KernelContext,
): Kernel {
  const form = convolutionForm(shape, inputShapes[1]!, attributes);
  const at = positions(form);
  const [rows, columns] = form.kernel;
  /** The place along the result that sees a pixel through this part of the filter; undefined where none does. */
  const seen = (pixel: number, part: number, d: 0 | 1): number | undefined => {
    const place = (pixel - part * form.dilation[d]) / form.stride[d];
    return Number.isInteger(place) && place >= 0 && place < form.result[d] ? place : undefined;
  };
  return (output, [cotangent, w]) => {
    for (let n = 0; n < form.batch; n++) {
      for (let g = 0; g < form.groups; g++) {
        for (let c = 0; c < form.channels; c++) {
          for (let y = 0; y < form.height; y++) {
            for (let z = 0; z < form.width; z++) {
              let sum = 0;
              for (let o = 0; o < form.outputs; o++) {
                for (let i = rows - 1; i >= 0; i--) {
                  const row = seen(y, i, 0);
                  for (let j = columns - 1; j >= 0; j--) {
                    const column = seen(z, j, 1);
                    if (row === undefined || column === undefined) continue;
                    const h = cotangent![at.result(n, g, o, row, column)]!;
                    sum = round(sum + round(w![at.filter(g, o, c, i, j)]! * h));
                  }
                }
              }
              output[at.image(n, g, c, y, z)] = sum;
            }
          }
        }
      }
    }
  };
}

/** The cotangent of the filters: four partial sums each, by the column of the result modulo 4. */
export function convolutionFilterKernel(
  { round }: Arithmetic,
  { shape, inputShapes, attributes }: KernelContext,
): Kernel {
  const form = convolutionForm(inputShapes[1]!, shape, attributes);
  const at = positions(form);
  return (output, [cotangent, x]) => {
    for (let g = 0; g < form.groups; g++) {
      for (let o = 0; o < form.outputs; o++) {
        for (let c = 0; c < form.channels; c++) {
          for (let i = 0; i < form.kernel[0]; i++) {
            for (let j = 0; j < form.kernel[1]; j++) {
              const partials = [0, 0, 0, 0];
              for (let n = 0; n < form.batch; n++) {
                for (let y = 0; y < form.result[0]; y++) {
                  for (let z = 0; z < form.result[1]; z++) {
                    const pixel = x![at.image(n, g, c, at.row(y, i), at.column(z, j))]!;
                    const product = round(cotangent![at.result(n, g, o, y, z)]! * pixel);
                    partials[z % 4] = round(partials[z % 4]! + product);
                  }
                }
              }
              output[at.filter(g, o, c, i, j)] = round(
                round(partials[0]! + partials[2]!) + round(partials[1]! + partials[3]!),
              );
            }
          }
        }
      }
    }
  };
}

/** The other two of the three, with the same steps. */
function relatives(apply: Apply, { strides, dilations, groups }: Attributes) {
  const steps = { strides: strides!, dilations: dilations!, groups: groups! };
  return {
    convolve: (image: Expr, filter: Expr) => apply('convolution', [image, filter], steps),
    toImage: (cotangent: Expr, filter: Expr, sizes: Shape) =>
      apply('convolutionInput', [cotangent, filter], { ...steps, sizes }),
    toFilter: (cotangent: Expr, image: Expr, sizes: Shape) =>
      apply('convolutionFilter', [cotangent, image], { ...steps, sizes }),
  };
}

export const convolutions = {
  convolution: {
    documentation: 'images seen through filters, in steps, dilated, in groups of channels; without padding',
    arity: 2,
    shape: ([image, filter], attributes) => {
      const { batch, groups, outputs, result } = convolutionForm(image!, filter!, attributes);
      return [batch, groups * outputs, ...result];
    },
    kernel: (context) => convolutionKernel(doubleArithmetic, context),
    derivative: ({ cotangent: g, inputs, needed, attributes, apply }) => {
      const [image, filter] = inputs as [Expr, Expr];
      const { toImage, toFilter } = relatives(apply, attributes);
      return [
        needed[0] ? toImage(g, filter, image.shape) : undefined,
        needed[1] ? toFilter(g, image, filter.shape) : undefined,
      ];
    },
  },
  convolutionInput: {
    documentation: 'cotangents of a convolution carried back to its images',
    arity: 2,
    shape: (_, { sizes }) => sizes!,
    kernel: (context) => convolutionInputKernel(doubleArithmetic, context),
    derivative: ({ cotangent: image, inputs, needed, attributes, apply }) => {
      const [g, filter] = inputs as [Expr, Expr];
      const { convolve, toFilter } = relatives(apply, attributes);
      return [
        needed[0] ? convolve(image, filter) : undefined,
        needed[1] ? toFilter(g, image, filter.shape) : undefined,
      ];
    },
  },
  convolutionFilter: {
    documentation: 'cotangents of a convolution gathered to its filters (four partial sums by the column modulo 4)',
    arity: 2,
    shape: (_, { sizes }) => sizes!,
    kernel: (context) => convolutionFilterKernel(doubleArithmetic, context),
    derivative: ({ cotangent: filter, inputs, needed, attributes, apply }) => {
      const [g, image] = inputs as [Expr, Expr];
      const { convolve, toImage } = relatives(apply, attributes);
      return [needed[0] ? convolve(image, filter) : undefined, needed[1] ? toImage(g, filter, image.shape) : undefined];
    },
  },
} satisfies Record<string, Operation>;
