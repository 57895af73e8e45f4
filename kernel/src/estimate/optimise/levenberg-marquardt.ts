/**
 * Levenberg–Marquardt (Levenberg 1944, Marquardt 1963, Moré 1978) for sums of squares, with exact Jacobians.
 *
 * Each step solves min ‖J p + r‖² + μ‖D p‖² by a QR factorisation of the stacked matrix, never through JᵀJ, which
 * would lose half of the digits. D are the largest column norms met so far, so units do not matter (Moré 1978, §6).
 * Where valleys bend, each step is bent with them: the geodesic acceleration of Transtrum & Sethna (2012), with their
 * h = 0.1 for the second directional derivative and α = 0.75 as the longest bend.
 */
import { qr } from '../../numeric/linalg/qr.ts';
import { solveTriangular } from '../../numeric/linalg/triangular.ts';
import { allFinite, dot, type Objective, type Optimiser, type OptimiserState } from './objective.ts';
import {
  type CommonOptimiserOptions,
  checkOptions,
  checkPositive,
  moveOn,
  recordIterate,
  standStill,
  startAt,
} from './shared.ts';

/** Residuals r (n,) of d parameters, and their Jacobian. */
export interface Residuals {
  readonly dimension: number;
  /** n, the number of residuals, ≥ d. */
  readonly count: number;
  /** r (n,) at `position` (d,), and ∂r/∂x (n, d), row-major, where `jacobian` is given. */
  evaluate(position: Float64Array, residuals: Float64Array, jacobian?: Float64Array): void;
}

export interface State extends OptimiserState {
  readonly residuals: Float64Array; // (n,)
  readonly jacobian: Float64Array; // (n, d)
  readonly damping: number;
  /** (d,) largest column norms of the Jacobian so far. */
  readonly norms: Float64Array;
}

export interface Options extends CommonOptimiserOptions {
  /** First damping μ relative to D, > 0 (default 1e-3). */
  readonly damping?: number;
  /** Converged when the residuals' cosine with the tangent plane falls below this (default 1e-13; Bates & Watts 1981). */
  readonly tolerance?: number;
}

const mostDamping = 1e20;
/** h and α of Transtrum & Sethna (2012), §3. */
const reach = 0.1;
const longestBend = 0.75;

/** ½ Σ rᵢ² as an objective for other optimisers. */
export function sumOfSquares(residuals: Residuals): Objective {
  const { dimension, count } = residuals;
  const r = new Float64Array(count); // (n,)
  const jacobian = new Float64Array(count * dimension); // (n, d)
  return {
    dimension,
    value(position) {
      residuals.evaluate(position, r);
      return dot(r, r) / 2;
    },
    valueAndGradient(position, gradient) {
      residuals.evaluate(position, r, jacobian);
      gradient.set(transposedTimes(jacobian, r, dimension));
      return dot(r, r) / 2;
    },
  };
}

/**
 * A Levenberg–Marquardt optimiser of ½ Σ rᵢ².
 *
 * @throws RangeError when there are fewer residuals than parameters
 * @example minimise(levenbergMarquardt(residuals), start).state.position
 */
export function levenbergMarquardt(residuals: Residuals, options: Options = {}): Optimiser<State> {
  checkOptions('levenberg-marquardt', options, ['damping']);
  const { damping = 1e-3, tolerance = 1e-13, log } = options;
  checkPositive('levenberg-marquardt', 'damping', damping);
  const { dimension: d, count: n } = residuals;
  if (!(n >= d)) {
    throw new RangeError(`levenberg-marquardt: expected at least as many residuals as parameters, got ${n} and ${d}`);
  }

  function at(position: Float64Array) {
    const r = new Float64Array(n); // (n,)
    const jacobian = new Float64Array(n * d); // (n, d)
    residuals.evaluate(position, r, jacobian);
    return { position, value: dot(r, r) / 2, gradient: transposedTimes(jacobian, r, d), residuals: r, jacobian };
  }

  function init(position: Float64Array): State {
    const first = at(startAt('levenberg-marquardt', d, position));
    const state = { iteration: 0, ...first, damping, norms: columnNorms(first.jacobian, d) };
    recordIterate(log, state, 0);
    return state;
  }

  function step(state: State): ReturnType<Optimiser<State>['step']> {
    if (!(allFinite(state.value, state.gradient) && state.jacobian.every(Number.isFinite))) {
      return standStill(state, 'not finite', 0);
    }
    if (state.value === 0 || state.gradient.every((g) => g === 0)) return standStill(state, 'converged', 0);
    const norms = columnNorms(state.jacobian, d).map((v, j) => Math.max(v, state.norms[j]!)); // (d,)
    const before = cosine(state);
    let evaluations = 0;
    for (let mu = state.damping; mu <= mostDamping; mu = Math.max(1e-12, 10 * mu)) {
      const solve = dampedSystem(state, norms, mu, n, d);
      const velocity = solve?.(state.residuals); // (d,)
      if (!(solve && velocity)) continue;
      // Near the minimum the second derivative would be differences of rounding, and the bend is nothing.
      const bend = before > 1e-6 ? solve(secondDerivative(state, velocity)) : new Float64Array(d); // (d,)
      if (before > 1e-6) evaluations++;
      if (!bend || 2 * scaledNorm(bend, norms) > longestBend * scaledNorm(velocity, norms)) continue;
      const move = velocity.map((v, j) => v + bend[j]! / 2); // (d,)
      const position = state.position.map((x, j) => x + move[j]!); // (d,)
      if (position.every((x, j) => x === state.position[j])) return standStill(state, 'converged', evaluations);
      const trial = at(position);
      evaluations++;
      if (!(allFinite(trial.value, trial.gradient) && trial.jacobian.every(Number.isFinite))) continue;
      // Near the minimum the sum of squares is flat to rounding (1e-9 where residuals are small beside the data), and the
      // angle tells better where it lies.
      const slack = (before <= 1e-4 ? 1e-9 : 1e-14) * state.value;
      const descends = before > 1e-4 && trial.value < state.value - slack;
      const flattens = trial.value <= state.value + slack && cosine(trial) < before;
      if (!(descends || flattens)) {
        // Neither the sum nor the angle can be made smaller: these are the last digits.
        if (mu <= 1e-9 && before <= 1e-7) return standStill(state, 'converged', evaluations);
        continue;
      }
      const next: State = { iteration: state.iteration + 1, ...trial, damping: mu / 10, norms };
      const ending = mu <= 1e-9 && cosine(trial) <= tolerance ? 'converged' : 'running';
      return moveOn(next, evaluations, { ending, log });
    }
    return standStill(state, before <= 1e-7 ? 'converged' : 'line search failed', evaluations);
  }

  /** ∂²r along `velocity`, twice: (2/h) ((r(x + h v) − r(x)) / h − J v), (n,). */
  function secondDerivative({ position, residuals: r, jacobian }: State, velocity: Float64Array): Float64Array {
    const ahead = new Float64Array(n); // (n,)
    residuals.evaluate(
      position.map((x, j) => x + reach * velocity[j]!),
      ahead,
    );
    return ahead.map((v, i) => {
      const along = dot(jacobian.subarray(i * d, (i + 1) * d), velocity);
      return (2 / reach) * ((v - r[i]!) / reach - along);
    });
  }

  return { name: 'levenberg-marquardt', init, step };
}

/** ‖D p‖. */
function scaledNorm(p: Float64Array, norms: Float64Array): number {
  return Math.sqrt(p.reduce((sum, v, j) => sum + (v * norms[j]!) ** 2, 0));
}

/** ‖projection of r on the span of J's columns‖ / ‖r‖ (Bates & Watts 1981): 0 at a minimum, whatever the units. */
function cosine({ residuals: r, jacobian, gradient }: Pick<State, 'residuals' | 'jacobian' | 'gradient'>): number {
  const d = gradient.length;
  const norms = columnNorms(jacobian, d); // (d,)
  const { q } = qr(
    jacobian.map((v, k) => v / (norms[k % d]! || 1)),
    r.length,
    d,
  );
  const projected = transposedTimes(q, r, d); // Qᵀr, (d,)
  return Math.sqrt(dot(projected, projected) / dot(r, r));
}

/** The map r ↦ −(JᵀJ + μ D²)⁻¹ Jᵀ r, or undefined where the matrix is singular. */
function dampedSystem(
  { jacobian }: State,
  norms: Float64Array,
  mu: number,
  n: number,
  d: number,
): ((r: Float64Array) => Float64Array | undefined) | undefined {
  const unit = norms.map((v) => (v > 0 ? v : 1)); // (d,)
  const stacked = new Float64Array((n + d) * d); // [J D⁻¹; √μ I], (n + d, d)
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) stacked[i * d + j] = jacobian[i * d + j]! / unit[j]!;
  for (let j = 0; j < d; j++) stacked[(n + j) * d + j] = Math.sqrt(mu);
  const { q, r: triangle } = qr(stacked, n + d, d);
  for (let j = 0; j < d; j++) if (!(triangle[j * d + j]! > 1e-15)) return undefined;
  return (r) => {
    const right = new Float64Array(d); // −Qᵀ[r; 0], (d,)
    for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) right[j]! -= q[i * d + j]! * r[i]!;
    const move = solveTriangular(triangle, d, right, { upper: true }).map((v, j) => v / unit[j]!);
    return move.every(Number.isFinite) ? move : undefined;
  };
}

/** Jᵀ r, (d,). */
function transposedTimes(jacobian: Float64Array, r: Float64Array, d: number): Float64Array {
  const result = new Float64Array(d); // (d,)
  for (let i = 0; i < r.length; i++) for (let j = 0; j < d; j++) result[j]! += jacobian[i * d + j]! * r[i]!;
  return result;
}

/** Euclidean norms of the columns, (d,). */
function columnNorms(jacobian: Float64Array, d: number): Float64Array {
  const sums = new Float64Array(d); // (d,)
  for (let k = 0; k < jacobian.length; k++) sums[k % d]! += jacobian[k]! ** 2;
  return sums.map(Math.sqrt);
}
