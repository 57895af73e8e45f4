/**
 * Order and running values along a dimension: sorting, the largest few, elements at positions, cumulative products and
 * extremes, differences.
 */
import { apply, asExpression } from './expression.ts';
import { scan, segmentSum, transpose } from './functions.ts';
import { normaliseAxis } from './shape.ts';
import type { Arg, Expr } from './types.ts';

/** An argument, and its dimension as a number from 0. */
function along(operation: string, x: Arg, axis: number): { readonly value: Expr; readonly at: number } {
  const value = asExpression(x) as unknown as Expr;
  return { value, at: normaliseAxis(operation, axis, value.shape) };
}

export interface SortOptions {
  /** Dimension to sort along; negative from the end. Default the last. */
  readonly axis?: number;
  /** From the largest down. Default false. */
  readonly descending?: boolean;
}

/**
 * Positions that sort x along a dimension: integers from 0, equal elements in their order, NaN last.
 *
 * @throws RangeError for an axis that is not there, and for a scalar
 * @example argsort([3, 1, 2]); // [1, 2, 0]
 */
export function argsort(x: Arg, { axis = -1, descending = false }: SortOptions = {}): Expr {
  const { value, at } = along('argsort', x, axis);
  return apply('argsort', [value], { axis: at, reverse: descending });
}

/**
 * Elements of x at positions along a dimension, as NumPy's take_along_axis.
 *
 * @param positions integers from 0; of the sizes of x but along the dimension; an element outside is NaN
 * @param axis default the last
 * @throws RangeError when other sizes differ
 * @example takeAlong(scores, argsort(scores)); // sorted rows
 */
export function takeAlong(x: Arg, positions: Arg, axis = -1): Expr {
  const { value, at } = along('takeAlong', x, axis);
  return apply('takeAlong', [value, positions], { axis: at });
}

/**
 * x sorted along a dimension, rising unless told otherwise; NaN last.
 *
 * The derivative goes to the elements where they came from; elements that are equal have their own.
 *
 * @example sort([3, 1, 2], { descending: true }); // [3, 2, 1]
 */
export function sort(x: Arg, options: SortOptions = {}): Expr {
  return takeAlong(x, argsort(x, options), options.axis ?? -1);
}

/**
 * The k largest elements along a dimension, falling, and where they were.
 *
 * @param k from 0 to the size of the dimension
 * @throws RangeError for another k
 * @example const { values, positions } = topK([3, 1, 2], 2); // [3, 2], [0, 2]
 */
export function topK(x: Arg, k: number, { axis = -1 }: { readonly axis?: number } = {}) {
  const { value, at } = along('topK', x, axis);
  const count = value.shape[at]!;
  if (!(Number.isInteger(k) && k >= 0 && k <= count)) {
    throw new RangeError(
      `topK: dimension ${at} has ${count} elements; give a whole number from 0 to ${count}, got ${k}`,
    );
  }
  const order = argsort(value, { axis: at, descending: true });
  const positions = apply('sliceAxis', [order], { axis: at, start: 0, end: k });
  return { values: takeAlong(value, positions, at), positions };
}

/** Lines along a dimension brought to the front, what is done to them, and back. */
function inFront(operation: string, x: Arg, axis: number, f: (lines: Expr) => Expr): Expr {
  const { value, at } = along(operation, x, axis);
  if (at === 0) return f(value);
  const rest = value.shape.map((_, i) => i).filter((i) => i !== at);
  const back = value.shape.map((_, i) => (i === at ? 0 : i < at ? i + 1 : i));
  return transpose(f(transpose(value, [at, ...rest])), back);
}

/** A running value: each line from those before it and itself. */
function running(
  operation: string,
  x: Arg,
  axis: number,
  start: number,
  step: (before: Expr, now: Expr) => Expr,
): Expr {
  return inFront(operation, x, axis, (lines) => {
    if (lines.shape[0] === 0) return lines;
    return scan(step, apply('broadcastTo', [start], { sizes: lines.shape.slice(1) }), lines);
  });
}

/** Sums of the elements up to each, along a dimension. @param axis default 0 @example cumulativeSum([1, 2, 3]); // [1, 3, 6] */
export function cumulativeSum(x: Arg, axis = 0): Expr {
  return inFront('cumulativeSum', x, axis, (lines) => lines.cumsum() as Expr);
}

/**
 * Products of the elements up to each, along a dimension; the derivative is right where elements are 0.
 *
 * @param axis default 0
 * @example cumulativeProduct([1, 2, 3]); // [1, 2, 6]; stick breaking: cumulativeProduct(v.neg().add(1))
 */
export function cumulativeProduct(x: Arg, axis = 0): Expr {
  return running('cumulativeProduct', x, axis, 1, (before, now) => before.mul(now));
}

/** log Σ exp of the elements up to each, without overflow. @param axis default 0 @example cumulativeLogSumExp(logWeights); */
export function cumulativeLogSumExp(x: Arg, axis = 0): Expr {
  return running('cumulativeLogSumExp', x, axis, Number.NEGATIVE_INFINITY, (before, now) =>
    apply('logAddExp', [before, now]),
  );
}

/** The largest of the elements up to each. @param axis default 0 @example cumulativeMaximum([1, 3, 2]); // [1, 3, 3] */
export function cumulativeMaximum(x: Arg, axis = 0): Expr {
  return running('cumulativeMaximum', x, axis, Number.NEGATIVE_INFINITY, (before, now) => before.maximum(now));
}

/** The smallest of the elements up to each. @param axis default 0 @example cumulativeMinimum([3, 1, 2]); // [3, 1, 1] */
export function cumulativeMinimum(x: Arg, axis = 0): Expr {
  return running('cumulativeMinimum', x, axis, Number.POSITIVE_INFINITY, (before, now) => before.minimum(now));
}

/**
 * Differences of neighbours along a dimension, which is one shorter.
 *
 * @param order how many times over; default 1
 * @param axis default the last
 * @throws RangeError when the dimension has not more than `order` elements
 * @example difference([1, 4, 9]); // [3, 5]
 */
export function difference(
  x: Arg,
  { order = 1, axis = -1 }: { readonly order?: number; readonly axis?: number } = {},
): Expr {
  const { value, at } = along('difference', x, axis);
  const count = value.shape[at]!;
  if (!(Number.isInteger(order) && order >= 0 && order < Math.max(1, count))) {
    throw new RangeError(
      `difference: dimension ${at} has ${count} elements; give an order from 0 to ${Math.max(0, count - 1)}, got ${order}`,
    );
  }
  let result = value;
  for (let k = count; k > count - order; k--) {
    const after = apply('sliceAxis', [result], { axis: at, start: 1, end: k });
    result = after.sub(apply('sliceAxis', [result], { axis: at, start: 0, end: k - 1 }));
  }
  return result;
}

/**
 * x, no less than `lower` and no more than `upper`; NaN stays. The derivative is 0 outside, 1 inside, one half on a bound.
 *
 * @example clip(x, 0, 1);
 */
export function clip(x: Arg, lower: Arg, upper: Arg): Expr {
  return (asExpression(x) as unknown as Expr).maximum(lower).minimum(upper);
}

/** 1 where no element is 0, over all or along one dimension, else 0; 1 of nothing. @example all(x.gt(0)); */
export function all(x: Arg, axis?: number): Expr {
  return truth(x, 'min', axis);
}

/** 1 where some element is not 0, over all or along one dimension, else 0; 0 of nothing. @example any(x.gt(9), 1); */
export function any(x: Arg, axis?: number): Expr {
  return truth(x, 'max', axis);
}

/** Of nothing the extremes are ±∞, which are not truths. */
function truth(x: Arg, operation: 'min' | 'max', axis?: number): Expr {
  const holds = (asExpression(x) as unknown as Expr).ne(0);
  const found = axis === undefined ? holds[operation]() : holds[operation](axis);
  return operation === 'min' ? found.ne(0) : found.gt(0);
}

/**
 * Means of the rows of `values` that share a code; NaN for a code that none has.
 *
 * @param codes integers 0 … rows − 1 // (n,)
 * @returns (rows, …)
 * @throws RangeError for a code outside
 * @example segmentMean(score, school, 85);
 */
export function segmentMean(values: Arg, codes: Arg, rows: number): Expr {
  const x = asExpression(values);
  const index = asExpression(codes);
  const counts = segmentSum(apply('broadcastTo', [1], { sizes: index.shape }), codes, rows); // (rows,)
  const width = x.shape.length - index.shape.length;
  return segmentSum(values, codes, rows).div(counts.reshape(rows, ...new Array<number>(width).fill(1)));
}
