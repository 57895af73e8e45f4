/**
 * What a change of scale moves, and what it does not: a density has its mode, its mean and its highest-density interval on
 * a scale of its own, for a transform multiplies it by its Jacobian; a likelihood and the probability of an event have
 * none (Jaynes 2003, ch. 12; MacKay 2003, ch. 27).
 */
import { type AnyModel, type CompiledModel, compileModel, type WithLikelihood } from '../model/index.ts';
import { knownNames } from '../model/names.ts';
import { highestDensityInterval } from './highest-density.ts';
import { map } from './map.ts';
import { mle } from './mle.ts';
import { type CommonOptions, checkNames, checkShare } from './options.ts';
import type { Posterior } from './posterior.ts';
import { sample } from './sample.ts';
import { Table } from './table.ts';

export interface ChangeOfScaleOptions extends CommonOptions {
  /** The event lower ≤ value ≤ upper, on the natural scale; its probability does not move. */
  readonly event: readonly [lower: number, upper: number];
  /** Share of the highest-density interval, in (0, 1) (default 0.95). */
  readonly level?: number;
  /** Draws of the model, where there are some already. */
  readonly posterior?: Posterior;
}

/** One quantity on two scales. */
export interface ScaleRow {
  readonly name: string;
  /** By the density of the parameter itself. */
  readonly natural: number;
  /** By the density of its unconstrained coordinate (log σ for σ > 0, logit p), carried back to the natural scale. */
  readonly unconstrained: number;
  readonly moves: 'moves' | 'stays';
}

/**
 * Estimates of a bounded parameter by its own density, and by that of its unconstrained coordinate: mode, mean and
 * highest-density interval move, the maximum of the likelihood and the probability of an event stay. Both columns rest on
 * the same draws, so what differs is not their Monte Carlo error.
 *
 * @param name of a scalar parameter
 * @throws RangeError for a name that is none, an element of a simplex or ordered vector, an event that is none
 * @example await changeOfScale(rates, 'rate', { event: [0, 1] });
 */
export async function changeOfScale<M extends AnyModel>(
  model: M & WithLikelihood<NoInfer<M>>,
  name: string,
  options: ChangeOfScaleOptions,
): Promise<Table<ScaleRow>> {
  checkNames('changeOfScale', options, ['event', 'level', 'posterior', 'seed', 'signal', 'onProgress']);
  const { event, level = 0.95, posterior, ...common } = options;
  checkShare('changeOfScale', 'level', level);
  if (!(Array.isArray(event) && event.length === 2 && event[0] <= event[1])) {
    throw new RangeError(`changeOfScale: event must be [lower, upper] with lower ≤ upper, got ${String(event)}`);
  }
  const compiled = compileModel(model);
  const { at, coordinate, parameter } = placeOf(compiled, name);
  const likeliest = await mle(model, common);
  const [own, other] = [await map(model, common), await map(model, { ...common, jacobian: [parameter] })];
  const drawn = posterior ?? (await sample(model, common));

  // Other coordinates do not matter to this one's transform: they stand where the MAP has them.
  const values = own.values.slice(0, compiled.names.length); // (constrained,)
  const coordinateAt = (value: number) => compiled.unconstrain(values.with(at, value))[coordinate]!;
  const natural = Float64Array.from(drawn.scalar(name).flatMap((chain) => [...chain])); // (draws,)
  const [low, high] = [natural.reduce((a, b) => Math.min(a, b)), natural.reduce((a, b) => Math.max(a, b))];
  const sign = coordinateAt(high) < coordinateAt(low) ? -1 : 1; // a falling coordinate is turned round
  const free = natural.map((value) => sign * coordinateAt(value)); // (draws,)
  const back = (u: number) => compiled.constrain(own.position.with(coordinate, sign * u))[at]!;
  const carried = (value: number) => {
    if (value < low) return Number.NEGATIVE_INFINITY;
    return value > high ? Number.POSITIVE_INFINITY : sign * coordinateAt(value);
  };
  const mean = (x: Float64Array) => x.reduce((a, b) => a + b, 0) / x.length;
  const share = (x: Float64Array, lower: number, upper: number) =>
    x.reduce((count, v) => count + (lower <= v && v <= upper ? 1 : 0), 0) / x.length;
  const [narrow, wide] = [highestDensityInterval(natural, level), highestDensityInterval(free, level)];
  const likeliestCoordinate = sign * likeliest.position[coordinate]!;
  const rows: ScaleRow[] = [
    { name: 'MLE', natural: likeliest.values[at]!, unconstrained: back(likeliestCoordinate), moves: 'stays' },
    { name: 'mode', natural: own.values[at]!, unconstrained: other.values[at]!, moves: 'moves' },
    { name: 'mean', natural: mean(natural), unconstrained: back(mean(free)), moves: 'moves' },
    { name: 'lower', natural: narrow.lower, unconstrained: back(wide.lower), moves: 'moves' },
    { name: 'upper', natural: narrow.upper, unconstrained: back(wide.upper), moves: 'moves' },
    {
      name: 'event',
      natural: share(natural, event[0], event[1]),
      unconstrained: share(free, carried(event[0]), carried(event[1])),
      moves: 'stays',
    },
  ];
  return new Table<ScaleRow>(
    [
      { key: 'natural', label: `scale of ${name}`, digits: 5 },
      { key: 'unconstrained', label: 'unconstrained scale', digits: 5 },
      { key: 'moves', label: '' },
    ],
    rows,
    [
      `lower and upper: ends of the highest-density interval of ${100 * level} %; event: P(${event[0]} ≤ ${name} ≤ ${event[1]}).`,
    ],
  );
}

/** Where a scalar stands among the values and the coordinates. @throws RangeError where it has no coordinate of its own */
function placeOf(compiled: CompiledModel, name: string): { at: number; coordinate: number; parameter: string } {
  const at = compiled.names.indexOf(name);
  if (at < 0) throw new RangeError(`changeOfScale: no scalar called '${name}'; ${knownNames(name, compiled.names)}`);
  const found = compiled.parameters.find(({ offset, size }) => at >= offset && at < offset + size)!;
  const { lower, upper, structure } = found.distribution.support;
  if (structure !== 'real' || (lower === undefined && upper === undefined)) {
    throw new RangeError(
      `changeOfScale: '${name}' must be a parameter with a bound, whose unconstrained scale is another than its own ` +
        '(a standard deviation, a probability), got one without or an element of a simplex or an ordered vector',
    );
  }
  return { at, coordinate: found.unconstrainedOffset + at - found.offset, parameter: found.name };
}
