/**
 * The types of the compute core: shapes, traced expressions, and the log density an estimator sees.
 */

import type { Graph } from './node.ts';

/** Sizes of an array's dimensions; `[]` is a scalar. A plain `number` stands for a size known only at run time. */
export type Shape = readonly number[];

export declare const shape: unique symbol;

/** Carries a shape for the type checker only. */
export interface Shaped<S extends Shape = Shape> {
  readonly [shape]: () => S;
}

/** What an expression, a distribution parameter or an operand may be. Nested arrays become matrices. */
export type Arg<S extends Shape = Shape> =
  | Expr<S>
  | number
  | boolean
  | readonly number[]
  | readonly (readonly number[])[]
  | Float64Array
  | Int32Array;

/** Equal shapes give themselves; a scalar gives the other; everything else is found at run time. */
export type Broadcast<A extends Shape, B extends Shape> = A extends readonly []
  ? B
  : B extends readonly []
    ? A
    : [A] extends [B]
      ? A
      : Shape;

/** The shape of an argument as far as the type checker can know it. */
export type ShapeOfArg<A> =
  A extends Shaped<infer S>
    ? S
    : A extends number | boolean
      ? []
      : A extends readonly (readonly number[])[]
        ? [number, number]
        : A extends readonly number[] | Float64Array | Int32Array
          ? [number]
          : Shape;

type Tail<S extends Shape> = S extends readonly [number, ...infer R extends Shape] ? R : Shape;

/** What tells a factor from other arguments: comparing whole lists of methods would go in circles. */
type FactorShape<N extends Shape> = Shaped<N> & { readonly levels: number };

/** The shape of what `at` chooses from an array of shape S. */
export type Chosen<S extends Shape, I> =
  I extends FactorShape<infer N> ? [...N, ...Tail<S>] : I extends number ? Tail<S> : Shape;

/** Methods of a traced expression, with NumPy's names and broadcasting. Operators inside model stages become these. */
export interface Methods<S extends Shape = Shape> extends Shaped<S> {
  /** Sizes of the dimensions, known when the model is traced. */
  readonly shape: S;
  /** Number of elements. */
  readonly size: number;

  add<A extends Arg>(other: A): Expr<Broadcast<S, ShapeOfArg<A>>>;
  sub<A extends Arg>(other: A): Expr<Broadcast<S, ShapeOfArg<A>>>;
  mul<A extends Arg>(other: A): Expr<Broadcast<S, ShapeOfArg<A>>>;
  div<A extends Arg>(other: A): Expr<Broadcast<S, ShapeOfArg<A>>>;
  pow<A extends Arg>(exponent: A): Expr<Broadcast<S, ShapeOfArg<A>>>;
  minimum<A extends Arg>(other: A): Expr<Broadcast<S, ShapeOfArg<A>>>;
  maximum<A extends Arg>(other: A): Expr<Broadcast<S, ShapeOfArg<A>>>;
  neg(): Expr<S>;
  abs(): Expr<S>;
  sign(): Expr<S>;
  exp(): Expr<S>;
  expm1(): Expr<S>;
  log(): Expr<S>;
  log1p(): Expr<S>;
  sqrt(): Expr<S>;
  square(): Expr<S>;
  reciprocal(): Expr<S>;
  sin(): Expr<S>;
  cos(): Expr<S>;
  tan(): Expr<S>;
  tanh(): Expr<S>;
  atan(): Expr<S>;
  /** Inverse cosine in radians; NaN outside −1 … 1. */
  acos(): Expr<S>;
  /** Inverse hyperbolic cosine; NaN below 1. */
  acosh(): Expr<S>;
  /** Inverse sine in radians; NaN outside −1 … 1. */
  asin(): Expr<S>;
  asinh(): Expr<S>;
  atanh(): Expr<S>;
  /** Cube root, with the sign of x. */
  cbrt(): Expr<S>;
  cosh(): Expr<S>;
  sinh(): Expr<S>;
  log2(): Expr<S>;
  log10(): Expr<S>;
  /** The angle of the point (x, y) in radians, y being this; as Math.atan2. */
  atan2<A extends Arg>(x: A): Expr<Broadcast<S, ShapeOfArg<A>>>;
  floor(): Expr<S>;
  ceil(): Expr<S>;
  round(): Expr<S>;
  /** 1 / (1 + e^−x). */
  sigmoid(): Expr<S>;
  /** log(1 + e^x), without overflow. */
  softplus(): Expr<S>;
  /** log(x / (1 − x)). */
  logit(): Expr<S>;
  erf(): Expr<S>;
  erfc(): Expr<S>;
  /** Standard normal distribution function Φ(x). */
  normalCdf(): Expr<S>;
  /** log Φ(x), accurate in the lower tail. */
  normalLogCdf(): Expr<S>;
  /** Inverse of Φ; ∓∞ at 0 and 1, NaN outside. */
  normalQuantile(): Expr<S>;
  /** log |Γ(x)|. */
  lgamma(): Expr<S>;
  digamma(): Expr<S>;
  trigamma(): Expr<S>;
  /** The derivative of digamma of this order, a whole number. */
  polygamma(order: number): Expr<S>;
  /** log B(a, b), a being this. */
  logBeta<A extends Arg>(b: A): Expr<Broadcast<S, ShapeOfArg<A>>>;
  /** Modified Bessel functions of the first kind, and these times e^−|x|. */
  besselI0(): Expr<S>;
  besselI1(): Expr<S>;
  besselI0Scaled(): Expr<S>;
  besselI1Scaled(): Expr<S>;

  /** 1 where true, 0 where not. */
  lt<A extends Arg>(other: A): Expr<Broadcast<S, ShapeOfArg<A>>>;
  le<A extends Arg>(other: A): Expr<Broadcast<S, ShapeOfArg<A>>>;
  gt<A extends Arg>(other: A): Expr<Broadcast<S, ShapeOfArg<A>>>;
  ge<A extends Arg>(other: A): Expr<Broadcast<S, ShapeOfArg<A>>>;
  eq<A extends Arg>(other: A): Expr<Broadcast<S, ShapeOfArg<A>>>;
  ne<A extends Arg>(other: A): Expr<Broadcast<S, ShapeOfArg<A>>>;

  /** Sum of all elements, or along one axis. */
  sum(): Expr<[]>;
  sum(axis: number): Expr;
  mean(): Expr<[]>;
  mean(axis: number): Expr;
  /** Product of all elements, or along one axis. */
  prod(): Expr<[]>;
  prod(axis: number): Expr;
  max(): Expr<[]>;
  max(axis: number): Expr;
  min(): Expr<[]>;
  min(axis: number): Expr;
  /** log Σ exp(x) over all elements, or along one axis, without overflow. */
  logSumExp(): Expr<[]>;
  logSumExp(axis: number): Expr;
  cumsum(): Expr<S>;
  dot<A extends Arg>(other: A): Expr;
  matmul<A extends Arg>(other: A): Expr;
  transpose(): Expr;
  reshape<const N extends readonly number[]>(...sizes: N): Expr<N>;
  /** Element, row, or (with an index array) a gather along the first dimension. */
  at<const I extends Index | Arg>(index: I): Expr<Chosen<S, I>>;
  /** Elements `start` to `end` (excluded) of the first dimension; negative counts from the end. */
  slice(start: number, end?: number): Expr;
}

/**
 * A traced expression. To the type checker it is also a number, so that `alpha + beta * x` is legal inside a
 * model's stages, where the cell transform turns operators into these methods; everywhere else using it as a
 * number throws an error that names the way out.
 */
export type Expr<S extends Shape = Shape> = number & Methods<S>;

/** A traced factor: integer codes 0 … levels − 1, used as `effect.at(county)`. */
export interface IndexMethods<Name extends string = string, N extends Shape = Shape> extends Methods<N> {
  readonly levels: number;
  readonly factor: Name;
}
export type Index<Name extends string = string, N extends Shape = Shape> = number & IndexMethods<Name, N>;

/**
 * A log density over d unconstrained real numbers: all an estimator, a sampler or a landscape needs to know of
 * a model. Both methods may be called at any point; outside the support the value is −∞ or NaN, never a throw.
 */
export interface LogDensity {
  /** d, the number of unconstrained coordinates. */
  readonly dimension: number;
  /** log density at `position` (d,). */
  value(position: Float64Array): number;
  /** log density at `position` (d,), its gradient written into `gradient` (d,). */
  valueAndGradient(position: Float64Array, gradient: Float64Array): number;
  /** Value and gradient of one input as closed data, where it was compiled: what is sent to another thread. */
  readonly graph?: Graph;
  /** H v at `position` (d,) for a vector v (d,), H being the matrix of second derivatives, into `result` (d,). */
  hessianVectorProduct?(position: Float64Array, vector: Float64Array, result: Float64Array): void;
  /** The second derivatives at `position` (d,), row-major and exactly symmetric, into `result` (d · d,). */
  hessian?(position: Float64Array, result: Float64Array): void;
  /** True where `hessian` costs no more than a few gradients: over rows whose means are linear in the coordinates. */
  readonly hasQuickHessian?: boolean;
  /** True where it is known to be concave, so that every climb leads to the same maximum; false says nothing. */
  readonly isConcave?: boolean;
}

/**
 * What rewritten operators call (rewrite/ emits the calls, operators.ts implements them). With no expression among
 * the operands each does exactly what plain JavaScript does, strings, bigints and dates included.
 */
export interface Operators {
  add(a: unknown, b: unknown): unknown;
  sub(a: unknown, b: unknown): unknown;
  mul(a: unknown, b: unknown): unknown;
  div(a: unknown, b: unknown): unknown;
  mod(a: unknown, b: unknown): unknown;
  pow(a: unknown, b: unknown): unknown;
  neg(a: unknown): unknown;
  plus(a: unknown): unknown;
  lt(a: unknown, b: unknown): unknown;
  le(a: unknown, b: unknown): unknown;
  gt(a: unknown, b: unknown): unknown;
  ge(a: unknown, b: unknown): unknown;
  /** `===` */
  eq(a: unknown, b: unknown): unknown;
  /** `!==` */
  ne(a: unknown, b: unknown): unknown;
  /** `==` */
  looseEq(a: unknown, b: unknown): unknown;
  /** `!=` */
  looseNe(a: unknown, b: unknown): unknown;
  /** `!` */
  not(a: unknown): unknown;
  /** Around every condition: gives the value back untouched; throws on an expression, naming `where`. */
  test<T>(condition: T): T;
  /** Every function of `Math`, under its own name. */
  readonly math: Readonly<Record<string, (...values: never[]) => unknown>>;
}
