/**
 * Where the profiled criterion of a linear mixed model has its minimum over the relative covariance factors θ.
 */
import { bfgs } from '../../estimate/optimise/bfgs.ts';
import { newton } from '../../estimate/optimise/newton.ts';
import type { Objective } from '../../estimate/optimise/objective.ts';
import { minimise } from '../../estimate/optimise/shared.ts';
import { factorOf, type PenalisedLeastSquares, type TermData, thetaSize } from './penalised-least-squares.ts';

/** A relative standard deviation below this is at the edge: lme4's tolerance for a singular fit. */
const singular = 1e-4;
/** One below this is tried at 0. */
const small = 0.02;
/** Half width of the differences that make the gradient: truncation h⁴ and rounding 1e-13/h are then both near 1e-10. */
const differenceStep = 1e-3;

/** A function with its gradient by central differences of fourth order. */
export function withDifferences(dimension: number, value: (at: Float64Array) => number): Objective {
  return {
    dimension,
    value,
    valueAndGradient(position, gradient) {
      for (let i = 0; i < dimension; i++) {
        const at = (steps: number) => value(position.with(i, position[i]! + steps * differenceStep));
        gradient[i] = (at(-2) - 8 * at(-1) + 8 * at(1) - at(2)) / (12 * differenceStep);
      }
      return value(position);
    },
  };
}

/** Places in θ of the diagonals of the factors: relative standard deviations given the coefficients before. */
function diagonalPlaces(terms: readonly TermData[]): number[] {
  const places: number[] = [];
  let offset = 0;
  for (const { width } of terms) {
    for (let j = 0; j < width; j++) {
      places.push(offset);
      offset += width - j;
    }
  }
  return places;
}

/** Signs so that standard deviations come out positive: a criterion does not know the sign of a column. */
export function upright(theta: Float64Array, terms: readonly TermData[]): Float64Array {
  const result = theta.slice();
  const places = diagonalPlaces(terms);
  places.forEach((from, k) => {
    const to = places[k + 1] ?? theta.length;
    if (result[from]! < 0) for (let i = from; i < to; i++) result[i] = result[i]! === 0 ? 0 : -result[i]!;
  });
  return result;
}

/** Diagonals that the criterion wants at 0, put there: as far as they are from it is rounding. */
export function atEdges(
  criterion: (theta: Float64Array) => number,
  theta: Float64Array,
  terms: readonly TermData[],
): Float64Array {
  let [current, value] = [theta, criterion(theta)];
  for (const place of diagonalPlaces(terms)) {
    if (Math.abs(current[place]!) >= small || current[place] === 0) continue;
    const there = current.with(place, 0);
    const reached = criterion(there);
    if (reached <= value + 1e-11 * Math.max(1, Math.abs(value))) [current, value] = [there, reached];
  }
  return current;
}

/** Relative standard deviations tried where a search has ended at 0. */
const probes = [0.03, 0.1, 0.3, 1];

/**
 * A better θ than one at 0, if there is one: by symmetry every criterion is level at 0, also where it falls on both
 * sides, so a search that comes by may end there. Undefined where 0 is as good as any.
 */
export function awayFromZero(
  criterion: (theta: Float64Array) => number,
  theta: Float64Array,
  terms: readonly TermData[],
): Float64Array | undefined {
  const value = criterion(theta);
  let best: { readonly theta: Float64Array; readonly value: number } | undefined;
  for (const place of diagonalPlaces(terms)) {
    if (Math.abs(theta[place]!) >= small) continue;
    for (const probe of probes) {
      const there = theta.with(place, probe);
      const reached = criterion(there);
      if (reached < (best?.value ?? value - 1e-9 * Math.max(1, Math.abs(value))))
        best = { theta: there, value: reached };
    }
  }
  return best?.theta;
}

/** Standard deviations as large as the residual one, and no correlation: where a search begins. */
export function startTheta(terms: readonly TermData[]): Float64Array {
  const start = new Float64Array(thetaSize(terms));
  for (const place of diagonalPlaces(terms)) start[place] = 1;
  return start;
}

/** Most searches begun anew beside a 0 that was none. */
export const mostAttempts = 4;

/** The best θ of a problem. */
export function bestTheta(
  problem: PenalisedLeastSquares,
  terms: readonly TermData[],
  start: Float64Array = startTheta(terms),
): { readonly theta: Float64Array; readonly converged: boolean } {
  const criterion = (theta: Float64Array) => problem.criterion(theta);
  const objective = withDifferences(start.length, criterion);
  let from = start;
  for (let attempt = 0; ; attempt++) {
    const near = minimise(bfgs(objective, { tolerance: 1e-9 }), from, 200);
    const there = minimise(newton(objective, { tolerance: 1e-14 }), near.state.position, 50);
    const better = attempt < mostAttempts ? awayFromZero(criterion, there.state.position, terms) : undefined;
    if (better) {
      from = better;
      continue;
    }
    const converged = near.ending === 'converged' || there.ending === 'converged';
    return { theta: upright(atEdges(criterion, there.state.position, terms), terms), converged };
  }
}

/** What a reader must know of a θ, in sentences. */
export function thetaDoubts(
  theta: Float64Array,
  terms: readonly { readonly grouping: { readonly label: string }; readonly data: TermData }[],
  converged: boolean,
): string[] {
  const warnings: string[] = [];
  let offset = 0;
  for (const { data, grouping } of terms) {
    const { width } = data;
    const factor = factorOf(theta, offset, width);
    offset += (width * (width + 1)) / 2;
    if (factor.some((value, at) => at % (width + 1) === 0 && Math.abs(value) < singular)) {
      warnings.push(
        `boundary (singular) fit: a variance of '${grouping.label}' is estimated as 0, or a correlation as ±1. Leave out a random coefficient, or give priors with formulaModel and sample`,
      );
    }
  }
  if (!converged) warnings.push('the criterion did not converge: rescale the predictors, or leave out a random term');
  return warnings;
}
