/**
 * The step size of Hamiltonian samplers: a first guess, and dual averaging (Hoffman & Gelman 2014, §3.2,
 * algorithms 4 and 5; the constants are theirs and Stan's).
 */
import { exp, log } from '../../numeric/elementary.ts';
import { foldIn, type Key, Stream } from '../../numeric/random.ts';
import type { LogDensity } from '../../program/types.ts';
import { MetricProducts } from './metric.ts';
import type { Parameters, State } from './nuts.ts';

/** Dual averaging in progress. */
export interface DualAveraging {
  /** The step size to use next. */
  readonly stepSize: number;
  /** log of the averaged step size, used after warm-up. */
  readonly logAverage: number;
  readonly shrinkage: number; // mean of (target − acceptance), H̄ₘ
  readonly anchor: number; // μ = log(10 ε₁)
  readonly count: number; // m
}

const gamma = 0.05; // pull towards μ
const t0 = 10; // weight of early iterations
const kappa = 0.75; // how fast iterates are forgotten

/** Start (or restart, after the metric has changed) from the first guess `stepSize`. */
export function startAveraging(stepSize: number): DualAveraging {
  return { stepSize, logAverage: 0, shrinkage: 0, anchor: log(10 * stepSize), count: 0 };
}

/** Take in the acceptance statistic of one trajectory. */
export function average(state: DualAveraging, acceptance: number, target: number): DualAveraging {
  const count = state.count + 1;
  const eta = 1 / (count + t0);
  const bounded = Number.isNaN(acceptance) ? 0 : Math.min(1, acceptance);
  const shrinkage = (1 - eta) * state.shrinkage + eta * (target - bounded);
  const logStep = state.anchor - (shrinkage * Math.sqrt(count)) / gamma;
  const weight = exp(-kappa * log(count)); // m^−κ
  const logAverage = weight * logStep + (1 - weight) * state.logAverage;
  return { stepSize: exp(logStep), logAverage, shrinkage, anchor: state.anchor, count };
}

/** The step size to keep once adaptation has ended. */
export function averagedStepSize(state: DualAveraging): number {
  return state.count === 0 ? state.stepSize : exp(state.logAverage);
}

export type Guess =
  | { readonly ending: 'found'; readonly stepSize: number; readonly leapfrogs: number }
  | { readonly ending: 'too small' | 'too large'; readonly stepSize: number; readonly leapfrogs: number };

/**
 * Double or halve `parameters.stepSize` until one leapfrog's acceptance crosses 0.8 (Hoffman & Gelman 2014,
 * algorithm 4, with Stan's threshold). Pauses after each leapfrog.
 */
export function* guessStepSize(
  density: LogDensity,
  key: Key,
  state: State,
  parameters: Parameters,
): Generator<void, Guess> {
  const threshold = log(0.8);
  let { stepSize } = parameters;
  let grows: boolean | undefined;
  for (let leapfrogs = 1; ; leapfrogs++) {
    const stream = new Stream(foldIn(key, leapfrogs));
    const gain = energyGain(density, stream, state, { ...parameters, stepSize });
    const above = gain > threshold; // false for NaN: a step out of the support is too long
    grows ??= above;
    if (above !== grows) return { ending: 'found', stepSize, leapfrogs };
    yield;
    stepSize = grows ? 2 * stepSize : stepSize / 2;
    if (stepSize > 1e7) return { ending: 'too large', stepSize, leapfrogs };
    if (!(stepSize > 1e-300)) return { ending: 'too small', stepSize, leapfrogs };
  }
}

/** Minus the energy error of one leapfrog with a fresh momentum. */
function energyGain(density: LogDensity, stream: Stream, state: State, { stepSize, ...metric }: Parameters): number {
  const products = new MetricProducts(metric);
  const position = state.position.slice(); // (d,)
  const momentum = new Float64Array(position.length);
  const velocity = new Float64Array(position.length);
  products.drawMomentum(stream, momentum);
  const energy = () => {
    products.inverseMass(momentum, velocity);
    let sum = 0;
    for (let i = 0; i < momentum.length; i++) sum += momentum[i]! * velocity[i]!;
    return 0.5 * sum;
  };
  const before = energy() - state.logDensity;
  kick(momentum, state.gradient, 0.5 * stepSize);
  products.inverseMass(momentum, velocity);
  kick(position, velocity, stepSize);
  const gradient = new Float64Array(position.length);
  const logDensity = density.valueAndGradient(position, gradient);
  kick(momentum, gradient, 0.5 * stepSize);
  return before - (energy() - logDensity);
}

function kick(x: Float64Array, along: Float64Array, length: number): void {
  for (let i = 0; i < x.length; i++) x[i] = x[i]! + length * along[i]!;
}

/** ½ pᵀM⁻¹p, the kinetic energy. */
export function kinetic(momentum: Float64Array, variance: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < momentum.length; i++) sum += momentum[i]! * (variance[i]! * momentum[i]!);
  return 0.5 * sum;
}

/**
 * One leapfrog (Störmer–Verlet) step in place: half a kick, a drift, half a kick (Neal 2011, eq. 5.18–5.20).
 *
 * @param point position, momentum and gradient (d,), all overwritten
 * @returns the log density at the new position
 */
export function leapfrog(
  density: LogDensity,
  point: { readonly position: Float64Array; readonly momentum: Float64Array; readonly gradient: Float64Array },
  stepSize: number,
  variance: Float64Array,
): number {
  const { position, momentum, gradient } = point;
  const half = 0.5 * stepSize;
  for (let i = 0; i < position.length; i++) {
    momentum[i] = momentum[i]! + half * gradient[i]!;
    position[i] = position[i]! + stepSize * (variance[i]! * momentum[i]!);
  }
  const logDensity = density.valueAndGradient(position, gradient);
  for (let i = 0; i < position.length; i++) momentum[i] = momentum[i]! + half * gradient[i]!;
  return logDensity;
}
