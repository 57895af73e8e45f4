/**
 * A net: a tree of layers with its parameters in one state, checked when it is built.
 */

import { Displayable } from '../host/display.ts';
import { type Key, key as keyOf } from '../numeric/random.ts';
import type { Expr, Precision, StateEntry } from '../program/index.ts';
import { grad, ProgramState, variable } from '../program/index.ts';
import { formatShape, sizeOf } from '../program/shape.ts';
import type { Numbers, Values } from './arrays.ts';
import { asInitialiser, type Scheme } from './initialise/index.ts';
import { firstValues } from './initialise/initialiser.ts';
import { type InputOption, inputVariables, type NamedInput, readInputs } from './inputs.ts';
import { activationsOf, gradientsOf, type LayerStatistics } from './inspect.ts';
import { type ParameterTable, tableOf } from './parameter-table.ts';
import { type Inventory, requirePath, type Selector, select, takeInventory } from './paths.ts';
import { type Examples, type Predicted, Predictor } from './predict.ts';
import { type NetSummary, summaryOf } from './summary.ts';
import { runLayers, type Trace } from './trace.ts';
import { compileTrainingStep, type TrainingStep, type TrainingStepOptions } from './training-step.ts';
import type { AnyLayer, Layer, Loss, Value } from './types.ts';

/** How a net is built. */
export interface NetworkOptions {
  /** Sizes of one example, without the batch: `[64]`, `{ shape: [16], integer: true }` for tokens, or several by name. */
  readonly input: InputOption;
  /** Where all its randomness comes from: first values, dropout. Default 0. */
  readonly seed?: number;
  /** Numbers of 32 bits (default) or of 64. */
  readonly precision?: Precision;
}

/** A net run on a batch of variables. */
export interface NetTrace<Out extends Value = Expr> extends Trace {
  /** Variables of the examples, in the order of `net.inputs`. */
  readonly variables: readonly Expr[];
  readonly output: Out;
}

/** A net with its loss and the gradients of what is trainable, as expressions: all a step is made of. */
export interface Differentiated<Out extends Value = Expr> extends NetTrace<Out> {
  /** The variable of the targets, `@y`. */
  readonly target: Expr;
  /** Mean loss of the batch with what layers add. */
  readonly loss: Expr;
  /** Trainable parameters by first path. */
  readonly gradients: readonly { readonly path: string; readonly parameter: Expr; readonly gradient: Expr }[];
}

/** See `network`. */
export class Network<Out extends Value = Expr> extends Displayable {
  override readonly kind = 'network';
  readonly layer: AnyLayer;
  readonly seed: number;
  readonly precision: Precision;
  readonly inputs: readonly NamedInput[];
  /** Parameters and buffers by first path; optimisers add their own. */
  readonly state: ProgramState;
  readonly inventory: Inventory;
  readonly #key: Key;
  readonly #frozen = new Set<string>();
  readonly #predictor: Predictor<Out>;

  constructor(layer: AnyLayer, { input, seed = 0, precision = 'single' }: NetworkOptions) {
    super();
    this.layer = layer;
    this.#predictor = new Predictor(this);
    this.seed = seed;
    this.precision = precision;
    this.#key = keyOf(seed);
    this.inputs = readInputs(input, layer);
    this.inventory = takeInventory(layer);
    const { parameters, buffers } = this.inventory;
    const entries: Record<string, StateEntry> = {};
    for (const { path, spec } of parameters) entries[path] = { shape: spec.shape };
    for (const { path, spec } of buffers) entries[path] = { shape: spec.shape };
    this.state = new ProgramState(entries, { precision });
    this.trace({ batchSize: 2 }); // every shape is checked before anything is drawn
    for (const { path, spec } of parameters) this.state.set(path, firstValues(spec, path, this.#key));
    for (const { path, spec } of buffers) {
      if (spec.values === undefined) this.state.array(path).fill(spec.value);
      else this.state.set(path, spec.values);
    }
  }

  /**
   * The net on a batch of variables, as expressions.
   *
   * @throws RangeError with the path of a layer whose sizes do not fit
   */
  trace({ batchSize, training = false }: { readonly batchSize: number; readonly training?: boolean }): NetTrace<Out> {
    const { variables, given } = inputVariables(this.inputs, batchSize);
    const trace = runLayers(this.inventory, this.state, [given], { training, batchSize });
    return { ...trace, variables, output: trace.output as Out };
  }

  /** The net in training with its loss and gradients, as expressions. @throws RangeError for outputs the loss cannot take */
  differentiate({ loss, batchSize }: { readonly loss: Loss<Out>; readonly batchSize: number }): Differentiated<Out> {
    const trace = this.trace({ batchSize, training: true });
    const spec = loss.target(trace.output);
    const target = variable('@y', [...spec.shape], spec.integer ? 'integer' : 'real') as Expr;
    const own = loss.compute(trace.output, target).reshape() as Expr;
    const total = trace.losses.reduce((sum, { value }) => sum.add(value.reshape()) as Expr, own);
    const paths = this.trainable;
    const parameters = paths.map((path) => this.state.variable(path));
    const slopes = parameters.length === 0 ? [] : grad(total as never, parameters);
    const gradients = paths.map((path, i) => ({ path, parameter: parameters[i]!, gradient: slopes[i] as Expr }));
    return { ...trace, target, loss: total, gradients };
  }

  /** First paths of the parameters that are trained. */
  get trainable(): string[] {
    return this.inventory.parameters.map(({ path }) => path).filter((path) => !this.#frozen.has(path));
  }

  /** How many parameters there are, tied ones once. */
  count({ trainable }: { readonly trainable?: boolean } = {}): number {
    return this.inventory.parameters
      .filter(({ path }) => trainable === undefined || this.#frozen.has(path) !== trainable)
      .reduce((sum, { spec }) => sum + sizeOf(spec.shape), 0);
  }

  /** A copy of a parameter or buffer. @throws RangeError for a path that is not there */
  get(path: string): Values {
    const at = this.#pathOf(path, 'get');
    return { values: this.state.array(at).slice(), shape: [...this.state.variable(at).shape] };
  }

  /** Put numbers into a parameter or buffer. @throws RangeError for an unknown path and for another number of them */
  set(path: string, values: ArrayLike<number>): void {
    const at = this.#pathOf(path, 'set');
    const { shape } = this.state.variable(at);
    if (values.length !== sizeOf(shape)) {
      throw new RangeError(
        `set: '${path}' has shape ${formatShape(shape)}, ${sizeOf(shape)} numbers, got ${values.length}`,
      );
    }
    this.state.array(at).set(values);
  }

  /** Keep parameters as they are: they get no gradient, no state of an optimiser, and cost no time. @returns their paths */
  freeze(selector: Selector): string[] {
    const paths = select(this.inventory, selector, 'freeze');
    for (const path of paths) this.#frozen.add(path);
    return paths;
  }

  /** Let parameters be trained again; all without a selector. @returns their paths */
  unfreeze(selector: Selector = () => true): string[] {
    const paths = select(this.inventory, selector, 'unfreeze');
    for (const path of paths) this.#frozen.delete(path);
    return paths;
  }

  /** A compiled step of training: forward, backward and update in one call. */
  trainingStep(options: TrainingStepOptions<Out>): TrainingStep {
    return compileTrainingStep(this, options);
  }

  /**
   * What the net gives for examples: one, or many in rows (nested arrays, or flat in row-major order). Dropout is off and
   * batch normalisation takes its running statistics.
   *
   * @throws RangeError for numbers that make no whole examples
   * @example net.predict([0.5, 1]).values; net.predict([[0.5, 1], [2, 3]]).shape; // [2, 10]
   */
  predict(x: Examples): Predicted<Out> {
    return this.#predictor.run(x);
  }

  /** Parameters with shapes, counts, whether they are trained, and what shares them. */
  get parameters(): ParameterTable {
    return tableOf(this.inventory, this.#frozen);
  }

  /**
   * Start parameters anew. Without a selector those of two dimensions and more: weights, not biases. A scheme that needs
   * rows and columns leaves smaller ones that a pattern means as they are.
   *
   * @param scheme an initialiser, a number, or a distribution
   * @returns their paths
   * @throws RangeError for an unknown path, and for a vector named by itself where a matrix is needed
   * @example net.initialise(initialisers.heNormal()); net.initialise(normal(0, 0.02), 'encoder.*');
   */
  initialise(scheme: Scheme, selector?: Selector, { seed = this.seed }: { readonly seed?: number } = {}): string[] {
    const initialiser = asInitialiser(scheme);
    const all = this.inventory.parameters;
    const chosen = selector === undefined ? undefined : new Set(select(this.inventory, selector, 'initialise'));
    const wanted = all.filter(({ path, spec }) => {
      const isMatrix = spec.shape.length >= 2;
      if (chosen === undefined) return isMatrix;
      if (!chosen.has(path)) return false;
      if (isMatrix || initialiser.needsMatrix !== true) return true;
      if (selector !== path) return false;
      throw new RangeError(
        `initialise: ${initialiser.name} needs a matrix, and '${path}' has shape ${formatShape(spec.shape)}; use initialisers.zeros() or normal(0, …)`,
      );
    });
    for (const { path, spec } of wanted) this.state.set(path, firstValues(spec, path, keyOf(seed), initialiser));
    return wanted.map(({ path }) => path);
  }

  /** Sizes of what each layer gives on these examples: mean, standard deviation, share of zeros. */
  activations(x: Examples): LayerStatistics {
    return activationsOf(this, x);
  }

  /** Sizes of the loss's gradients by what each layer gives and by each trainable parameter. */
  gradients(x: Examples, y: Numbers, loss: Loss<Out>): LayerStatistics {
    return gradientsOf(this, x, y, loss);
  }

  /** Its layers in the order they run, the sizes of what each gives, and how many parameters it has. */
  summary(): NetSummary {
    return summaryOf(this.inventory, this.#frozen, [this.trace({ batchSize: 2 }), this.trace({ batchSize: 3 })]);
  }

  override toString(): string {
    return String(this.summary());
  }

  #pathOf(path: string, caller: string): string {
    return this.inventory.canonical.get(requirePath(path, this.inventory.canonical, caller))!;
  }
}

/** Whether a layer can do with one input: a decoder block, which wants a memory, cannot. */
type TakesOne<In extends readonly unknown[]> = In extends readonly [unknown, unknown, ...unknown[]] ? false : true;

/**
 * Build a net from a layer: every shape is checked and every parameter gets its first values.
 *
 * @throws RangeError with the path of a layer whose sizes do not fit
 * @example const net = network(sequential(linear(64, 128), relu(), linear(128, 10)), { input: [64], seed: 1 });
 */
export function network<Out extends Value, In extends readonly unknown[]>(
  layer: Layer<Out, In>,
  options: TakesOne<In> extends true ? NetworkOptions : never,
): Network<Out> {
  return new Network<Out>(layer as unknown as AnyLayer, options);
}
