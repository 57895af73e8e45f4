/**
 * Pathfinder (Zhang, Carpenter, Gelman & Vehtari 2022): L-BFGS climbs to the mode, and each point of its path carries a
 * normal approximation made of the path's own curvature; the one with the highest evidence bound is the answer. It is
 * an approximation in the time of an optimisation: good for starts, and for a first look.
 *
 * The covariance at a point is diag(α) + β γ βᵀ with 2m columns (their section 2.2 and appendix A; Byrd, Nocedal &
 * Schnabel 1994 for the compact form), so that a draw costs O(d m).
 */
import { log as ln } from '../../numeric/elementary.ts';
import { cholesky, qr } from '../../numeric/linalg/index.ts';
import { foldIn, type Key, Stream } from '../../numeric/random.ts';
import { lbfgs } from '../optimise/lbfgs.ts';
import { negative } from '../optimise/objective.ts';
import { findBeginning, settle } from './beginning.ts';
import { Collector } from './collect.ts';
import { pointAt } from './markov.ts';
import type { Run, RunOptions, SmoothTarget } from './run.ts';

export interface PathfinderOptions extends RunOptions {
  /** Iterations of the climb at most. */
  readonly iterations: number;
  /** Draws that estimate the evidence bound of each approximation. */
  readonly bound: number;
}

/** Pairs of the path an approximation is made of (their J). */
const history = 6;

/** A normal approximation: x = mean + √α (Q L Qᵀ u + u − Q Qᵀ u), u standard normal. */
interface Normal {
  readonly mean: Float64Array; // (d,)
  readonly root: Float64Array; // (d,) √α
  readonly q: Float64Array; // (d, k), orthonormal columns
  readonly factor: Float64Array; // (k, k), lower triangular
  readonly k: number;
  readonly logDeterminant: number; // of the covariance's root
}

interface Pair {
  readonly s: Float64Array; // step
  readonly z: Float64Array; // change of the gradient of −log p
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/** The diagonal of the inverse Hessian after one more pair (Gilbert & Lemaréchal 1989; Zhang et al., eq. 8). */
export function nextDiagonal(alpha: Float64Array, { s, z }: Pair): Float64Array {
  const a = z.reduce((sum, zi, i) => sum + zi * alpha[i]! * zi, 0);
  const b = dot(z, s);
  const c = s.reduce((sum, si, i) => sum + (si * si) / alpha[i]!, 0);
  return alpha.map((x, i) => 1 / (a / (b * x) + (z[i]! * z[i]!) / b - (a * s[i]! * s[i]!) / (b * c * x * x)));
}

/** The normal around the maximum of the quadratic at a point; undefined where its covariance is not one. */
function normalAt(
  position: Float64Array,
  slope: Float64Array,
  alpha: Float64Array,
  pairs: readonly Pair[],
): Normal | undefined {
  const d = position.length;
  const m = pairs.length;
  const root = alpha.map(Math.sqrt);
  const k = Math.min(d, 2 * m);
  // β = [diag(α) Z, S], and γ of the compact form: with R upper triangular, R_ij = s_iᵀ z_j for i ≤ j.
  const beta = [...pairs.map(({ z }) => z.map((x, i) => alpha[i]! * x)), ...pairs.map(({ s }) => s)]; // 2m × (d,)
  const gamma = compactMiddle(alpha, pairs);
  const scaled = new Float64Array(d * 2 * m);
  beta.forEach((column, j) => {
    column.forEach((x, i) => {
      scaled[i * 2 * m + j] = x / root[i]!;
    });
  });
  try {
    const { q, r } = thin(scaled, d, 2 * m);
    const inner = new Float64Array(k * k); // I + R γ Rᵀ
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) {
        let sum = i === j ? 1 : 0;
        for (let a = 0; a < 2 * m; a++) {
          for (let b = 0; b < 2 * m; b++) sum += r[i * 2 * m + a]! * gamma[a * 2 * m + b]! * r[j * 2 * m + b]!;
        }
        inner[i * k + j] = sum;
      }
    }
    const factor = cholesky(inner, k);
    // The mean: position + Σ ∇log p.
    const right = beta.map((column) => dot(column, slope)); // βᵀ g
    const mean = position.map((x, i) => {
      let sum = alpha[i]! * slope[i]!;
      for (let a = 0; a < 2 * m; a++)
        for (let b = 0; b < 2 * m; b++) sum += beta[a]![i]! * gamma[a * 2 * m + b]! * right[b]!;
      return x + sum;
    });
    let logDeterminant = 0;
    for (let i = 0; i < d; i++) logDeterminant += ln(root[i]!);
    for (let i = 0; i < k; i++) logDeterminant += ln(factor[i * k + i]!);
    return Number.isFinite(logDeterminant) && mean.every(Number.isFinite)
      ? { mean, root, q, factor, k, logDeterminant }
      : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** γ = [[0, −R⁻¹], [−R⁻ᵀ, R⁻ᵀ (D + Zᵀ diag(α) Z) R⁻¹]], D the diagonal of R. // (2m, 2m) */
function compactMiddle(alpha: Float64Array, pairs: readonly Pair[]): Float64Array {
  const m = pairs.length;
  const inverse = new Float64Array(m * m); // R⁻¹, upper triangular
  const r = (i: number, j: number) => (i <= j ? dot(pairs[i]!.s, pairs[j]!.z) : 0);
  for (let j = 0; j < m; j++) {
    inverse[j * m + j] = 1 / r(j, j);
    for (let i = j - 1; i >= 0; i--) {
      let sum = 0;
      for (let l = i + 1; l <= j; l++) sum += r(i, l) * inverse[l * m + j]!;
      inverse[i * m + j] = -sum / r(i, i);
    }
  }
  const middle = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) {
      const weighted = pairs[j]!.z.reduce((sum, z, l) => sum + pairs[i]!.z[l]! * alpha[l]! * z, 0);
      middle[i * m + j] = weighted + (i === j ? r(i, i) : 0);
    }
  }
  const gamma = new Float64Array(4 * m * m);
  const put = (i: number, j: number, x: number) => {
    gamma[i * 2 * m + j] = x;
  };
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) {
      put(i, m + j, -inverse[i * m + j]!);
      put(m + j, i, -inverse[i * m + j]!);
      let sum = 0;
      for (let a = 0; a <= i; a++)
        for (let b = 0; b <= j; b++) sum += inverse[a * m + i]! * middle[a * m + b]! * inverse[b * m + j]!;
      put(m + i, m + j, sum);
    }
  }
  return gamma;
}

/** Thin QR; with fewer rows than columns the identity and the matrix itself. // q (d, k), r (k, columns) */
function thin(a: Float64Array, d: number, columns: number): { q: Float64Array; r: Float64Array } {
  if (d > columns) return qr(a, d, columns);
  const q = new Float64Array(d * d);
  for (let i = 0; i < d; i++) q[i * d + i] = 1;
  return { q, r: a };
}

/** A draw, and the log density of the approximation there. */
function drawFrom({ mean, root, q, factor, k, logDeterminant }: Normal, stream: Stream): [Float64Array, number] {
  const d = mean.length;
  const u = Float64Array.from({ length: d }, () => stream.normal());
  const along = new Float64Array(k); // Qᵀ u
  for (let i = 0; i < d; i++) for (let j = 0; j < k; j++) along[j] = along[j]! + q[i * k + j]! * u[i]!;
  const change = along.map((_, j) => {
    let sum = -along[j]!;
    for (let l = 0; l <= j; l++) sum += factor[j * k + l]! * along[l]!;
    return sum;
  }); // (L − I) Qᵀ u
  const position = mean.map((x, i) => {
    let sum = u[i]!;
    for (let j = 0; j < k; j++) sum += q[i * k + j]! * change[j]!;
    return x + root[i]! * sum;
  });
  const logDensity = -0.5 * dot(u, u) - logDeterminant - 0.5 * d * 1.8378770664093453;
  return [position, logDensity];
}

interface Best {
  readonly normal: Normal;
  readonly bound: number;
}

/** Climb, and keep the approximation with the highest evidence bound. Pauses after each iteration. */
function* findPath(
  target: SmoothTarget,
  key: Key,
  start: Float64Array,
  { iterations, bound }: Pick<PathfinderOptions, 'iterations' | 'bound'>,
): Generator<void, { readonly best: Best | undefined; readonly end: Float64Array; readonly evaluations: number }> {
  const climb = lbfgs(negative({ ...target, value: (q) => target.value(q) }));
  let state = climb.init(start);
  let alpha: Float64Array = start.map(() => 1);
  let pairs: Pair[] = [];
  let best: Best | undefined;
  let evaluations = 1;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const [next, info] = climb.step(state);
    evaluations += info.evaluations;
    const pair = {
      s: next.position.map((x, i) => x - state.position[i]!),
      z: next.gradient.map((g, i) => g - state.gradient[i]!),
    };
    if (dot(pair.s, pair.z) > 1e-12 * dot(pair.z, pair.z)) {
      alpha = nextDiagonal(alpha, pair);
      pairs = [...pairs, pair].slice(-history);
      const slope = next.gradient.map((g) => -g);
      const normal = normalAt(next.position, slope, alpha, pairs);
      if (normal) {
        const value = evidenceBound(target, normal, foldIn(key, iteration), bound);
        evaluations += bound;
        if (value > (best?.bound ?? Number.NEGATIVE_INFINITY)) best = { normal, bound: value };
      }
    }
    state = next;
    if (info.ending !== 'running') break;
    yield;
  }
  return { best, end: state.position, evaluations };
}

/** Mean of log p − log q over draws of q: a lower bound of log ∫ p. */
function evidenceBound(target: SmoothTarget, normal: Normal, key: Key, draws: number): number {
  let sum = 0;
  for (let i = 0; i < draws; i++) {
    const [position, logDensity] = drawFrom(normal, new Stream(foldIn(key, i)));
    sum += target.value(position) - logDensity;
  }
  return sum / draws;
}

/** What a run that goes on needs: the approximation that was found. */
interface Checkpoint {
  readonly best: Best;
}

/** One chain: independent draws from the best approximation along one path. */
export function* runPathfinder(target: SmoothTarget, key: Key, options: PathfinderOptions): Run {
  const { draws, init } = options;
  const collector = new Collector(target.dimension, { ...options, warmup: 0 });
  let best = (options.from?.checkpoint as Checkpoint | undefined)?.best;
  if (best === undefined) {
    const make = (q: Float64Array) => pointAt('pathfinder', target.value, q);
    const search = findBeginning(make, target.dimension, foldIn(key, 'start'), init);
    const start = yield* settle(search, collector);
    if (start === undefined) return collector.result('interrupted', {});
    if ('reason' in start) return collector.result('failed', {}, { failure: start });
    const path = yield* settle(findPath(target, foldIn(key, 'path'), start.position, options), collector);
    if (path === undefined) return collector.result('interrupted', {});
    if (!path.best) {
      const reason = 'no point of the path to the mode has a normal approximation; the density may grow without bound';
      return collector.result('failed', {}, { failure: { reason, position: path.end } });
    }
    best = path.best;
    collector.warmupGradients = path.evaluations;
  }
  const extra = { checkpoint: { best } satisfies Checkpoint };
  for (let i = collector.iterations; i < draws; i++) {
    const [position] = drawFrom(best.normal, new Stream(foldIn(foldIn(key, 'draw'), i)));
    collector.take(i, { position, logDensity: target.value(position), acceptance: 1, evaluations: 1 });
    const go = yield collector.progress(i + 1);
    if (go.stop && i + 1 < draws) return collector.result('interrupted', {}, extra);
  }
  return collector.result('complete', {}, { ...extra, logEvidence: best.bound });
}

/** A run that begins at a draw of the best approximation along a path, or at random where the path has none. */
export function* startedByPathfinder<O extends RunOptions>(
  run: (options: O) => Run,
  target: SmoothTarget,
  key: Key,
  options: O,
): Run {
  if (options.from?.checkpoint !== undefined) return yield* run(options);
  const collector = new Collector(target.dimension, options);
  const make = (q: Float64Array) => pointAt('pathfinder', target.value, q);
  const start = yield* settle(findBeginning(make, target.dimension, foldIn(key, 'path start'), undefined), collector);
  if (start === undefined) return collector.result('interrupted', {});
  if ('reason' in start) return collector.result('failed', {}, { failure: start });
  const search = findPath(target, foldIn(key, 'path'), start.position, { iterations: 200, bound: 10 });
  const path = yield* settle(search, collector);
  if (path === undefined) return collector.result('interrupted', {});
  if (!path.best) return yield* run(options);
  const [init] = drawFrom(path.best.normal, new Stream(foldIn(key, 'path draw')));
  return yield* run(Number.isFinite(target.value(init)) ? { ...options, init } : options);
}
