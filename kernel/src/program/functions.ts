/**
 * Functions of several expressions: what is not natural as a method of one.
 */

import { isExpression, nodeOf } from './arguments.ts';
import { inputNode } from './build.ts';
import { shapesByName } from './describe.ts';
import { apply, asExpression, expressionOf } from './expression.ts';
import { closeOver } from './graph.ts';
import { scanParts } from './operations/scan-layout.ts';
import { productOf } from './product.ts';
import { broadcastShapes, formatShape, sameShape } from './shape.ts';
import type { Arg, Broadcast, Expr, Shape, ShapeOfArg } from './types.ts';

/**
 * `a` where `condition` is not 0, else `b`, elementwise with broadcasting: what `condition ? a : b` is for numbers.
 * What is not taken adds nothing, neither to the value nor to the gradient, even where it is NaN or ∞.
 *
 * @example where(x.gt(0), x.log(), -Infinity);
 */
export function where<C extends Arg, A extends Arg, B extends Arg>(
  condition: C,
  a: A,
  b: B,
): Expr<Broadcast<ShapeOfArg<C>, Broadcast<ShapeOfArg<A>, ShapeOfArg<B>>>> {
  return apply('where', [condition, a, b]) as never;
}

/**
 * log Σ exp over all elements of one expression, or elementwise over several.
 *
 * @example logSumExp(a, b); // log(e^a + e^b), elementwise
 */
export function logSumExp(first: Arg, ...others: Arg[]): Expr {
  if (others.length === 0) return expressionOf(nodeOf(first)).logSumExp();
  if (others.length === 1) return apply('logAddExp', [first, others[0]!]);
  return stack(broadcastAll('logSumExp', [first, ...others])).logSumExp(0);
}

/**
 * log(p e^a + (1 − p) e^b): the log density of a mixture of two, elementwise.
 *
 * @param p weight of `a`, between 0 and 1
 * @example logMix(0.3, normal(0, 1).logDensity(y), normal(5, 1).logDensity(y));
 */
export function logMix(p: Arg, a: Arg, b: Arg): Expr {
  const weight = expressionOf(nodeOf(p));
  return apply('logAddExp', [weight.log().add(a), weight.neg().log1p().add(b)]);
}

/** Expressions of one shape, one after another along a new first dimension. @example stack([mu, sigma]).shape; // [2] */
export function stack(parts: readonly Arg[]): Expr {
  const nodes = parts.map(nodeOf);
  if (nodes.length === 0) throw new RangeError('stack: expected at least one expression, got none');
  const first = nodes[0]!.shape;
  for (const { shape } of nodes) {
    if (!sameShape(shape, first)) {
      throw new RangeError(
        `stack: all shapes must be equal, got ${formatShape(first)} and ${formatShape(shape)}; use concatenate to join along the first dimension${shapesByName(nodes)}`,
      );
    }
  }
  return apply(
    'concatenate',
    parts.map((part) => apply('reshape', [part], { sizes: [1, ...first] })),
  );
}

/** One after another along the first dimension. @example concatenate([[1, 2], beta]).shape; // [2 + n] */
export function concatenate(parts: readonly Arg[]): Expr {
  if (parts.length === 0) throw new RangeError('concatenate: expected at least one expression, got none');
  return apply('concatenate', parts);
}

/** Inner product of vectors; of matrices the matrix product. @example dot(x, beta); */
export function dot(a: Arg, b: Arg): Expr {
  return matmul(a, b);
}

/**
 * Matrix product: vec·vec, mat·vec, vec·mat or mat·mat; of more dimensions the last two, the others broadcasting.
 *
 * @example matmul(design, beta); // (n,)
 */
export function matmul(a: Arg, b: Arg): Expr {
  return expressionOf(productOf(nodeOf(a), nodeOf(b)));
}

/** All products of the elements of two vectors. // (n, m) @example outer([1, 2], [3, 4]); // [[3, 4], [6, 8]] */
export function outer(a: Arg, b: Arg): Expr {
  const left = asExpression(a);
  const right = asExpression(b);
  return left.reshape(left.size, 1).mul(right.reshape(1, right.size));
}

/** Repeat along new dimensions and along those of size 1. @example broadcastTo(mu, [8]); */
export function broadcastTo<const S extends Shape>(x: Arg, sizes: S): Expr<S> {
  return apply('broadcastTo', [x], { sizes }) as unknown as Expr<S>;
}

/** Dimensions in another order. @example transpose(a, [0, 2, 1]); */
export function transpose(x: Arg, permutation?: readonly number[]): Expr {
  const rank = asExpression(x).shape.length;
  const order = permutation ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  if ([...order].sort((a, b) => a - b).some((axis, i) => axis !== i) || order.length !== rank) {
    throw new RangeError(`transpose: expected each of 0 … ${rank - 1} once, got [${order.join(', ')}]`);
  }
  return apply('transpose', [x], { permutation: order });
}

/** Add the rows of `values` up by integer codes; codes outside add nothing at run time. // (rows, …) @example segmentSum(residual, county, 85); */
export function segmentSum(values: Arg, codes: Arg, rows: number): Expr {
  const bad = nodeOf(codes).attributes.value?.find((code) => !(Number.isInteger(code) && code >= 0 && code < rows));
  if (bad !== undefined) {
    throw new RangeError(`segmentSum: code ${bad} is not one of 0 … ${rows - 1}; codes count from 0`);
  }
  return apply('scatterAdd', [values, codes], { rows });
}

/** What a step of a scan is given and gives back: one value, or several by name. */
type State = Arg | Readonly<Record<string, Arg>>;
type Traced<T extends State> = T extends Arg ? Expr : { readonly [K in keyof T]: Expr };

/**
 * A recurrence: state_t = step(state_{t−1}, x_t …) for t = 0 … T − 1, traced once whatever T is.
 *
 * @param step from the state before and one element (row) of each sequence, the state after; of the same shape
 * @param init the state before the first step: one value, or an object of several
 * @param sequences arrays with the same first dimension T
 * @returns the states after each step, stacked // (T, …)
 * @throws RangeError when lengths differ or a state changes its shape
 * @example
 * // GARCH(1,1): h_t = a0 + a1 e²_{t−1} + b1 h_{t−1}
 * const h = scan((before, e2) => a0.add(a1.mul(e2)).add(b1.mul(before)), h0, residual.square());
 */
export function scan<T extends State>(
  step: (state: Traced<T>, ...elements: Expr[]) => { readonly [K in keyof T]: Arg } | Arg,
  init: T,
  ...sequences: Arg[]
): Traced<T> {
  const single = isArg(init);
  const names = single ? [''] : Object.keys(init);
  const initial = names.map((name) => nodeOf(single ? (init as Arg) : (init as Record<string, Arg>)[name]!));
  const xs = sequences.map(nodeOf);
  const length = scanLength(xs.map(({ shape }) => shape));
  // Under the users' names, for messages: a state's own, and an element that of its sequence.
  const before = initial.map(({ shape }, i) => inputNode(names[i] || 'state', shape));
  const elements = xs.map(({ shape, name }) =>
    inputNode(name === undefined ? 'element' : `${name}[t]`, shape.slice(1)),
  );
  const given = before.map(expressionOf);
  const state = single ? given[0] : Object.fromEntries(names.map((name, i) => [name, given[i]]));
  const result = step(state as Traced<T>, ...elements.map(expressionOf));
  const after = names.map((name, i) => {
    const value = single ? (result as Arg) : (result as Record<string, Arg>)[name];
    if (value === undefined) throw new TypeError(`scan: the step gives no '${name}'; return every name of the state`);
    return sameShapeAs(value, initial[i]!.shape, name);
  });
  const { graph: body, captured } = closeOver([...after, ...after], [...before, ...elements]);
  const attributes = { body, carries: after.length, sequences: xs.length, length };
  const flat = apply('scan', [...initial, ...xs, ...captured].map(expressionOf), attributes);
  const states = scanParts(flat, attributes, apply).slice(after.length);
  return (single ? states[0] : Object.fromEntries(names.map((name, i) => [name, states[i]]))) as Traced<T>;
}

function isArg(x: State): x is Arg {
  return typeof x !== 'object' || isExpression(x) || Array.isArray(x) || ArrayBuffer.isView(x);
}

function scanLength(shapes: readonly Shape[]): number {
  const length = shapes[0]?.[0];
  if (length === undefined || shapes.some((shape) => shape[0] !== length)) {
    throw new RangeError(
      `scan: expected one or more sequences of the same length, got shapes ${shapes.map(formatShape).join(', ') || 'none'}; ` +
        'each needs a first dimension to run along',
    );
  }
  return length;
}

function sameShapeAs(value: Arg, shape: Shape, name: string) {
  const node = nodeOf(value);
  if (!sameShape(node.shape, shape)) {
    throw new RangeError(
      `scan: the state ${name ? `'${name}' ` : ''}starts with shape ${formatShape(shape)} and the step gives ${formatShape(node.shape)}; ` +
        'give init the shape that the step returns',
    );
  }
  return node;
}

/** Operands repeated to their common shape. */
function broadcastAll(operation: string, parts: readonly Arg[]): Expr[] {
  const sizes = broadcastShapes(
    operation,
    parts.map((part) => nodeOf(part).shape),
  );
  return parts.map((part) => apply('broadcastTo', [part], { sizes }));
}
