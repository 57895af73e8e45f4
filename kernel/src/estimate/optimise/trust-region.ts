/**
 * Trust region with the exact subproblem (Moré & Sorensen 1983; Conn, Gould & Toint 2000, ch. 7), with the
 * objective's own Hessian, or where it has none with differences of exact gradients.
 *
 * The quadratic model is minimised within a ball in units of the coordinates' own curvature, through the eigenvalues
 * of the scaled Hessian and the secular equation 1/‖p(λ)‖ = 1/Δ, the hard case included. It may curve downwards
 * anywhere: a saddle is left along its lowest direction.
 */
import { symmetricEigen } from '../../numeric/linalg/eigen.ts';
import { curvatureScales, exactHessian, roughHessian } from './hessian.ts';
import { allFinite, dot, type Objective, type Optimiser, type OptimiserState } from './objective.ts';
import { type CommonOptimiserOptions, checkOptions, checkPositive, firstState, moveOn, standStill } from './shared.ts';

export interface State extends OptimiserState {
  /** Δ, the ball's radius in scaled units. */
  readonly radius: number;
  /** (d,) the units. */
  readonly scales: Float64Array | undefined;
}

export interface Options extends CommonOptimiserOptions {
  /** First radius, in units of 1/√|Hᵢᵢ|, > 0 (default 1). */
  readonly radius?: number;
  /** Converged when the model predicts a gain below this (default 1e-26: differences of the value are lost long before). */
  readonly tolerance?: number;
}

const largest = 1e10;
const smallest = 1e-14;

/**
 * A trust-region optimiser of `objective`; in an iteration one gradient and the Hessian, or 2d gradients in its place.
 *
 * @throws RangeError for a radius that is not positive
 * @example minimise(trustRegion(rosenbrock), Float64Array.of(-1.2, 1)).state.position; // 1, 1
 */
export function trustRegion(objective: Objective, options: Options = {}): Optimiser<State> {
  checkOptions('trust region', options, ['radius']);
  const { radius = 1, tolerance = 1e-26, log } = options;
  checkPositive('trust region', 'radius', radius);

  function step(state: State): ReturnType<Optimiser<State>['step']> {
    const d = state.position.length;
    if (!allFinite(state.value, state.gradient)) return standStill(state, 'not finite', 0);
    const exact = objective.hessian !== undefined;
    const h = exact ? exactHessian(objective, state.position) : roughHessian(objective, state.position, state.scales); // (d, d)
    let evaluations = exact ? 0 : 2 * d;
    if (h.some(Number.isNaN)) return standStill(state, 'not finite', evaluations);
    const units = Float64Array.from({ length: d }, (_, i) => {
      const curvature = Math.abs(h[i * d + i]!);
      return curvature > 0 ? 1 / Math.sqrt(curvature) : Math.max(1, Math.abs(state.position[i]!));
    }); // (d,)
    const scaled = h.map((v, k) => v * units[Math.floor(k / d)]! * units[k % d]!); // (d, d)
    const slope = state.gradient.map((g, i) => g * units[i]!); // (d,)
    const norm = Math.sqrt(dot(slope, slope));
    if (norm === 0 && symmetricEigen(scaled, d).values[0]! >= 0) return standStill(state, 'converged', evaluations);
    const scales = curvatureScales(h, state.position); // (d,)
    const slack = 1e-13 * Math.max(1, Math.abs(state.value));

    for (let size = state.radius; size >= smallest * state.radius; ) {
      const { move, predicted, inside } = subproblem(scaled, slope, size);
      const position = state.position.map((x, i) => x + units[i]! * move[i]!); // (d,)
      const gradient = new Float64Array(d); // (d,)
      const value = objective.valueAndGradient(position, gradient);
      evaluations++;
      const finite = allFinite(value, gradient);
      const ratio = finite ? (state.value - value) / predicted : Number.NEGATIVE_INFINITY;
      const after = Math.sqrt(gradient.reduce((sum, g, i) => sum + (g * units[i]!) ** 2, 0));
      // Where the gain is lost in rounding, a smaller gradient is the sign of progress.
      const flattens = finite && predicted <= slack && value <= state.value + slack && after < norm;
      if (!(ratio > 1e-4 || flattens)) {
        if (predicted <= slack) return standStill(state, 'converged', evaluations);
        size = Math.min(size, Math.sqrt(dot(move, move))) / 4;
        continue;
      }
      const grown = ratio > 0.75 && !inside ? Math.min(largest, 2 * size) : size;
      const next: State = {
        iteration: state.iteration + 1,
        position,
        value,
        gradient,
        radius: flattens || ratio > 0.25 ? grown : size / 4,
        scales,
      };
      const jitters = predicted <= Math.sqrt(tolerance) && after > norm / 2;
      const ending = inside && (predicted <= tolerance || jitters) ? 'converged' : 'running';
      return moveOn(next, evaluations, { ending, log });
    }
    return standStill(state, 'line search failed', evaluations);
  }

  return {
    name: 'trust region',
    init: (position) => ({ ...firstState('trust region', objective, position, log), radius, scales: undefined }),
    step,
  };
}

/** The step p (d,) with ‖p‖ ≤ radius that minimises gᵀp + ½pᵀHp, and the gain it promises. */
function subproblem(h: Float64Array, g: Float64Array, radius: number) {
  const d = g.length;
  const { values, vectors } = symmetricEigen(h, d);
  const least = values[0]!;
  const along = g.map((_, k) => g.reduce((sum, v, i) => sum + vectors[i * d + k]! * v, 0)); // Vᵀg, (d,)
  const length = (shift: number) =>
    Math.sqrt(along.reduce((sum, c, k) => (c === 0 ? sum : sum + (c / (values[k]! + shift)) ** 2), 0));
  const floor = 1e-14 * Math.max(...values.map(Math.abs));
  let shift = 0;
  let inside = true;
  if (!(least > floor) || length(0) > radius) {
    inside = false;
    // λ between max(0, −least) and where ‖p‖ < Δ surely; bisection on a logarithmic scale, to the last bits.
    const base = Math.max(0, -least);
    let low = 0;
    let high = Math.sqrt(dot(along, along)) / radius + floor;
    for (let k = 0; k < 120 && high - low > 1e-15 * high; k++) {
      const middle = low > 0 && high > 4 * low ? Math.sqrt(low * high) : (low + high) / 2;
      if (length(base + middle) > radius) low = middle;
      else high = middle;
    }
    shift = base + high;
  }
  const p = along.map((c, k) => (c === 0 ? 0 : -c / (values[k]! + shift))); // (d,)
  const rest = radius ** 2 - dot(p, p);
  if (!inside && least <= 0 && rest > 1e-12 * radius ** 2) {
    p[0]! += (p[0]! > 0 ? 1 : -1) * (Math.sqrt(p[0]! ** 2 + rest) - Math.abs(p[0]!)); // the hard case: along the lowest direction
  }
  const predicted = -p.reduce((sum, v, k) => sum + v * (along[k]! + 0.5 * values[k]! * v), 0);
  const move = p.map((_, i) => p.reduce((sum, v, k) => sum + vectors[i * d + k]! * v, 0)); // V p, (d,)
  return { move, predicted, inside };
}
