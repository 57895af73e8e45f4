/**
 * Profile likelihood: the best log likelihood for each value of one parameter, and the interval of the values that a
 * likelihood-ratio test does not reject (Venzon & Moolgavkar 1988).
 *
 * Unlike Wald's, the interval does not depend on the scale of the parameters, need not be symmetric, and stays
 * within bounds. An end is where the signed root of 2(ℓ̂ − ℓₚ) passes √χ²; its derivative is known, for the
 * derivative of ℓₚ is that of ℓ at the profiled point.
 */
import { Displayable } from '../host/display.ts';
import { type AnyModel, type CompiledModel, compileModel, type WithLikelihood } from '../model/index.ts';
import { knownNames } from '../model/names.ts';
import { normalQuantile } from '../numeric/special/normal.ts';
import { Estimate } from './estimate.ts';
import { integratedOf } from './integrated.ts';
import { mle } from './mle.ts';
import { type CommonOptions, checkNames, checkShare, checkWhole, signalOf } from './options.ts';
import { type Profiled, type ProfileEnd, Walker } from './profile-walk.ts';
import { boundedCoordinates } from './runaway.ts';
import { formatNumber } from './table.ts';

export type { ProfileEnd } from './profile-walk.ts';

export interface ProfileOptions extends CommonOptions {
  /** Coverage of the interval, in (0, 1) (default 0.95). */
  readonly level?: number;
  /** Points of the curve between the ends, and as far again beyond, ≥ 0 (default 30). */
  readonly points?: number;
}

/** An end whose deviance is farther than this from the quantile lies at a jump. */
const jump = 1e-6;

/** The profile of one scalar. */
export class Profile extends Displayable {
  override readonly kind = 'profile';
  readonly name: string;
  readonly level: number;
  readonly estimate: number;
  readonly lower: ProfileEnd;
  readonly upper: ProfileEnd;
  /** Values of the parameter, rising. */
  readonly values: Float64Array; // (points,)
  /** 2(ℓ̂ − ℓₚ) at each. */
  readonly deviances: Float64Array; // (points,)
  readonly warnings: readonly string[];

  constructor(parts: Omit<Profile, 'kind' | 'toString' | keyof Displayable>) {
    super();
    this.name = parts.name;
    this.level = parts.level;
    this.estimate = parts.estimate;
    this.lower = parts.lower;
    this.upper = parts.upper;
    this.values = parts.values;
    this.deviances = parts.deviances;
    this.warnings = parts.warnings;
  }

  override toString(): string {
    const end = ({ value, ending }: ProfileEnd) => `${formatNumber(value, 5)}${ending === 'open' ? ' (open)' : ''}`;
    const share = formatNumber(100 * this.level, 3).replace(/\.?0+$/, '');
    const warnings = this.warnings.map((warning) => `\n⚠ ${warning}`).join('');
    return `${this.name}: ${formatNumber(this.estimate, 5)}, ${share} % profile interval ${end(this.lower)} to ${end(this.upper)}${warnings}`;
  }
}

/**
 * The profile likelihood interval of one scalar parameter.
 *
 * Of a model with latent parameters it is that of the likelihood with these integrated out, as `mle` has it.
 *
 * @param of a model, or its fit by `mle`
 * @param name of a scalar: `slope`, `beta[1]`
 * @throws RangeError for a name that is not there, or a parameter that is integrated out; Error for a parameter whose bounds depend on others, an element of
 *   a simplex or of an ordered vector, and derived quantities: fixing their value is not fixing one coordinate
 * @example
 * const { lower, upper } = await profile(line, 'slope', { level: 0.9 });
 * lower.value;
 */
export async function profile<M extends AnyModel>(
  of: (M & WithLikelihood<NoInfer<M>>) | Estimate<M>,
  name: string,
  options: ProfileOptions = {},
): Promise<Profile> {
  checkNames('profile', options, ['level', 'points', 'seed', 'signal', 'onProgress']);
  const level = checkShare('profile', 'level', options.level ?? 0.95);
  const points = checkWhole('profile', 'points', options.points ?? 30, 0, 10_000);
  const { seed } = options;
  const fit = of instanceof Estimate ? of : await mle(of, seed === undefined ? {} : { seed });
  if (fit.method !== 'mle') throw new TypeError('profile: expected a model or a result of mle, got one of map');
  const walker = new Walker(profiled(fit, name), signalOf(options));
  const threshold = normalQuantile((1 + level) / 2);
  const lower = await walker.end(-1, threshold);
  const upper = await walker.end(1, threshold);
  const curve = await walker.curve(points, threshold);
  const odd =
    points > 0 ? ((await walker.oddPlace(-1, threshold)) ?? (await walker.oddPlace(1, threshold))) : undefined;
  const above = walker.above;
  options.onProgress?.({ done: 2, total: 2, text: `profile of ${name}: done` });
  // A rising coordinate may be a falling value.
  const flipped = lower.value > upper.value;
  return new Profile({
    name,
    level,
    estimate: fit.values[fit.names.indexOf(name)]!,
    lower: flipped ? upper : lower,
    upper: flipped ? lower : upper,
    ...curve,
    warnings: [
      ...(above > 1e-6
        ? [`The profile found a log likelihood higher by ${formatNumber(above, 3)}: fit again with more starts.`]
        : []),
      ...[lower, upper]
        .filter(({ ending, deviance }) => ending === 'crossed' && Math.abs(deviance - threshold ** 2) > jump)
        .map(
          ({ value }) =>
            `The profile jumps across the threshold at ${formatNumber(value, 4)}: the other parameters have several optima ` +
            'there. Give them priors or fix one, or look at the curve (profilePlot).',
        ),
      ...(odd !== undefined
        ? [
            `The profile is not monotone: near ${formatNumber(odd, 4)} the likelihood crosses the threshold again, so ` +
              'the values that are not rejected are more than one interval; draw the curve (profilePlot).',
          ]
        : []),
      ...(walker.interrupted ? ['Interrupted: the ends are the farthest points reached.'] : []),
    ],
  });
}

/** What the walk needs of a fit. */
function profiled(fit: Estimate, name: string): Profiled {
  const whole = compileModel(fit.model);
  const all = fit.names.indexOf(name);
  if (all < 0) throw new RangeError(`profile: no scalar called '${name}'; ${knownNames(name, fit.names)}`);
  const integrated = integratedOf(fit);
  const compiled = integrated?.view ?? whole;
  const at = integrated ? compiled.names.indexOf(name) : all;
  if (integrated && at < 0 && all < whole.names.length) {
    throw new RangeError(
      `profile: '${name}' is integrated out of the likelihood, which is no function of it; profile one of ` +
        `${compiled.names.join(', ')}`,
    );
  }
  const position = integrated?.restrict(fit.position) ?? fit.position;
  const coordinate = coordinateOf(compiled, position, at < 0 ? compiled.names.length : at, name);
  const natural = Math.sqrt(fit.covariance[all * fit.names.length + all]!);
  const rate = (valueAt(compiled, position, at, coordinate, 1e-4) - compiled.constrain(position)[at]!) / 1e-4;
  const bounded = boundedCoordinates(compiled);
  const scale = natural / Math.abs(rate);
  // On a logarithm or logit a standard error of ten or more says that there is no curvature to go by.
  const most = bounded.includes(coordinate) ? 10 : Number.POSITIVE_INFINITY;
  return {
    density: integrated?.marginal ?? compiled.density({ prior: false, jacobian: false }),
    position,
    logLikelihood: fit.logLikelihood,
    coordinate,
    scale: scale > 0 && scale < most ? scale : 1,
    bounded,
    valueAt: (where) => compiled.constrain(where)[at]!,
  };
}

/** The value of a scalar when its coordinate is moved. */
function valueAt(compiled: CompiledModel, position: Float64Array, at: number, coordinate: number, by: number): number {
  return compiled.constrain(position.with(coordinate, position[coordinate]! + by))[at]!;
}

/** The one coordinate that the scalar is a function of. */
function coordinateOf(compiled: CompiledModel, position: Float64Array, at: number, name: string): number {
  const found = new Set<number>();
  for (const shift of [0, 0.37, -0.61]) {
    if (at >= compiled.names.length) break;
    const moved = position.map((u, i) => u + shift * (1 + (i % 3)));
    const value = compiled.constrain(moved)[at]!;
    position.forEach((_, i) => {
      if (valueAt(compiled, moved, at, i, 0.5) !== value) found.add(i);
    });
  }
  const [coordinate] = found;
  if (found.size !== 1 || coordinate === undefined) {
    throw new Error(
      `profile: '${name}' is not a function of one coordinate (a derived quantity, an element of a simplex or an ` +
        'ordered vector, or bounds that depend on other parameters); write the model with it as a parameter of its own',
    );
  }
  return coordinate;
}
