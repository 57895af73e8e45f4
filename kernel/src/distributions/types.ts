/**
 * The types of distributions. A family is metadata and functions (normal); a distribution is a family with its
 * arguments (normal(0, 5)), which may be numbers, arrays or traced expressions.
 */
import type { Stream } from '../numeric/random.ts';
import type { Expression } from '../program/index.ts';
import type { Arg, Expr, Shape, Shaped } from '../program/types.ts';
import type { Constraint } from './constraints.ts';

/** Whether the variate is continuous or a whole number. Only 'real' may be a model's parameter. */
export type Kind = 'real' | 'int';

/** Names of parameters → what each may be, in the order of the constructor's arguments. */
export type Parameters = Readonly<Record<string, Constraint>>;

/** Values of the parameters of one scalar variate. */
export type Numbers<P extends Parameters> = { readonly [N in keyof P]: number };

/** Values of the parameters of one variate whose parameters may be vectors or matrices: row-major, scalars of length 1. */
export type Blocks<P extends Parameters> = { readonly [N in keyof P]: Float64Array };

/** The parameters as expressions. */
export type Expressions<P extends Parameters> = { readonly [N in keyof P]: Expr };

/** Where a family's variates live; a bound may be one of the family's parameters, by name. */
export interface SupportDescription<N extends string = string> {
  readonly lower?: number | N;
  readonly upper?: number | N;
  /** Whether the bounds themselves are left out. Default false. */
  readonly open?: boolean;
  readonly integer?: boolean;
}

/** What several elements must do together. */
export type Structure =
  | 'real'
  | 'ordered'
  | 'positive ordered'
  | 'simplex'
  | 'correlation'
  | 'correlation cholesky'
  | 'covariance';

/** Where a distribution's variates live, with bounds that may be expressions of other parameters. */
export interface Support {
  readonly lower?: Expr;
  readonly upper?: Expr;
  readonly structure: Structure;
  readonly integer?: boolean;
}

/** A family of distributions, as the registry holds it. */
export interface Family<P extends Parameters = Parameters, K extends Kind = Kind> {
  /** The constructor's name. */
  readonly name: string;
  /** One line for tables and completion. */
  readonly summary: string;
  /** How it is written, where not all arguments are parameters; default `name(first, second)`. */
  readonly signature?: string;
  readonly kind: K;
  readonly parameters: P;
  readonly support: SupportDescription;
  /** What several elements must do together; default 'real'. */
  readonly structure?: Structure;
  /** How many trailing dimensions one variate takes: 0 for scalars (the default), 1 for vectors, 2 for matrices. */
  readonly eventRank?: number;
  /** How many trailing dimensions a parameter takes: 1 for a vector, 2 for a matrix. Default 0: one number a variate. */
  readonly ranks?: Readonly<Partial<Record<keyof P & string, 1 | 2>>>;
  /**
   * The shape of one variate, given the trailing dimensions of each parameter; or what is wrong with them, in words.
   * Not there for scalars, and where the constructor says the shape.
   */
  eventShape?(shapes: Readonly<Record<keyof P, Shape>>): Shape | string;
  /** How a message writes it, given each parameter's text; default `name(first, second)`. */
  describe?(parameters: Readonly<Record<string, string>>): string;
  /** What is wrong with known vectors or matrices whose elements are each in range, e.g. a sum that is not 1. */
  validateEvent?(parameters: Blocks<P>): string | undefined;
  /** What is wrong with parameters that are each in range, e.g. bounds in the wrong order. */
  validate?(parameters: Numbers<P>): string | undefined;
  /** Log density or log probability inside the support, with all constants. Outside, the value does not matter. */
  logDensity(x: Expr, parameters: Expressions<P>): Expr;
  /** P(X ≤ x). */
  cdf?(x: number, parameters: Numbers<P>): number;
  /** P(X > x), where 1 − cdf would lose the upper tail. */
  upperCdf?(x: number, parameters: Numbers<P>): number;
  /** log P(X ≤ x), where cdf would underflow. */
  logCdf?(x: number, parameters: Numbers<P>): number;
  /** log P(X ≤ x) inside the support as an expression: what truncation and censoring by traced parameters need. */
  tracedLogCdf?(x: Expr, parameters: Expressions<P>): Expr;
  /** log P(X > x) likewise. */
  tracedLogUpperCdf?(x: Expr, parameters: Expressions<P>): Expr;
  /** Smallest x with P(X ≤ x) ≥ p. */
  quantile?(p: number, parameters: Numbers<P>): number;
  /** Mean; NaN where there is none, ±∞ where it diverges. */
  mean?(parameters: Numbers<P>): number;
  /** Variance; NaN where there is no mean, ∞ where it diverges. */
  variance?(parameters: Numbers<P>): number;
  /** One variate. Not there for improper families. */
  sample?(stream: Stream, parameters: Numbers<P>): number;
  /** One variate of a family whose variate or parameters are vectors or matrices, written into `out`. */
  sampleEvent?(stream: Stream, out: Float64Array, parameters: Blocks<P>): void;
  /** Means of the elements of such a variate, written into `out`. */
  meanEvent?(out: Float64Array, parameters: Blocks<P>): void;
  /** Variances of the elements of such a variate, written into `out`. */
  varianceEvent?(out: Float64Array, parameters: Blocks<P>): void;
  /** P(X ≤ x) and P(X > x) of such a variate, where it is one number. */
  tailsEvent?(x: number, parameters: Blocks<P>): readonly [lower: number, upper: number];
  /** Smallest x with P(X ≤ x) ≥ p of such a variate. */
  quantileEvent?(p: number, parameters: Blocks<P>): number;
}

type Sizes<N extends readonly unknown[]> = { -readonly [I in keyof N]: N[I] extends Shaped ? number : N[I] & number };

/** The shape after `.size(...)`: the new sizes, before what the parameters have. */
export type SizedShape<N extends readonly unknown[], S extends Shape> = [...Sizes<N>, ...S];

/** All dimensions but the last: one variate a row of a vector parameter. */
export type Batch<S extends Shape> = S extends readonly [...infer B extends Shape, number] ? [...B] : Shape;

/** A function of numbers: one number for a scalar distribution, one an element (row-major) for an array. */
export interface Elementwise<A extends readonly unknown[]> {
  (this: Distribution<[]>, ...args: A): number;
  (this: Distribution<readonly [number, ...number[]]>, ...args: A): Float64Array<ArrayBuffer>;
  (this: Distribution, ...args: A): number | Float64Array<ArrayBuffer>;
}

/** Bounds that restrict a distribution; numbers, arrays or expressions of other parameters. */
export interface BoundArguments {
  readonly lower?: Arg;
  readonly upper?: Arg;
}

/** Known values of a distribution's parameters, row-major, each in its own shape. */
export type ParameterValues = Readonly<Record<string, number | ArrayLike<number>>>;

/** Known values of the bounds given to `.bounded`, for distributions whose bounds are expressions. */
export interface BoundValues {
  readonly lower?: number | ArrayLike<number>;
  readonly upper?: number | ArrayLike<number>;
}

/** A family with its arguments: independent scalar variates (or vectors) in an array of `shape`. */
export interface Distribution<out S extends Shape = Shape, out K extends Kind = Kind> extends Shaped<S> {
  readonly family: Family;
  readonly kind: K;
  /** The arguments as expressions, by name. */
  readonly parameters: Readonly<Record<string, Expression>>;
  /** Sizes of the dimensions: what the parameters broadcast to, after those of `.size(...)`. */
  readonly shape: S;
  readonly support: Support;

  /**
   * Independent copies: `normal(0, 1).size(8)` is a vector of 8.
   *
   * @param sizes whole numbers of at least 1, or traced scalars whose value is known (data)
   * @throws RangeError for anything else
   * @example normal(0, 1).size(3, 2).shape // [3, 2]
   */
  size<const N extends readonly (number | Expr<[]>)[]>(...sizes: N): Distribution<SizedShape<N, S>, K>;

  /**
   * Restrict the support. The density is not renormalised, as with Stan's `<lower, upper>`: with bounds that do not
   * depend on other parameters this changes the log density by a constant only.
   *
   * @throws RangeError when the bounds are known and not in order
   * @example normal(0, 1).bounded({ lower: 0 })
   */
  bounded(bounds: BoundArguments): Distribution<S, K>;

  /**
   * Log density (or log probability) at x, elementwise, with all constants; −∞ outside the support.
   *
   * @param x broadcast with the parameters
   * @throws RangeError when the lengths do not fit, and for known data of a discrete family that is not a whole
   * number or outside its range
   */
  logDensity(x: Arg): Expr;

  /**
   * One draw of the whole array, row-major. Draws outside `.bounded` are drawn again.
   *
   * @param values the parameters' values, for those that are traced; known ones may be left out
   * @param bounds the bounds' values, likewise
   * @throws Error for improper families, and for parameters whose value is not known
   */
  sample(stream: Stream, values?: ParameterValues, bounds?: BoundValues): Float64Array<ArrayBuffer>;

  /**
   * Check data against the support, where both are known.
   *
   * @param name what the message calls the data; default 'the data'
   * @throws RangeError naming the first value outside and its place
   */
  checkData(x: Arg, name?: string): void;

  /**
   * Density at x (of a discrete distribution its probability), a number for a scalar, else one an element. Inside a
   * model use `logDensity`. Of a vector or matrix distribution x is one variate.
   *
   * @throws Error when a parameter is traced
   * @example normal(0, 1).pdf(0) // 1/√2π
   */
  readonly pdf: Elementwise<[x: number | ArrayLike<number>]>;
  /** log of `pdf`. @throws as `pdf` */
  readonly logPdf: Elementwise<[x: number | ArrayLike<number>]>;
  /** P(X ≤ x), elementwise. @throws Error when a parameter is traced, or the family has no distribution function */
  readonly cdf: Elementwise<[x: number]>;
  /** P(X > x), elementwise, accurate in the upper tail. @throws as `cdf` */
  readonly upperCdf: Elementwise<[x: number]>;
  /** log P(X ≤ x), elementwise. @throws as `cdf` */
  readonly logCdf: Elementwise<[x: number]>;
  /** Smallest x with P(X ≤ x) ≥ p, elementwise. @throws as `cdf` */
  readonly quantile: Elementwise<[p: number]>;
  /** Means; NaN where there is none, ±∞ where they diverge. @throws as `cdf` */
  readonly mean: Elementwise<[]>;
  /** Variances; NaN where there is no mean, ∞ where they diverge. @throws as `cdf` */
  readonly variance: Elementwise<[]>;
}
