/**
 * Order along one dimension: the positions that sort, elements taken at positions, and the transpose of taking.
 */
import { formatShape } from '../shape.ts';
import type { Shape } from '../types.ts';
import { around } from './axes.ts';
import type { Kernel, KernelContext, Operation } from './operation.ts';

/** Calls `row` for each line along the dimension, with where it starts and how far its elements stand apart. */
function eachLine(shape: Shape, axis: number, row: (start: number, stride: number) => void): void {
  const { outer, inner } = around(shape, axis);
  const length = shape[axis]!;
  for (let o = 0; o < outer; o++) for (let i = 0; i < inner; i++) row(o * length * inner + i, inner);
}

function argsortKernel({ shape, attributes: { axis, reverse } }: KernelContext): Kernel {
  const length = shape[axis!]!;
  const line = new Float64Array(length);
  const order = new Int32Array(length);
  const sign = reverse ? -1 : 1;
  // NaN comes last both ways; equal ones stay in their order.
  const compare = (a: number, b: number): number => {
    const [x, y] = [line[a]!, line[b]!];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
    return x === y ? a - b : x < y ? -sign : sign;
  };
  return (output, [x]) => {
    eachLine(shape, axis!, (start, stride) => {
      for (let k = 0; k < length; k++) {
        line[k] = x![start + k * stride]!;
        order[k] = k;
      }
      order.sort(compare);
      for (let k = 0; k < length; k++) output[start + k * stride] = order[k]!;
    });
  };
}

/** @throws RangeError unless the shapes are equal but for the dimension */
function requireAlike(operation: string, x: Shape, positions: Shape, axis: number): void {
  if (x.length !== positions.length || x.some((n, i) => i !== axis && n !== positions[i])) {
    throw new RangeError(
      `${operation}: values of shape ${formatShape(x)} and positions of shape ${formatShape(positions)} must have the ` +
        `same sizes but along dimension ${axis}; for whole rows use .at(positions)`,
    );
  }
}

/** Lines of `positions`, and of the other array beside them. */
function eachPair(
  positions: Shape,
  other: Shape,
  axis: number,
  row: (at: number, start: number, stride: number) => void,
): void {
  const { outer, inner } = around(positions, axis);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) row(o * positions[axis]! * inner + i, o * other[axis]! * inner + i, inner);
  }
}

export const ordering = {
  argsort: {
    documentation: 'positions that sort along one dimension, falling where reversed; equal ones in order, NaN last',
    arity: 1,
    shape: ([x]) => x!,
    kernel: argsortKernel,
    derivative: 'constant',
  },
  takeAlong: {
    documentation: 'elements of the first input at the positions of the second, along one dimension; NaN outside',
    arity: 2,
    shape: ([x, positions], { axis }) => {
      requireAlike('takeAlong', x!, positions!, axis!);
      return positions!;
    },
    kernel: ({ shape, inputShapes, attributes: { axis } }) => {
      const [rows, length] = [inputShapes[0]![axis!]!, shape[axis!]!];
      return (output, [x, positions]) => {
        eachPair(shape, inputShapes[0]!, axis!, (at, start, stride) => {
          for (let k = 0; k < length; k++) {
            const position = positions![at + k * stride]!;
            output[at + k * stride] = position >= 0 && position < rows ? x![start + position * stride]! : Number.NaN;
          }
        });
      };
    },
    derivative: ({ cotangent, inputs, attributes: { axis }, apply }) => [
      apply('scatterAlong', [cotangent, inputs[1]!], { axis: axis!, rows: inputs[0]!.shape[axis!]! }),
      undefined,
    ],
  },
  scatterAlong: {
    documentation: 'elements added up at positions along one dimension (the transpose of takeAlong)',
    arity: 2,
    shape: ([values, positions], { axis, rows }) => {
      requireAlike('scatterAlong', values!, positions!, axis!);
      return values!.map((n, i) => (i === axis ? rows! : n));
    },
    kernel: ({ shape, inputShapes, attributes: { axis, rows } }) => {
      const length = inputShapes[0]![axis!]!;
      return (output, [values, positions]) => {
        output.fill(0);
        eachPair(inputShapes[0]!, shape, axis!, (at, start, stride) => {
          for (let k = 0; k < length; k++) {
            const position = positions![at + k * stride]!;
            if (position >= 0 && position < rows!) output[start + position * stride]! += values![at + k * stride]!;
          }
        });
      };
    },
    derivative: ({ cotangent, inputs, attributes: { axis }, apply }) => [
      apply('takeAlong', [cotangent, inputs[1]!], { axis: axis! }),
      undefined,
    ],
  },
} satisfies Record<string, Operation>;
