/**
 * Convolution and pooling of images and of sequences, with padding.
 */
import { nodeOf } from './arguments.ts';
import { apply, expressionOf } from './expression.ts';
import { broadcastTo } from './functions.ts';
import { concatenateAlong } from './neural.ts';
import { formatShape } from './shape.ts';
import type { Arg, Expr } from './types.ts';

/** One number for both dimensions, or rows and columns. */
export type Pair = number | readonly [number, number];

/** How a convolution goes over its images. */
export interface ConvolutionOptions<P = Pair> {
  /** From one place to the next; default 1. */
  readonly stride?: P;
  /** Zeros on every side; default 0. */
  readonly padding?: P;
  /** Between neighbouring parts of a filter; default 1. */
  readonly dilation?: P;
  /** Channels and outputs fall into so many groups that do not see each other; default 1. */
  readonly groups?: number;
}

/** How a pooling goes over its images. */
export interface PoolingOptions<P = Pair> {
  /** From one window to the next; default the size of a window. */
  readonly stride?: P;
  /** On every side; default 0. */
  readonly padding?: P;
}

function pair(name: string, value: Pair, least: number): readonly [number, number] {
  const [a, b] = typeof value === 'number' ? [value, value] : value;
  if (!(Number.isInteger(a) && Number.isInteger(b) && a >= least && b >= least)) {
    throw new RangeError(`${name}: expected a whole number of ${least} or more, or two, got ${JSON.stringify(value)}`);
  }
  return [a, b];
}

function images(name: string, x: Arg, rank: number): Expr {
  const value = expressionOf(nodeOf(x));
  if (value.shape.length !== rank) {
    const expected = rank === 4 ? '(batch, channels, height, width)' : '(batch, channels, length)';
    throw new RangeError(`${name}: expected ${expected}, got shape ${formatShape(value.shape)}`);
  }
  return value;
}

/** The same number all around; zeros by an operation of their own. */
function padded(x: Expr, [rows, columns]: readonly [number, number], value: number): Expr {
  return [rows, columns].reduce<Expr>((inner, size, i) => {
    if (size === 0) return inner;
    const axis = 2 + i;
    const full = inner.shape[axis]! + 2 * size;
    if (value === 0) return apply('padAxis', [inner], { axis, start: size, rows: full });
    const side = broadcastTo(
      value,
      inner.shape.map((n, d) => (d === axis ? size : n)),
    );
    return concatenateAlong([side, inner, side], axis);
  }, x);
}

/**
 * Images seen through filters.
 *
 * @param x // (batch, channels, height, width)
 * @param filter // (outputs, channels / groups, rows, columns)
 * @returns height and width become ⌊(size + 2 padding − dilation (filter − 1) − 1) / stride⌋ + 1
 * @throws RangeError where the sizes do not meet
 * @example conv2d(x, state.variable('filter'), { padding: 1 }).add(bias.reshape(8, 1, 1));
 */
export function conv2d(x: Arg, filter: Arg, options: ConvolutionOptions = {}): Expr {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const image = images('conv2d', x, 4);
  const strides = pair('conv2d: stride', stride, 1);
  const dilations = pair('conv2d: dilation', dilation, 1);
  const wide = padded(image, pair('conv2d: padding', padding, 0), 0);
  const { shape } = nodeOf(filter);
  const steps = { strides, dilations, groups };
  const pointwise = shape.length === 4 && shape[2] === 1 && shape[3] === 1 && strides[0] === 1 && strides[1] === 1;
  if (!pointwise) return apply('convolution', [wide, filter], steps);
  // Each pixel by itself: all pixels in one row.
  const [batch, channels, height, width] = wide.shape as readonly [number, number, number, number];
  const flat = apply('convolution', [wide.reshape(batch, channels, 1, height * width), filter], steps);
  return flat.reshape(batch, flat.shape[1]!, height, width);
}

/**
 * Sequences seen through filters.
 *
 * @param x // (batch, channels, length)
 * @param filter // (outputs, channels / groups, size)
 * @example conv1d(x, filter, { padding: 2, dilation: 2 });
 */
export function conv1d(x: Arg, filter: Arg, options: ConvolutionOptions<number> = {}): Expr {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const [batch, channels, length] = images('conv1d', x, 3).shape as readonly [number, number, number];
  const weights = expressionOf(nodeOf(filter));
  if (weights.shape.length !== 3) {
    throw new RangeError(`conv1d: expected filters (outputs, channels, size), got shape ${formatShape(weights.shape)}`);
  }
  const [outputs, own, size] = weights.shape as unknown as readonly [number, number, number];
  const made = conv2d(
    expressionOf(nodeOf(x)).reshape(batch, channels, 1, length),
    weights.reshape(outputs, own, 1, size),
    {
      stride: [1, stride],
      padding: [0, padding],
      dilation: [1, dilation],
      groups,
    },
  );
  return made.reshape(batch, outputs, made.shape[3]!);
}

function pool(
  operation: 'maxPool' | 'averagePool',
  x: Expr,
  window: Pair,
  { stride = window, padding = 0 }: PoolingOptions,
): Expr {
  const windows = pair(`${operation}: window`, window, 1);
  const strides = pair(`${operation}: stride`, stride, 1);
  const around = pair(`${operation}: padding`, padding, 0);
  if (around.some((size, d) => 2 * size > windows[d]!)) {
    throw new RangeError(
      `${operation}: padding ${around.join(', ')} is more than half of the window ${windows.join(' × ')}; use less`,
    );
  }
  return apply(operation, [padded(x, around, operation === 'maxPool' ? -Infinity : 0)], { windows, strides });
}

/**
 * The largest element of each window; the gradient goes to the first of several equal ones.
 *
 * @param x // (batch, channels, height, width)
 * @example maxPool2d(relu(x), 2);
 */
export function maxPool2d(x: Arg, window: Pair, options: PoolingOptions = {}): Expr {
  return pool('maxPool', images('maxPool2d', x, 4), window, options);
}

/** The mean of each window, zeros of the padding counted. @param x // (batch, channels, height, width) @example averagePool2d(x, 2); */
export function averagePool2d(x: Arg, window: Pair, options: PoolingOptions = {}): Expr {
  return pool('averagePool', images('averagePool2d', x, 4), window, options);
}

function pool1d(
  name: string,
  operation: 'maxPool' | 'averagePool',
  x: Arg,
  window: number,
  options: PoolingOptions<number>,
) {
  const [batch, channels, length] = images(name, x, 3).shape as readonly [number, number, number];
  const { stride = window, padding = 0 } = options;
  const made = pool(operation, expressionOf(nodeOf(x)).reshape(batch, channels, 1, length), [1, window], {
    stride: [1, stride],
    padding: [0, padding],
  });
  return made.reshape(batch, channels, made.shape[3]!);
}

/** The largest element of each window of a sequence. @param x // (batch, channels, length) @example maxPool1d(x, 2); */
export function maxPool1d(x: Arg, window: number, options: PoolingOptions<number> = {}): Expr {
  return pool1d('maxPool1d', 'maxPool', x, window, options);
}

/** The mean of each window of a sequence. @param x // (batch, channels, length) @example averagePool1d(x, 2); */
export function averagePool1d(x: Arg, window: number, options: PoolingOptions<number> = {}): Expr {
  return pool1d('averagePool1d', 'averagePool', x, window, options);
}
