/**
 * Fisher scoring on many rows: steps from Xᵀ W X and the gradient, both taken in one compiled pass over blocks of rows,
 * from where a sample of the rows has its optimum. It takes only what is well conditioned and converges; all else is left
 * to the factorisation of the rows themselves.
 */
import type { Family } from './families/family.ts';
import { devianceOf, predictorOf, type Scoring, type ScoringProblem } from './irls.ts';
import { GramFactor } from './kernels/gram-factor.ts';
import { type KnownLikelihood, RowBlocks } from './kernels/row-blocks.ts';

/** Multiplications in a pass from which the products pay: below, the factorisation is as quick, and takes all designs. */
const WORTH = 200_000;
const MOST_ITERATIONS = 60;
/** One row in so many makes the sample. */
const EVERY = 6;
/** Rows a column that a sample must have to be worth its own climb. */
const ROWS_A_COLUMN = 40;
/** A change of the predictors that Newton's method squares away. */
const LAST = 1e-6;
/** A change after which what is left is small enough for the curvature to be that of the optimum. */
const NEAR = 1e-7;

/** Whether a problem is large enough. */
export function isLarge({ columns, y }: ScoringProblem): boolean {
  return y.length * columns.length ** 2 >= WORTH;
}

/** The loop that a family has of its own, where its link is the canonical one. */
function likelihoodOf({ name, link }: Family): KnownLikelihood | undefined {
  if (name === 'binomial' && link.name === 'logit') return 'logistic';
  return name === 'poisson' && link.name === 'log' ? 'poisson' : undefined;
}

/** Means, curvatures and pulls at these coefficients. @returns the gradient; undefined outside of the family */
function evaluate(blocks: RowBlocks, coefficients: Float64Array, family: Family): Float64Array | undefined {
  const known = likelihoodOf(family);
  if (known) return blocks.gradient(known, coefficients);
  blocks.predict(coefficients);
  const { link } = family;
  const { eta, y, weights, mean, curvature, pull } = blocks;
  for (let i = 0; i < y.length; i++) {
    const weight = weights[i]!;
    mean[i] = link.mean(eta[i]!);
    if (weight > 0 && !family.isMean(mean[i]!)) return undefined;
    const slope = link.slope(eta[i]!);
    const share = weight > 0 ? (weight * slope) / family.variance(mean[i]!) : 0;
    curvature[i] = share * slope;
    pull[i] = share * (y[i]! - mean[i]!);
  }
  return blocks.transposeTimesPull();
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

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, j) => sum + value * b[j]!, 0);

/** By how much a step with this slope uphill changes the predictors, in the mean. */
function changeOf({ curvature }: RowBlocks, rise: number): number {
  let total = 0;
  for (let i = 0; i < curvature.length; i++) total += curvature[i]!;
  return Math.sqrt(rise / total);
}

interface Place {
  readonly coefficients: Float64Array; // (p,)
  /** The gradient there; curvatures and means of the blocks are those of this place. */
  readonly pull: Float64Array; // (p,)
}

/** A step, halved as long as the slope beyond it is nearly as steep downwards; undefined where that does not help. */
function advance(blocks: RowBlocks, family: Family, from: Float64Array, step: Float64Array, rise: number) {
  for (let part = 1; part > 1e-3; part /= 2) {
    const coefficients = from.map((value, j) => value + part * step[j]!);
    const pull = evaluate(blocks, coefficients, family);
    if (!pull) continue;
    if (Math.abs(dot(pull, step)) <= 0.9 * rise || rise < 1e-12) return { coefficients, pull };
  }
  return undefined;
}

/**
 * From the optimum of a sample to near that of all rows, with the sample's curvature and what the gradients add to it
 * (BFGS on the inverse; Nocedal & Wright 2006, section 6.1): no products of all columns are needed on the way.
 */
function approach(blocks: RowBlocks, family: Family, near: Climb): Place | undefined {
  const p = near.coefficients.length;
  const inverse = near.factor.unscaledCovariance().map((value) => value / EVERY); // (p, p)
  const times = (x: Float64Array) =>
    Float64Array.from({ length: p }, (_, i) => dot(inverse.subarray(i * p, (i + 1) * p), x));
  let coefficients = near.coefficients;
  let pull = evaluate(blocks, coefficients, family);
  if (!pull) return undefined;
  for (let steps = 0; steps < MOST_ITERATIONS; steps++) {
    const whole = times(pull);
    const rise = dot(pull, whole);
    const change = changeOf(blocks, rise);
    const next = advance(blocks, family, coefficients, whole, rise);
    if (!next) return undefined;
    if (change <= NEAR) return next;
    const moved = next.coefficients.map((b, j) => b - coefficients[j]!);
    const bent = pull.map((value, j) => value - next.pull[j]!);
    const curvature = dot(moved, bent);
    if (!(curvature > 0)) return undefined;
    const carried = times(bent);
    const size = (1 + dot(bent, carried) / curvature) / curvature;
    for (let i = 0; i < p; i++) {
      for (let j = 0; j < p; j++) {
        inverse[i * p + j]! +=
          size * moved[i]! * moved[j]! - (carried[i]! * moved[j]! + moved[i]! * carried[j]!) / curvature;
      }
    }
    ({ coefficients, pull } = next);
  }
  return undefined;
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
  const canonical = likelihoodOf(family) !== undefined;
  const approached = near && canonical ? approach(blocks, family, near) : undefined;
  let place: Place | undefined = approached;
  if (!place) {
    const coefficients = near?.coefficients ?? first(blocks, problem, problem.start);
    const pull = coefficients && evaluate(blocks, coefficients, family);
    if (!pull) return undefined;
    place = { coefficients, pull };
  }
  for (let iterations = 1, last = approached !== undefined; iterations <= MOST_ITERATIONS; iterations++) {
    const factor = GramFactor.of(blocks.gram(true), columns);
    if (!factor) return undefined;
    const step = factor.solve(place.pull);
    const rise = dot(place.pull, step);
    const change = changeOf(blocks, rise);
    place = advance(blocks, family, place.coefficients, step, rise);
    if (!place) return undefined;
    if ((last && change <= LAST) || change <= tolerance) {
      return { coefficients: place.coefficients, factor, blocks, iterations, step };
    }
    // One more, for its curvature: the change itself is at rounding then.
    last = canonical && change <= LAST;
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
  const deviance = known ? blocks.deviance(known) : devianceOf(problem, blocks.mean);
  return new ProductScoring(problem, coefficients, deviance, factor, iterations, step);
}

/** What was found; values of the rows are computed when they are asked for. */
class ProductScoring implements Scoring {
  readonly coefficients: Float64Array;
  readonly deviance: number;
  readonly qr: GramFactor;
  readonly iterations: number;
  readonly ending = 'converged';
  readonly step: Float64Array;
  readonly #problem: ScoringProblem;
  #predictor: Float64Array | undefined;
  #mean: Float64Array | undefined;
  #workingWeights: Float64Array | undefined;

  constructor(
    problem: ScoringProblem,
    coefficients: Float64Array,
    deviance: number,
    factor: GramFactor,
    iterations: number,
    step: Float64Array,
  ) {
    this.#problem = problem;
    this.coefficients = coefficients;
    this.deviance = deviance;
    this.qr = factor;
    this.iterations = iterations;
    this.step = step;
  }

  get predictor(): Float64Array {
    this.#predictor ??= predictorOf(this.#problem, this.coefficients);
    return this.#predictor;
  }

  get mean(): Float64Array {
    this.#mean ??= this.predictor.map(this.#problem.family.link.mean);
    return this.#mean;
  }

  get workingWeights(): Float64Array {
    const { weights, family } = this.#problem;
    this.#workingWeights ??= this.predictor.map(
      (eta, i) => (weights[i]! * family.link.slope(eta) ** 2) / family.variance(family.link.mean(eta)),
    );
    return this.#workingWeights;
  }
}
