/**
 * Newton's method with a Levenberg damping (Levenberg 1944; Nocedal & Wright 2006, §3.4 and §10.3), the Hessian by
 * differences of exact gradients.
 *
 * It does not mind badly scaled parameters, so it ends what L-BFGS began: near an optimum a step is accepted when
 * it makes the gradient smaller, which still works where differences of the value are lost in rounding.
 */
import { cholesky, choleskySolve } from '../../numeric/linalg/cholesky.ts';
import type { EventLog } from '../step.ts';
import { curvatureScales, roughHessian } from './hessian.ts';
import {
  allFinite,
  dot,
  maxNorm,
  type Objective,
  type Optimiser,
  type OptimiserInfo,
  type OptimiserState,
} from './objective.ts';
import { checkOptions, startAt } from './shared.ts';

export interface State extends OptimiserState {
  /** Multiple of the Hessian's diagonal added to it; 0 is the pure Newton step. */
  readonly damping: number;
  /** (d,) conditional standard errors, the units in which steps and gradients are measured. */
  readonly scales: Float64Array | undefined;
  /** Damped steps in a row that made neither the value nor, by half, the gradient smaller. */
  readonly idle: number;
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

/** A damped Newton optimiser of `objective`; 2d gradients an iteration. */
export function newton(objective: Objective, options: Options = {}): Optimiser<State> {
  checkOptions('newton', options);
  const { tolerance = 1e-26, log } = options;

  function init(start: Float64Array): State {
    const position = startAt('newton', objective.dimension, start); // (d,)
    const gradient = new Float64Array(position.length); // (d,)
    const value = objective.valueAndGradient(position, gradient);
    return { iteration: 0, position, value, gradient, damping: 0, scales: undefined, idle: 0 };
  }

  function step(state: State): [State, OptimiserInfo] {
    const d = state.position.length;
    let evaluations = 0;
    const stay = (ending: OptimiserInfo['ending']): [State, OptimiserInfo] => [
      state,
      { ending, gradientNorm: maxNorm(state.gradient), stepLength: 0, evaluations },
    ];
    if (!allFinite(state.value, state.gradient)) return stay('not finite');
    const h = roughHessian(objective, state.position, state.scales); // (d, d)
    evaluations += 2 * d;
    if (h.some(Number.isNaN)) return stay('not finite');
    const scales = curvatureScales(h, state.position); // (d,)
    const norm = scaledNorm(state.gradient, scales);

    for (let damping = state.damping; damping <= mostDamping; damping = Math.max(leastDamping, 10 * damping)) {
      const direction = dampedStep(h, state.gradient, damping); // (d,)
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
      };
      const gradientNorm = maxNorm(gradient);
      log?.push({
        type: 'iterate',
        iteration: next.iteration,
        position: position.slice(),
        value,
        gradientNorm,
        stepLength: 1,
      });
      // At rounding level the gradient only jitters: along an open direction for ever, were it not stopped.
      const jitters = decrement <= Math.sqrt(tolerance) && scaledNorm(gradient, scales) > norm / 2;
      const ending = undamped && (decrement <= tolerance || jitters) ? 'converged' : 'running';
      return [next, { ending, gradientNorm, stepLength: 1, evaluations }];
    }
    return stay('line search failed');
  }

  return { name: 'newton', init, step };
}

/** −(H + damping · D)⁻¹ g with D the size of the diagonal, or undefined where the matrix is not positive definite. */
function dampedStep(h: Float64Array, gradient: Float64Array, damping: number): Float64Array | undefined {
  const d = gradient.length;
  // Scaled to a unit diagonal first: the factor then does not depend on the parameters' units.
  const scale = unitScales(h, d); // (d,)
  const a = h.map((v, k) => v * scale[Math.floor(k / d)]! * scale[k % d]!); // (d, d)
  for (let i = 0; i < d; i++) a[i * d + i]! += damping;
  const factor = lowerFactor(a, d);
  if (!factor) return undefined;
  const rightHandSide = gradient.map((g, i) => -g * scale[i]!); // (d,)
  return choleskySolve(factor, d, rightHandSide).map((v, i) => v * scale[i]!);
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
