/**
 * Fisher scoring on many rows: steps from Xᵀ W X and the gradient, both taken in one compiled pass over blocks of rows,
 * from where a sample of the rows has its optimum. It takes only what is well conditioned and converges; all else is left
 * to the factorisation of the rows themselves.
 */
import type { Family } from './families/family.ts';
import { devianceOf, type Scoring, type ScoringProblem } from './irls.ts';
import { GramFactor } from './kernels/gram-factor.ts';
import { type KnownLikelihood, RowBlocks } from './kernels/row-blocks.ts';

/** Multiplications in a pass from which the products pay: below, the factorisation is as quick, and takes all designs. */
const WORTH = 200_000;
const MOST_ITERATIONS = 25;
/** One row in so many makes the sample. */
const EVERY = 6;
/** Rows a column that a sample must have to be worth its own climb. */
const ROWS_A_COLUMN = 40;
/** A change of the predictors that Newton's method squares away. */
const LAST = 1e-6;

/** Whether a problem is large enough. */
export function isLarge({ columns, y }: ScoringProblem): boolean {
  return y.length * columns.length ** 2 >= WORTH;
}

/** The loop that a family has of its own, where its link is the canonical one. */
function likelihoodOf({ name, link }: Family): KnownLikelihood | undefined {
  if (name === 'binomial' && link.name === 'logit') return 'logistic';
  return name === 'poisson' && link.name === 'log' ? 'poisson' : undefined;
}

/** Means, curvatures and pulls at these coefficients. @returns whether they are inside the family */
function evaluate(blocks: RowBlocks, coefficients: Float64Array, family: Family): boolean {
  blocks.predict(coefficients);
  const known = likelihoodOf(family);
  if (known) {
    blocks.evaluate(known);
    return true;
  }
  const { link } = family;
  const { eta, y, weights, mean, curvature, pull } = blocks;
  for (let i = 0; i < y.length; i++) {
    const weight = weights[i]!;
    mean[i] = link.mean(eta[i]!);
    if (weight > 0 && !family.isMean(mean[i]!)) return false;
    const slope = link.slope(eta[i]!);
    const share = weight > 0 ? (weight * slope) / family.variance(mean[i]!) : 0;
    curvature[i] = share * slope;
    pull[i] = share * (y[i]! - mean[i]!);
  }
  return true;
}

/** Least squares on the working response at the means the family starts from. */
function first(blocks: RowBlocks, { columns, family }: ScoringProblem, start: Float64Array | undefined) {
  const { link } = family;
  const { y, weights, offset, curvature, pull } = blocks;
  for (let i = 0; i < y.length; i++) {
    const eta = start ? start[i]! : link.predictor(family.start(y[i]!, weights[i]!));
    const mean = link.mean(eta);
    const slope = link.slope(eta);
    const weight = weights[i]! > 0 ? (weights[i]! * slope * slope) / family.variance(mean) : 0;
    curvature[i] = weight;
    pull[i] = weight > 0 ? weight * (eta - offset[i]! + (y[i]! - mean) / slope) : 0;
  }
  return GramFactor.of(blocks.gram(true), columns)?.solve(blocks.transposeTimesPull());
}

interface Climb {
  readonly coefficients: Float64Array; // (p,)
  readonly factor: GramFactor;
  readonly blocks: RowBlocks;
  readonly iterations: number;
  readonly step: Float64Array; // (p,)
}

interface Step {
  readonly whole: Float64Array; // (p,)
  /** Its slope uphill. */
  readonly rise: number;
  /** By how much it changes the predictors, in the mean. */
  readonly change: number;
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, j) => sum + value * b[j]!, 0);

function stepOf({ curvature }: RowBlocks, factor: GramFactor, pull: Float64Array, share: number): Step {
  const whole = factor.solve(pull).map((value) => share * value);
  const rise = dot(pull, whole);
  let total = 0;
  for (let i = 0; i < curvature.length; i++) total += curvature[i]!;
  return { whole, rise, change: Math.sqrt(rise / total) };
}

/**
 * Climb until the predictors change by less than `tolerance`, in the mean; undefined where it does not go smoothly.
 *
 * @param every take one row in so many
 * @param near where a sample had its optimum, in its curvature
 */
function climb(problem: ScoringProblem, every: number, tolerance: number, near?: Climb): Climb | undefined {
  const { columns, family } = problem;
  const blocks = RowBlocks.open(columns, every);
  if (!blocks) return undefined;
  for (const name of ['y', 'weights', 'offset'] as const) {
    const [to, from] = [blocks[name], problem[name]];
    for (let i = 0; i < to.length; i++) to[i] = from[i * every]!;
  }
  let coefficients = near?.coefficients ?? first(blocks, problem, problem.start);
  if (!(coefficients && evaluate(blocks, coefficients, family))) return undefined;
  const canonical = likelihoodOf(family) !== undefined;
  let pull = blocks.transposeTimesPull();
  let factor = near?.factor;
  /** The sample's own curvature, for all rows, is good enough to begin with. */
  let share = near ? 1 / EVERY : 1;
  for (let iterations = 1, last = false; iterations <= MOST_ITERATIONS; iterations++) {
    const old = factor && stepOf(blocks, factor, pull, share);
    // A short step by the curvature of the one before is as good, for one more by its own follows.
    const chord: boolean = iterations === 1 ? near !== undefined : canonical && !last && old!.change <= LAST;
    if (!chord) {
      factor = GramFactor.of(blocks.gram(true), columns);
      share = 1;
    }
    if (!factor) return undefined;
    const step: Step = chord ? old! : stepOf(blocks, factor, pull, share);
    const from: Float64Array = coefficients;
    // Half a step as long as the slope beyond it would be as steep as before it, downwards.
    for (let part = 1; ; part /= 2) {
      if (!(part > 1e-3)) return undefined;
      coefficients = from.map((value, j) => value + part * step.whole[j]!);
      if (!evaluate(blocks, coefficients, family)) continue;
      pull = blocks.transposeTimesPull();
      if (Math.abs(dot(pull, step.whole)) <= 0.9 * step.rise || step.change <= LAST) break;
    }
    if (last || (step.change <= tolerance && !chord))
      return { coefficients, factor, blocks, iterations, step: step.whole };
    last = canonical && step.change <= LAST;
  }
  return undefined;
}

/** Climb a large problem; undefined where the rows themselves have to be factored. */
export function scoreByProducts(problem: ScoringProblem): Scoring | undefined {
  const { columns, y, family } = problem;
  const sampled = !problem.start && y.length >= EVERY * ROWS_A_COLUMN * columns.length;
  const found = climb(problem, 1, 1e-12, sampled ? climb(problem, EVERY, 0.05) : undefined);
  if (!found) return undefined;
  const { coefficients, blocks, factor, iterations, step } = found;
  const known = likelihoodOf(family);
  const mean = blocks.mean.slice();
  return {
    coefficients,
    predictor: blocks.eta.slice(),
    mean,
    workingWeights: blocks.curvature.slice(),
    deviance: known ? blocks.deviance(known) : devianceOf(problem, mean),
    qr: factor,
    iterations,
    ending: 'converged',
    step,
  };
}
