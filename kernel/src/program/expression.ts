/**
 * A traced expression: a number with methods that does not know its value yet. Methods build the graph.
 */
import { isExpression, mark, nodeOf } from './arguments.ts';
import { constantNode, createNode, inputNode } from './build.ts';
import { elementOf, fillUnknownSize, rowsOf } from './elements.ts';
import type { Attributes, Node } from './node.ts';
import { productOf } from './product.ts';
import { formatShape, normaliseAxis, sizeOf } from './shape.ts';
import type { Arg, Broadcast, Chosen, Expr, Index, IndexMethods, Methods, Shape, ShapeOfArg, shape } from './types.ts';

const wayOut =
  'Operators on expressions are rewritten only inside the functions given to .parameters, .derived, .observe and ' +
  ".logDensity of a model, and in functions that begin with 'use expression'; elsewhere use methods " +
  '(a.add(b), a.mul(b), a.exp()), or start Node with `node --import estimand/register`.';

function symbolic(node: Node, used: string): never {
  const who = node.name === undefined ? 'an expression' : `the expression '${node.name}'`;
  throw new TypeError(`${who} was used as ${used}, but its value is not known while a model is traced. ${wayOut}`);
}

/** A traced expression; see `Methods` in types.ts for what each method computes. */
export class Expression<S extends Shape = Shape> implements Methods<S> {
  declare readonly [shape]: () => S;
  readonly node: Node;
  readonly [mark] = true;

  constructor(node: Node) {
    this.node = node;
  }

  get shape(): S {
    return this.node.shape as S;
  }

  get size(): number {
    return sizeOf(this.node.shape);
  }

  add<A extends Arg>(other: A) {
    return this.#with<A>('add', other);
  }
  sub<A extends Arg>(other: A) {
    return this.#with<A>('sub', other);
  }
  mul<A extends Arg>(other: A) {
    return this.#with<A>('mul', other);
  }
  div<A extends Arg>(other: A) {
    return this.#with<A>('div', other);
  }
  pow<A extends Arg>(exponent: A) {
    return this.#with<A>('pow', exponent);
  }
  mod<A extends Arg>(other: A) {
    return this.#with<A>('mod', other);
  }
  minimum<A extends Arg>(other: A) {
    return this.#with<A>('minimum', other);
  }
  maximum<A extends Arg>(other: A) {
    return this.#with<A>('maximum', other);
  }
  lt<A extends Arg>(other: A) {
    return this.#with<A>('lt', other);
  }
  le<A extends Arg>(other: A) {
    return this.#with<A>('le', other);
  }
  gt<A extends Arg>(other: A) {
    return this.#with<A>('gt', other);
  }
  ge<A extends Arg>(other: A) {
    return this.#with<A>('ge', other);
  }
  eq<A extends Arg>(other: A) {
    return this.#with<A>('eq', other);
  }
  ne<A extends Arg>(other: A) {
    return this.#with<A>('ne', other);
  }

  neg() {
    return this.#each('neg');
  }
  abs() {
    return this.#each('abs');
  }
  sign() {
    return this.#each('sign');
  }
  exp() {
    return this.#each('exp');
  }
  expm1() {
    return this.#each('expm1');
  }
  log() {
    return this.#each('log');
  }
  log1p() {
    return this.#each('log1p');
  }
  sqrt() {
    return this.#each('sqrt');
  }
  square() {
    return this.#each('square');
  }
  reciprocal() {
    return this.#each('reciprocal');
  }
  sin() {
    return this.#each('sin');
  }
  cos() {
    return this.#each('cos');
  }
  tan() {
    return this.#each('tan');
  }
  tanh() {
    return this.#each('tanh');
  }
  atan() {
    return this.#each('atan');
  }
  floor() {
    return this.#each('floor');
  }
  ceil() {
    return this.#each('ceil');
  }
  round() {
    return this.#each('round');
  }
  trunc() {
    return this.#each('trunc');
  }
  sigmoid() {
    return this.#each('sigmoid');
  }
  softplus() {
    return this.#each('softplus');
  }
  logit() {
    return this.#each('logit');
  }
  erf() {
    return this.#each('erf');
  }
  erfc() {
    return this.#each('erfc');
  }
  normalCdf() {
    return this.#each('normalCdf');
  }
  normalLogCdf() {
    return this.#each('normalLogCdf');
  }
  lgamma() {
    return this.#each('lgamma');
  }
  digamma() {
    return this.#each('digamma');
  }
  trigamma() {
    return this.#each('trigamma');
  }
  acos() {
    return this.#each('acos');
  }
  acosh() {
    return this.#each('acosh');
  }
  asin() {
    return this.#each('asin');
  }
  asinh() {
    return this.#each('asinh');
  }
  atanh() {
    return this.#each('atanh');
  }
  cbrt() {
    return this.#each('cbrt');
  }
  cosh() {
    return this.#each('cosh');
  }
  sinh() {
    return this.#each('sinh');
  }
  log2() {
    return this.#each('log2');
  }
  log10() {
    return this.#each('log10');
  }
  normalQuantile() {
    return this.#each('normalQuantile');
  }
  besselI0() {
    return this.#each('besselI0');
  }
  besselI1() {
    return this.#each('besselI1');
  }
  besselI0Scaled() {
    return this.#each('besselI0Scaled');
  }
  besselI1Scaled() {
    return this.#each('besselI1Scaled');
  }
  atan2<A extends Arg>(x: A) {
    return this.#with<A>('atan2', x);
  }
  logBeta<A extends Arg>(b: A) {
    return this.#with<A>('logBeta', b);
  }
  polygamma(order: number): Expr<S> {
    return applyTyped<S>('polygamma', [requireOrder(order), this], {});
  }

  sum(): Expr<[]>;
  sum(axis: number): Expr;
  sum(axis?: number): Expr {
    return this.#reduce('sum', axis);
  }
  mean(): Expr<[]>;
  mean(axis: number): Expr;
  mean(axis?: number): Expr {
    const count = axis === undefined ? this.size : this.shape[normaliseAxis('mean', axis, this.shape)]!;
    return this.#reduce('sum', axis).div(count);
  }
  max(): Expr<[]>;
  max(axis: number): Expr;
  max(axis?: number): Expr {
    return this.#reduce('max', axis);
  }
  min(): Expr<[]>;
  min(axis: number): Expr;
  min(axis?: number): Expr {
    return this.#reduce('min', axis);
  }
  logSumExp(): Expr<[]>;
  logSumExp(axis: number): Expr;
  logSumExp(axis?: number): Expr {
    const whole = axis === undefined ? this.shape.length === 1 : normaliseAxis('logSumExp', axis, this.shape) === 0;
    // Of two: one exponential instead of two.
    if (whole && this.shape[0] === 2) return apply('logAddExp', [this.at(0) as never, this.at(1) as never]);
    return this.#reduce('logSumExp', axis);
  }
  prod(): Expr<[]>;
  prod(axis: number): Expr;
  prod(axis?: number): Expr {
    return this.#reduce('prod', axis);
  }
  cumsum(): Expr<S> {
    return applyTyped<S>('cumsum', [this], {});
  }

  dot<A extends Arg>(other: A): Expr {
    return typed(productOf(this.node, nodeOf(other)));
  }
  matmul<A extends Arg>(other: A): Expr {
    return typed(productOf(this.node, nodeOf(other)));
  }
  transpose(): Expr {
    return apply('transpose', [this], { permutation: this.shape.map((_, axis) => this.shape.length - 1 - axis) });
  }
  reshape<const N extends readonly number[]>(...sizes: N): Expr<N> {
    return applyTyped<N>('reshape', [this], { sizes: fillUnknownSize(sizes, this.size) });
  }
  at<const I extends Index | Arg>(index: I): Expr<Chosen<S, I>> {
    const at = typeof index === 'number' ? index : nodeOf(index as Arg);
    const { levels } = isExpression(index) ? (index as unknown as { levels?: number }) : {};
    return typed(elementOf(this.node, at, levels)) as never;
  }
  slice(start: number, end?: number): Expr {
    return typed(rowsOf(this.node, start, end));
  }

  #with<A extends Arg>(operation: string, other: A): Expr<Broadcast<S, ShapeOfArg<A>>> {
    return applyTyped(operation, [this, other], {});
  }
  #each(operation: string): Expr<S> {
    return applyTyped<S>(operation, [this], {});
  }
  #reduce(operation: string, axis?: number): Expr {
    const axes = axis === undefined ? this.shape.map((_, i) => i) : [normaliseAxis(operation, axis, this.shape)];
    return apply(operation, [this], { axes });
  }

  /** Where nothing was rewritten, an operator asks for a number: there is none. */
  [Symbol.toPrimitive](hint: string): never {
    return symbolic(this.node, hint === 'string' ? 'text' : 'a number');
  }
  toFixed(): never {
    return symbolic(this.node, 'a number by toFixed');
  }
  toPrecision(): never {
    return symbolic(this.node, 'a number by toPrecision');
  }
  toExponential(): never {
    return symbolic(this.node, 'a number by toExponential');
  }
  toLocaleString(): never {
    return symbolic(this.node, 'text by toLocaleString');
  }
}

/** @throws RangeError for an order that polygamma does not have */
function requireOrder(order: number): number {
  if (Number.isInteger(order) && order >= 0 && order <= 100) return order;
  throw new RangeError(`polygamma: the order must be a whole number from 0 to 100, got ${order}`);
}

/** The same sizes, without the `readonly` that a literal argument brings. */
type Writable<S extends Shape> = S extends readonly [...infer T extends Shape] ? [...T] : S;

/** The graph of an expression, to the type checker a number too. */
function typed<S extends Shape>(node: Node): Expr<S> {
  return new Expression<S>(node) as unknown as Expr<S>;
}

/** A traced factor: integer codes of a known number of levels. */
class IndexExpression<Name extends string> extends Expression<[number]> implements IndexMethods<Name, [number]> {
  readonly levels: number;
  readonly factor: Name;
  constructor(node: Node, levels: number, factor: Name) {
    super(node);
    this.levels = levels;
    this.factor = factor;
  }
}

/**
 * Factor codes as an expression, to be used as `effect.at(county)`.
 *
 * @param codes integers 0 … levels − 1 // (n,)
 * @throws RangeError for a code outside, with its position
 * @example indexExpression(Int32Array.of(0, 2, 1), 3, 'county');
 */
export function indexExpression<const Name extends string>(
  codes: ArrayLike<number>,
  levels: number,
  factor: Name,
): Index<Name, [number]> {
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (!(Number.isInteger(code) && code >= 0 && code < levels)) {
      throw new RangeError(
        `factor '${factor}': code ${code} at position ${i} is not one of 0 … ${levels - 1}; drop rows with missing levels first`,
      );
    }
  }
  const node = constantNode(Float64Array.from(codes), [codes.length], factor);
  return new IndexExpression(node, levels, factor) as unknown as Index<Name, [number]>;
}

/** An expression of an operation of the registry. The way in for derivatives and for the functions of this room. */
export function apply(operation: string, inputs: readonly (Arg | Expression)[], attributes: Attributes = {}): Expr {
  return typed(createNode(operation, inputs.map(nodeOf), attributes));
}

function applyTyped<S extends Shape>(operation: string, inputs: readonly unknown[], attributes: Attributes): Expr<S> {
  return typed<S>(
    createNode(
      operation,
      inputs.map((input) => nodeOf(input as Arg)),
      attributes,
    ),
  );
}

/** A node as an expression. */
export function expressionOf(node: Node): Expr {
  return typed(node);
}

/**
 * Number, boolean, (nested) array, typed array or expression as an expression.
 *
 * @throws RangeError for rows of unequal length; TypeError for anything that is not a number
 * @example asExpression([[1, 2], [3, 4]]).shape; // [2, 2]
 */
export function asExpression(arg: Arg | Expression): Expression {
  return isExpression(arg) ? (arg as unknown as Expression) : new Expression(nodeOf(arg));
}

/**
 * A value known now, as an expression; `name` is what messages call it.
 *
 * @example constant([1, 2, 3], 'x').sum();
 */
export function constant<A extends Arg>(arg: A, name?: string): Expr<ShapeOfArg<A>> {
  const node = nodeOf(arg);
  return typed(name === undefined ? node : { ...node, name });
}

/**
 * A value given when the program runs.
 *
 * @param kind 'integer' for labels and positions: kept as 32-bit integers where the program is in single precision
 * @example const x = variable('x', [3]); compile({ inputs: [{ name: 'x', shape: [3] }], outputs: [x.sum()] });
 */
export function variable<const S extends Shape>(
  name: string,
  shape: S,
  kind: 'real' | 'integer' = 'real',
): Expr<Writable<S>> {
  for (const n of shape) {
    if (!(Number.isInteger(n) && n >= 0)) {
      throw new RangeError(`variable '${name}': sizes must be integers of 0 or more, got ${formatShape(shape)}`);
    }
  }
  return typed(inputNode(name, shape, kind === 'integer'));
}

/** The same expression under a name that messages use, such as the user's name of a parameter. */
export function named<E extends Expr>(expression: E, name: string): E {
  const node = nodeOf(expression);
  // An input is known by its identity: a copy would be another variable, and the gradient by it zero.
  if (node.operation === 'input') return expression;
  return typed({ ...node, name }) as unknown as E;
}
