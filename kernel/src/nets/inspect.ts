/**
 * How large activations and gradients are at each layer: where they vanish, explode, are mostly zero, or are the same for
 * every unit because nothing ever told the units apart.
 */
import { type Column, Table } from '../estimate/table.ts';
import { foldIn, key as keyOf } from '../numeric/random.ts';
import type { Expr, Shape } from '../program/index.ts';
import { compileStep, grad, variable } from '../program/index.ts';
import { sizeOf } from '../program/shape.ts';
import type { Numbers } from './arrays.ts';
import type { Network } from './net.ts';
import { join } from './paths.ts';
import { type Examples, readExamples } from './predict.ts';
import { KEY, leavesOf, type Visit } from './trace.ts';
import type { Loss, Value } from './types.ts';

/** Sizes of what one layer gives, or of the gradient that arrives there. */
export interface LayerRow {
  /** The layer's path, `input` for what comes in. */
  readonly name: string;
  readonly kind: string;
  readonly mean: number;
  readonly sd: number;
  /** Share of elements that are exactly 0. */
  readonly zeros: number;
  /** Standard deviation among the units of one example, averaged: 0 where all units do the same, NaN where there is one. */
  readonly acrossUnits: number;
}

const columns: readonly Column<LayerRow>[] = [
  { key: 'kind', label: 'layer' },
  { key: 'mean', label: 'mean' },
  { key: 'sd', label: 'sd' },
  { key: 'zeros', label: 'zeros', digits: 3 },
  { key: 'acrossUnits', label: 'sd among units' },
];

/** Sizes by layer, in the order of the forward pass; of gradients, those of parameters after them. */
export class LayerStatistics extends Table<LayerRow> {
  /** @param backward gradients, which come from the last layer to the first */
  constructor(rows: readonly LayerRow[], { backward = false }: { readonly backward?: boolean } = {}) {
    super(columns, rows, doubts(rows, backward));
  }
}

/** Below this share of where they come from, standard deviations have vanished; above its inverse they have exploded. */
const VANISHED = 1e-3;
/** Units that differ by less than this share of their size differ by rounding alone. */
const ALIKE = 1e-6;

/** What to say of sizes that stop learning. */
function doubts(rows: readonly LayerRow[], backward: boolean): string[] {
  const notes: string[] = [];
  const layers = rows.filter(({ kind }) => kind !== 'parameter');
  const [first, last] = [layers[0], layers[layers.length - 1]];
  if (first !== undefined && last !== undefined && first !== last) {
    const [from, to] = backward ? [last, first] : [first, last];
    const ratio = to.sd / from.sd;
    const way = `from ${from.name} ${backward ? 'back ' : ''}to ${to.name} the standard deviation`;
    if (ratio < VANISHED) notes.push(`${way} shrinks to ${ratio.toExponential(1)} of itself`);
    if (ratio > 1 / VANISHED) notes.push(`${way} grows ${ratio.toExponential(1)} times`);
  }
  const same = layers
    .filter(({ kind, acrossUnits, mean, sd }) => kind !== 'input' && acrossUnits <= ALIKE * Math.hypot(mean, sd))
    .map(({ name }) => name);
  if (same.length > 0) notes.push(`all units are alike in ${same.join(', ')}: start them with different numbers`);
  return notes;
}

/** Layers that do something themselves: those with children only pass on. */
function leafVisits(visits: readonly Visit[]): Looked[] {
  return visits
    .filter(({ layer }) => Object.keys(layer.children).length === 0)
    .flatMap(({ path, layer, output }) =>
      leavesOf(output).map((leaf) => ({
        name: (leaf.path === '' ? path : join(path, leaf.path)) || layer.kind,
        kind: layer.kind,
        value: leaf.value,
      })),
    );
}

/** Which dimension counts the units: the channels of images, the last one elsewhere; of a parameter the first. */
function unitsAxis(shape: Shape, isParameter: boolean): number {
  if (isParameter) return 0;
  return shape.length === 4 ? 1 : shape.length - 1;
}

/** What is looked at. */
interface Looked {
  readonly name: string;
  readonly kind: string;
  readonly value: Expr;
}

/** Figures of an array, in double precision: squares of what has vanished would be 0 in single. */
function rowOf({ name, kind, value: { shape } }: Looked, values: ArrayLike<number>): LayerRow {
  const count = values.length;
  let [sum, zeros] = [0, 0];
  for (let i = 0; i < count; i++) {
    sum += values[i]!;
    if (values[i] === 0) zeros++;
  }
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[i]! - mean) ** 2;
  const acrossUnits = spreadAlong(values, shape, unitsAxis(shape, kind === 'parameter'));
  return { name, kind, mean, sd: Math.sqrt(squares / count), zeros: zeros / count, acrossUnits };
}

/** The standard deviation along one dimension, averaged over the others; NaN where it has one element. */
function spreadAlong(values: ArrayLike<number>, shape: Shape, axis: number): number {
  const units = shape[axis] ?? 1;
  if (units < 2) return Number.NaN;
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = values.length / inner / units;
  let total = 0;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const at = (unit: number): number => values[(o * units + unit) * inner + i]!;
      let [mean, squares] = [0, 0];
      for (let unit = 0; unit < units; unit++) mean += (at(unit) - at(0)) / units;
      for (let unit = 0; unit < units; unit++) squares += (at(unit) - at(0) - mean) ** 2;
      total += Math.sqrt(squares / units);
    }
  }
  return total / (outer * inner);
}

/** Sizes of what each layer gives on these examples. */
export function activationsOf<Out extends Value>(net: Network<Out>, x: Examples): LayerStatistics {
  const { rows, values } = readExamples(net, x, 'activations');
  const { variables, visits, key } = net.trace({ batchSize: rows });
  const inputs = net.inputs.map(({ key: input, integer }, i) => ({
    name: input || 'input',
    kind: 'input',
    value: variables[i]!,
    integer,
  }));
  const named = [...inputs.filter(({ integer }) => !integer), ...leafVisits(visits)];
  const step = compileStep({
    state: net.state,
    inputs: key === undefined ? variables : [...variables, key],
    outputs: named.map(({ value }) => value),
  });
  const given = Object.fromEntries(net.inputs.map(({ name }, i) => [name, values[i]!]));
  const found = step.run(key === undefined ? given : { ...given, [KEY]: keyOf(net.seed) });
  return new LayerStatistics(named.map((each, i) => rowOf(each, found[i]!)));
}

/** Sizes of the loss's gradient by what each layer gives, and by each trainable parameter, in training. */
export function gradientsOf<Out extends Value>(
  net: Network<Out>,
  x: Examples,
  y: Numbers,
  loss: Loss<Out>,
): LayerStatistics {
  const { rows, values } = readExamples(net, x, 'gradients');
  const trace = net.trace({ batchSize: rows, training: true });
  const spec = loss.target(trace.output);
  const target = variable('@y', [...spec.shape], spec.integer ? 'integer' : 'real') as Expr;
  const total = loss.compute(trace.output, target).reshape();
  const layers = leafVisits(trace.visits);
  const parameters = net.trainable.map((path) => ({ name: path, kind: 'parameter', value: net.state.variable(path) }));
  const all = [...layers, ...parameters];
  const slopes = grad(
    total as never,
    all.map(({ value }) => value),
  );
  const step = compileStep({
    state: net.state,
    inputs: [...trace.variables, target, ...(trace.key === undefined ? [] : [trace.key])],
    outputs: slopes as Expr[],
  });
  const labels =
    Array.isArray(y) || ArrayBuffer.isView(y) ? (y as ArrayLike<number>) : (y as { values: ArrayLike<number> }).values;
  const flat = Array.from(labels as ArrayLike<unknown>).flat(Number.POSITIVE_INFINITY) as number[];
  loss.check?.(flat, trace.output);
  if (flat.length !== sizeOf(spec.shape)) {
    throw new RangeError(`gradients: ${rows} examples want ${sizeOf(spec.shape)} targets, got ${flat.length}`);
  }
  const given: Record<string, ArrayLike<number>> = { '@y': flat };
  net.inputs.forEach(({ name }, i) => {
    given[name] = values[i]!;
  });
  if (trace.key !== undefined) given[KEY] = foldIn(keyOf(net.seed), 'gradients');
  const found = step.run(given);
  return new LayerStatistics(
    all.map((each, i) => rowOf(each, found[i]!)),
    { backward: true },
  );
}
