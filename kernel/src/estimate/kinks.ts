/**
 * Posteriors with kinks: Laplace priors with fixed location and scale, whose modes are lasso estimates (Tibshirani
 * 1996). A climber that follows gradients would jitter around the kink; coordinate descent lands on it.
 */
import type { CompiledModel, CompiledParameter } from '../model/index.ts';
import { compileLogDensity, constant, type Expr } from '../program/index.ts';
import type { LogDensity } from '../program/types.ts';
import { type Climb, type ClimbOptions, climb, follow } from './climb.ts';
import { arrayFunction } from './derivatives.ts';
import { coordinateDescent } from './optimise/coordinate-descent.ts';
import { negative } from './optimise/objective.ts';
import { coordinateNames, type Runaway } from './runaway.ts';

/** Coordinates with a Laplace prior, where its kink lies, and its weight; and the log density without these priors. */
export interface Kinks {
  readonly smooth: LogDensity;
  /** 1/scale for each coordinate, 0 without a kink. */
  readonly weights: Float64Array; // (d,)
  readonly locations: Float64Array; // (d,)
}

/** The kinks of a posterior; undefined where it has none. @param jacobian names of parameters whose Jacobian belongs to it */
export function kinksOf(compiled: CompiledModel, hasJacobian: (label: string) => boolean): Kinks | undefined {
  const { position, terms } = compiled.expressions;
  const weights = new Float64Array(compiled.dimension); // (d,)
  const locations = new Float64Array(compiled.dimension); // (d,)
  const smooth = terms.filter((term) => {
    if (term.kind === 'jacobian') return hasJacobian(term.label);
    const { sampled } = term;
    const parameter = compiled.parameters.find(({ name }) => name === sampled?.name);
    if (term.kind !== 'prior' || sampled?.family !== 'laplace' || !parameter || !unbounded(parameter)) return true;
    const { location, scale } = sampled.parameters as { location: Expr; scale: Expr };
    const [centre, spread] = [fixed(position, location), fixed(position, scale)];
    if (!centre || !spread) return true;
    for (let k = 0; k < parameter.size; k++) {
      weights[parameter.unconstrainedOffset + k] = 1 / spread[spread.length === 1 ? 0 : k]!;
      locations[parameter.unconstrainedOffset + k] = centre[centre.length === 1 ? 0 : k]!;
    }
    return false;
  });
  if (smooth.length === terms.filter(({ kind, label }) => kind !== 'jacobian' || hasJacobian(label)).length) {
    return undefined;
  }
  const value = smooth.reduce((sum, term) => sum.add(term.value) as Expr, constant(0) as Expr);
  return { smooth: compileLogDensity({ position, value }), weights, locations };
}

function unbounded({ distribution: { support } }: CompiledParameter): boolean {
  return support.structure === 'real' && !support.lower && !support.upper;
}

/** The values of an expression that does not depend on the position. */
function fixed(position: Expr, expression: Expr): Float64Array | undefined {
  const f = arrayFunction(position, expression);
  const at = new Float64Array(f.dimension).fill(0.5); // (d,)
  return f.jacobian(at).every((v) => v === 0) ? f.value(at) : undefined;
}

/** Climb near by gradients, then by coordinate descent onto the kinks. */
export async function climbOnto(
  { smooth, weights, locations }: Kinks,
  density: LogDensity,
  start: Float64Array,
  options: ClimbOptions,
): Promise<Climb> {
  // An optimiser that was chosen goes all the way by itself.
  const near = options.optimiser
    ? { position: start, iterations: 0, evaluations: 0 }
    : await climb(density, start, { ...options, iterations: Math.min(options.iterations, 200) });
  if ('ending' in near && (near.ending === 'interrupted' || near.ending === 'not finite')) return near;
  const downhill = negative(smooth);
  const shifted = (x: Float64Array) => x.map((v, i) => v + locations[i]!); // the kinks at 0
  const objective = {
    dimension: downhill.dimension,
    value: (x: Float64Array) => downhill.value(shifted(x)),
    valueAndGradient: (x: Float64Array, gradient: Float64Array) => downhill.valueAndGradient(shifted(x), gradient),
  };
  const log = options.log ? { log: options.log } : {};
  const optimiser = options.optimiser?.(objective) ?? coordinateDescent({ smooth: objective, penalty: weights }, log);
  const there = await follow(
    optimiser,
    near.position.map((v, i) => v - locations[i]!),
    options,
  );
  const position = shifted(there.position);
  return {
    ...there,
    position,
    logDensity: density.value(position),
    iterations: near.iterations + there.iterations,
    evaluations: near.evaluations + there.evaluations,
  };
}

/** Coordinates that ended on their kinks, with a sentence for each. */
export function onKinks(compiled: CompiledModel, { weights, locations }: Kinks, position: Float64Array): Runaway {
  const names = coordinateNames(compiled);
  const coordinates = new Set([...names.keys()].filter((i) => weights[i]! > 0 && position[i] === locations[i]));
  const messages = [...coordinates].map(
    (i) =>
      `${names[i]} is exactly ${locations[i]}, where its Laplace prior has its kink: no standard error, and those of the ` +
      'others are given that.',
  );
  return { coordinates, messages };
}
