/**
 * Differential evolution, rand/1/bin (Storn & Price 1997): a population that moves by its own differences.
 *
 * A search over the whole region, for objectives with many optima; no gradient needed, and `gradient` is NaN
 * throughout. Follow it with a local optimiser for the last digits.
 */
import { foldIn, type Key, key as keyOf, Stream } from '../../numeric/random.ts';
import type { Objective, Optimiser, OptimiserState } from './objective.ts';
import {
  type CommonOptimiserOptions,
  checkOptions,
  checkPositive,
  moveOn,
  recordIterate,
  standStill,
  startAt,
} from './shared.ts';

interface Member {
  readonly position: Float64Array; // (d,)
  readonly value: number;
}

export interface State extends OptimiserState {
  readonly population: readonly Member[];
}

export interface Options extends CommonOptimiserOptions {
  /** The first population is uniform within this distance of the start in each coordinate, > 0 (default 5). */
  readonly spread?: number;
  /** Members, ≥ 4 (default 10 a dimension, at least 20; Storn & Price 1997, §4). */
  readonly members?: number;
  /** Share of a difference that is added, in (0, 2] (default 0.7). */
  readonly weight?: number;
  /** Chance that a coordinate is taken from the mutant, in [0, 1] (default 0.9). */
  readonly crossover?: number;
  /** Converged when the values of the population lie within this times max(1, |f|) (default 1e-12). */
  readonly tolerance?: number;
  /** Where the randomness comes from (default seed 0). */
  readonly key?: Key;
}

/** @throws RangeError for options out of range @example minimise(differentialEvolution(rastrigin, { spread: 5 }), zeros, 2000) */
export function differentialEvolution(objective: Objective, options: Options = {}): Optimiser<State> {
  const known = ['spread', 'members', 'weight', 'crossover', 'key'];
  checkOptions('differential evolution', options, known);
  const { spread = 5, weight = 0.7, crossover = 0.9, tolerance = 1e-12, key = keyOf(0), log } = options;
  const members = options.members ?? Math.max(20, 10 * objective.dimension);
  checkPositive('differential evolution', 'spread', spread);
  if (!(Number.isInteger(members) && members >= 4)) {
    throw new RangeError(`differential evolution: members must be a whole number ≥ 4, got ${members}`);
  }
  if (!(weight > 0 && weight <= 2 && crossover >= 0 && crossover <= 1)) {
    throw new RangeError(
      `differential evolution: weight must lie in (0, 2] and crossover in [0, 1], got ${weight} and ${crossover}`,
    );
  }
  const member = (position: Float64Array): Member => {
    const value = objective.value(position);
    return { position, value: Number.isNaN(value) ? Number.POSITIVE_INFINITY : value };
  };

  function stateOf(iteration: number, population: readonly Member[]): State {
    const { position, value } = population.reduce((a, b) => (b.value < a.value ? b : a));
    return { iteration, position, value, gradient: new Float64Array(position.length).fill(Number.NaN), population };
  }

  function init(start: Float64Array): State {
    const position = startAt('differential evolution', objective.dimension, start); // (d,)
    const stream = new Stream(foldIn(key, 'population'));
    const others = Array.from({ length: members - 1 }, () =>
      member(position.map((x) => x + spread * (2 * stream.uniform() - 1))),
    );
    const state = stateOf(0, [member(position), ...others]);
    recordIterate(log, state, 0);
    return state;
  }

  /** One generation: each member meets its trial. */
  function step(state: State): ReturnType<Optimiser<State>['step']> {
    const { population } = state;
    if (!Number.isFinite(state.value)) return standStill(state, 'not finite', 0);
    const most = population.reduce((value, m) => Math.max(value, m.value), state.value);
    if (most - state.value <= tolerance * Math.max(1, Math.abs(state.value))) return standStill(state, 'converged', 0);
    const stream = new Stream(foldIn(key, state.iteration));
    const d = state.position.length;
    const next = population.map((old, i) => {
      const [a, b, c] = three(stream, members, i).map((k) => population[k]!.position) as [
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      const sure = stream.integer(d);
      const position = old.position.map((x, j) =>
        j === sure || stream.uniform() < crossover ? a[j]! + weight * (b[j]! - c[j]!) : x,
      ); // (d,)
      const trial = member(position);
      return trial.value <= old.value ? trial : old;
    });
    return moveOn(stateOf(state.iteration + 1, next), members, { log });
  }

  return { name: 'differential evolution', init, step };
}

/** Three different members, none of them `i`. */
function three(stream: Stream, members: number, i: number): number[] {
  const chosen: number[] = [];
  while (chosen.length < 3) {
    const k = stream.integer(members);
    if (k !== i && !chosen.includes(k)) chosen.push(k);
  }
  return chosen;
}
