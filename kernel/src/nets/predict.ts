/**
 * Running a net on examples, however many there are.
 *
 * A step is compiled for a fixed number of rows. Rows are taken 256 at a time, the last ones in the next power of two with
 * zeros behind them: nine programs serve every number of rows. In prediction rows do not see each other, so the zeros
 * change nothing.
 */
import { key as keyOf } from '../numeric/random.ts';
import type { Expr, Step } from '../program/index.ts';
import { compileStep } from '../program/index.ts';
import { sizeOf } from '../program/shape.ts';
import { type Numbers, readRows, type Values } from './arrays.ts';
import type { Network } from './net.ts';
import { KEY, leavesOf } from './trace.ts';
import type { Value } from './types.ts';

const LARGEST = 256;

/** Results in the form of a net's outputs: arrays in place of expressions. */
export type Predicted<Out extends Value> = Out extends Expr
  ? Values
  : { readonly [K in keyof Out]: Out[K] extends Value ? Predicted<Out[K]> : never };

/** Examples: one array, or several by name. */
export type Examples = Numbers | { readonly [input: string]: Numbers };

/** The flat numbers of examples by input. @throws RangeError where they do not fit the net */
export function readExamples<Out extends Value>(net: Network<Out>, x: Examples, caller: string) {
  const read = net.inputs.map(({ key, shape }) => {
    if (key === '') return readRows(x as Numbers, shape, `${caller}: x`);
    const given = (x as Readonly<Record<string, Numbers>>)[key];
    if (given === undefined) throw new RangeError(`${caller}: expected examples of '${key}', got none`);
    return readRows(given, shape, `${caller}: '${key}'`);
  });
  const rows = read[0]!.rows;
  const other = read.findIndex((each) => each.rows !== rows);
  if (other > 0) {
    throw new RangeError(
      `${caller}: ${rows} examples of '${net.inputs[0]!.key}' and ${read[other]!.rows} of '${net.inputs[other]!.key}'; give as many`,
    );
  }
  return { rows, single: read[0]!.single, values: read.map((each) => each.values) };
}

/** How the sizes of an output depend on the number of examples. */
interface Form {
  /** Sizes for one example. */
  readonly shape: readonly number[];
  /** The dimension that counts examples; −1 where none does. */
  readonly axis: number;
}

/** The outputs' form, found by tracing two and three examples: the dimension that changes counts them. */
function formsOf<Out extends Value>(net: Network<Out>): { readonly output: Out; readonly forms: readonly Form[] } {
  const { output } = net.trace({ batchSize: 2 });
  const three = leavesOf(net.trace({ batchSize: 3 }).output);
  const forms = leavesOf(output).map(({ value }, i): Form => {
    const other = three[i]!.value.shape;
    const axis = value.shape.findIndex((n, d) => n !== other[d]);
    return { shape: value.shape.map((n, d) => (d === axis ? other[d]! - n : n)), axis };
  });
  return { output, forms };
}

/** Predictions of one net; compiled programs are kept. */
export class Predictor<Out extends Value> {
  readonly #net: Network<Out>;
  readonly #steps = new Map<number, Step>();
  #known: ReturnType<typeof formsOf<Out>> | undefined;

  constructor(net: Network<Out>) {
    this.#net = net;
  }

  run(x: Examples): Predicted<Out> {
    const net = this.#net;
    const { rows, single, values } = readExamples(net, x, 'predict');
    this.#known ??= formsOf(net);
    const { output, forms } = this.#known;
    const shapes = forms.map(({ shape, axis }) => shape.map((n, d) => (d === axis ? n * rows : n)));
    const results = shapes.map(
      (shape) => new (net.precision === 'single' ? Float32Array : Float64Array)(sizeOf(shape)),
    );
    for (let from = 0; from < rows; from += LARGEST) {
      const count = Math.min(LARGEST, rows - from);
      const size = 2 ** Math.ceil(Math.log2(count)); // 5 → 8, 256 → 256
      const step = this.#stepFor(size);
      net.inputs.forEach(({ name, shape }, i) => {
        const each = sizeOf(shape);
        const to = step.input(name).fill(0);
        const source = values[i]!;
        for (let at = 0; at < count * each; at++) to[at] = source[from * each + at]!;
      });
      step.execute();
      forms.forEach((form, i) => {
        place(results[i]!, form, step.output(i), { rows, size, from, count });
      });
    }
    const shaped = forms.map(({ shape, axis }, i): Values => {
      const alone = single && shape[axis] === 1;
      return { values: results[i]!, shape: alone ? shapes[i]!.filter((_, d) => d !== axis) : shapes[i]! };
    });
    let next = 0;
    return rebuild(output, () => shaped[next++]!) as Predicted<Out>;
  }

  #stepFor(batchSize: number): Step {
    let step = this.#steps.get(batchSize);
    if (step === undefined) {
      const { variables, output, key } = this.#net.trace({ batchSize });
      step = compileStep({
        state: this.#net.state,
        inputs: key === undefined ? variables : [...variables, key],
        outputs: leavesOf(output).map(({ value }) => value),
        reproducible: true,
      });
      if (key !== undefined) step.input(KEY).set(keyOf(this.#net.seed));
      this.#steps.set(batchSize, step);
    }
    return step;
  }
}

/** Where a chunk belongs: `count` examples from `from` on, of `rows` in all; the chunk has room for `size`. */
interface Chunk {
  readonly rows: number;
  readonly size: number;
  readonly from: number;
  readonly count: number;
}

/** Copy the examples of a chunk to where they belong in the whole. */
function place(
  whole: Float32Array | Float64Array,
  { shape, axis }: Form,
  chunk: ArrayLike<number>,
  { rows, size, from, count }: Chunk,
): void {
  if (axis < 0) {
    if (from === 0) whole.set(chunk);
    return;
  }
  const outer = sizeOf(shape.slice(0, axis));
  const inner = sizeOf(shape.slice(axis)); // numbers an example
  for (let o = 0; o < outer; o++) {
    const to = (o * rows + from) * inner;
    const at = o * size * inner;
    for (let i = 0; i < count * inner; i++) whole[to + i] = chunk[at + i]!;
  }
}

/** The same form with other leaves, in the order of `leavesOf`. */
function rebuild(value: Value, next: () => Values): unknown {
  if (leavesOf(value)[0]?.path === '') return next();
  if (Array.isArray(value)) return value.map((inner) => rebuild(inner as Value, next));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, rebuild(inner as Value, next)]));
}
