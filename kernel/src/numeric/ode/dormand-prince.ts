/**
 * The Runge–Kutta method of Dormand & Prince (1980, J. Comput. Appl. Math. 6, 19), order 5 with an error estimate of
 * order 4, with step control and the continuous extension of Hairer, Nørsett & Wanner (1993, Solving Ordinary
 * Differential Equations I, sections II.4 to II.6; their code DOPRI5).
 */
import { pow } from '../elementary.ts';
import { type Ending, firstStep, type Integrator, leastStep, scaledNorm } from './problem.ts';

/** Table II.5.2; a row a stage, the last being the step itself. */
const A = [
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
];
const C = [1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1];
/** Weights of the step less those of the embedded method. */
const E = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40];
/** Of the continuous extension, section II.6. */
const D = [
  -12715105075 / 11282082432,
  0,
  87487479700 / 32700410799,
  -10690763975 / 1880347072,
  701980252875 / 199316789632,
  -1453857185 / 822651844,
  69997945 / 29380423,
];

const SAFETY = 0.9;
const SMALLEST_FACTOR = 0.2;
const LARGEST_FACTOR = 10;
/** Of the step control that looks at two errors: section IV.2 of volume II. */
const BETA = 0.04;

/** into = y + h Σ weights · slopes */
function combine(
  into: Float64Array,
  y: Float64Array,
  h: number,
  weights: readonly number[],
  slopes: readonly Float64Array[],
): void {
  for (let i = 0; i < y.length; i++) {
    let sum = 0;
    for (let s = 0; s < weights.length; s++) if (weights[s] !== 0) sum += weights[s]! * slopes[s]![i]!;
    into[i] = y[i]! + h * sum;
  }
}

/** Integrate a problem that is not stiff. */
export const dormandPrince: Integrator = (problem, y, t0, times, tolerances, output) => {
  const n = problem.size;
  output.fill(Number.NaN);
  const direction = (times[times.length - 1] ?? t0) < t0 ? -1 : 1;
  const k = Array.from({ length: 7 }, () => new Float64Array(n));
  const [stage, next, error] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  const zero = new Float64Array(n);
  let time = t0;
  let at = 0;
  while (at < times.length && times[at] === t0) output.set(y, at++ * n);
  if (at === times.length) return { kind: 'reached' };
  problem.slope(time, y, k[0]!);
  let h = firstStep(problem, y, k[0]!, time, direction, 5, tolerances);
  let before = 1e-4; // the error of the step before
  let refused = false;
  for (let steps = 0; at < times.length; steps++) {
    if (steps >= tolerances.maximumSteps) return { kind: 'too many steps', time };
    if (!(h > leastStep(time))) return stopped(time, h);
    const signed = direction * h;
    for (let s = 0; s < 6; s++) {
      const to = s === 5 ? next : stage;
      combine(to, y, signed, A[s]!, k);
      problem.slope(time + C[s]! * signed, to, k[s + 1]!);
    }
    combine(error, zero, signed, E, k);
    const size = scaledNorm(error, y, next, tolerances);
    if (!(size <= 1)) {
      h *= Number.isFinite(size) ? Math.max(SMALLEST_FACTOR, SAFETY * pow(size, -0.2)) : 0.1;
      refused = true;
      continue;
    }
    const after = time + signed;
    for (; at < times.length && direction * (times[at]! - after) <= 0; at++, steps = -1) {
      interpolate(output, at * n, (times[at]! - time) / signed, y, next, signed, k);
    }
    const factor = SAFETY * pow(Math.max(size, 1e-10), 0.75 * BETA - 0.2) * pow(before, BETA);
    h *= Math.min(refused ? 1 : LARGEST_FACTOR, Math.max(SMALLEST_FACTOR, factor));
    before = Math.max(size, 1e-4);
    refused = false;
    time = after;
    y.set(next);
    k[0]!.set(k[6]!); // the last slope is the first of the next step
  }
  return { kind: 'reached' };
};

function stopped(time: number, step: number): Ending {
  return { kind: Number.isFinite(step) ? 'step too small' : 'not finite', time };
}

/** y at a share of the step, of order 4. */
function interpolate(
  output: Float64Array,
  to: number,
  share: number,
  y: Float64Array,
  next: Float64Array,
  h: number,
  k: readonly Float64Array[],
): void {
  const rest = 1 - share;
  for (let i = 0; i < y.length; i++) {
    const difference = next[i]! - y[i]!;
    const bend = h * k[0]![i]! - difference;
    let last = 0;
    for (let s = 0; s < 7; s++) if (D[s] !== 0) last += D[s]! * k[s]![i]!;
    const turn = difference - h * k[6]![i]! - bend;
    output[to + i] = y[i]! + share * (difference + rest * (bend + share * (turn + rest * h * last)));
  }
}
