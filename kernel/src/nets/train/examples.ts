/**
 * What users give to train on, as flat arrays of a net's own precision, one row an example.
 */
import { foldIn, type Key, Stream } from '../../numeric/random.ts';
import type { Expr } from '../../program/index.ts';
import { formatShape, sizeOf } from '../../program/shape.ts';
import { type Numbers, readRows } from '../arrays.ts';
import type { Network } from '../net.ts';
import type { Loss, Value } from '../types.ts';

/** Labels with their names, such as a column of a data set. */
interface Labels {
  readonly codes: Int32Array;
  readonly levels: readonly string[];
}

/** Examples: inputs (several by name where the net has several), and targets: numbers, labels, or a factor. */
export interface TrainingData {
  readonly x: Numbers | Readonly<Record<string, Numbers>>;
  readonly y: Numbers | Labels;
}

type Column = Float32Array | Float64Array | Int32Array;

/** One array of examples: `size` numbers a row. */
export interface ExampleColumn {
  /** The input of a step it goes to: `@x`, `@x.name` or `@y`. */
  readonly name: string;
  readonly size: number;
  readonly values: Column;
}

/** Rows ready to be copied into a step. */
export interface Examples {
  readonly rows: number;
  readonly inputs: readonly ExampleColumn[];
  readonly target: ExampleColumn;
}

function isLabels(y: unknown): y is Labels {
  return typeof y === 'object' && y !== null && 'codes' in y && 'levels' in y;
}

/**
 * Read examples for a net and a loss, and look at every target.
 *
 * @param what names the data in errors: 'train' or 'validation'
 * @throws RangeError where sizes do not fit, rows differ in number, or the loss cannot take a target
 */
export function readExamples<Out extends Value = Expr>(
  net: Network<Out>,
  loss: Loss<Out>,
  { x, y }: TrainingData,
  what: string,
): Examples {
  const ofPrecision = (values: ArrayLike<number>, integer: boolean): Column =>
    integer
      ? Int32Array.from(values)
      : net.precision === 'single'
        ? Float32Array.from(values)
        : Float64Array.from(values);
  const inputs = net.inputs.map(({ name, key, shape, integer }) => {
    const given = key === '' ? x : (x as Readonly<Record<string, Numbers>>)[key];
    const label = key === '' ? `${what}: x` : `${what}: x.${key}`;
    if (given === undefined) throw new RangeError(`${label} is missing; the net has an input of that name`);
    const { values, rows } = readRows(given as Numbers, shape, label);
    return { rows, column: { name, size: sizeOf(shape), values: ofPrecision(values, integer) } };
  });
  const { rows } = inputs[0]!;
  if (!(rows >= 1)) throw new RangeError(`${what}: x has no examples; give at least one`);
  const other = inputs.find((input) => input.rows !== rows);
  if (other) throw new RangeError(`${what}: inputs have ${rows} and ${other.rows} examples; they must be equally many`);

  // A batch of two shows which dimension of the target is the batch's.
  const { output } = net.trace({ batchSize: 2 });
  const spec = loss.target(output);
  const size = sizeOf(spec.shape) / 2;
  const flat = isLabels(y) ? y.codes : flatTargets(y as Numbers);
  if (flat.length !== rows * size) {
    const each = size === 1 ? 'one number' : `${size} numbers (${formatShape(spec.shape.slice(1))})`;
    throw new RangeError(
      `${what}: y should have ${each} an example for ${loss.name}, ${rows * size} for ${rows} examples; got ${flat.length}`,
    );
  }
  loss.check?.(flat, output);
  const target = { name: '@y', size, values: ofPrecision(flat, spec.integer) };
  return { rows, inputs: inputs.map(({ column }) => column), target };
}

function flatTargets(y: Numbers): ArrayLike<number> {
  return readRows(y, [], 'y').values;
}

/** Rows `from` to `to` of an order, copied to where a step reads them. */
export function copyRows(
  { size, values }: ExampleColumn,
  order: ArrayLike<number>,
  from: number,
  to: number,
  into: Column,
): void {
  for (let i = from; i < to; i++) {
    const source = order[i]! * size;
    const target = (i - from) * size;
    if (size < 48) for (let j = 0; j < size; j++) into[target + j] = values[source + j]!;
    else into.set(values.subarray(source, source + size), target);
  }
}

/** These rows as examples of their own. */
function rowsOf(examples: Examples, rows: ArrayLike<number>): Examples {
  const take = (column: ExampleColumn): ExampleColumn => {
    const values = column.values.slice(0, rows.length * column.size);
    copyRows(column, rows, 0, rows.length, values);
    return { ...column, values };
  };
  return { rows: rows.length, inputs: examples.inputs.map(take), target: take(examples.target) };
}

/** 0 … n − 1 in random order (Fisher & Yates 1938; Durstenfeld 1964). */
export function permutation(key: Key, n: number): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const stream = new Stream(key);
  for (let i = n - 1; i > 0; i--) {
    const j = stream.integer(i + 1);
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
  return order;
}

/** A random share of the examples to validate on, and the others. @throws RangeError where one of them would be empty */
export function splitExamples(examples: Examples, share: number, key: Key): readonly [Examples, Examples] {
  if (!(share > 0 && share < 1)) {
    throw new RangeError(`train: validation is a share between 0 and 1, or data { x, y }; got ${String(share)}`);
  }
  const held = Math.round(share * examples.rows);
  if (!(held >= 1 && held < examples.rows)) {
    throw new RangeError(
      `train: a validation share of ${share} of ${examples.rows} examples leaves one side empty; give another, or data { x, y }`,
    );
  }
  const order = permutation(foldIn(key, 'validation'), examples.rows);
  return [rowsOf(examples, order.subarray(held)), rowsOf(examples, order.subarray(0, held))];
}
