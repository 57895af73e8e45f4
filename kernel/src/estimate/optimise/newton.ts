/**
 * Newton's method with a Levenberg damping (Levenberg 1944; Nocedal & Wright 2006, §3.4 and §10.3), the Hessian by
 * differences of exact gradients, or the objective's own where that is quick.
 *
 * It does not mind badly scaled parameters, so it ends what L-BFGS began: near an optimum a step is accepted when
 * it makes the gradient smaller, which still works where differences of the value are lost in rounding. A Hessian
 * from nearby serves the last steps (Shamanskii 1967): it errs by as little as the steps are short.
 */
import { cholesky, choleskySolve } from '../../numeric/linalg/cholesky.ts';
import type { EventLog } from '../step.ts';
import { curvatureScales, exactHessian, roughHessian } from './hessian.ts';
import {
  allFinite,
  dot,
  type Objective,
  type Optimiser,
  type OptimiserInfo,
  type OptimiserState,
} from './objective.ts';
import { checkOptions, moveOn, standStill, startAt } from './shared.ts';

export interface State extends OptimiserState {
  /** Multiple of the Hessian's diagonal added to it; 0 is the pure Newton step. */
  readonly damping: number;
  /** (d,) conditional standard errors, the units in which steps and gradients are measured. */
  readonly scales: Float64Array | undefined;
  /** Damped steps in a row that made neither the value nor, by half, the gradient smaller. */
  readonly idle: number;
  /** (d, d), of the place the last step began at, or of one nearby. */
  readonly hessian: Float64Array | undefined;
  /** The last step was so short that the Hessian is as good as that of this place. */
  readonly near: boolean;
}

export interface Options {
  /** Converged when the Newton decrement gᵀH⁻¹g (squared length of the step in standard errors) is below this. */
  readonly tolerance?: number;
  readonly log?: EventLog;
}

const leastDamping = 1e-6;
const mostDamping = 1e12;
/** So many damped steps in a row without gain, and the optimum is as far away as before: at the edge of a support. */
const mostIdle = 12;
/** After a step of less than this, squared and in standard errors, the Hessian is kept */
const short = 1;
/** where the step made the gradient so much smaller: so much it does again. */
const steep = 1e-2;

/** A damped Newton optimiser of `objective`; a Hessian an iteration until the steps are short: 2d gradients, or its own. */
export function newton(objective: Objective, options: Options = {}): Optimiser<State> {
  checkOptions('newton', options);
  const { tolerance = 1e-26, log } = options;

  function init(start: Float64Array): State {
    const position = startAt('newton', objective.dimension, start); // (d,)
    const gradient = new Float64Array(position.length); // (d,)
    const value = objective.valueAndGradient(position, gradient);
    const nothing = { damping: 0, scales: undefined, idle: 0, hessian: undefined, near: false };
    return { iteration: 0, position, value, gradient, ...nothing };
  }

  function step(state: State): [State, OptimiserInfo] {
    if (!allFinite(state.value, state.gradient)) return standStill(state, 'not finite', 0);
    const kept = state.near && state.hessian ? stepBy(state, state.hessian, 0, leastDamping) : undefined;
    // Where the Hessian of nearby leads nowhere, that of the place itself is to decide.
    if (kept && kept[1].ending !== 'line search failed') return kept;
    const h = objective.hasQuickHessian
      ? exactHessian(objective, state.position)
      : roughHessian(objective, state.position, state.scales); // (d, d)
    const spent = (kept?.[1].evaluations ?? 0) + (objective.hasQuickHessian ? 1 : 2 * state.position.length);
    return h.some(Number.isNaN) ? standStill(state, 'not finite', spent) : stepBy(state, h, spent, mostDamping);
  }

  function stepBy(state: State, h: Float64Array, spent: number, most: number): [State, OptimiserInfo] {
    const d = state.position.length;
    let evaluations = spent;
    const stay = (ending: OptimiserInfo['ending']) => standStill({ ...state, hessian: h }, ending, evaluations);
    const scales = curvatureScales(h, state.position); // (d,)
    const norm = scaledNorm(state.gradient, scales);
    const solve = dampedSteps(h, state.gradient);

    for (let damping = state.damping; damping <= most; damping = Math.max(leastDamping, 10 * damping)) {
      const direction = solve(damping); // (d,)
      if (!direction) continue;
      const decrement = -dot(state.gradient, direction);
      if (decrement === 0) return stay('converged');

      const position = state.position.map((x, i) => x + direction[i]!); // (d,)
      const gradient = new Float64Array(d); // (d,)
      const value = objective.valueAndGradient(position, gradient);
      evaluations++;
      if (!allFinite(value, gradient)) continue;
      const slack = 1e-13 * Math.max(1, Math.abs(state.value));
      const descends = value <= state.value - 1e-4 * decrement;
      const flattens = value <= state.value + slack && scaledNorm(gradient, scales) < norm;
      if (!(descends || flattens)) {
        if (damping <= leastDamping && decrement <= Math.sqrt(tolerance)) return stay('converged'); // no better point can be told apart
        continue;
      }
      const undamped = damping <= leastDamping; // a damped step is short whatever the distance to the optimum
      const gains = value < state.value - slack || scaledNorm(gradient, scales) < norm / 2;
      const idle = undamped || gains ? 0 : state.idle + 1;
      if (idle >= mostIdle) return stay('line search failed');
      const next: State = {
        iteration: state.iteration + 1,
        position,
        value,
        gradient,
        damping: undamped ? 0 : damping / 10,
        scales,
        idle,
        hessian: h,
        near: undamped && decrement <= short && scaledNorm(gradient, scales) <= steep * norm,
      };
      // At rounding level the gradient only jitters: along an open direction for ever, were it not stopped.
      const jitters = decrement <= Math.sqrt(tolerance) && scaledNorm(gradient, scales) > norm / 2;
      const ending = undamped && (decrement <= tolerance || jitters) ? 'converged' : 'running';
      return moveOn(next, evaluations, { ending, log });
    }
    return stay('line search failed');
  }

  return { name: 'newton', init, step };
}

/** −(H + damping · D)⁻¹ g with D the size of the diagonal, or undefined where the matrix is not positive definite. */
function dampedSteps(h: Float64Array, gradient: Float64Array): (damping: number) => Float64Array | undefined {
  const d = gradient.length;
  // Scaled to a unit diagonal first: the factor then does not depend on the parameters' units.
  const scale = unitScales(h, d); // (d,)
  const scaled = new Float64Array(d * d); // (d, d), the lower triangle
  for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) scaled[i * d + j] = h[i * d + j]! * scale[i]! * scale[j]!;
  const rightHandSide = gradient.map((g, i) => -g * scale[i]!); // (d,)
  return (damping) => {
    const a = damping === 0 ? scaled : scaled.slice(); // (d, d)
    if (damping > 0) for (let i = 0; i < d; i++) a[i * d + i]! += damping;
    const factor = lowerFactor(a, d);
    return factor && choleskySolve(factor, d, rightHandSide).map((v, i) => v * scale[i]!);
  };
}

/** 1/√|Hᵢᵢ|; where the diagonal vanishes, from the products Hᵢⱼ² / |Hⱼⱼ|, which have the same units. */
function unitScales(h: Float64Array, d: number): Float64Array {
  return Float64Array.from({ length: d }, (_, i) => {
    let size = Math.abs(h[i * d + i]!);
    for (let j = 0; j < d; j++) {
      const other = Math.abs(h[j * d + j]!);
      if (other > 0) size = Math.max(size, (1e-3 * h[i * d + j]! ** 2) / other);
    }
    return size > 0 ? 1 / Math.sqrt(size) : 1;
  });
}

/** The Cholesky factor, or undefined where a pivot is so small that a step along it would be rounding only. */
function lowerFactor(a: Float64Array, d: number): Float64Array | undefined {
  try {
    const factor = cholesky(a, d);
    for (let i = 0; i < d; i++) if (!(factor[i * d + i]! > 1e-7)) return undefined;
    return factor;
  } catch {
    return undefined;
  }
}

function scaledNorm(gradient: Float64Array, scales: Float64Array): number {
  return Math.sqrt(gradient.reduce((sum, g, i) => sum + (g * scales[i]!) ** 2, 0));
}
