/**
 * The words of this room: layers, what runs them, losses, initialisers, and the interface of an optimiser.
 *
 * A layer is plain data and a pure function of traced expressions. Everything else (shapes, counts, sharing, gradients,
 * a compiled step) is found by walking the data and tracing the function.
 */
import type { Stream } from '../numeric/random.ts';
import type { Expr, Shape } from '../program/index.ts';

/** What goes into a layer and comes out of it: an expression, or several in a row or by name. */
export type Value = Expr | readonly Value[] | { readonly [name: string]: Value };

/** What an initialiser is asked for. */
export interface InitialiserRequest {
  readonly shape: Shape;
  /** Inputs that meet in one output, and outputs one input goes to: n_in and n_out of the papers. */
  readonly fanIn: number;
  readonly fanOut: number;
  /** The parameter's own random numbers: they depend on the seed and its path alone. */
  readonly stream: Stream;
}

/** First values of a parameter, row-major. */
export interface Initialiser {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** It needs two dimensions or more: fans, rows and columns. */
  readonly needsMatrix?: boolean;
  values(request: InitialiserRequest): Float64Array;
}

/** A parameter as a layer declares it. */
export interface ParameterSpec {
  readonly shape: Shape;
  readonly initialise: Initialiser;
  /** n_in and n_out where the shape does not say them: a bias has those of its weight. */
  readonly fans?: readonly [fanIn: number, fanOut: number];
}

/** What a layer keeps beside its parameters and no gradient changes: running means. */
export interface BufferSpec {
  readonly shape: Shape;
  /** The value of each element at the beginning. */
  readonly value: number;
  /** The elements themselves, in its place. */
  readonly values?: ArrayLike<number>;
}

/** What a layer's function is given: its parameters as traced expressions, and the surroundings. */
export interface Scope {
  /** Where the layer stands in the net: `encoder.0`; empty for the outermost. */
  readonly path: string;
  /** True in a training step: dropout drops, batch normalisation takes the statistics of the batch. */
  readonly training: boolean;
  /** How many examples are in the batch. */
  readonly batchSize: number;
  /** A parameter of this layer. */
  parameter(name: string): Expr;
  /** A buffer of this layer as it is now. */
  buffer(name: string): Expr;
  /** The buffer's new value; it is kept in training steps. */
  update(name: string, value: Expr): void;
  /** Run a child. */
  call<Out extends Value = Expr>(child: string, ...inputs: readonly unknown[]): Out;
  /** Uniform random numbers in [0, 1), others at each step and each call. */
  random(shape: Shape): Expr;
  /** x with a random part set to 0 and the rest scaled up, in training; otherwise x. */
  dropout(x: Expr, rate: number): Expr;
  /** Add a scalar to the loss of a training step: a penalty the layer itself wants. */
  addLoss(name: string, value: Expr): void;
}

/** A layer: data, and a pure function. */
export interface Layer<Out extends Value = Expr, In extends readonly unknown[] = [x: Expr]> {
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, ParameterSpec>>;
  readonly buffers: Readonly<Record<string, BufferSpec>>;
  readonly children: Readonly<Record<string, AnyLayer>>;
  /** Paths of parameters below this layer that are another: alias → original. */
  readonly ties?: Readonly<Record<string, string>>;
  /** Share of a child's parameters that one example uses, where that is not all: experts that are not chosen. */
  readonly activeShares?: Readonly<Record<string, number>>;
  /** Its input are whole numbers (tokens). */
  readonly integerInput?: boolean;
  apply(scope: Scope, ...inputs: In): Out;
}

/** Any layer at all. */
export type AnyLayer = Layer<Value, readonly unknown[]>;

/** Sizes of one example, without the batch; `integer` for tokens. */
export interface InputSpec {
  readonly shape: Shape;
  readonly integer?: boolean;
}

/** What must be given beside the outputs. Sizes with the batch. */
export interface TargetSpec {
  readonly shape: Shape;
  readonly integer: boolean;
}

/** A loss: the mean over a batch, to be made small. */
export interface Loss<Out extends Value = Expr> {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** The targets that belong to these outputs. @throws RangeError for outputs the loss cannot take */
  target(output: Out): TargetSpec;
  /** A scalar. */
  compute(output: Out, target: Expr): Expr;
  /** Look at targets before they are used. @throws RangeError for one the loss cannot take: a label outside the classes */
  check?(target: ArrayLike<number>, output: Out): void;
}

/** An array an optimiser keeps for each parameter, of its shape. */
export interface SlotSpec {
  /** The value of each element at the beginning; default 0. */
  readonly initial?: number;
  /** One number a parameter, not one an element. */
  readonly scalar?: boolean;
}

/** What an optimiser computes an update from. */
export interface UpdateRequest {
  readonly path: string;
  readonly parameter: Expr;
  readonly gradient: Expr;
  readonly slots: Readonly<Record<string, Expr>>;
  /** Scalars given at each step: the learning rate, and the number of the step, from 1. */
  readonly rate: Expr;
  readonly step: Expr;
  /** What `scalars` gave. */
  readonly scalars: Readonly<Record<string, Expr>>;
}

/** A rule that moves parameters: a symbolic update, so that forward, backward and update are one program. */
export interface Optimiser {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** The learning rate where no schedule gives one. */
  readonly rate: number;
  readonly slots: Readonly<Record<string, SlotSpec>>;
  /** Names of the numbers `scalarsAt` gives. */
  readonly scalars?: readonly string[];
  /** Numbers of a step computed in double precision before it: corrections of bias. */
  scalarsAt?(progress: { readonly step: number; readonly rate: number }): Readonly<Record<string, number>>;
  update(request: UpdateRequest): { readonly parameter: Expr; readonly slots: Readonly<Record<string, Expr>> };
}
