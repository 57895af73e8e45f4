/**
 * What integrators of ordinary differential equations share: the problem, how they end, and how they choose a step
 * (Hairer, Nørsett & Wanner 1993, Solving Ordinary Differential Equations I, section II.4).
 */
import { pow } from '../elementary.ts';

/** y′ = f(t, y), from y0 at t0. */
export interface Problem {
  /** n, the length of y. */
  readonly size: number;
  /** Writes f(t, y) into `slope` (n,). */
  slope(time: number, y: Float64Array, slope: Float64Array): void;
  /** Writes ∂f / ∂y of the first `controlled` components, row-major (c, c), into `jacobian`. For stiff methods. */
  jacobian?(time: number, y: Float64Array, jacobian: Float64Array): void;
}

export interface Tolerances {
  /** A step may err by `absolute` + `relative` · |y| in each component, in the mean of squares. */
  readonly relative: number;
  readonly absolute: number;
  /** Steps, taken or refused, from one time to the next. */
  readonly maximumSteps: number;
  /**
   * The first so many components of y decide the steps. What follows them are blocks of the same length, sensitivities
   * of the first block: they get the same steps, so that they are the derivatives of what is computed.
   */
  readonly controlled: number;
}

/** How an integration ends; `time` is where it stopped. */
export type Ending =
  | { readonly kind: 'reached' }
  | { readonly kind: 'too many steps'; readonly time: number }
  | { readonly kind: 'step too small'; readonly time: number }
  | { readonly kind: 'not finite'; readonly time: number };

/**
 * Values of y at `times`, row by row into `output` (times, n); rows that are not reached are NaN.
 *
 * @param y (n,), y0; overwritten
 * @param times rising or falling from t0; the first may be t0
 */
export type Integrator = (
  problem: Problem,
  y: Float64Array,
  t0: number,
  times: Float64Array,
  tolerances: Tolerances,
  output: Float64Array,
) => Ending;

/** Root mean square of `x` in units of what each component may err by. */
export function scaledNorm(
  x: Float64Array,
  y: Float64Array,
  other: Float64Array,
  { relative, absolute, controlled }: Tolerances,
): number {
  let sum = 0;
  for (let i = 0; i < controlled; i++) {
    const part = x[i]! / (absolute + relative * Math.max(Math.abs(y[i]!), Math.abs(other[i]!)));
    sum += part * part;
  }
  return Math.sqrt(sum / controlled);
}

/** A first step for a method of this order: small against how fast the solution and its slope change. */
export function firstStep(
  problem: Problem,
  y: Float64Array,
  slope: Float64Array,
  time: number,
  direction: 1 | -1,
  order: number,
  tolerances: Tolerances,
): number {
  const d0 = scaledNorm(y, y, y, tolerances);
  const d1 = scaledNorm(slope, y, y, tolerances);
  const guess = d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : 0.01 * (d0 / d1);
  const moved = y.map((value, i) => value + direction * guess * slope[i]!);
  const next = new Float64Array(y.length);
  problem.slope(time + direction * guess, moved, next);
  for (let i = 0; i < next.length; i++) next[i]! -= slope[i]!;
  const d2 = scaledNorm(next, y, y, tolerances) / guess;
  const most = Math.max(d1, d2);
  const chosen = most <= 1e-15 ? Math.max(1e-6, guess * 1e-3) : pow(0.01 / most, 1 / (order + 1));
  const step = Math.min(100 * guess, chosen);
  return step > 0 ? step : guess;
}

/** Below this a step no longer moves the time. */
export function leastStep(time: number): number {
  return 16 * Number.EPSILON * Math.abs(time);
}
