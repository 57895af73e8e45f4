/**
 * Programs that are run again and again: a batch comes in, state is changed in place, and a few numbers come out. A
 * training step (forward, backward, update) is one call of one WebAssembly function; nothing is allocated in it.
 */
import { nodeOf } from './arguments.ts';
import { Program } from './compile.ts';
import { assemble } from './generate/single/plan.ts';
import { closeGraph } from './graph.ts';
import type { Graph } from './node.ts';
import { addToProducts } from './optimise/add-to-products.ts';
import { mergeScans } from './optimise/merge.ts';
import { prune } from './optimise/prune.ts';
import { recompute } from './optimise/recompute.ts';
import { trimScans } from './optimise/trim-scans.ts';
import { formatShape, sameShape, sizeOf } from './shape.ts';
import { planSingle } from './single/interpret.ts';
import { type Precision, ProgramState } from './state.ts';
import type { Expr } from './types.ts';

/** What a step computes, and from what. */
export interface StepDescription {
  /** What stays from step to step; without it nothing does. */
  readonly state?: ProgramState;
  /** Given anew at each step: made with `variable(name, shape)`, labels with `variable(name, shape, 'integer')`. */
  readonly inputs?: readonly Expr[];
  readonly outputs?: readonly Expr[];
  /** New values of the state, by name. All are computed from the old ones. */
  readonly updates?: Readonly<Record<string, Expr>>;
  /** Default that of the state, without one 'single'. */
  readonly precision?: Precision;
  /**
   * In single precision: the same bits on every machine, default true. If false, products are added without being
   * rounded where the engine can (relaxed SIMD), which is faster.
   */
  readonly reproducible?: boolean;
  /** The interpreter instead of WebAssembly: for comparison. */
  readonly interpret?: boolean;
}

type Numbers = Float32Array | Float64Array | Int32Array;

/** A program ready to run: buffers that may move when the state's memory grows, so they are asked for. */
interface Runner {
  input(at: number): Numbers;
  output(at: number): Numbers;
  run(): void;
}

/**
 * A compiled step. `run(inputs)` copies the inputs in and the outputs out; in a hot loop write to `input(name)`, call
 * `execute()` and read `output(0)`, which copy nothing.
 */
export class Step {
  /** The whole program as plain data: first the state's inputs, then the others; outputs, then updates. */
  readonly graph: Graph;
  readonly #names: readonly string[];
  readonly #outputs: number;
  readonly #runner: Runner;

  constructor(graph: Graph, names: readonly string[], outputs: number, runner: Runner) {
    this.graph = graph;
    this.#names = names;
    this.#outputs = outputs;
    this.#runner = runner;
  }

  /** The memory an input is read from: row-major, integers as Int32Array. Ask again after another step was compiled. */
  input(name: string): Float32Array | Float64Array | Int32Array {
    return this.#runner.input(this.#indexOf(name));
  }

  /** The memory an output was written to by the last run; the next one overwrites it. */
  output(at: number): Float32Array | Float64Array {
    return this.#runner.output(at) as Float32Array | Float64Array;
  }

  /** Run on what stands in the inputs. */
  execute(): void {
    this.#runner.run();
  }

  /**
   * Run on these inputs.
   *
   * @returns a new array an output, row-major
   * @throws RangeError for an input that is missing, unknown, or has another number of elements
   * @example step.run({ x: Float32Array.of(1, 2), label: Int32Array.of(1) })[0];
   */
  run(inputs: Readonly<Record<string, ArrayLike<number>>> = {}): (Float32Array | Float64Array)[] {
    for (const name of this.#names) {
      const given = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
      const to = this.input(name);
      if (given === undefined || given.length !== to.length) {
        const came = given === undefined ? 'nothing' : `${given.length}`;
        throw new RangeError(`input '${name}': expected ${to.length} numbers, got ${came}`);
      }
      to.set(given);
    }
    for (const name of Object.keys(inputs)) this.#indexOf(name);
    this.execute();
    return Array.from({ length: this.#outputs }, (_, i) => this.output(i).slice());
  }

  #indexOf(name: string): number {
    const at = this.#names.indexOf(name);
    if (at < 0) {
      const names = this.#names.map((each) => `'${each}'`).join(', ') || 'none';
      throw new RangeError(`this step has no input '${name}'; it has ${names}`);
    }
    return at;
  }
}

/**
 * Compile a step. Sizes are fixed: a last, shorter batch, and an evaluation without updates, are steps of their own on
 * the same state. Compile each once and keep it: a small net takes some tens of milliseconds.
 *
 * @throws RangeError for an update of another shape than its state, for names used twice, and for more memory than there is
 * @example
 * const state = new ProgramState({ w: { shape: [2] } });
 * const x = variable('x', [8, 2]);
 * const y = variable('y', [8]);
 * const w = state.variable('w');
 * const loss = x.matmul(w).sub(y).square().mean();
 * const [slope] = grad(loss, [w]);
 * const step = compileStep({ state, inputs: [x, y], outputs: [loss], updates: { w: w.sub(slope.mul(0.1)) } });
 * const [before] = step.run({ x: new Float32Array(16), y: new Float32Array(8) });
 */
export function compileStep(description: StepDescription): Step {
  const { inputs = [], outputs = [], updates = {}, reproducible = true, interpret = false } = description;
  const state = description.state ?? new ProgramState({}, { precision: description.precision ?? 'single' });
  if (description.precision && description.precision !== state.precision) {
    throw new RangeError(
      `compileStep: the state is in ${state.precision} precision, the step in ${description.precision}; make the state with { precision: '${description.precision}' }`,
    );
  }
  const given = inputs.map(requireInput);
  const names = given.map(({ name }) => name);
  requireDistinct([...state.names, ...names]);
  requireShapes(state, updates);
  const held = state.names.map((name) => ({ name, shape: state.variable(name).shape, integer: false }));
  const results = [...outputs, ...Object.values(updates)].map(nodeOf);
  const whole = prune(trimScans(mergeScans(closeGraph(results, [...held, ...given]))));
  const graph = state.precision === 'single' ? recompute(addToProducts(whole)) : whole;
  const updated = Object.keys(updates).map((name) => state.names.indexOf(name));
  const make = interpret || state.memory === undefined ? runByBuffers : runAssembled;
  return new Step(graph, names, outputs.length, make(graph, state, updated, reproducible, interpret));
}

function requireInput(input: Expr) {
  const { operation, attributes, shape } = nodeOf(input);
  if (operation !== 'input' || attributes.name === undefined) {
    throw new RangeError(
      `compileStep: inputs must be variables, got ${operation} of shape ${formatShape(shape)}; make them with variable('x', [32, 64])`,
    );
  }
  return { name: attributes.name, shape, integer: attributes.integer === true };
}

function requireDistinct(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new RangeError(`compileStep: the name '${twice}' is used twice among state and inputs; rename one of them`);
  }
}

function requireShapes(state: ProgramState, updates: Readonly<Record<string, Expr>>): void {
  for (const [name, value] of Object.entries(updates)) {
    const { shape } = state.variable(name);
    if (sameShape(shape, value.shape)) continue;
    throw new RangeError(
      `compileStep: the state '${name}' has shape ${formatShape(shape)}, its update ${formatShape(value.shape)}; they must be equal`,
    );
  }
}

/** One WebAssembly function over the state's own memory. */
function runAssembled(graph: Graph, state: ProgramState, updates: readonly number[], reproducible: boolean): Runner {
  const memory = state.memory!;
  const { names } = state;
  const program = assemble(graph, {
    memory,
    start: state.free,
    given: (input) => (input < names.length ? state.addressOf(names[input]!) : undefined),
    updates,
    reproducible,
  });
  state.reserve(program.end);
  const views = new Map<number, Numbers>();
  /** The array at an address, made anew when the memory has grown. */
  const view = (address: number, size: number, integer: boolean): Numbers => {
    let array = views.get(address);
    if (array === undefined || array.buffer !== memory.buffer || array.length !== size) {
      array = new (integer ? Int32Array : Float32Array)(memory.buffer, address, size);
      views.set(address, array);
    }
    return array;
  };
  return {
    input(at) {
      const { node, shape } = graph.inputs[names.length + at]!;
      const integer = graph.nodes[node]!.attributes.integer === true;
      return view(program.inputs[names.length + at]!, sizeOf(shape), integer);
    },
    output: (at) => view(program.outputs[at]!, sizeOf(graph.nodes[graph.outputs[at]!]!.shape), false),
    run: program.run,
  };
}

/** A program of its own memory: state is copied in and out. Double precision, and single where nothing else runs. */
function runByBuffers(
  graph: Graph,
  state: ProgramState,
  updates: readonly number[],
  _reproducible: boolean,
  interpret: boolean,
): Runner {
  const { names, precision } = state;
  const plan =
    precision === 'single'
      ? planSingle(graph)
      : planOf(new Program(graph, ...(interpret ? (['interpreter'] as const) : [])));
  const first = graph.outputs.length - updates.length;
  return {
    input: (at) => plan.inputs[names.length + at]!,
    output: (at) => plan.outputs[at]!,
    run() {
      names.forEach((name, i) => {
        plan.inputs[i]!.set(state.array(name));
      });
      plan.run();
      updates.forEach((input, i) => {
        state.array(names[input]!).set(plan.outputs[first + i]!);
      });
    },
  };
}

function planOf(program: Program) {
  return { inputs: program.inputBuffers, outputs: program.outputBuffers, run: () => program.execute() };
}
