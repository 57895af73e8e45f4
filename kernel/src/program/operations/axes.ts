/**
 * Slices, zeros around, and concatenation along any dimension. Along the first one `shaping.ts` has them without copies.
 */
import { formatShape, sizeOf } from '../shape.ts';
import type { Shape } from '../types.ts';
import type { Kernel, Operation } from './operation.ts';

/** Sizes before, and elements of one index together with all after, a dimension. */
export function around(shape: Shape, axis: number): { readonly outer: number; readonly inner: number } {
  return { outer: sizeOf(shape.slice(0, axis)), inner: sizeOf(shape.slice(axis + 1)) };
}

/** The same shape with another size along one dimension. */
function resized(shape: Shape, axis: number, size: number): number[] {
  return shape.map((n, i) => (i === axis ? size : n));
}

/** Copies blocks between an array and a part of another along a dimension. */
function blocks(whole: Shape, part: Shape, axis: number, start: number, intoPart: boolean): Kernel {
  const { outer, inner } = around(whole, axis);
  const [wide, narrow] = [whole[axis]! * inner, part[axis]! * inner];
  return (output, [x]) => {
    if (!intoPart) output.fill(0);
    for (let o = 0; o < outer; o++) {
      for (let j = 0; j < narrow; j++) {
        const [inWhole, inPart] = [o * wide + start * inner + j, o * narrow + j];
        if (intoPart) output[inPart] = x![inWhole]!;
        else output[inWhole] = x![inPart]!;
      }
    }
  };
}

export const axes = {
  sliceAxis: {
    documentation: 'elements start … end − 1 along one dimension',
    arity: 1,
    shape: ([from], { axis, start, end }) => resized(from!, axis!, end! - start!),
    kernel: ({ shape, inputShapes, attributes }) => {
      return blocks(inputShapes[0]!, shape, attributes.axis!, attributes.start!, true);
    },
    derivative: ({ cotangent, inputs, attributes: { axis, start }, apply }) => [
      apply('padAxis', [cotangent], { axis: axis!, start: start!, rows: inputs[0]!.shape[axis!]! }),
    ],
  },
  padAxis: {
    documentation: 'zeros before and after along one dimension (the transpose of sliceAxis)',
    arity: 1,
    shape: ([from], { axis, rows }) => resized(from!, axis!, rows!),
    kernel: ({ shape, inputShapes, attributes }) => {
      return blocks(shape, inputShapes[0]!, attributes.axis!, attributes.start!, false);
    },
    derivative: ({ cotangent, inputs, attributes: { axis, start }, apply }) => [
      apply('sliceAxis', [cotangent], { axis: axis!, start: start!, end: start! + inputs[0]!.shape[axis!]! }),
    ],
  },
  concatenateAxis: {
    documentation: 'one after another along one dimension',
    arity: Number.POSITIVE_INFINITY,
    shape: (inputs, { axis }) => {
      const first = inputs[0]!;
      const alike = (shape: Shape) =>
        shape.length === first.length && shape.every((n, i) => i === axis || n === first[i]);
      if (!inputs.every(alike)) {
        throw new RangeError(
          `concatenate: shapes ${inputs.map(formatShape).join(', ')} differ beyond dimension ${axis}; ` +
            'all other sizes must be equal',
        );
      }
      const total = inputs.reduce((sum, shape) => sum + shape[axis!]!, 0);
      return resized(first, axis!, total);
    },
    kernel: ({ shape, inputShapes, attributes }) => {
      const { outer, inner } = around(shape, attributes.axis!);
      const widths = inputShapes.map((input) => input[attributes.axis!]! * inner);
      return (output, inputs) => {
        let at = 0;
        for (let o = 0; o < outer; o++) {
          inputs.forEach((x, i) => {
            const width = widths[i]!;
            for (let j = 0; j < width; j++) output[at++] = x[o * width + j]!;
          });
        }
      };
    },
    derivative: ({ cotangent, inputs, needed, attributes: { axis }, apply }) => {
      let at = 0;
      return inputs.map((x, i) => {
        const start = at;
        at += x.shape[axis!]!;
        return needed[i] ? apply('sliceAxis', [cotangent], { axis: axis!, start, end: at }) : undefined;
      });
    },
  },
} satisfies Record<string, Operation>;
