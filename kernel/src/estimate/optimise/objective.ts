/**
 * The one interface of optimisers: a function to be made small, and a pure iteration that makes it smaller.
 *
 * Used by `mle` and `map` (on minus a log density), by training (on a loss) and by landscapes, which replay the
 * iterations.
 */
import type { LogDensity } from '../../program/types.ts';

/** A smooth function of d numbers. Outside its domain the value is NaN or ±∞, never a throw. */
export interface Objective {
  readonly dimension: number;
  value(position: Float64Array): number;
  /** Value at `position` (d,), its gradient written into `gradient` (d,). */
  valueAndGradient(position: Float64Array, gradient: Float64Array): number;
  /** Second derivatives (d, d) into `hessian`, row-major, where they are known; else they are differences of gradients. */
  hessian?(position: Float64Array, hessian: Float64Array): void;
  /** True where `hessian` costs no more than a few gradients. */
  readonly hasQuickHessian?: boolean;
}

/** Why an optimiser stopped, or `'running'` where it has not. */
export type Ending = 'running' | 'converged' | 'iterations' | 'line search failed' | 'not finite' | 'interrupted';

/** An ending as a message says it. */
export function endingInWords(ending: Ending): string {
  return ending === 'iterations' ? 'stopped at the limit of iterations' : ending;
}

/** Where an optimiser stands; algorithms add what they remember. */
export interface OptimiserState {
  readonly iteration: number;
  readonly position: Float64Array; // (d,)
  readonly value: number;
  readonly gradient: Float64Array; // (d,)
}

/** What one iteration did. */
export interface OptimiserInfo {
  readonly ending: Ending;
  /** max |∂f/∂xᵢ| at the new point. */
  readonly gradientNorm: number;
  /** Step taken, as a multiple of the search direction; 0 where none was. */
  readonly stepLength: number;
  /** Gradients computed in this iteration. */
  readonly evaluations: number;
}

export interface Optimiser<S extends OptimiserState = OptimiserState> {
  readonly name: string;
  /** The state at a start (d,), which is copied. @throws RangeError for a start of another length */
  init(position: Float64Array): S;
  step(state: S): [S, OptimiserInfo];
}

/** The objective −log p: optimisers go down, estimators up. */
export function negative(density: LogDensity): Objective {
  return {
    dimension: density.dimension,
    value: (position) => -density.value(position),
    valueAndGradient(position, gradient) {
      const value = density.valueAndGradient(position, gradient);
      for (let i = 0; i < gradient.length; i++) gradient[i] = -gradient[i]!;
      return -value;
    },
    get hasQuickHessian() {
      return density.hasQuickHessian === true;
    },
    ...(density.hessian && {
      hessian(position: Float64Array, hessian: Float64Array) {
        density.hessian!(position, hessian);
        for (let k = 0; k < hessian.length; k++) hessian[k] = -hessian[k]!;
      },
    }),
  };
}

/** max |xᵢ|; NaN where one is NaN. */
export function maxNorm(x: Float64Array): number {
  let largest = 0;
  for (const v of x) {
    if (Number.isNaN(v)) return Number.NaN;
    largest = Math.max(largest, Math.abs(v));
  }
  return largest;
}

/** Σ aᵢ bᵢ. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** True where the value and every component of the gradient are finite. */
export function allFinite(value: number, gradient: Float64Array): boolean {
  return Number.isFinite(value) && Number.isFinite(maxNorm(gradient));
}
