/**
 * Sequential Monte Carlo with adaptive tempering (Neal 2001; Del Moral, Doucet & Jasra 2006): a cloud of particles goes
 * from a wide normal to the posterior through π_β ∝ q^(1−β) p^β. Each β is as large as leaves half of the particles
 * effective (Jasra et al. 2011); then they are resampled, and moved by random walks with the cloud's own covariance.
 * A cloud can sit on several modes at once, and its weights give the evidence, log ∫ p.
 *
 * One chain is one cloud; its draws are the particles.
 */
import { exp, log as ln } from '../../numeric/elementary.ts';
import { cholesky } from '../../numeric/linalg/index.ts';
import { foldIn, type Key, Stream } from '../../numeric/random.ts';
import { addProduct } from './adaptive-metropolis.ts';
import { Collector } from './collect.ts';
import { bestAcceptance } from './metropolis.ts';
import type { ChainProgress, ChainResult, Go, Run, RunOptions, Target } from './run.ts';

export interface SmcOptions extends RunOptions {
  /** Standard deviation of the normal the particles come from, in each unconstrained coordinate. */
  readonly spread: number;
  /** Share of the particles that a step leaves effective, in (0, 1). */
  readonly effective: number;
  /** Random-walk steps of each particle at each temperature. */
  readonly moves: number;
}

interface Particle {
  readonly position: Float64Array; // (d,)
  /** log p; −∞ where it is not finite. */
  readonly logDensity: number;
  /** log q, of the wide normal. */
  readonly logStart: number;
}

export interface Cloud {
  readonly particles: readonly Particle[];
  readonly beta: number;
  readonly logEvidence: number;
  /** Length of the walks, as a multiple of 2.38/√d. */
  readonly scale: number;
  readonly acceptance: number;
  readonly temperatures: number;
  /** Evaluations of the log density. */
  readonly evaluations: number;
}

const log2Pi = 1.8378770664093453;

/** Particles from the wide normal. */
function initCloud(target: Target, key: Key, count: number, spread: number): Cloud {
  const particles = Array.from({ length: count }, (_, i) => {
    const stream = new Stream(foldIn(key, i));
    return particleAt(
      target,
      Float64Array.from({ length: target.dimension }, () => spread * stream.normal()),
      spread,
    );
  });
  return { particles, beta: 0, logEvidence: 0, scale: 1, acceptance: 1, temperatures: 0, evaluations: count };
}

function particleAt(target: Target, position: Float64Array, spread: number): Particle {
  const value = target.value(position);
  const squares = position.reduce((sum, x) => sum + (x / spread) ** 2, 0);
  const logStart = -0.5 * squares - position.length * (ln(spread) + 0.5 * log2Pi);
  return { position, logDensity: Number.isFinite(value) ? value : Number.NEGATIVE_INFINITY, logStart };
}

/**
 * The next temperature: reweight, resample, move. Pauses after every particle; `settled` hears of those that are draws,
 * which are the ones of the last temperature.
 */
function* stepCloud(
  target: Target,
  key: Key,
  cloud: Cloud,
  { spread, effective, moves }: SmcOptions,
  settled: (number: number, particle: Particle) => void,
): Generator<void, Cloud> {
  const { particles } = cloud;
  const gains = particles.map(({ logDensity, logStart }) => logDensity - logStart);
  const beta = nextBeta(gains, cloud.beta, effective);
  const logWeights = gains.map((gain) => (gain === Number.NEGATIVE_INFINITY ? gain : (beta - cloud.beta) * gain));
  const largest = Math.max(...logWeights);
  const weights = logWeights.map((w) => exp(w - largest));
  const total = weights.reduce((a, b) => a + b, 0);
  const logEvidence = cloud.logEvidence + largest + ln(total / particles.length);
  const chosen = systematic(weights, total, foldIn(key, 'resample')).map((i) => particles[i]!);

  const d = target.dimension;
  const factor = covarianceFactor(chosen, d);
  const length = (cloud.scale * 2.38) / Math.sqrt(d);
  const tempered = ({ logDensity, logStart }: Particle) =>
    logDensity === Number.NEGATIVE_INFINITY ? logDensity : beta * logDensity + (1 - beta) * logStart;
  const moved: Particle[] = [];
  let accepted = 0;
  for (const [i, start] of chosen.entries()) {
    const stream = new Stream(foldIn(foldIn(key, 'move'), i));
    let at = start;
    for (let move = 0; move < moves; move++) {
      const z = Float64Array.from({ length: d }, () => length * stream.normal());
      const proposal = particleAt(target, addProduct(at.position, factor, z), spread);
      const probability = Math.min(1, exp(tempered(proposal) - tempered(at))) || 0;
      accepted += probability;
      if (stream.uniform() < probability) at = proposal;
    }
    moved.push(at);
    if (beta === 1) settled(i, at);
    yield;
  }
  const acceptance = accepted / (moves * chosen.length);
  // Longer or shorter walks at the next temperature, by how far the acceptance was from the best.
  const scale = Math.min(2, Math.max(0.05, cloud.scale * exp(2 * (acceptance - bestAcceptance(d)))));
  const evaluations = cloud.evaluations + moves * chosen.length;
  return { particles: moved, beta, logEvidence, scale, acceptance, temperatures: cloud.temperatures + 1, evaluations };
}

/** The largest β ≤ 1 at which the weights leave a share `effective` of the particles, by bisection. */
function nextBeta(gains: readonly number[], beta: number, effective: number): number {
  const share = (next: number) => {
    const finite = gains.filter((gain) => gain !== Number.NEGATIVE_INFINITY);
    const largest = Math.max(...finite);
    let sum = 0;
    let squares = 0;
    for (const gain of finite) {
      const w = exp((next - beta) * (gain - largest));
      sum += w;
      squares += w * w;
    }
    return (sum * sum) / (squares * gains.length);
  };
  if (share(1) >= effective) return 1;
  let low = beta;
  let high = 1;
  for (let i = 0; i < 60; i++) {
    const middle = 0.5 * (low + high);
    if (share(middle) >= effective) low = middle;
    else high = middle;
  }
  // A step is always taken: where many particles lie outside the support no β leaves enough of them.
  return Math.min(1, Math.max(low, beta + 1e-9 * (1 - beta)));
}

/** Systematic resampling (Kitagawa 1996): one uniform, n evenly spaced points on the cumulated weights. */
function systematic(weights: readonly number[], total: number, key: Key): number[] {
  const n = weights.length;
  const offset = new Stream(key).uniform();
  const chosen: number[] = [];
  let sum = 0;
  weights.forEach((w, i) => {
    sum += w / total;
    while (chosen.length < n && (chosen.length + offset) / n <= sum) chosen.push(i);
  });
  while (chosen.length < n) chosen.push(n - 1);
  return chosen;
}

function covarianceFactor(particles: readonly Particle[], d: number): Float64Array {
  const mean = new Float64Array(d);
  for (const { position } of particles)
    for (let i = 0; i < d; i++) mean[i] = mean[i]! + position[i]! / particles.length;
  const covariance = new Float64Array(d * d);
  for (const { position } of particles) {
    for (let i = 0; i < d; i++) {
      const x = (position[i]! - mean[i]!) / particles.length;
      for (let j = 0; j <= i; j++) covariance[i * d + j] = covariance[i * d + j]! + x * (position[j]! - mean[j]!);
    }
  }
  for (let i = 0; i < d; i++) covariance[i * d + i] = covariance[i * d + i]! * (1 + 1e-6) + 1e-12;
  return cholesky(covariance, d);
}

/** Where an interrupted cloud goes on: at the temperature it had not finished. */
interface Checkpoint {
  readonly cloud: Cloud;
  /** Draws handed out already. */
  readonly told: number;
}

/** One chain: a cloud of `draws` particles. */
export function* runSmc(target: Target, key: Key, options: SmcOptions): Run {
  const { draws, spread, from, sink, ...rest } = options;
  if (from?.ending === 'complete' && from.logDensity.length === draws) return from;
  const collector = new Collector(target.dimension, { ...rest, draws, warmup: 0 });
  const progress = (beta: number): ChainProgress => {
    return { ...collector.progress(Math.floor(beta * draws)), phase: 'warm-up', iterations: draws };
  };
  const begun = from?.checkpoint as Checkpoint | undefined;
  const here = begun?.cloud.particles.length === draws ? begun : undefined; // a larger cloud is another cloud
  let go: Go = yield progress(here?.cloud.beta ?? 0);
  if (go.stop) return collector.result('interrupted', {}, begun ? { checkpoint: begun } : {});
  let cloud = here?.cloud ?? initCloud(target, foldIn(key, 'start'), draws, spread);
  let told = here?.told ?? 0;
  const settled = (number: number, { position, logDensity }: Particle) => {
    if (number < told) return;
    told = number + 1;
    sink?.(number, position, logDensity);
  };
  if (cloud.particles.every(({ logDensity }) => logDensity === Number.NEGATIVE_INFINITY)) {
    const reason = `the log density was not finite at any of ${draws} particles; give another spread`;
    return collector.result('failed', {}, { failure: { reason, position: cloud.particles[0]!.position } });
  }
  while (cloud.beta < 1) {
    const step = stepCloud(target, foldIn(foldIn(key, 'temperature'), cloud.temperatures), cloud, options, settled);
    let next = step.next();
    for (let spent = 0; !next.done; next = step.next()) {
      spent += options.moves;
      if (spent < go.budget && !go.stop) continue;
      go = yield progress(cloud.beta);
      if (go.stop) return collector.result('interrupted', {}, { checkpoint: { cloud, told } satisfies Checkpoint });
      spent = 0;
    }
    cloud = next.value;
  }
  return gathered(collector, cloud);
}

/** The particles as draws. */
function gathered(collector: Collector, { particles, acceptance, evaluations, logEvidence }: Cloud): ChainResult {
  particles.forEach(({ position, logDensity }, i) => {
    collector.take(i, { position, logDensity, acceptance, evaluations: Math.round(evaluations / particles.length) });
  });
  return collector.result('complete', {}, { logEvidence });
}
