/**
 * Functions that layers of neural networks are made of. They work in both precisions; in single precision each is
 * written for registers of four.
 */
import { nodeOf } from './arguments.ts';
import { apply, expressionOf } from './expression.ts';
import { where } from './functions.ts';
import { formatShape, normaliseAxis } from './shape.ts';
import type { Arg, Expr } from './types.ts';

const SQRT_HALF = Math.SQRT1_2;
const GELU_SCALE = Math.sqrt(2 / Math.PI); // Hendrycks & Gimpel 2016, "Gaussian error linear units", section 2
const GELU_CUBIC = 0.044715;

/** An argument as what has methods. */
function expression(x: Arg): Expr {
  return expressionOf(nodeOf(x));
}

/** x where x > 0, else 0; the derivative at 0 is 0. @example relu(x.matmul(w).add(b)); */
export function relu(x: Arg): Expr {
  return apply('relu', [x]);
}

/** x where x > 0, else slope · x. @example leakyRelu(x, 0.01); */
export function leakyRelu(x: Arg, slope = 0.01): Expr {
  const value = expression(x);
  return where(value.gt(0), value, value.mul(slope));
}

/** x where x > 0, else alpha (e^x − 1). @example elu(x); */
export function elu(x: Arg, alpha = 1): Expr {
  const value = expression(x);
  return where(value.gt(0), value, value.expm1().mul(alpha));
}

/** 1 / (1 + e^−x): a gate. As `x.sigmoid()`, but its gradient needs the value alone. @example sigmoidGate(x); */
export function sigmoidGate(x: Arg): Expr {
  return apply('logistic', [x]);
}

/** x · sigmoid(x), also called swish. @example silu(x); */
export function silu(x: Arg): Expr {
  const value = expression(x);
  return value.mul(sigmoidGate(value));
}

/**
 * x Φ(x), Φ the standard normal distribution function; or its approximation by tanh.
 *
 * @param approximate 'tanh' for 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³)))
 * @example gelu(x, { approximate: 'tanh' });
 */
export function gelu(x: Arg, { approximate = 'none' }: { readonly approximate?: 'none' | 'tanh' } = {}): Expr {
  const value = expression(x);
  if (approximate === 'none') return value.mul(value.mul(SQRT_HALF).erf().add(1).mul(0.5));
  const inner = value.square().mul(GELU_CUBIC).add(1).mul(value).mul(GELU_SCALE);
  return value.mul(inner.tanh().add(1).mul(0.5));
}

/** Work along another dimension than the last by moving it there and back. */
function alongLast(name: string, x: Arg, axis: number, work: (moved: Expr) => Expr): Expr {
  const value = expression(x);
  const at = normaliseAxis(name, axis, value.shape);
  const last = value.shape.length - 1;
  if (at === last) return work(value);
  const swap = value.shape.map((_, i) => (i === at ? last : i === last ? at : i));
  return apply('transpose', [work(apply('transpose', [value], { permutation: swap }))], { permutation: swap });
}

/**
 * e^x / Σ e^x along one dimension. Where x is −∞ the weight is 0, in single precision also where it is more than 87
 * below the largest; a row that is −∞ everywhere gives NaN.
 *
 * @param axis default the last
 * @example softmax(where(mask, scores, -Infinity)); // attention with a mask
 */
export function softmax(x: Arg, axis = -1): Expr {
  return alongLast('softmax', x, axis, (moved) => apply('softmax', [moved]));
}

/**
 * Scores of steps looking at steps, a bᵀ, for `causalSoftmax`: what lies far above the diagonal is not computed, and 0.
 *
 * @param a, b // (…, steps, d) both, three dimensions or more
 * @returns // (…, steps, steps)
 * @throws RangeError for shapes that differ
 * @example causalScores(queries, keys);
 */
export function causalScores(a: Arg, b: Arg): Expr {
  return apply('causalMatmul', [a, b], { lower: 'result' });
}

/**
 * Softmax of each row up to the diagonal, 0 after it: no step looks at later ones.
 *
 * @param x // (…, steps, steps)
 * @throws RangeError where there are not as many columns as rows
 * @example causalMix(causalSoftmax(causalScores(queries, keys)), values); // attention
 */
export function causalSoftmax(x: Arg): Expr {
  return apply('causalSoftmax', [x]);
}

/**
 * Values weighed and added up, w v, where the weights above the diagonal are 0: about half of them are not read.
 *
 * @param w // (…, steps, steps), three dimensions or more
 * @param v // (…, steps, d)
 * @returns // (…, steps, d)
 * @example causalMix(causalSoftmax(scores), values);
 */
export function causalMix(w: Arg, v: Arg): Expr {
  return apply('causalMatmul', [w, v], { lower: 'left' });
}

/** log softmax, without overflow. @param axis default the last @example logSoftmax(scores); */
export function logSoftmax(x: Arg, axis = -1): Expr {
  return alongLast('logSoftmax', x, axis, (moved) => apply('logSoftmax', [moved]));
}

/** Position of the largest element along the last dimension, the first of several. // (…) @example argmax(scores); */
export function argmax(x: Arg): Expr {
  return apply('argmax', [x]);
}

/**
 * 1 at the class of each label, 0 elsewhere; a label that is no class has 0 everywhere.
 *
 * @returns one more dimension, of `classes` elements
 * @example oneHot(variable('label', [32], 'integer'), 10); // (32, 10)
 */
export function oneHot(labels: Arg, classes: number): Expr {
  const codes = expression(labels);
  const all = Float64Array.from({ length: classes }, (_, i) => i);
  return apply('eq', [codes.reshape(...codes.shape, 1), all]);
}

/**
 * Rows of a table at integer positions: an embedding. Its derivative adds up what comes to each row.
 *
 * @param table // (rows, …)
 * @param positions integers 0 … rows − 1; a row that is not there is NaN // (…)
 * @example takeRows(state.variable('embedding'), variable('token', [16, 64], 'integer')); // (16, 64, width)
 */
export function takeRows(table: Arg, positions: Arg): Expr {
  return apply('gather', [table, positions]);
}

/**
 * Elements start … end − 1 along one dimension; negative positions count from the end.
 *
 * @throws RangeError for positions outside
 * @example sliceAlong(x, 1, 0, 64);
 */
export function sliceAlong(x: Arg, axis: number, start: number, end?: number): Expr {
  const value = expression(x);
  const at = normaliseAxis('sliceAlong', axis, value.shape);
  const size = value.shape[at]!;
  const from = start < 0 ? start + size : start;
  const to = end === undefined ? size : end < 0 ? end + size : end;
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= size)) {
    throw new RangeError(
      `sliceAlong(${start}, ${end}): dimension ${at} of ${formatShape(value.shape)} has ${size} elements; give whole positions inside`,
    );
  }
  if (from === 0 && to === size) return value;
  if (at === 0) return value.slice(from, to);
  return apply('sliceAxis', [value], { axis: at, start: from, end: to });
}

/** Parts of equal size along one dimension. @example const [q, k, v] = splitAlong(x, 3, -1); */
export function splitAlong(x: Arg, count: number, axis = 0): Expr[] {
  const value = expression(x);
  const at = normaliseAxis('splitAlong', axis, value.shape);
  const size = value.shape[at]! / count;
  if (!(Number.isInteger(size) && count > 0)) {
    throw new RangeError(
      `splitAlong: dimension ${at} of ${formatShape(value.shape)} cannot be cut into ${count} parts of equal size`,
    );
  }
  return Array.from({ length: count }, (_, i) => sliceAlong(value, at, i * size, (i + 1) * size));
}

/** One after another along one dimension. @example concatenateAlong([x, y], -1); */
export function concatenateAlong(parts: readonly Arg[], axis: number): Expr {
  const first = parts[0];
  if (first === undefined) throw new RangeError('concatenateAlong: expected at least one expression, got none');
  const at = normaliseAxis('concatenateAlong', axis, nodeOf(first).shape);
  return at === 0 ? apply('concatenate', parts) : apply('concatenateAxis', parts, { axis: at });
}

/**
 * Mean and variance along one dimension, which stays with size 1, so that both broadcast over `x`.
 *
 * @returns the variance divides by the number of elements
 * @example const { mean, variance } = moments(x, -1); x.sub(mean).div(variance.add(1e-5).sqrt());
 */
export function moments(x: Arg, axis: number): { readonly mean: Expr; readonly variance: Expr } {
  const value = expression(x);
  const at = normaliseAxis('moments', axis, value.shape);
  const kept = value.shape.map((n, i) => (i === at ? 1 : n));
  const mean = value.mean(at).reshape(...kept);
  const variance = value
    .sub(mean)
    .square()
    .mean(at)
    .reshape(...kept);
  return { mean, variance };
}

/**
 * Uniform random numbers in [0, 1), the same for the same key, everywhere.
 *
 * @param key four 32-bit words given at each step: `variable('key', [4], 'integer')`, fed with a key of `random`
 * @param stream which of the independent streams of the key: another one for each use
 * @example const keep = randomUniform(key, [32, 128], 1).lt(0.9); // dropout
 */
export function randomUniform(key: Arg, shape: readonly number[], stream: number): Expr {
  if (!(Number.isInteger(stream) && stream >= 0 && stream < 2 ** 31)) {
    throw new RangeError(`randomUniform: expected a whole stream number from 0 to 2^31 − 1, got ${stream}`);
  }
  return apply('random', [key], { sizes: shape, stream });
}

/**
 * x with a random part set to 0 and the rest scaled up, so that its mean stays.
 *
 * @param rate probability of 0, from 0 to below 1
 * @param stream another one for each use of a key
 * @example dropout(x, 0.1, variable('key', [4], 'integer'), 3);
 */
export function dropout(x: Arg, rate: number, key: Arg, stream: number): Expr {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`dropout: expected a rate from 0 to below 1, got ${rate}`);
  const value = expression(x);
  if (rate === 0) return value;
  const kept = randomUniform(key, value.shape, stream).ge(rate);
  return where(kept, value.mul(1 / (1 - rate)), 0);
}
