/**
 * The types of a model: what each stage sees and gives, and what an estimator's result is made of.
 *
 * A model is told in stages; each sees, by name and shape, what the earlier ones gave. Every stage has one signature
 * whose argument is checked by an intersection with a sentence (`'mu' is already a name of this model`), so an
 * editor shows that sentence instead of a page of overloads.
 */
import type { Distribution } from '../distributions/index.ts';
import type { Expr, Index, Shape, Shaped } from '../program/types.ts';

declare const modelTypes: unique symbol;

/** A categorical column: codes 0 … levels − 1 and the names they stand for. */
export interface FactorData<L extends string = string> {
  readonly codes: Int32Array; // (n,)
  readonly levels: readonly L[];
}

/**
 * What `.data` takes under one name. Nested arrays are matrices, row by row. Columns of text or with `null` may be
 * there, as a table has them, but a stage cannot use them.
 */
export type DataValue =
  | number
  | readonly number[]
  | readonly (readonly number[])[]
  | Float64Array
  | Int32Array
  | FactorData
  | readonly (string | number | boolean | null)[];

/** How a data value looks to a stage. */
export type TracedData<V> = V extends number
  ? Expr<[]>
  : V extends FactorData
    ? Index<string, [number]>
    : V extends readonly (readonly number[])[]
      ? Expr<[number, number]>
      : V extends readonly (infer E)[]
        ? [E] extends [number | boolean]
          ? Expr<[number]>
          : 'this column is text or has null: make a factor of it, or drop what is missing'
        : Expr<[number]>;

/** Everything the types of a model know. Names map to data values, and to shapes. */
export interface ModelTypes {
  readonly data: object;
  readonly parameters: object;
  readonly derived: object;
  /** Names of data with a likelihood; `typeof term` where `.logDensity` adds one. */
  readonly observed: PropertyKey;
}

declare const term: unique symbol;

/** Any model: what functions over models take. `ParametersOf<M>` and its kin read its types. */
export interface AnyModel<T extends ModelTypes = ModelTypes> {
  readonly [modelTypes]?: () => T;
}

/** Written out, so that an editor shows names instead of intersections. */
export type Flat<T> = { [K in keyof T]: T[K] } & {};

type Taken<K> = `'${K & string}' is already a name of this model`;
type Distributions = Readonly<Record<string, Distribution>>;

/** What a stage gives: the result of a function, or the object itself. */
type ResultOf<A> = A extends (scope: never) => infer R ? R : A;

/** `unknown`, which changes nothing, where there is no complaint; else the complaints. */
type Accept<C> = [C[keyof C]] extends [never] ? unknown : C[keyof C];

type CheckData<E, Seen> = Accept<{
  [K in keyof E]: string extends K
    ? `the type checker does not know these columns: name them, as in csv(path, { iq: 'number' })`
    : K extends keyof Seen
      ? Taken<K>
      : E[K] extends DataValue
        ? never
        : `'${K & string}' is neither numbers nor a factor`;
}>;

type CheckParameters<Q, Seen> = Accept<{
  [K in keyof Q]: string extends K
    ? 'name the parameters in an object literal'
    : K extends keyof Seen
      ? Taken<K>
      : Q[K] extends Distribution<Shape, 'real'>
        ? never
        : `'${K & string}' is discrete: a parameter must be continuous`;
}>;

type CheckDerived<Q, Seen> = Accept<{
  [K in keyof Q]: string extends K
    ? 'name the quantities in an object literal'
    : K extends keyof Seen
      ? Taken<K>
      : never;
}>;

type CheckObserved<R, D> = Accept<{ [K in keyof R]: K extends keyof D ? never : `'${K & string}' is not in .data` }>;

type CheckOtherData<E, D> = Accept<{
  [K in keyof E]: K extends keyof D
    ? E[K] extends Widened<D[K]>
      ? never
      : `'${K & string}' is of another kind than in .data`
    : `'${K & string}' is not in .data`;
}>;

type ShapesOfDistributions<Q> = { [K in keyof Q]: Q[K] extends Distribution<infer S, 'real' | 'int'> ? S : never };
/** An operator's result is a plain number to the type checker: its shape is known when the program runs. */
type ShapesOfExpressions<Q> = { [K in keyof Q]: Q[K] extends Shaped<infer S> ? S : Shape };

type Traced<P> = { readonly [K in keyof P]: P[K] extends Shape ? Expr<P[K]> : never };

/** What a stage is given: data, parameters and derived quantities so far. */
export type Scope<D, P, G> = Flat<{ readonly [K in keyof D]: TracedData<D[K]> } & Traced<P> & Traced<G>>;

/** Other data for the same program: lengths may change, kinds may not. */
type Widened<V> = V extends number
  ? number
  : V extends FactorData<infer L>
    ? FactorData<L>
    : V extends readonly (readonly number[])[]
      ? readonly (readonly number[])[]
      : readonly number[] | Float64Array | Int32Array;

/**
 * A model: a generative story told in stages. Immutable: each stage gives a new model.
 *
 * D: data, P: shapes of the parameters, G: shapes of the derived quantities, O: what has a likelihood.
 */
export interface Model<
  // biome-ignore lint/complexity/noBannedTypes: {} is "no names yet"; Record<string, never> would take every name
  D = {},
  // biome-ignore lint/complexity/noBannedTypes: as above
  P = {},
  // biome-ignore lint/complexity/noBannedTypes: as above
  G = {},
  O extends PropertyKey = never,
> extends AnyModel<{ data: D & object; parameters: P & object; derived: G & object; observed: O }> {
  /**
   * Name the data. Values are copied. A column with missing values may be given; a stage that asks for it throws.
   *
   * @throws RangeError for a name the model already has, or rows of unequal length; TypeError for what is no data
   * @example model().data({ effect: [28, 8, -3], se: [15, 10, 16] })
   */
  data<E extends object>(columns: E & CheckData<NoInfer<E>, D & P & G>): Model<Flat<D & E>, P, G, O>;

  /**
   * Add parameters, each with its distribution. One that mentions no other parameter is a prior; one that does makes
   * the parameter latent.
   *
   * @throws RangeError for a name the model already has; TypeError for what is no continuous distribution
   * @example model().parameters({ mu: normal(0, 5) }).parameters(({ mu }) => ({ theta: normal(mu, 1).size(8) }))
   */
  parameters<A extends Distributions | ((scope: Scope<D, P, G>) => Distributions)>(
    distributions: A & CheckParameters<ResultOf<NoInfer<A>>, D & P & G>,
  ): Model<D, Flat<P & ShapesOfDistributions<ResultOf<A>>>, G, O>;

  /**
   * Name quantities computed from parameters and data; estimators report them beside the parameters.
   *
   * @example model().parameters({ tau: halfCauchy(0, 5) }).derived(({ tau }) => ({ variance: tau ** 2 }))
   */
  derived<Q extends Readonly<Record<string, number>>>(
    quantities: (scope: Scope<D, P, G>) => Q & CheckDerived<NoInfer<Q>, D & P & G>,
  ): Model<D, P, Flat<G & ShapesOfExpressions<Q>>, O>;

  /**
   * Say how data came about: a distribution under each name of data that was observed.
   *
   * @throws RangeError when lengths differ, or a value cannot come from the distribution (a negative count)
   * @example model().data({ y: [1, 2] }).parameters({ mu: normal(0, 5) }).observe(({ mu }) => ({ y: normal(mu, 1) }))
   */
  observe<R extends Distributions>(
    distributions: (scope: Scope<D, P, G>) => R & CheckObserved<NoInfer<R>, D>,
  ): Model<D, P, G, O | keyof R>;

  /**
   * Add a term of your own to the log likelihood; an array is summed.
   *
   * @example model().parameters({ p: beta(1, 1) }).logDensity(({ p }) => 3 * Math.log(p) + 4 * Math.log(1 - p))
   */
  logDensity(value: (scope: Scope<D, P, G>) => number): Model<D, P, G, O | typeof term>;

  /**
   * The same program on other data. Names left out keep theirs; lengths may change, kinds may not.
   *
   * @throws RangeError for a name that is not in `.data`, or a value of another kind
   * @example schools.with({ effect: resampled })
   */
  with<E extends object>(columns: E & CheckOtherData<NoInfer<E>, D>): Model<D, P, G, O>;
}

type TypesOf<M> = M extends AnyModel<infer T> ? T : never;

/** Name → shape of the parameters: `{ mu: [], theta: [8] }`. */
export type ParametersOf<M> = Flat<TypesOf<M>['parameters']>;

/** Name → shape of the derived quantities. */
export type DerivedOf<M> = Flat<TypesOf<M>['derived']>;

/** Names of the data with a likelihood. */
export type ObservedOf<M> = Exclude<TypesOf<M>['observed'], symbol>;

/** Draws of one quantity, row-major. */
export interface Draws<S extends Shape = Shape> {
  readonly values: Float64Array<ArrayBuffer>; // (chains, draws, ...S)
  readonly shape: readonly [chains: number, draws: number, ...S];
}

type AsShape<S> = S extends Shape ? S : never;
type DrawsOfShapes<P> = { readonly [K in keyof P]: Draws<AsShape<P[K]>> };

/** Name → draws, of parameters and derived quantities. */
export type DrawsOf<M> = Flat<DrawsOfShapes<ParametersOf<M>> & DrawsOfShapes<DerivedOf<M>>>;

/** A number for a scalar, an array (row-major) else. */
export type ValueOf<S> = S extends readonly []
  ? number
  : number[] extends S
    ? number | Float64Array<ArrayBuffer>
    : Float64Array<ArrayBuffer>;

type ValuesOfShapes<P> = { readonly [K in keyof P]: ValueOf<P[K]> };

/** Name → value, of the parameters. */
export type ValuesOf<M> = Flat<ValuesOfShapes<ParametersOf<M>>>;

/** Name → value, of the derived quantities. */
export type DerivedValuesOf<M> = Flat<ValuesOfShapes<DerivedOf<M>>>;

/**
 * To be intersected with a model argument: refuses one that observes nothing.
 *
 * @example declare function mle<M extends AnyModel>(model: M & WithLikelihood<NoInfer<M>>): Promise<Estimate<M>>;
 */
export type WithLikelihood<M> = [TypesOf<M>['observed']] extends [never]
  ? 'this model observes nothing: add .observe or .logDensity'
  : unknown;
