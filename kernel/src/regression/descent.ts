/**
 * Cyclic coordinate descent for the elastic net (Friedman, Hastie & Tibshirani 2010, Journal of Statistical Software
 * 33(1)): the weighted least squares of each scoring step, with λ (α ‖β‖₁ + (1 − α)/2 ‖β‖²) added.
 */
import type { Family } from './families/family.ts';

export interface PenalisedProblem {
  /** Standardised columns, without an intercept. */
  readonly columns: readonly Float64Array[]; // p of (n,)
  readonly y: Float64Array; // (n,)
  /** Observation weights that add to 1. */
  readonly weights: Float64Array; // (n,)
  readonly offset: Float64Array; // (n,)
  readonly family: Family;
  readonly intercept: boolean;
  /** α: 1 is the lasso, 0 is ridge. */
  readonly mix: number;
}

export interface PenalisedPoint {
  readonly intercept: number;
  readonly coefficients: Float64Array; // (p,)
}

/** Sweeps and scoring steps after which a point is given up as it is. */
const MOST_SWEEPS = 100_000;
const MOST_STEPS = 100;
/** A sweep that moves no fitted value by more than this, on the scale of the working response, is the last. */
const STILL = 1e-11;

/** The value moved towards 0 by the threshold, and 0 within it. */
export function soft(value: number, threshold: number): number {
  return value > threshold ? value - threshold : value < -threshold ? value + threshold : 0;
}

function predictorOf({ columns, offset }: PenalisedProblem, { intercept, coefficients }: PenalisedPoint): Float64Array {
  const eta = offset.map((value) => value + intercept);
  columns.forEach((column, j) => {
    const b = coefficients[j]!;
    if (b !== 0) for (let i = 0; i < eta.length; i++) eta[i]! += b * column[i]!;
  });
  return eta;
}

/** ½ deviance over the sum of weights, plus the penalty: what is made small. */
export function objective(problem: PenalisedProblem, point: PenalisedPoint, lambda: number): number {
  const eta = predictorOf(problem, point);
  const { y, weights, family, mix } = problem;
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += 0.5 * weights[i]! * family.unitDeviance(y[i]!, family.link.mean(eta[i]!));
  for (const b of point.coefficients) sum += lambda * (mix * Math.abs(b) + ((1 - mix) / 2) * b * b);
  return sum;
}

/** Derivatives of the log likelihood over the sum of weights. @returns (p,), and that of the intercept */
export function gradient(
  problem: PenalisedProblem,
  point: PenalisedPoint,
): { slopes: Float64Array; intercept: number } {
  const eta = predictorOf(problem, point);
  const { columns, y, weights, family } = problem;
  const { link } = family;
  const pull = y.map((value, i) => {
    const mean = link.mean(eta[i]!);
    return (weights[i]! * link.slope(eta[i]!) * (value - mean)) / family.variance(mean);
  });
  return {
    slopes: Float64Array.from(columns, (column) => column.reduce((sum, x, i) => sum + x * pull[i]!, 0)),
    intercept: pull.reduce((sum, value) => sum + value, 0),
  };
}

/** The minimum at one λ, from a start. */
export function descend(problem: PenalisedProblem, lambda: number, start: PenalisedPoint): PenalisedPoint {
  const { columns, y, weights, family, mix } = problem;
  const { link } = family;
  const n = y.length;
  let point = start;
  let value = objective(problem, point, lambda);
  for (let step = 0; step < MOST_STEPS; step++) {
    const eta = predictorOf(problem, point);
    const v = new Float64Array(n);
    const residual = new Float64Array(n); // of the working response
    for (let i = 0; i < n; i++) {
      const mean = link.mean(eta[i]!);
      const slope = link.slope(eta[i]!);
      v[i] = (weights[i]! * slope * slope) / family.variance(mean);
      residual[i] = (y[i]! - mean) / slope;
    }
    const total = v.reduce((sum, weight) => sum + weight, 0);
    const squares = columns.map((column) => column.reduce((sum, x, i) => sum + v[i]! * x * x, 0));
    let b0 = point.intercept;
    const b = point.coefficients.slice();
    for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
      let moved = 0;
      for (let j = 0; j < columns.length; j++) {
        const column = columns[j]!;
        let pull = 0;
        for (let i = 0; i < n; i++) pull += v[i]! * column[i]! * residual[i]!;
        const next = soft(pull + squares[j]! * b[j]!, lambda * mix) / (squares[j]! + lambda * (1 - mix));
        const change = next - b[j]!;
        if (change === 0) continue;
        b[j] = next;
        for (let i = 0; i < n; i++) residual[i]! -= change * column[i]!;
        moved = Math.max(moved, Math.abs(change) * Math.sqrt(squares[j]!));
      }
      if (problem.intercept) {
        let pull = 0;
        for (let i = 0; i < n; i++) pull += v[i]! * residual[i]!;
        const change = pull / total;
        b0 += change;
        for (let i = 0; i < n; i++) residual[i]! -= change;
        moved = Math.max(moved, Math.abs(change) * Math.sqrt(total));
      }
      if (moved < STILL) break;
    }
    let next: PenalisedPoint = { intercept: b0, coefficients: b };
    let at = objective(problem, next, lambda);
    for (let halving = 0; halving < 30 && !(at <= value + 1e-12 * Math.abs(value)); halving++) {
      const from = point;
      const to = next;
      next = {
        intercept: (from.intercept + to.intercept) / 2,
        coefficients: to.coefficients.map((value_, j) => (value_ + from.coefficients[j]!) / 2),
      };
      at = objective(problem, next, lambda);
    }
    const shift = next.coefficients.reduce(
      (most, entry, j) => Math.max(most, Math.abs(entry - point.coefficients[j]!)),
      Math.abs(next.intercept - point.intercept),
    );
    point = next;
    value = at;
    const linear = family.name === 'gaussian' && link.name === 'identity';
    if (linear || shift < 1e-10) break;
  }
  return point;
}
