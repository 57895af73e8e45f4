/**
 * Profiles of a linear mixed model: of its standard deviations, correlations and σ as lme4 has them (Bates, Mächler,
 * Bolker & Walker 2015, section 5.1), and of its fixed effects.
 *
 * A standard deviation or correlation is one coordinate once its coefficients stand first in their term: then θ begins
 * with sd/σ, and the second row of the factor has the correlation alone. A fixed effect that stands last in X moves the
 * residual sum of squares by a square. So each is profiled exactly, and the others are climbed without constraints.
 */
import { checkNames, checkShare, checkWhole, signalOf } from '../../estimate/options.ts';
import { Profile, type ProfileOptions } from '../../estimate/profile.ts';
import { type Profiled, Walker } from '../../estimate/profile-walk.ts';
import { knownNames } from '../../model/names.ts';
import { exp, log } from '../../numeric/elementary.ts';
import { normalQuantile } from '../../numeric/special/normal.ts';
import type { MixedData, MixedFit } from './fit.ts';
import type { FittedTerm } from './grouped-fit.ts';
import { withDifferences } from './optimise.ts';
import { factorOf, PenalisedLeastSquares, type TermData } from './penalised-least-squares.ts';

/** A standard deviation, or with `other` a correlation, by lme4's name. */
export interface VarianceName {
  readonly name: string;
  readonly term: number;
  readonly coefficient: number;
  readonly other?: number;
}

/**
 * Names of standard deviations and correlations: column by column of the factors, as lme4's `confint` has them, or row
 * by row, as `variances` has them.
 */
export function varianceNames(terms: readonly FittedTerm[], order: 'columns' | 'rows' = 'columns'): VarianceName[] {
  return terms.flatMap(({ design: { columns }, grouping: { label } }, term) => {
    const places = columns.flatMap((_, a) => columns.map((__, b) => [a, b] as const)).filter(([a, b]) => b <= a);
    if (order === 'columns') places.sort(([a, b], [c, d]) => b - d || a - c);
    else places.sort(([a, b], [c, d]) => a - c || Number(b !== a) - Number(d !== c) || b - d);
    return places.map(([a, b]): VarianceName => {
      if (a === b) return { name: `sd_${columns[a]}|${label}`, term, coefficient: a };
      return { name: `cor_${columns[a]}.${columns[b]}|${label}`, term, coefficient: a, other: b };
    });
  });
}

/** A relative standard deviation of 0 begins here: e^−14. */
export const nearlyNothing = 1e-6;

/** The profile of one parameter of a fit by maximum likelihood. */
export function profileMixed(fit: MixedFit, data: MixedData, name: string, options: ProfileOptions): Promise<Profile> {
  return walked(() => profiledOf(fit, data, name), name, options);
}

/** Walk along a parameter to both ends. */
export async function walked(prepare: () => Profiled, name: string, options: ProfileOptions): Promise<Profile> {
  checkNames('profile', options, ['level', 'points', 'seed', 'signal', 'onProgress']);
  const level = checkShare('profile', 'level', options.level ?? 0.95);
  const points = checkWhole('profile', 'points', options.points ?? 30, 0, 10_000);
  const of = prepare();
  const walker = new Walker(of, signalOf(options));
  const threshold = normalQuantile((1 + level) / 2);
  const lower = await walker.end(-1, threshold);
  const upper = await walker.end(1, threshold);
  const curve = await walker.curve(points, threshold);
  return new Profile({
    name,
    level,
    estimate: of.valueAt(of.position),
    lower,
    upper,
    ...curve,
    warnings: walker.interrupted ? ['Interrupted: the ends are the farthest points reached.'] : [],
  });
}

/** The log likelihood as one of a position whose first coordinate is the parameter. */
function profiledOf(fit: MixedFit, data: MixedData, name: string): Profiled {
  const variance = varianceNames(data.terms).find((each) => each.name === name);
  if (variance)
    return variance.other === undefined ? ofDeviation(fit, data, variance) : ofCorrelation(fit, data, variance);
  if (name === 'sigma') return ofSigma(fit, data);
  const column = fit.names.indexOf(name);
  if (column >= 0) return ofFixed(fit, data, column);
  throw new RangeError(`profile: no parameter called '${name}'; ${knownNames(name, fit.profileNames)}`);
}

function ofSigma(fit: MixedFit, data: MixedData): Profiled {
  const deviance = devianceOf(
    problemOf(
      data,
      data.terms.map((term) => term.data),
    ),
    fit.observations,
  );
  const value = (at: Float64Array) => -deviance(at.subarray(1), exp(at[0]!)) / 2;
  return profiled(fit, Float64Array.of(log(fit.sigma), ...fit.theta), value, exp);
}

function ofDeviation(fit: MixedFit, data: MixedData, { term, coefficient }: VarianceName): Profiled {
  const { blocks, theta, offset } = arranged(fit.theta, data.terms, term, [coefficient]);
  const deviance = devianceOf(problemOf(data, blocks), fit.observations);
  const rest = theta.filter((_, i) => i !== offset);
  const value = (at: Float64Array) => {
    const full = Float64Array.of(...at.subarray(2, 2 + offset), exp(at[0]! - at[1]!), ...at.subarray(2 + offset));
    return -deviance(full, exp(at[1]!)) / 2;
  };
  const sd = fit.sigma * Math.max(theta[offset]!, nearlyNothing);
  return profiled(fit, Float64Array.of(log(sd), log(fit.sigma), ...rest), value, exp);
}

function ofCorrelation(fit: MixedFit, data: MixedData, { name, term, coefficient, other }: VarianceName): Profiled {
  const { blocks, theta, offset } = arranged(fit.theta, data.terms, term, [other!, coefficient]);
  const width = blocks[term]!.width;
  const [crossed, own] = [offset + 1, offset + width]; // second row of the factor
  checkVaries(name, theta, offset, width);
  const deviance = devianceOf(problemOf(data, blocks), fit.observations);
  const second = Math.max(theta[own]!, nearlyNothing);
  const rest = theta.filter((_, i) => i !== crossed && i !== own);
  const value = (at: Float64Array) => {
    const full: number[] = [];
    const others = at.subarray(2);
    let k = 0;
    for (let i = 0; i < theta.length; i++) {
      // tanh(c) is the correlation of (sinh(c) e, e).
      if (i === crossed) full.push(Math.sinh(at[0]!) * exp(at[1]!));
      else full.push(i === own ? exp(at[1]!) : others[k++]!);
    }
    return -deviance(Float64Array.from(full), undefined) / 2;
  };
  const start = Float64Array.of(Math.asinh(theta[crossed]! / second), log(second), ...rest);
  return { ...profiled(fit, start, value, Math.tanh), bounded: [1] };
}

/** @throws RangeError for a correlation with a coefficient whose variance is 0 */
export function checkVaries(name: string, theta: Float64Array, offset: number, width: number): void {
  if (Math.hypot(theta[offset + 1]!, theta[offset + width]!) < 1e-4 || Math.abs(theta[offset]!) < 1e-4) {
    throw new RangeError(`profile: '${name}' is of a coefficient that does not vary: its variance is estimated as 0`);
  }
}

function ofFixed(fit: MixedFit, data: MixedData, column: number): Profiled {
  const p = fit.names.length;
  const order = [...fit.names.keys()].filter((j) => j !== column).concat(column);
  const { matrix } = data.design;
  const x = matrix.map((_, at) => matrix[Math.floor(at / p) * p + order[at % p]!]!); // the column last
  const n = fit.observations;
  const problem = problemOf(
    data,
    data.terms.map((term) => term.data),
    x,
  );
  const error = Math.sqrt(fit.covariance[column * p + column]!);
  const natural = (c: number) => fit.values[column]! + error * c;
  const value = (at: Float64Array) => {
    const parts = problem.parts(at.subarray(1));
    if (!parts) return Number.NaN;
    const sum = parts.sum + (parts.reach - parts.slope * natural(at[0]!)) ** 2;
    return -(parts.logDeterminant + n * (1 + log((2 * Math.PI * sum) / n))) / 2;
  };
  return { ...profiled(fit, Float64Array.of(0, ...fit.theta), value, natural), scale: 1 };
}

/** Half the first step along a logarithm or an inverse hyperbolic tangent. */
const firstStep = 0.25;

/** The gradient is good to 1e-9, so a step to 1e-16 squared is as near as it can lead. */
const ofDifferences = 1e-16;

function profiled(
  fit: MixedFit,
  position: Float64Array,
  value: (at: Float64Array) => number,
  natural: (coordinate: number) => number,
): Profiled {
  return {
    density: withDifferences(position.length, value),
    position,
    logLikelihood: fit.logLikelihood,
    coordinate: 0,
    scale: firstStep,
    bounded: [],
    tolerance: ofDifferences,
    valueAt: (at) => natural(at[0]!),
  };
}

function problemOf({ design, response }: MixedData, blocks: readonly TermData[], x = design.matrix) {
  const y = response.map((value, i) => value - (design.offset?.[i] ?? 0));
  return new PenalisedLeastSquares(blocks, x, y, false, design.weights);
}

/** −2 log likelihood at θ and σ, or at θ and the best σ. */
function devianceOf(problem: PenalisedLeastSquares, n: number) {
  return (theta: Float64Array, sigma: number | undefined): number => {
    const parts = problem.parts(theta);
    if (!parts) return Number.NaN;
    const { logDeterminant, sum } = parts;
    if (sigma === undefined) return logDeterminant + n * (1 + log((2 * Math.PI * sum) / n));
    return logDeterminant + n * log(2 * Math.PI * sigma ** 2) + sum / sigma ** 2;
  };
}

/** Terms and θ with some coefficients of one term put first. */
export function arranged(
  fitted: Float64Array,
  terms: readonly FittedTerm[],
  term: number,
  first: readonly number[],
): { readonly blocks: TermData[]; readonly theta: Float64Array; readonly offset: number } {
  const { width, matrix, ...rest } = terms[term]!.data;
  const order = [...first, ...Array.from({ length: width }, (_, j) => j).filter((j) => !first.includes(j))];
  const moved = matrix.map((_, at) => matrix[Math.floor(at / width) * width + order[at % width]!]!);
  const blocks = terms.map((each, t) => (t === term ? { ...rest, width, matrix: moved } : each.data));
  const offset = blocks.slice(0, term).reduce((sum, each) => sum + (each.width * (each.width + 1)) / 2, 0);
  const factor = factorOf(fitted, offset, width);
  const covariance = Float64Array.from({ length: width * width }, (_, at) => {
    const [a, b] = [order[Math.floor(at / width)]!, order[at % width]!];
    let sum = 0;
    for (let e = 0; e < width; e++) sum += factor[a * width + e]! * factor[b * width + e]!;
    return sum;
  });
  const theta = fitted.slice();
  theta.set(lowerFactor(covariance, width), offset);
  return { blocks, theta, offset };
}

/** The Cholesky factor of a covariance that may be singular, column by column as θ has it. */
function lowerFactor(covariance: Float64Array, k: number): Float64Array {
  const lower = new Float64Array(k * k); // (k, k)
  const size = Math.max(...Array.from({ length: k }, (_, i) => covariance[i * k + i]!), 1e-300);
  const theta: number[] = [];
  for (let j = 0; j < k; j++) {
    for (let i = j; i < k; i++) {
      let sum = covariance[i * k + j]!;
      for (let e = 0; e < j; e++) sum -= lower[i * k + e]! * lower[j * k + e]!;
      if (i === j) lower[i * k + i] = sum > 1e-14 * size ? Math.sqrt(sum) : 0;
      else lower[i * k + j] = lower[j * k + j]! > 0 ? sum / lower[j * k + j]! : 0;
      theta.push(lower[i * k + j]!);
    }
  }
  return Float64Array.from(theta);
}
