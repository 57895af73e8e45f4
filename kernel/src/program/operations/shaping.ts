/**
 * Operations that move elements without changing them: reshape, broadcast, transpose, slice, pad, concatenate,
 * gather and its transpose.
 */
import { broadcastShapes, broadcastStrides, formatShape, indexMap, sameShape, sizeOf, stridesOf } from '../shape.ts';
import type { Shape } from '../types.ts';
import type { Kernel, KernelContext, Operation } from './operation.ts';

const copy =
  (): Kernel =>
  (output, [x]) =>
    output.set(x!);

/** Copies along a fixed map of positions. */
function mapped(positions: Int32Array): Kernel {
  return (output, [x]) => {
    for (let i = 0; i < positions.length; i++) output[i] = x![positions[i]!]!;
  };
}

/** Elements in one row (one index of the first dimension). */
function rowSize(shape: Shape): number {
  return sizeOf(shape.slice(1));
}

export const shaping = {
  reshape: {
    documentation: 'the same elements in row-major order under another shape',
    arity: 1,
    shape: ([from], { sizes }) => {
      if (sizeOf(from!) !== sizeOf(sizes!)) {
        throw new RangeError(
          `reshape: ${formatShape(from!)} has ${sizeOf(from!)} elements, ${formatShape(sizes!)} has ${sizeOf(sizes!)}; ` +
            `give sizes whose product is ${sizeOf(from!)}`,
        );
      }
      return sizes!;
    },
    kernel: copy,
    derivative: ({ cotangent, inputs }) => [cotangent.reshape(...inputs[0]!.shape)],
  },
  broadcastTo: {
    documentation: 'repeat along new dimensions and along those of size 1',
    arity: 1,
    shape: ([from], { sizes }) => {
      if (!sameShape(broadcastShapes('broadcastTo', [from!, sizes!]), sizes!)) {
        throw new RangeError(
          `broadcastTo: ${formatShape(from!)} cannot become ${formatShape(sizes!)}: only sizes of 1 can be stretched`,
        );
      }
      return sizes!;
    },
    kernel: ({ shape, inputShapes }) => mapped(indexMap(shape, broadcastStrides(inputShapes[0]!, shape))),
    derivative: ({ cotangent }) => [cotangent], // summed back to the input's shape by reverse mode itself
  },
  transpose: {
    documentation: 'dimensions in another order (reversed where none is given)',
    arity: 1,
    shape: ([from], { permutation }) => permutation!.map((axis) => from![axis]!),
    kernel: ({ shape, inputShapes, attributes }) => {
      const strides = stridesOf(inputShapes[0]!);
      return mapped(
        indexMap(
          shape,
          attributes.permutation!.map((axis) => strides[axis]!),
        ),
      );
    },
    derivative: ({ cotangent, attributes, apply }) => {
      const inverse = attributes.permutation!.map((_, axis) => attributes.permutation!.indexOf(axis));
      return [apply('transpose', [cotangent], { permutation: inverse })];
    },
  },
  slice: {
    documentation: 'rows start … end − 1 of the first dimension',
    arity: 1,
    shape: ([from], { start, end }) => [end! - start!, ...from!.slice(1)],
    kernel: ({ inputShapes, attributes }) => {
      const width = rowSize(inputShapes[0]!);
      const from = attributes.start! * width;
      const to = attributes.end! * width;
      return (output, [x]) => {
        for (let i = from; i < to; i++) output[i - from] = x![i]!;
      };
    },
    derivative: ({ cotangent, inputs, attributes, apply }) => [
      apply('pad', [cotangent], { start: attributes.start!, rows: inputs[0]!.shape[0]! }),
    ],
  },
  pad: {
    documentation: 'rows of zeros before and after along the first dimension (the transpose of slice)',
    arity: 1,
    shape: ([from], { rows }) => [rows!, ...from!.slice(1)],
    kernel: ({ inputShapes, attributes }) => {
      const offset = attributes.start! * rowSize(inputShapes[0]!);
      return (output, [x]) => {
        output.fill(0);
        output.set(x!, offset);
      };
    },
    derivative: ({ cotangent, inputs, attributes, apply }) => [
      apply('slice', [cotangent], { start: attributes.start!, end: attributes.start! + inputs[0]!.shape[0]! }),
    ],
  },
  concatenate: {
    documentation: 'one after another along the first dimension',
    arity: Number.POSITIVE_INFINITY,
    shape: concatenatedShape,
    kernel: () => (output, inputs) => {
      let at = 0;
      for (const x of inputs) {
        output.set(x, at);
        at += x.length;
      }
    },
    derivative: ({ cotangent, inputs, needed, apply }) => {
      let at = 0;
      return inputs.map((x, i) => {
        const start = at;
        at += x.shape[0]!;
        return needed[i] ? apply('slice', [cotangent], { start, end: at }) : undefined;
      });
    },
  },
  gather: {
    documentation: 'rows of the first input, at the integers of the second; NaN for an index outside',
    arity: 2,
    shape: ([from, index]) => [...index!, ...from!.slice(1)],
    kernel: gatherKernel,
    derivative: ({ cotangent, inputs, apply }) => [
      apply('scatterAdd', [cotangent, inputs[1]!], { rows: inputs[0]!.shape[0]! }),
      undefined,
    ],
  },
  scatterAdd: {
    documentation: 'rows of the first input added up at the integers of the second (the transpose of gather)',
    arity: 2,
    shape: ([values, index], { rows }) => [rows!, ...values!.slice(index!.length)],
    kernel: (context) => scatterKernel((x) => x, context),
    derivative: ({ cotangent, inputs, apply }) => [apply('gather', [cotangent, inputs[1]!]), undefined],
  },
} satisfies Record<string, Operation>;

function concatenatedShape(inputs: readonly Shape[]): number[] {
  const first = inputs[0]!;
  let rows = 0;
  for (const shape of inputs) {
    if (shape.length === 0 || !sameShape(shape.slice(1), first.slice(1))) {
      throw new RangeError(
        `concatenate: shapes ${inputs.map(formatShape).join(', ')} differ beyond the first dimension; ` +
          'give arrays of one dimension or more whose rows have the same shape (for scalars: stack)',
      );
    }
    rows += shape[0]!;
  }
  return [rows, ...first.slice(1)];
}

/** A whole number that is the position of a row. */
function isRow(index: number, rows: number): boolean {
  return Number.isInteger(index) && index >= 0 && index < rows;
}

function gatherKernel({ inputShapes }: KernelContext): Kernel {
  const rows = inputShapes[0]![0]!;
  const width = rowSize(inputShapes[0]!);
  return (output, [x, index]) => {
    for (let i = 0; i < index!.length; i++) {
      const row = index![i]!;
      const inside = isRow(row, rows);
      for (let j = 0; j < width; j++) output[i * width + j] = inside ? x![row * width + j]! : Number.NaN;
    }
  };
}

/** Rows added up one after the other, each sum rounded. */
export function scatterKernel(round: (x: number) => number, { inputShapes, shape }: KernelContext): Kernel {
  const rows = shape[0]!;
  const width = rowSize(shape);
  const count = sizeOf(inputShapes[1]!);
  return (output, [values, index]) => {
    output.fill(0);
    for (let i = 0; i < count; i++) {
      const row = index![i]!;
      if (!isRow(row, rows)) continue;
      for (let j = 0; j < width; j++) {
        output[row * width + j] = round(output[row * width + j]! + values![i * width + j]!);
      }
    }
  };
}
