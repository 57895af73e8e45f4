/**
 * The states of a hidden Markov model given its series: their probabilities by the forward–backward algorithm, the most
 * probable path by Viterbi's, and draws of paths (Rabiner 1989, sections III.B and III.C; Cappé et al. 2005, section
 * 5.2 for the draws). In logarithms throughout.
 */
import { exp, log } from '../numeric/elementary.ts';
import { key, Stream } from '../numeric/random.ts';
import { asExpression } from '../program/index.ts';
import type { Arg, Expr } from '../program/types.ts';
import { emissionMatrix, hiddenMarkovParts } from './hidden-markov.ts';
import { knownValues, settled } from './known.ts';
import type { Distribution } from './types.ts';

/** What a series says about the states behind it. */
export interface HiddenStates {
  /** log density of the series, the states summed out. */
  readonly logDensity: number;
  /** P(state at each time | the whole series) // (n, K), row-major */
  readonly probabilities: Float64Array;
  /** The most probable sequence of states (Viterbi), 0 … K − 1 // (n,) */
  readonly path: Int32Array;
  /** log of the joint density of that sequence and the series. */
  readonly pathLogDensity: number;
  /** A sequence of states drawn given the series. @example states.draw(1) // (n,) */
  draw(seed: number): Int32Array;
}

/** log Σ exp of the values f(0) … f(count − 1). */
function logSum(count: number, f: (i: number) => number): number {
  let most = -Infinity;
  for (let i = 0; i < count; i++) most = Math.max(most, f(i));
  if (most === -Infinity) return most;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += exp(f(i) - most);
  return most + log(sum);
}

/** The most probable path, and the log of its joint density. */
function viterbi(emissions: Float64Array, first: Float64Array, moves: Float64Array, n: number): [Int32Array, number] {
  const k = first.length;
  let best = first.map((v, i) => v + emissions[i]!);
  const from = new Int32Array(n * k); // the state before, on the best way to each
  for (let t = 1; t < n; t++) {
    const before = best;
    best = before.map((_, j) => {
      let most = 0;
      for (let i = 1; i < k; i++) {
        if (before[i]! + moves[i * k + j]! > before[most]! + moves[most * k + j]!) most = i;
      }
      from[t * k + j] = most;
      return before[most]! + moves[most * k + j]! + emissions[t * k + j]!;
    });
  }
  const path = new Int32Array(n);
  path[n - 1] = best.indexOf(Math.max(...best));
  for (let t = n - 1; t > 0; t--) path[t - 1] = from[t * k + path[t]!]!;
  return [path, best[path[n - 1]!]!];
}

/**
 * The hidden states behind a series, at known parameters: estimates, or one posterior draw.
 *
 * @param y the series // (n,)
 * @param initial, transition, emissions as of `hiddenMarkov`, with numbers
 * @throws Error when a parameter is traced; RangeError as `hiddenMarkov`
 * @example
 * const states = hiddenStates(y, [0.5, 0.5], [[0.9, 0.1], [0.2, 0.8]], [normal(0, 1), normal(5, 1)]);
 * states.path; // Int32Array [0, 0, 1, 1, 1, 0]
 */
export function hiddenStates(
  y: Arg,
  initial: Arg,
  transition: Arg,
  emissions: readonly Distribution<readonly number[]>[],
): HiddenStates {
  const series = asExpression(y) as unknown as Expr;
  const n = series.size;
  if (series.shape.length !== 1) throw new RangeError('hiddenStates: expected the series as a vector');
  const parts = hiddenMarkovParts(initial, transition, emissions, n);
  const k = parts.components.length;
  const known = (what: string, expression: Expr): Float64Array => {
    const values = knownValues(settled(expression));
    if (values === undefined) {
      throw new Error(`hiddenStates: the value of ${what} is not known while a model is traced; give numbers`);
    }
    return values;
  };
  const omega = known('the emissions', emissionMatrix(parts.components, series)); // (n, K)
  const first = known('initial', parts.initial).map((v) => log(v)); // (K,)
  const moves = known('transition', parts.transition).map((v) => log(v)); // (K, K)

  const forward = new Float64Array(n * k);
  const backward = new Float64Array(n * k);
  for (let t = 0; t < n; t++) {
    for (let j = 0; j < k; j++) {
      const reached = t === 0 ? first[j]! : logSum(k, (i) => forward[(t - 1) * k + i]! + moves[i * k + j]!);
      forward[t * k + j] = reached + omega[t * k + j]!;
    }
  }
  for (let t = n - 2; t >= 0; t--) {
    for (let i = 0; i < k; i++) {
      const next = (j: number): number => moves[i * k + j]! + omega[(t + 1) * k + j]! + backward[(t + 1) * k + j]!;
      backward[t * k + i] = logSum(k, next);
    }
  }
  const logDensity = logSum(k, (i) => forward[(n - 1) * k + i]!);
  const [path, pathLogDensity] = viterbi(omega, first, moves, n);

  const drawFrom = (stream: Stream, weight: (i: number) => number): number => {
    const whole = logSum(k, weight);
    let rest = stream.uniform();
    let state = 0;
    for (; state < k - 1; state++) {
      rest -= exp(weight(state) - whole);
      if (rest < 0) break;
    }
    return state;
  };
  return {
    logDensity,
    probabilities: forward.map((v, at) => exp(v + backward[at]! - logDensity)),
    path,
    pathLogDensity,
    draw(seed) {
      const stream = new Stream(key(seed));
      const states = new Int32Array(n);
      for (let t = n - 1; t >= 0; t--) {
        const after = states[t + 1];
        states[t] = drawFrom(stream, (i) => forward[t * k + i]! + (after === undefined ? 0 : moves[i * k + after]!));
      }
      return states;
    },
  };
}
