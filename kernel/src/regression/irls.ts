/**
 * Maximum likelihood of a generalised linear model by Fisher scoring: least squares on a working response, again and
 * again (Nelder & Wedderburn 1972, Journal of the Royal Statistical Society A 135, 370–384), each by QR; steps that
 * leave the family or raise the deviance are halved.
 */
import { PivotedQr } from '../numeric/linalg/pivoted-qr.ts';
import type { Family } from './families/family.ts';
import type { ColumnsFactor } from './kernels/gram-factor.ts';

/**
 * How scoring ended; `separated`: predictors run off to infinity while the deviance has settled; `boundary`: the steps
 * lead out of the family.
 */
export type ScoringEnding = 'converged' | 'separated' | 'boundary' | 'iterations';

export interface Scoring {
  readonly coefficients: Float64Array; // (p,), NaN for columns that depend on others
  readonly predictor: Float64Array; // (n,), with the offset
  readonly mean: Float64Array; // (n,)
  readonly workingWeights: Float64Array; // (n,)
  readonly deviance: number;
  readonly qr: ColumnsFactor;
  readonly iterations: number;
  readonly ending: ScoringEnding;
  /** The last change of each coefficient. */
  readonly step: Float64Array; // (p,)
}

export interface ScoringProblem {
  readonly columns: readonly Float64Array[]; // p of (n,)
  readonly y: Float64Array; // (n,)
  readonly weights: Float64Array; // (n,)
  readonly offset: Float64Array; // (n,)
  readonly family: Family;
  /** Predictors to start from. */
  readonly start?: Float64Array | undefined; // (n,)
}

const MOST_ITERATIONS = 200;

export function devianceOf({ y, weights, family }: ScoringProblem, mean: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++) if (weights[i]! > 0) sum += weights[i]! * family.unitDeviance(y[i]!, mean[i]!);
  return sum;
}

/** X b and the offset; columns whose coefficient is NaN are left out. */
export function predictorOf({ columns, offset }: ScoringProblem, coefficients: Float64Array): Float64Array {
  const eta = Float64Array.from(offset);
  columns.forEach((column, j) => {
    const b = coefficients[j]!;
    if (b !== 0 && !Number.isNaN(b)) for (let i = 0; i < eta.length; i++) eta[i]! += b * column[i]!;
  });
  return eta;
}

/** Coefficients of one mean for all rows, where a column is constant: a place inside the family to step from. */
function constantMean({ columns, y, weights, offset, family }: ScoringProblem): Float64Array | undefined {
  const constant = columns.findIndex((column) => column[0] !== 0 && column.every((x) => x === column[0]));
  if (constant < 0) return undefined;
  let [total, sum, shift] = [0, 0, 0];
  for (let i = 0; i < y.length; i++) {
    total += weights[i]!;
    sum += weights[i]! * family.start(y[i]!, weights[i]!);
    shift += weights[i]! * offset[i]!;
  }
  const coefficients = new Float64Array(columns.length);
  coefficients[constant] = (family.link.predictor(sum / total) - shift / total) / columns[constant]![0]!;
  return coefficients;
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** Climb the likelihood, by factors of the weighted rows. */
export function scoreByFactors(problem: ScoringProblem): Scoring {
  const { columns, y, weights, offset, family } = problem;
  const { link } = family;
  const n = y.length;
  let eta = problem.start ?? Float64Array.from(y, (value, i) => link.predictor(family.start(value, weights[i]!)));
  let mean = eta.map(link.mean);
  let deviance = devianceOf(problem, mean);
  let coefficients: Float64Array | undefined;
  let settled = 0;
  const outside = (means: Float64Array) => means.some((mu, i) => weights[i]! > 0 && !family.isMean(mu));
  for (let iterations = 1; ; iterations++) {
    const w = new Float64Array(n);
    const z = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const slope = link.slope(eta[i]!);
      const weight = (weights[i]! * slope * slope) / family.variance(mean[i]!);
      if (!(weight > 0 && weight < Infinity)) continue;
      w[i] = Math.sqrt(weight);
      z[i] = w[i]! * (eta[i]! - offset[i]! + (y[i]! - mean[i]!) / slope);
    }
    const qr = new PivotedQr(
      columns.map((column) => column.map((x, i) => x * w[i]!)),
      n,
    );
    let next = qr.solve(z).coefficients;
    let nextEta = predictorOf(problem, next);
    let nextMean = nextEta.map(link.mean);
    let nextDeviance = devianceOf(problem, nextMean);
    const bad = () =>
      !Number.isFinite(nextDeviance) ||
      outside(nextMean) ||
      (coefficients !== undefined && nextDeviance > deviance + 1e-8 * (Math.abs(deviance) + 0.1));
    if (!coefficients && bad()) {
      coefficients = constantMean(problem);
      if (coefficients) {
        eta = predictorOf(problem, coefficients);
        mean = eta.map(link.mean);
        deviance = devianceOf(problem, mean);
        if (Number.isFinite(deviance) && !outside(mean)) continue;
      }
      throw new RangeError(
        `glm: the first step leaves the family '${family.name}' with link '${link.name}'; try another link`,
      );
    }
    const cut = outside(nextMean);
    for (let halving = 0; halving < 40 && bad(); halving++) {
      const from = coefficients!;
      next = next.map((value, j) => (value + from[j]!) / 2);
      nextEta = predictorOf(problem, next);
      nextMean = nextEta.map(link.mean);
      nextDeviance = devianceOf(problem, nextMean);
    }
    if (bad()) [next, nextEta, nextMean, nextDeviance] = [coefficients!, eta, mean, deviance];
    const moved = nextEta.map((value, i) => (weights[i]! > 0 ? value - eta[i]! : 0));
    const change = largest(moved);
    const size = largest(nextEta);
    const still = Math.abs(nextDeviance - deviance) < 1e-9 * (Math.abs(nextDeviance) + 0.1);
    settled = still && change > 0.3 ? settled + 1 : 0;
    const step = next.map((value, j) => value - (coefficients?.[j] ?? 0));
    eta = nextEta;
    mean = nextMean;
    coefficients = next;
    deviance = nextDeviance;
    const converged = change <= 1e-11 * (1 + size);
    const last = converged || iterations >= MOST_ITERATIONS;
    const ending = settled >= 3 ? 'separated' : cut && last ? 'boundary' : converged ? 'converged' : 'iterations';
    if (ending !== 'iterations' || iterations >= MOST_ITERATIONS) {
      const workingWeights = w.map((root) => root * root);
      return { coefficients, predictor: eta, mean, workingWeights, deviance, qr, iterations, ending, step };
    }
  }
}
