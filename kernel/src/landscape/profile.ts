/**
 * Profiling: with some coordinates of a position held fixed, the best log density over the others (Cox 1970).
 */
import { lbfgs } from '../estimate/optimise/lbfgs.ts';
import { negative } from '../estimate/optimise/objective.ts';
import type { LogDensity } from '../program/index.ts';

/** Most iterations from one point to its neighbour; warm starts need a handful. */
const mostIterations = 200;

/** The log density as a function of the free coordinates alone, the fixed ones read from `whole` (d,). */
export function restricted(density: LogDensity, free: readonly number[], whole: Float64Array): LogDensity {
  const gradient = new Float64Array(density.dimension);
  const place = (position: Float64Array) => {
    free.forEach((k, i) => {
      whole[k] = position[i]!;
    });
  };
  return {
    dimension: free.length,
    value(position) {
      place(position);
      return density.value(whole);
    },
    valueAndGradient(position, out) {
      place(position);
      const value = density.valueAndGradient(whole, gradient);
      free.forEach((k, i) => {
        out[i] = gradient[k]!;
      });
      return value;
    },
  };
}

/**
 * Climb over the free coordinates of `whole` (d,), which is changed: it ends at the best position found.
 *
 * @returns the log density there; NaN where it is not finite at the start
 */
export function climbFree(density: LogDensity, free: readonly number[], whole: Float64Array): number {
  const optimiser = lbfgs(negative(restricted(density, free, whole)), { tolerance: 1e-10 });
  let state = optimiser.init(Float64Array.from(free, (k) => whole[k]!));
  for (let i = 0; i < mostIterations; i++) {
    const [next, info] = optimiser.step(state);
    state = next;
    if (info.ending !== 'running') break;
  }
  free.forEach((k, i) => {
    whole[k] = state.position[i]!;
  });
  return Number.isFinite(state.value) ? -state.value : Number.NaN;
}
