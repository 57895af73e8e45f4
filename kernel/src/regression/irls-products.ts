/**
 * Fisher scoring on many rows: steps from Xᵀ W X and the gradient, both taken in one compiled pass over blocks of rows,
 * from where a sample of the rows has its optimum. It takes only what is well conditioned and converges; all else is left
 * to the factorisation of the rows themselves.
 */
import type { Family } from './families/family.ts';
import type { Scoring, ScoringProblem } from './irls.ts';
import { devianceOf } from './irls.ts';
import { GramFactor } from './kernels/gram-factor.ts';
import { type KnownLikelihood, RowBlocks } from './kernels/row-blocks.ts';

/** Multiplications in a pass from which the products pay: below, the factorisation is as quick, and takes all designs. */
const WORTH = 200_000;
const MOST_ITERATIONS = 25;
/** One row in so many makes the sample. */
const EVERY = 6;
/** Rows a column that a sample must have to be worth its own climb. */
const ROWS_A_COLUMN = 40;
/** A change of the predictors that Newton's method squares away: (3e-6)² is rounding. */
const LAST = 3e-6;

/** Whether a problem is large enough. */
export function isLarge({ columns, y }: ScoringProblem): boolean {
  return y.length * columns.length ** 2 >= WORTH;
}

/** The loop that a family has of its own, where its link is the canonical one. */
function likelihoodOf({ name, link }: Family): KnownLikelihood | undefined {
  if (name === 'binomial' && link.name === 'logit') return 'logistic';
  return name === 'poisson' && link.name === 'log' ? 'poisson' : undefined;
}

/** Curvatures and pulls at the predictors. @returns half the deviance, but for what no predictor enters; NaN outside */
function evaluate(blocks: RowBlocks, { y, weights, family }: ScoringProblem): number {
  const known = likelihoodOf(family);
  if (known) return -blocks.likelihood(known);
  const { link } = family;
  const { eta, curvature, pull } = blocks;
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    const weight = weights[i]!;
    const predictor = eta[i]!;
    const mean = link.mean(predictor);
    if (weight > 0 && !family.isMean(mean)) return Number.NaN;
    const slope = link.slope(predictor);
    const share = weight > 0 ? (weight * slope) / family.variance(mean) : 0;
    curvature[i] = share * slope;
    pull[i] = share * (y[i]! - mean);
    if (weight > 0) sum += 0.5 * weight * family.unitDeviance(y[i]!, mean);
  }
  return sum;
}

interface Place {
  readonly coefficients: Float64Array; // (p,)
  readonly value: number;
}

interface Climb extends Place {
  readonly factor: GramFactor;
  readonly blocks: RowBlocks;
  readonly iterations: number;
  readonly step: Float64Array; // (p,)
}

/** A problem of every so manieth row. */
function sampleOf(problem: ScoringProblem): ScoringProblem | undefined {
  const rows = Math.floor(problem.y.length / EVERY);
  if (rows < ROWS_A_COLUMN * problem.columns.length || problem.start) return undefined;
  const take = (values: Float64Array) => {
    const taken = new Float64Array(rows);
    for (let i = 0; i < rows; i++) taken[i] = values[i * EVERY]!;
    return taken;
  };
  return {
    family: problem.family,
    columns: problem.columns.map(take),
    y: take(problem.y),
    weights: take(problem.weights),
    offset: take(problem.offset),
  };
}

/** Set the predictors, and evaluate there. */
function at(blocks: RowBlocks, problem: ScoringProblem, coefficients: Float64Array): Place {
  blocks.eta.set(problem.offset);
  blocks.addTimes(coefficients);
  return { coefficients, value: evaluate(blocks, problem) };
}

/** The first step: least squares on the working response at the means the family starts from. */
function first(blocks: RowBlocks, problem: ScoringProblem): Place | undefined {
  const { y, weights, offset, family, start, columns } = problem;
  const { link } = family;
  const { curvature, pull } = blocks;
  for (let i = 0; i < y.length; i++) {
    const eta = start ? start[i]! : link.predictor(family.start(y[i]!, weights[i]!));
    const mean = link.mean(eta);
    const slope = link.slope(eta);
    const weight = weights[i]! > 0 ? (weights[i]! * slope * slope) / family.variance(mean) : 0;
    curvature[i] = weight;
    pull[i] = weight > 0 ? weight * (eta - offset[i]! + (y[i]! - mean) / slope) : 0;
  }
  const factor = GramFactor.of(blocks.gram(true), columns);
  return factor && at(blocks, problem, factor.solve(blocks.transposeTimesPull()));
}

/** Climb with this tolerance of the predictors' change; undefined where it does not go smoothly. */
function climb(
  problem: ScoringProblem,
  tolerance: number,
  guess?: { place: Float64Array; factor: GramFactor; share: number },
): Climb | undefined {
  const { columns, y, weights } = problem;
  const blocks = RowBlocks.open(columns, y.length);
  if (!blocks) return undefined;
  blocks.y.set(y);
  blocks.weights.set(weights);
  let place = guess ? at(blocks, problem, guess.place) : first(blocks, problem);
  const canonical = likelihoodOf(problem.family) !== undefined;
  let settled = false;
  let factor: GramFactor | undefined;
  for (let iterations = 1; place && iterations <= MOST_ITERATIONS; iterations++) {
    if (!Number.isFinite(place.value)) return undefined;
    const pull = blocks.transposeTimesPull();
    // The sample's own curvature, for all rows, is good enough to begin with.
    const borrowed = iterations === 1 && guess;
    factor = borrowed ? guess.factor : GramFactor.of(blocks.gram(true), columns);
    if (!factor) return undefined;
    const step = borrowed ? factor.solve(pull).map((s) => s * guess.share) : factor.solve(pull);
    const before: Place = place;
    const from = blocks.eta.slice();
    let share = 1;
    for (; share > 1e-3; share /= 2) {
      place = at(
        blocks,
        problem,
        before.coefficients.map((b, j) => b + share * step[j]!),
      );
      if (place.value <= before.value + 1e-9 * (Math.abs(before.value) + 0.1)) break;
    }
    if (!(share > 1e-3)) return undefined;
    let [change, size] = [0, 0];
    for (let i = 0; i < from.length; i++) {
      if (!(weights[i]! > 0)) continue;
      change = Math.max(change, Math.abs(blocks.eta[i]! - from[i]!));
      size = Math.max(size, Math.abs(blocks.eta[i]!));
    }
    if (settled || change <= tolerance * (1 + size)) return { ...place, factor, blocks, iterations, step };
    // One more, for its curvature: the change itself is at rounding then.
    settled = canonical && !borrowed && share === 1 && change <= LAST;
  }
  return undefined;
}

/** Climb a large problem; undefined where the rows themselves have to be factored. */
export function scoreByProducts(problem: ScoringProblem): Scoring | undefined {
  const sample = sampleOf(problem);
  const near = sample && climb(sample, 1e-3);
  const guess = near && { place: near.coefficients, factor: near.factor, share: 1 / EVERY };
  const found = climb(problem, 1e-11, guess);
  if (!found) return undefined;
  const { coefficients, blocks, factor, iterations, step } = found;
  const predictor = blocks.eta.slice();
  const workingWeights = blocks.curvature.slice();
  const mean = predictor.map(problem.family.link.mean);
  return {
    coefficients,
    predictor,
    mean,
    workingWeights,
    deviance: devianceOf(problem, mean),
    qr: factor,
    iterations,
    ending: 'converged',
    step,
  };
}
