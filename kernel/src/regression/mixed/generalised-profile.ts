/**
 * Profiles of a generalised mixed model: of fixed effects, the family's own parameters, and standard deviations and
 * correlations, whose coefficients stand first in their term as in `profile.ts`.
 */
import type { Profiled } from '../../estimate/profile-walk.ts';
import { knownNames } from '../../model/names.ts';
import { exp, log } from '../../numeric/elementary.ts';
import type { LogDensity } from '../../program/types.ts';
import { type GeneralisedMixedData, integralOf } from './generalised-integral.ts';
import { thetaSize } from './penalised-least-squares.ts';
import { arranged, checkVaries, nearlyNothing, varianceNames } from './profile.ts';

/** Where the fit is. */
export interface Fitted {
  /** β, θ, and logarithms of the family's own parameters. */
  readonly position: Float64Array; // (k,)
  readonly covariance: Float64Array; // (k, k)
  readonly logLikelihood: number;
}

/** Names of all that can be profiled: standard deviations and correlations, the family's own parameters, fixed effects. */
export function generalisedNames({ terms, family, design }: GeneralisedMixedData): string[] {
  return [...varianceNames(terms).map(({ name }) => name), ...family.positive, ...design.columns];
}

/** The walk along one parameter. @throws RangeError for a name that is not there */
export function generalisedProfiled(data: GeneralisedMixedData, fitted: Fitted, name: string): Profiled {
  const { terms, family, design } = data;
  const { position, logLikelihood } = fitted;
  const p = design.columns.length;
  const size = thetaSize(terms.map((term) => term.data));
  const own = family.positive.map((_, k) => p + size + k);
  const common = { logLikelihood, tolerance: 1e-18 };
  const variance = varianceNames(terms).find((each) => each.name === name);
  if (!variance) {
    const column = design.columns.indexOf(name);
    const other = family.positive.indexOf(name);
    if (column < 0 && other < 0) {
      throw new RangeError(`profile: no parameter called '${name}'; ${knownNames(name, generalisedNames(data))}`);
    }
    const coordinate = column >= 0 ? column : own[other]!;
    const error = Math.sqrt(fitted.covariance[coordinate * (position.length + 1)]!);
    const natural = column >= 0 ? (u: number) => u : exp;
    const most = column >= 0 ? Number.POSITIVE_INFINITY : 10;
    return {
      ...common,
      density: integralOf(data).marginal,
      position,
      coordinate,
      scale: error > 0 && error < most ? error : 1,
      bounded: own,
      valueAt: (at) => natural(at[coordinate]!),
    };
  }
  const { term, coefficient, other } = variance;
  const first = other === undefined ? [coefficient] : [other, coefficient];
  const { blocks, theta, offset } = arranged(position.slice(p, p + size), terms, term, first);
  const { marginal } = integralOf(data, blocks);
  const start = position.slice();
  start.set(theta, p);
  const scale = 0.25;
  if (other === undefined) {
    const coordinate = p + offset;
    start[coordinate] = log(Math.max(theta[offset]!, nearlyNothing));
    const density = mapped(
      marginal,
      (at) => at.with(coordinate, exp(at[coordinate]!)),
      (at, gradient) => {
        gradient[coordinate]! *= exp(at[coordinate]!);
      },
    );
    return {
      ...common,
      density,
      position: start,
      coordinate,
      scale,
      bounded: own,
      valueAt: (at) => exp(at[coordinate]!),
    };
  }
  const { width } = blocks[term]!;
  checkVaries(name, theta, offset, width);
  const [crossed, diagonal] = [p + offset + 1, p + offset + width];
  const second = Math.max(start[diagonal]!, nearlyNothing);
  // tanh(c) is the correlation of (sinh(c) e, e).
  start[crossed] = Math.asinh(start[crossed]! / second);
  start[diagonal] = log(second);
  const density = mapped(
    marginal,
    (at) => {
      const e = exp(at[diagonal]!);
      return at.with(crossed, Math.sinh(at[crossed]!) * e).with(diagonal, e);
    },
    (at, gradient) => {
      const [c, e] = [at[crossed]!, exp(at[diagonal]!)];
      gradient[diagonal] = e * (gradient[diagonal]! + Math.sinh(c) * gradient[crossed]!);
      gradient[crossed]! *= Math.cosh(c) * e;
    },
  );
  const valueAt = (at: Float64Array) => Math.tanh(at[crossed]!);
  return { ...common, density, position: start, coordinate: crossed, scale, bounded: [diagonal, ...own], valueAt };
}

/** A density of other coordinates, with the chain rule in place. */
function mapped(
  density: LogDensity,
  forward: (at: Float64Array) => Float64Array,
  pull: (at: Float64Array, gradient: Float64Array) => void,
): LogDensity {
  return {
    dimension: density.dimension,
    value: (at) => density.value(forward(at)),
    valueAndGradient(at, gradient) {
      const value = density.valueAndGradient(forward(at), gradient);
      pull(at, gradient);
      return value;
    },
  };
}
