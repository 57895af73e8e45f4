/**
 * Reductions along axes, and cumulative sums. Every reduction runs over its input in row-major order, so that
 * its rounding is part of the program and the same in every back end; a long sum into one number as four partial sums.
 */
import { exp, log } from '../../numeric/elementary.ts';
import { indexMap, sizeOf, stridesOf } from '../shape.ts';
import type { Expr, Shape } from '../types.ts';
import type { Chain, Kernel, KernelContext, Operation } from './operation.ts';

/** Shape without the reduced axes. */
function reducedShape(shape: Shape, axes: readonly number[]): number[] {
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** Shape with 1 for the reduced axes: what broadcasts back to the input. */
function keptShape(shape: Shape, axes: readonly number[]): number[] {
  return shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
}

/** Where each element of the input goes in the result. // (size of input,) */
export function targets(shape: Shape, axes: readonly number[]): Int32Array {
  const own = stridesOf(reducedShape(shape, axes));
  let next = 0;
  return indexMap(
    shape,
    shape.map((_, axis) => (axes.includes(axis) ? 0 : own[next++]!)),
  );
}

/** A fold over the input in row-major order, starting from `initial`. */
function fold(initial: number, combine: (accumulated: number, x: number) => number) {
  return ({ inputShapes, attributes }: KernelContext): Kernel => {
    const to = targets(inputShapes[0]!, attributes.axes!);
    return (output, [x]) => {
      output.fill(initial);
      for (let i = 0; i < to.length; i++) output[to[i]!] = combine(output[to[i]!]!, x![i]!);
    };
  };
}

/** Sums of more elements than this are kept as four partial sums; shorter ones run from the first to the last. */
const SHORT_SUM = 16;

/** How many partial sums a sum of `count` elements into one number has: element i goes to partial i mod 4. */
export function partialsOf(count: number): 1 | 4 {
  return count > SHORT_SUM ? 4 : 1;
}

function sumKernel(context: KernelContext): Kernel {
  const count = sizeOf(context.inputShapes[0]!);
  if (sizeOf(context.shape) !== 1 || partialsOf(count) === 1) return fold(0, (a, x) => a + x)(context);
  const whole = count - (count % 4);
  return (output, [x]) => {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < whole; i += 4) {
      a += x![i]!;
      b += x![i + 1]!;
      c += x![i + 2]!;
      d += x![i + 3]!;
    }
    if (whole < count) a += x![whole]!;
    if (whole + 1 < count) b += x![whole + 1]!;
    if (whole + 2 < count) c += x![whole + 2]!;
    output[0] = a + c + (b + d);
  };
}

/** The reduced value or cotangent, as an expression that broadcasts over the input. */
function spread(reduced: Expr, { inputs, attributes }: Chain): Expr {
  return reduced.reshape(...keptShape(inputs[0]!.shape, attributes.axes!));
}

/** The derivative of max and min: shared among the elements that attain it. */
function toExtremes(chain: Chain): Expr[] {
  const x = chain.inputs[0]!;
  const attained = x.eq(spread(chain.output, chain));
  const count = chain.apply('sum', [attained], chain.attributes);
  return [chain.apply('where', [attained, spread(chain.cotangent.div(count), chain), 0])];
}

const shape = (inputs: readonly Shape[], { axes }: { readonly axes?: readonly number[] }) =>
  reducedShape(inputs[0]!, axes!);

export const reduction = {
  sum: {
    documentation: 'sum over axes, in row-major order (a long one into a number as four partial sums); 0 of nothing',
    arity: 1,
    shape,
    kernel: sumKernel,
    derivative: (chain) => [
      chain.apply('broadcastTo', [spread(chain.cotangent, chain)], { sizes: chain.inputs[0]!.shape }),
    ],
  },
  max: {
    documentation: 'largest element over axes; ties share the derivative; −∞ of nothing',
    arity: 1,
    selects: true,
    shape,
    kernel: fold(-Infinity, Math.max),
    derivative: toExtremes,
  },
  min: {
    documentation: 'smallest element over axes; ties share the derivative; ∞ of nothing',
    arity: 1,
    selects: true,
    shape,
    kernel: fold(Infinity, Math.min),
    derivative: toExtremes,
  },
  prod: {
    documentation: 'product over axes; the derivative is right where elements are 0; 1 of nothing',
    arity: 1,
    shape,
    kernel: fold(1, (a, x) => a * x),
    derivative: productDerivative,
  },
  logSumExp: {
    documentation: 'log Σ e^x over axes, without overflow; −∞ of nothing',
    arity: 1,
    shape,
    kernel: logSumExpKernel,
    derivative: (chain) => {
      const x = chain.inputs[0]!;
      const { output, cotangent, apply, times } = chain;
      // Where every element is −∞ the weights e^(x − output) would be NaN; they are 0.
      const shift = apply('where', [output.eq(-Infinity), 0, output]);
      return [times(spread(cotangent, chain), x.sub(spread(shift, chain)).exp())];
    },
  },
  cumsum: {
    documentation: 'cumulative sums along the first dimension',
    arity: 1,
    shape: (inputs) => inputs[0]!,
    kernel: ({ shape, attributes }) => {
      const rows = shape[0] ?? 1;
      const width = sizeOf(shape) / Math.max(1, rows);
      const first = attributes.reverse ? rows - 1 : 0;
      const step = attributes.reverse ? -1 : 1;
      return (output, [x]) => {
        for (let j = 0; j < width; j++) {
          let total = 0;
          for (let k = 0, row = first; k < rows; k++, row += step) {
            total += x![row * width + j]!;
            output[row * width + j] = total;
          }
        }
      };
    },
    derivative: ({ cotangent, attributes, apply }) => [apply('cumsum', [cotangent], { reverse: !attributes.reverse })],
  },
} satisfies Record<string, Operation>;

/**
 * ∂ Π x / ∂ x_i is the product of the others; as two scans (products from the left and from the right), so that no
 * division by a zero element happens and higher derivatives follow by the same rule.
 */
function productDerivative(chain: Chain): Expr[] {
  const { cotangent, inputs, attributes, apply, placeholder, close, times } = chain;
  const x = inputs[0]!;
  const axes = attributes.axes!;
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const rest = kept.map((axis) => x.shape[axis]!);
  const width = sizeOf(rest);
  const n = x.size / Math.max(1, width);
  if (x.size === 0) return [x];
  // What is multiplied comes first, in row-major order.
  const permutation = [...axes, ...kept];
  const whole = kept.length === 0;
  const lines = whole ? x.reshape(n) : apply('transpose', [x], { permutation }).reshape(n, ...rest);
  const state = placeholder(rest);
  const element = placeholder(rest);
  const { graph: body } = close([state.mul(element), state], [state, element]);
  const start = whole ? 1 : apply('broadcastTo', [1], { sizes: rest });
  const others = (reverse: boolean) => {
    const swept = apply('scan', [start, lines], { body, carries: 1, sequences: 1, length: n, reverse });
    return apply('slice', [swept], { start: width, end: width + n * width }); // the product before each element
  };
  const product = others(false).mul(others(true));
  if (whole) return [times(cotangent, product.reshape(...x.shape))];
  const back = permutation.map((_, axis) => permutation.indexOf(axis));
  const inOrder = apply('transpose', [product.reshape(...permutation.map((axis) => x.shape[axis]!))], {
    permutation: back,
  });
  return [times(spread(cotangent, chain), inOrder)];
}

function logSumExpKernel({ inputShapes, attributes }: KernelContext): Kernel {
  const to = targets(inputShapes[0]!, attributes.axes!);
  const outputSize = sizeOf(reducedShape(inputShapes[0]!, attributes.axes!));
  const largest = new Float64Array(outputSize);
  return (output, [x]) => {
    largest.fill(-Infinity);
    for (let i = 0; i < to.length; i++) largest[to[i]!] = Math.max(largest[to[i]!]!, x![i]!);
    output.fill(0);
    for (let i = 0; i < to.length; i++) {
      const top = largest[to[i]!]!;
      // An infinite maximum is its own result: ∞ − ∞ would be NaN.
      output[to[i]!]! += Number.isFinite(top) ? exp(x![i]! - top) : 0;
    }
    for (let j = 0; j < outputSize; j++) {
      const top = largest[j]!;
      output[j] = Number.isFinite(top) ? top + log(output[j]!) : top;
    }
  };
}
