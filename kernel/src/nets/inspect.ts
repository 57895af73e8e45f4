/**
 * How large activations and gradients are at each layer: where they vanish, explode, are mostly zero, or are the same for
 * every unit because nothing ever told the units apart.
 */
import { type Column, Table } from '../estimate/table.ts';
import { foldIn, key as keyOf } from '../numeric/random.ts';
import type { Expr, Shape } from '../program/index.ts';
import { compileStep, constant, grad, moments, variable } from '../program/index.ts';
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

/** Sizes by layer, in the order of the forward pass. */
export class LayerStatistics extends Table<LayerRow> {
  constructor(rows: readonly LayerRow[]) {
    super(columns, rows, doubts(rows));
  }
}

/** Below this share of the first layer's, a standard deviation has vanished; above its inverse it has exploded. */
const VANISHED = 1e-3;

/** What to say of sizes that stop learning. */
function doubts(rows: readonly LayerRow[]): string[] {
  const notes: string[] = [];
  const [first, last] = [rows[0], rows[rows.length - 1]];
  if (first !== undefined && last !== undefined && first !== last && first.sd > 0) {
    const ratio = last.sd / first.sd;
    if (ratio < VANISHED)
      notes.push(
        `from ${first.name} to ${last.name} the standard deviation shrinks to ${ratio.toExponential(1)} of itself`,
      );
    if (ratio > 1 / VANISHED)
      notes.push(`from ${first.name} to ${last.name} the standard deviation grows ${ratio.toExponential(1)} times`);
  }
  const same = rows.filter(({ acrossUnits, kind }) => acrossUnits === 0 && kind !== 'input').map(({ name }) => name);
  if (same.length > 0) notes.push(`all units are alike in ${same.join(', ')}: start them with different numbers`);
  return notes;
}

/** Layers that do something themselves: those with children only pass on. */
function leafVisits(
  visits: readonly Visit[],
): { readonly name: string; readonly kind: string; readonly value: Expr }[] {
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

/** Four scalars of an array. */
function summaries(x: Expr, isParameter: boolean): Expr[] {
  const mean = x.mean();
  const axis = unitsAxis(x.shape, isParameter);
  const several = axis >= 0 && x.shape[axis]! > 1;
  const across = several ? moments(x, axis).variance.sqrt().mean() : constant(Number.NaN);
  return [mean, x.sub(mean).square().mean().sqrt(), x.eq(0).mean(), across] as Expr[];
}

function toRows(
  named: readonly { readonly name: string; readonly kind: string }[],
  figures: readonly ArrayLike<number>[],
): LayerRow[] {
  return named.map(({ name, kind }, i) => {
    const [mean, sd, zeros, acrossUnits] = figures.slice(4 * i, 4 * i + 4).map((each) => each[0]!);
    return { name, kind, mean: mean!, sd: sd!, zeros: zeros!, acrossUnits: acrossUnits! };
  });
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
    outputs: named.flatMap(({ value }) => summaries(value, false)),
  });
  const given = Object.fromEntries(net.inputs.map(({ name }, i) => [name, values[i]!]));
  return new LayerStatistics(toRows(named, step.run(key === undefined ? given : { ...given, [KEY]: keyOf(net.seed) })));
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
    outputs: slopes.flatMap((slope, i) => summaries(slope as Expr, i >= layers.length)),
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
  return new LayerStatistics(toRows(all, step.run(given)));
}
