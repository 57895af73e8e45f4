/**
 * Nelder & Mead (1965) with the coefficients of Gao & Han (2012), which depend on the dimension: no gradient needed.
 *
 * For a few parameters and objectives that are noisy, kinked or have no derivative. `gradient` is NaN throughout.
 */
import { maxNorm, type Objective, type Optimiser, type OptimiserState } from './objective.ts';
import {
  type CommonOptimiserOptions,
  checkOptions,
  checkPositive,
  moveOn,
  recordIterate,
  standStill,
  startAt,
} from './shared.ts';

interface Vertex {
  readonly position: Float64Array; // (d,)
  readonly value: number;
}

export interface State extends OptimiserState {
  readonly simplex: readonly Vertex[]; // d + 1, best first
}

export interface Options extends CommonOptimiserOptions {
  /** First edge along each coordinate, as a multiple of max(|xᵢ|, 1), > 0 (default 0.1). */
  readonly size?: number;
  /** Converged when values differ by less than this times max(1, |f|) and so do positions by its root (default 1e-14). */
  readonly tolerance?: number;
}

/** A Nelder–Mead optimiser. @example minimise(nelderMead(objective), start, 5000) */
export function nelderMead(objective: Objective, options: Options = {}): Optimiser<State> {
  checkOptions('nelder-mead', options, ['size']);
  const { size = 0.1, tolerance = 1e-14, log } = options;
  checkPositive('nelder-mead', 'size', size);
  // NaN is worse than everything.
  const vertex = (position: Float64Array): Vertex => {
    const value = objective.value(position);
    return { position, value: Number.isNaN(value) ? Number.POSITIVE_INFINITY : value };
  };

  function stateOf(iteration: number, vertices: readonly Vertex[]): State {
    const simplex = [...vertices].sort((a, b) => a.value - b.value);
    const { position, value } = simplex[0]!;
    return { iteration, position, value, gradient: new Float64Array(position.length).fill(Number.NaN), simplex };
  }

  function init(start: Float64Array): State {
    const position = startAt('nelder-mead', objective.dimension, start); // (d,)
    const corners = Array.from(position, (x, i) => {
      const corner = position.slice();
      corner[i] = x + size * Math.max(Math.abs(x), 1);
      return vertex(corner);
    });
    const state = stateOf(0, [vertex(position), ...corners]);
    recordIterate(log, state, 0);
    return state;
  }

  function step(state: State): ReturnType<Optimiser<State>['step']> {
    const { simplex } = state;
    const d = simplex.length - 1;
    const best = simplex[0]!;
    const worst = simplex[d]!;
    if (!Number.isFinite(best.value)) return standStill(state, 'not finite', 0);
    const flat = worst.value - best.value <= tolerance * Math.max(1, Math.abs(best.value));
    if (flat) {
      const spread = maxNorm(worst.position.map((x, i) => (x - best.position[i]!) / Math.max(1, Math.abs(x))));
      if (spread <= Math.sqrt(tolerance)) return standStill(state, 'converged', 0);
    }
    const centre = best.position.map((_, i) => simplex.slice(0, d).reduce((sum, v) => sum + v.position[i]!, 0) / d); // (d,)
    const towards = (t: number) => vertex(centre.map((c, i) => c + t * (c - worst.position[i]!)));
    const accept = (v: Vertex, evaluations: number) =>
      moveOn(stateOf(state.iteration + 1, [...simplex.slice(0, d), v]), evaluations, { log });

    const n = Math.max(2, d); // the coefficients for one dimension are those for two
    const reflected = towards(1);
    if (reflected.value < best.value) {
      const expanded = towards(1 + 2 / n);
      return accept(expanded.value < reflected.value ? expanded : reflected, 2);
    }
    if (reflected.value < simplex[Math.max(0, d - 1)]!.value) return accept(reflected, 1);
    const outside = reflected.value < worst.value;
    const contracted = towards((outside ? 1 : -1) * (0.75 - 1 / (2 * n)));
    if (contracted.value < (outside ? reflected.value : worst.value)) return accept(contracted, 2);
    const shrunk = simplex
      .slice(1)
      .map((v) => vertex(v.position.map((x, i) => best.position[i]! + (1 - 1 / n) * (x - best.position[i]!))));
    return moveOn(stateOf(state.iteration + 1, [best, ...shrunk]), 2 + d, { log });
  }

  return { name: 'nelder-mead', init, step };
}
