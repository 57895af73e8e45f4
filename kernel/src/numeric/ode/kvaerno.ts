/**
 * A stiffly accurate, singly diagonally implicit Runge–Kutta method of order 5 with an error estimate of order 4, for
 * stiff problems: L-stable, seven stages of which the first is explicit (Kværnø 2004, BIT 44, 489: Kvaerno5/4, γ = 0.26).
 *
 * Each stage is solved by Newton's method with one factor of I − hγJ a step (Hairer & Wanner 1996, Solving Ordinary
 * Differential Equations II, section IV.8). Blocks of sensitivities are solved with the same factor: in each of them the
 * derivative of the stage is what the iteration converges to.
 */
import { pow } from '../elementary.ts';
import { type Lu, lu, luSolve } from '../linalg/lu.ts';
import { firstStep, type Integrator, leastStep, type Problem, scaledNorm, type Tolerances } from './problem.ts';

const GAMMA = 0.26;
/** Rows below the diagonal, whose elements are γ; the last row is the step, the one before it the embedded method. */
const A = [
  [GAMMA],
  [0.13, 0.8403332099679081],
  [0.22371961478320504, 0.476755323197997, -0.06470895363112615],
  [0.16648564323248322, 0.1045001884159172, 0.03631482272098715, -0.13090704451073998],
  [0.13855640231268224, 0, -0.04245337201752043, 0.02446657898003141, 0.6194303907248068],
  [0.13659751177640292, 0, -0.05496908796538376, -0.04118626728321046, 0.629933048990164, 0.06962479448202728],
];
/** Times of the stages after the first. */
const C = A.map((row) => row.reduce((sum, x) => sum + x, GAMMA));
/** Weights of the step less those of the embedded method. */
const E = Array.from({ length: 7 }, (_, s) => [...A[5]!, GAMMA][s]! - ([...A[4]!, GAMMA][s] ?? 0));

const SAFETY = 0.9;
const SMALLEST_FACTOR = 0.2;
const LARGEST_FACTOR = 6;
const MOST_ITERATIONS = 12;
/** Newton's method is done when what it still changes is this share of what a step may err by. */
const CONVERGED = 1e-4;

/** Integrate a stiff problem; times are met exactly. */
export const kvaerno: Integrator = (problem, y, t0, times, tolerances, output) => {
  const n = problem.size;
  const { controlled, maximumSteps } = tolerances;
  output.fill(Number.NaN);
  const direction = (times[times.length - 1] ?? t0) < t0 ? -1 : 1;
  const k = Array.from({ length: 7 }, () => new Float64Array(n));
  const [stage, error] = [new Float64Array(n), new Float64Array(n)];
  const solver = new StageSolver(problem, tolerances);
  let time = t0;
  let at = 0;
  while (at < times.length && times[at] === t0) output.set(y, at++ * n);
  if (at === times.length) return { kind: 'reached' };
  problem.slope(time, y, k[0]!);
  let h = firstStep(problem, y, k[0]!, time, direction, 4, tolerances);
  let fresh = false; // the Jacobian is that of this point
  for (let steps = 0; at < times.length; ) {
    if (steps++ >= maximumSteps) return { kind: 'too many steps', time };
    if (!Number.isFinite(h)) return { kind: 'not finite', time };
    if (!(h > leastStep(time))) return { kind: 'step too small', time };
    const left = Math.abs(times[at]! - time);
    const last = h >= 0.99 * left; // rather a little longer than a tiny step after it
    const taken = last ? left : h > 0.5 * left ? 0.5 * left : h;
    const signed = direction * taken;
    if (!fresh) solver.evaluate(time, y);
    fresh = true;
    solver.factor(signed);
    let solved = true;
    for (let s = 1; s < 7 && solved; s++) {
      const row = A[s - 1]!;
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let j = 0; j < s; j++) sum += row[j]! * k[j]![i]!;
        stage[i] = y[i]! + signed * sum;
      }
      k[s]!.set(k[s - 1]!);
      solved = solver.solve(time + C[s - 1]! * signed, stage, signed, y, k[s]!);
    }
    if (!solved) {
      h = 0.25 * taken;
      continue;
    }
    for (let i = 0; i < controlled; i++) {
      let sum = 0;
      for (let s = 0; s < 7; s++) sum += E[s]! * k[s]![i]!;
      error[i] = signed * sum;
    }
    const size = scaledNorm(error, y, stage, tolerances); // stage: y after the step
    const factor = Math.min(LARGEST_FACTOR, Math.max(SMALLEST_FACTOR, SAFETY * pow(Math.max(size, 1e-10), -0.2)));
    if (!(size <= 1)) {
      h = taken * (Number.isFinite(size) ? factor : 0.1);
      continue;
    }
    time = last ? times[at]! : time + signed;
    y.set(stage);
    k[0]!.set(k[6]!);
    fresh = false;
    h = taken < h ? Math.max(h, taken * factor) : taken * factor;
    for (; last && at < times.length && times[at] === time; at++, steps = 0) output.set(y, at * n);
  }
  return { kind: 'reached' };
};

/** Newton's method for one stage: k = f(t, base + hγ k), in every block. */
class StageSolver {
  readonly #problem: Problem;
  readonly #tolerances: Tolerances;
  readonly #jacobian: Float64Array;
  readonly #matrix: Float64Array;
  readonly #y: Float64Array;
  readonly #slope: Float64Array;
  readonly #change: Float64Array;
  readonly #rest: Float64Array;
  #lu: Lu | undefined;

  constructor(problem: Problem, tolerances: Tolerances) {
    const c = tolerances.controlled;
    this.#problem = problem;
    this.#tolerances = tolerances;
    this.#jacobian = new Float64Array(c * c);
    this.#matrix = new Float64Array(c * c);
    this.#y = new Float64Array(problem.size);
    this.#slope = new Float64Array(problem.size);
    this.#change = new Float64Array(problem.size);
    this.#rest = new Float64Array(problem.size);
  }

  evaluate(time: number, y: Float64Array): void {
    if (this.#problem.jacobian === undefined) throw new TypeError('kvaerno: a stiff method needs the Jacobian of f');
    this.#problem.jacobian(time, y, this.#jacobian);
  }

  /** Of I − hγJ. */
  factor(h: number): void {
    const c = this.#tolerances.controlled;
    for (let i = 0; i < c * c; i++) this.#matrix[i] = (i % (c + 1) === 0 ? 1 : 0) - h * GAMMA * this.#jacobian[i]!;
    this.#lu = lu(this.#matrix, c);
  }

  /**
   * @param base in: y + h Σ of the stages before; out: y at the stage
   * @param k in: a guess; out: the slope
   * @returns false where it does not converge
   */
  solve(time: number, base: Float64Array, h: number, start: Float64Array, k: Float64Array): boolean {
    const n = this.#problem.size;
    const c = this.#tolerances.controlled;
    const blocks = n / c;
    let before = Number.POSITIVE_INFINITY;
    for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
      for (let i = 0; i < n; i++) this.#y[i] = base[i]! + h * GAMMA * k[i]!;
      this.#problem.slope(time, this.#y, this.#slope);
      // One right-hand side a block: (c, blocks).
      for (let b = 0; b < blocks; b++) {
        for (let i = 0; i < c; i++) this.#rest[i * blocks + b] = this.#slope[b * c + i]! - k[b * c + i]!;
      }
      const change = luSolve(this.#lu!, c, this.#rest, { columns: blocks });
      for (let b = 0; b < blocks; b++) {
        for (let i = 0; i < c; i++) {
          const at = b * c + i;
          k[at]! += change[i * blocks + b]!;
          this.#change[at] = h * GAMMA * change[i * blocks + b]!;
        }
      }
      const size = this.#size(start, k, h);
      if (!Number.isFinite(size)) return false;
      const rate = size / before;
      if (size <= CONVERGED * Math.max(0.01, Math.min(1, (1 - rate) / rate)) || size === 0) {
        for (let i = 0; i < n; i++) base[i]! += h * GAMMA * k[i]!;
        return true;
      }
      if (rate >= 1 && iteration > 1) return false;
      before = size;
    }
    return false;
  }

  /** The last change, in units of what a step may err by; in blocks of sensitivities relative to the block. */
  #size(start: Float64Array, k: Float64Array, h: number): number {
    const { controlled: c, relative } = this.#tolerances;
    let most = scaledNorm(this.#change, this.#y, start, this.#tolerances);
    for (let block = c; block < k.length; block += c) {
      let change = 0;
      let scale = 1e-300;
      for (let i = block; i < block + c; i++) {
        change = Math.max(change, Math.abs(this.#change[i]!));
        scale = Math.max(scale, Math.abs(this.#y[i]!), Math.abs(start[i]!), Math.abs(h * k[i]!));
      }
      most = Math.max(most, change / (relative * scale));
      if (Number.isNaN(change + scale)) return Number.NaN;
    }
    return most;
  }
}
