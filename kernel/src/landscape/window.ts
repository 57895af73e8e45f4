/**
 * What a landscape shows: its two axes, the values around which it is cut, and how far it reaches.
 */
import type { Estimate, Posterior } from '../estimate/index.ts';
import type { CompiledModel } from '../model/index.ts';
import type { LogDensity } from '../program/index.ts';
import { inside, type Range, rangeAround, rangeByDepth, rangeOfDraws, union } from './grid.ts';
import { constantBounds, positionOf } from './support.ts';

/** Places of the two parameters among the model's scalars. */
export type Axes = readonly [x: number, y: number];

function unknown(where: string, name: string, names: readonly string[]): RangeError {
  return new RangeError(`landscape: ${where} has '${name}'; expected one of: ${names.join(', ')}`);
}

/** Places of two named scalars. @throws RangeError for a name that is none */
export function axesOf({ names }: CompiledModel, parameters: readonly string[]): Axes {
  if (!Array.isArray(parameters) || parameters.length !== 2 || parameters[0] === parameters[1]) {
    throw new RangeError(
      `landscape: parameters must be two different names, as in ['alpha', 'beta'], got ${JSON.stringify(parameters)}`,
    );
  }
  const [x, y] = parameters.map((name) => {
    const index = names.indexOf(name);
    if (index < 0) throw unknown('parameters', name, names);
    return index;
  });
  return [x!, y!];
}

function checkRange(name: string, [from, to]: Range): Range {
  if (Number.isFinite(from) && Number.isFinite(to) && from < to) return [from, to];
  throw new RangeError(
    `landscape: the range of ${name} must go from a smaller to a larger number, got [${from}, ${to}]; give one with range: { ${JSON.stringify(name)}: [from, to] }`,
  );
}

/** Values of all scalars in the middle of the window. */
export function centreOf(
  compiled: CompiledModel,
  around: Estimate,
  fixed: Readonly<Record<string, number>>,
  axes: Axes,
): Float64Array {
  const centre = Float64Array.from(compiled.names, (name) => {
    const at = around.names.indexOf(name);
    if (at < 0) throw unknown('around no value for', name, around.names);
    return around.values[at]!;
  });
  for (const [name, value] of Object.entries(fixed)) {
    const index = compiled.names.indexOf(name);
    const free = compiled.names.filter((_, i) => !axes.includes(i));
    if (!free.includes(name)) throw unknown('fixed', name, free);
    if (!Number.isFinite(value))
      throw new RangeError(`landscape: fixed.${name} must be a number, got ${String(value)}`);
    centre[index] = value;
  }
  return centre;
}

/** Draws of the two parameters, all chains. */
export function drawsOf(posterior: Posterior, { names }: CompiledModel, axes: Axes): [Float64Array, Float64Array] {
  const [x, y] = axes.map((index) => Float64Array.from(posterior.scalar(names[index]!).flatMap((chain) => [...chain])));
  return [x!, y!];
}

export interface WindowOptions {
  readonly range?: Readonly<Record<string, Range>> | undefined;
  readonly reach: number;
  /** The log density that is looked at. */
  readonly density: LogDensity;
}

/** The ends of both axes: as given, or around the middle and over the draws, inside constant bounds. */
export function rangesOf(
  compiled: CompiledModel,
  axes: Axes,
  around: Estimate,
  centre: Float64Array,
  draws: readonly Float64Array[] | undefined,
  options: WindowOptions,
): [x: Range, y: Range] {
  const { range = {}, reach, density } = options;
  const names = axes.map((index) => compiled.names[index]!);
  for (const name of Object.keys(range)) if (!names.includes(name)) throw unknown('range', name, names);
  const [x, y] = axes.map((index, k) => {
    const name = names[k]!;
    const given = range[name];
    if (given) return checkRange(name, given);
    const at = around.names.indexOf(name);
    const error = Math.sqrt(around.covariance[at * around.names.length + at] ?? Number.NaN);
    const height = (value: number) => {
      const position = positionOf(compiled, centre.with(index, value));
      return position ? density.value(position) : Number.NEGATIVE_INFINITY;
    };
    const wide =
      union(rangeAround(centre[index]!, error, reach), draws && rangeOfDraws(draws[k]!)) ??
      rangeByDepth(height, centre[index]!);
    const { lower, upper } = constantBounds(compiled, index);
    return checkRange(name, inside(wide, lower, upper));
  });
  return [x!, y!];
}
