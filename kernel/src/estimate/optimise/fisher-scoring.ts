/**
 * Fisher scoring (Fisher 1925): Newton's method with the expected information in place of the observed one.
 *
 * The expected information is positive semidefinite everywhere, so each direction points uphill in the likelihood;
 * for a generalised linear model these are the iterations of reweighted least squares.
 */
import { cholesky, choleskySolve } from '../../numeric/linalg/cholesky.ts';
import { allFinite, dot, type Objective, type Optimiser, type OptimiserState } from './objective.ts';
import { type CommonOptimiserOptions, checkOptions, firstState, moveOn, standStill } from './shared.ts';

export interface Options extends CommonOptimiserOptions {
  /** Converged when gᵀI⁻¹g (squared length of the step in standard errors) is below this (default 1e-22). */
  readonly tolerance?: number;
}

/**
 * Fisher scoring on `objective`, minus a log likelihood.
 *
 * @param information the expected information (d, d) at a position (d,)
 * @example fisherScoring(negative(density), (position) => expected(position))
 */
export function fisherScoring(
  objective: Objective,
  information: (position: Float64Array) => Float64Array,
  options: Options = {},
): Optimiser {
  checkOptions('fisher scoring', options);
  const { tolerance = 1e-22, log } = options;

  function step(state: OptimiserState): ReturnType<Optimiser['step']> {
    const d = state.position.length;
    if (!allFinite(state.value, state.gradient)) return standStill(state, 'not finite', 0);
    if (state.gradient.every((g) => g === 0)) return standStill(state, 'converged', 0);
    const expected = information(state.position); // (d, d)
    if (!expected.every(Number.isFinite)) return standStill(state, 'not finite', 0);
    const slack = 1e-13 * Math.max(1, Math.abs(state.value));
    let evaluations = 0;
    // Where the information is singular, the direction may lead astray: more is added to its diagonal, and turns it downhill.
    for (let damping = 0; damping <= 1e6; damping = Math.max(1e-3, 10 * damping)) {
      const direction = solve(expected, state.gradient, damping); // (d,)
      const decrement = dot(state.gradient, direction);
      for (let t = 1; t > (damping === 0 ? 1e-12 : 0.5); t /= 2) {
        const position = state.position.map((x, i) => x - t * direction[i]!); // (d,)
        const gradient = new Float64Array(d); // (d,)
        const value = objective.valueAndGradient(position, gradient);
        evaluations++;
        if (!allFinite(value, gradient)) continue;
        const after = dot(gradient, solve(expected, gradient, damping));
        const flattens = value <= state.value + slack && after < decrement;
        if (!(value <= state.value - 1e-4 * t * decrement || flattens)) {
          if (decrement <= 1e-12) return standStill(state, 'converged', evaluations); // no better point can be told apart
          continue;
        }
        const next = { iteration: state.iteration + 1, position, value, gradient };
        const jitters =
          damping === 0 ? decrement <= 1e-18 && after > 0.9 * decrement : decrement <= 1e-12 && after > decrement / 2;
        const ending = t === 1 && (after <= tolerance || jitters) ? 'converged' : 'running';
        return moveOn(next, evaluations, { stepLength: t, ending, log });
      }
    }
    return standStill(state, 'line search failed', evaluations);
  }

  return { name: 'fisher scoring', init: (position) => firstState('fisher scoring', objective, position, log), step };
}

/** I⁻¹ g, with `damping` added to the scaled diagonal, or as much as makes I invertible. */
function solve(information: Float64Array, gradient: Float64Array, damping: number): Float64Array {
  const d = gradient.length;
  const unit = Float64Array.from({ length: d }, (_, i) => {
    const size = information[i * d + i]!;
    return size > 0 ? 1 / Math.sqrt(size) : 1;
  }); // (d,)
  const scaled = information.map((v, k) => v * unit[Math.floor(k / d)]! * unit[k % d]!); // (d, d)
  const right = gradient.map((g, i) => g * unit[i]!); // (d,)
  for (let added = damping; ; added = Math.max(1e-12, 10 * added)) {
    const a = scaled.slice();
    for (let i = 0; i < d; i++) a[i * d + i]! += added;
    try {
      return choleskySolve(cholesky(a, d), d, right).map((v, i) => v * unit[i]!);
    } catch (error) {
      if (added > 1e9) throw error;
    }
  }
}
