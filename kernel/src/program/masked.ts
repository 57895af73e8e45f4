/**
 * Softmax and log-sum-exp over some of the elements: attention over the words that are there (Vaswani et al. 2017, section
 * 3.2.3), mixtures of as many components as a row has. What is masked adds exactly 0 to value and gradient, also where it
 * is NaN or infinite, and so does a row of which nothing is left.
 */
import { nodeOf } from './arguments.ts';
import { expressionOf } from './expression.ts';
import { where } from './functions.ts';
import { softmax } from './neural.ts';
import { broadcastShapes, formatShape, normaliseAxis, sameShape } from './shape.ts';
import type { Arg, Expr } from './types.ts';

/** x where the mask is not 0, else −∞; the mask, of x's shape or one that broadcasts to it. */
function maskedOut(name: string, x: Arg, mask: Arg): { readonly kept: Expr; readonly there: Expr } {
  const [value, wanted] = [expressionOf(nodeOf(x)), expressionOf(nodeOf(mask))];
  const together = broadcastShapes(name, [value.shape, wanted.shape]);
  if (!sameShape(together, value.shape)) {
    throw new RangeError(
      `${name}: a mask of shape ${formatShape(wanted.shape)} for values of shape ${formatShape(value.shape)}; give one ` +
        'of the same shape, or one that broadcasts to it',
    );
  }
  const there = wanted.ne(0);
  return { kept: where(there, value, -Infinity) as Expr, there };
}

/**
 * Softmax along one dimension over the elements whose mask is not 0; the others have weight 0, and in a row where none is
 * left all have.
 *
 * @param x any array // (…, n)
 * @param mask numbers or comparisons of x's shape, or of one that broadcasts to it, as a causal mask (T, T) does over (heads, T, T)
 * @param axis default the last
 * @throws RangeError when the mask does not broadcast to x
 * @example maskedSoftmax(scores, lengths.reshape(-1, 1).gt([0, 1, 2, 3])); // rows of at most four
 */
export function maskedSoftmax(x: Arg, mask: Arg, axis = -1): Expr {
  const { kept, there } = maskedOut('maskedSoftmax', x, mask);
  const at = normaliseAxis('maskedSoftmax', axis, kept.shape);
  const some = broadcastRows(there, kept.shape, at);
  return where(there, softmax(where(some, kept, 0) as Expr, at), 0) as Expr;
}

/** 1 in rows where any element is there, with 1 for the dimension along which they run. */
function broadcastRows(there: Expr, shape: readonly number[], axis: number): Expr {
  const own = axis - shape.length + there.shape.length;
  // A mask that is the same along the dimension stands for whole rows.
  if (own < 0 || there.shape[own] === 1) return there;
  return there.max(own).reshape(...there.shape.map((n, i) => (i === own ? 1 : n)));
}

/**
 * log Σ e^x over the elements whose mask is not 0, along one dimension or over all; −∞ where none is left.
 *
 * @param x any array
 * @param mask numbers or comparisons of x's shape, or of one that broadcasts to it
 * @param axis the dimension that goes; all of them by default
 * @throws RangeError when the mask does not broadcast to x
 * @example maskedLogSumExp(weights.log().add(densities), [[1, 1, 0], [1, 1, 1]], -1); // two components, and three
 */
export function maskedLogSumExp(x: Arg, mask: Arg, axis?: number): Expr {
  const { kept } = maskedOut('maskedLogSumExp', x, mask);
  return (axis === undefined ? kept.logSumExp() : kept.logSumExp(axis)) as Expr;
}
