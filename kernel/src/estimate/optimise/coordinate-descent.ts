/**
 * Coordinate descent for a smooth function plus Σ λᵢ|xᵢ| (Friedman, Hastie & Tibshirani 2010): cycles of soft
 * thresholding on the quadratic model at the present point, then a search along the step found.
 *
 * On a quadratic (least squares) one iteration is the solution; elsewhere it is a proximal Newton method (Lee, Sun &
 * Saunders 2014). Coordinates become exactly 0.
 */
import { cholesky } from '../../numeric/linalg/cholesky.ts';
import { type Composite, checkComposite, penaltyAt, shortestSubgradient, softThreshold } from './composite.ts';
import { roughHessian } from './hessian.ts';
import { allFinite, dot, maxNorm, type Optimiser, type OptimiserState } from './objective.ts';
import { type CommonOptimiserOptions, checkOptions, moveOn, recordIterate, standStill, startAt } from './shared.ts';

const mostDamping = 1e12;

/** `gradient` is the shortest subgradient of the whole. */
export interface State extends OptimiserState {
  /** (d,) gradient of the smooth part. */
  readonly slope: Float64Array;
}

export interface Options extends CommonOptimiserOptions {
  /** Converged when the shortest subgradient's largest element falls to this times max(1, |f|) (default 1e-11). */
  readonly tolerance?: number;
  /** Most cycles over the coordinates in an iteration (default 10000). */
  readonly cycles?: number;
}

/**
 * @throws RangeError for a penalty of another length or below 0
 * @example coordinateDescent({ smooth: leastSquares, penalty: Float64Array.of(0, 2, 2) })
 */
export function coordinateDescent(composite: Composite, options: Options = {}): Optimiser<State> {
  checkOptions('coordinate descent', options, ['cycles']);
  const { tolerance = 1e-11, cycles = 10_000, log } = options;
  checkComposite('coordinate descent', composite);
  const { smooth, penalty } = composite;

  function at(position: Float64Array) {
    const slope = new Float64Array(position.length); // (d,)
    const value = smooth.valueAndGradient(position, slope) + penaltyAt(composite, position);
    return { position, value, slope, gradient: shortestSubgradient(composite, position, slope) };
  }

  function init(position: Float64Array): State {
    const state = { iteration: 0, ...at(startAt('coordinate descent', smooth.dimension, position)) };
    recordIterate(log, state, 0);
    return state;
  }

  function step(state: State): ReturnType<Optimiser<State>['step']> {
    const d = state.position.length;
    if (!allFinite(state.value, state.gradient)) return standStill(state, 'not finite', 0);
    if (maxNorm(state.gradient) <= tolerance * Math.max(1, Math.abs(state.value))) {
      return standStill(state, 'converged', 0);
    }
    const h = roughHessian(smooth, state.position); // (d, d)
    let evaluations = 2 * d;
    if (h.some(Number.isNaN)) return standStill(state, 'not finite', evaluations);
    const slack = 1e-13 * Math.max(1, Math.abs(state.value));
    const before = maxNorm(state.gradient);
    // Where the smooth part is not convex its model has no minimum: more is added to the diagonal, until a step descends.
    for (let damping = 0; damping <= mostDamping; damping = Math.max(1e-3, 10 * damping)) {
      const model = damped(h, d, damping); // (d, d)
      if (!isConvex(model, d)) continue;
      const target = cycle(state, model, penalty, cycles); // (d,)
      const move = target.map((x, i) => x - state.position[i]!); // (d,)
      const gain = dot(state.slope, move) + penaltyAt(composite, target) - penaltyAt(composite, state.position);
      if (!(gain < 0)) continue;
      for (let t = 1; t > 1e-12; t /= 2) {
        const position = t === 1 ? target : state.position.map((x, i) => x + t * move[i]!); // (d,)
        const trial = at(position);
        evaluations++;
        if (!allFinite(trial.value, trial.slope)) continue;
        const descends = trial.value <= state.value + 1e-4 * t * gain;
        const flattens = trial.value <= state.value + slack && maxNorm(trial.gradient) < before;
        if (descends || flattens) {
          return moveOn({ iteration: state.iteration + 1, ...trial }, evaluations, { stepLength: t, log });
        }
      }
      if (-gain <= slack) return standStill(state, 'converged', evaluations); // no better point can be told apart
    }
    return standStill(state, 'line search failed', evaluations);
  }

  return { name: 'coordinate descent', init, step };
}

/** H with `damping` times the size of its diagonal added. */
function damped(h: Float64Array, d: number, damping: number): Float64Array {
  if (damping === 0) return h;
  return h.map((v, k) => (k % (d + 1) === 0 ? v + damping * (Math.abs(v) || 1) : v));
}

/** True where H bends nowhere downwards, but for rounding. */
function isConvex(h: Float64Array, d: number): boolean {
  try {
    cholesky(
      h.map((v, k) => (k % (d + 1) === 0 ? v + 1e-8 * (Math.abs(v) || 1) : v)),
      d,
    );
    return true;
  } catch {
    return false;
  }
}

/** The minimiser (d,) of the quadratic model plus penalty, by cycles until nothing moves. */
function cycle(state: State, h: Float64Array, penalty: Float64Array, cycles: number): Float64Array {
  const d = state.position.length;
  const x = state.position.slice(); // (d,)
  const slope = state.slope.slice(); // (d,) of the model at x
  for (let k = 0; k < cycles; k++) {
    let moved = 0;
    for (let j = 0; j < d; j++) {
      const curvature = h[j * d + j]!;
      if (!(curvature > 0)) continue;
      const to = softThreshold(x[j]! - slope[j]! / curvature, penalty[j]! / curvature);
      const by = to - x[j]!;
      if (by === 0) continue;
      x[j] = to;
      for (let i = 0; i < d; i++) slope[i]! += h[i * d + j]! * by;
      moved = Math.max(moved, (Math.abs(by) * Math.sqrt(curvature)) / (1 + Math.abs(to) * Math.sqrt(curvature)));
    }
    if (moved <= 1e-15) break;
  }
  return x;
}
