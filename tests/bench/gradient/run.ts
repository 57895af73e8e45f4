/**
 * `npm run bench -- gradient`: log density and gradient of ordinary models, ours against Stan's and JAX's.
 *
 * Ours is the density a sampler uses (`compileModel(…).density`), through the same interface; Stan's is
 * `log_prob_grad` of the program compiled with -O3, and with -O3 -march=native, in its best form (GLM functions);
 * JAX's is jitted and timed inside one compiled loop. Before anything is timed, both must agree at every position:
 * gradients, and differences of the log density, which are free of constants.
 */
import { compileModel } from '#kernel/model/index';
import { key, Stream } from '#kernel/numeric/random';
import type { LogDensity } from '#kernel/program/index';
import { interleave } from '../measure.ts';
import { JaxPeer } from '../peers/jax.ts';
import type { Peer } from '../peers/process.ts';
import { StanPeer } from '../peers/stan.ts';
import type { Measurement } from '../report.ts';
import type { Pair } from '../statistics.ts';
import { models } from './models.ts';

const POSITIONS = 5;
const AGREEMENT = 1e-8;
/** Models whose Gaussian likelihood is reduced to a triangular factor: also measured without. */
const reduced: ReadonlySet<string> = new Set(['kid', 'regression', 'ar5']);

/** One comparison: the models against one peer, judged by the bars of this name. */
export interface Comparison {
  readonly bars: string;
  readonly peer: string;
  readonly measurements: Measurement[];
}

/** Where the densities are evaluated: normal draws of standard deviation 0.3 on the unconstrained scale. */
function positionsFor(dimension: number): Float64Array[] {
  const stream = new Stream(key(20261122));
  return Array.from({ length: POSITIONS }, () => Float64Array.from({ length: dimension }, () => 0.3 * stream.normal()));
}

/** Throws unless the two are the same density up to a constant. */
function requireAgreement(
  name: string,
  density: LogDensity,
  positions: readonly Float64Array[],
  theirs: readonly { readonly value: number; readonly gradient: readonly number[] }[],
): void {
  const gradient = new Float64Array(density.dimension);
  let shift: number | undefined;
  positions.forEach((position, p) => {
    const value = density.valueAndGradient(position, gradient);
    const peer = theirs[p]!;
    const scale = Math.max(1, ...peer.gradient.map(Math.abs));
    peer.gradient.forEach((slope, i) => {
      if (!(Math.abs(gradient[i]! - slope) <= AGREEMENT * scale)) {
        throw new Error(`${name}: gradient[${i}] at position ${p} is ${gradient[i]}, the peer's is ${slope}`);
      }
    });
    shift ??= value - peer.value;
    if (!(Math.abs(value - peer.value - shift) <= AGREEMENT * Math.max(1, Math.abs(peer.value)))) {
      throw new Error(`${name}: log density at position ${p} is ${value}, the peer's ${peer.value} + ${shift}`);
    }
  });
}

/** Ours and the peer in turn, after both have been found to be the same density. The peer is closed. */
async function compare(
  name: string,
  density: LogDensity,
  peer: Peer,
  positions: readonly Float64Array[],
): Promise<Pair[]> {
  try {
    requireAgreement(name, density, positions, await peer.values());
    const gradient = new Float64Array(density.dimension);
    let next = 0;
    const work = () => {
      density.valueAndGradient(positions[next]!, gradient);
      next = (next + 1) % POSITIONS;
    };
    return await interleave(work, (reps) => peer.time(reps));
  } finally {
    peer.close();
  }
}

/** Measure every model, or those named. */
export async function measureGradient(names: readonly string[]): Promise<Comparison[]> {
  const stan: Comparison = { bars: 'gradient', peer: 'Stan -O3', measurements: [] };
  const plain: Comparison = { bars: 'gradient without least squares', peer: 'Stan -O3', measurements: [] };
  const native: Comparison = { bars: 'gradient, native', peer: 'Stan native', measurements: [] };
  const jax: Comparison = { bars: 'gradient, JAX', peer: 'JAX', measurements: [] };
  for (const name of names.length > 0 ? names : Object.keys(models)) {
    const make = models[name];
    if (make === undefined) throw new Error(`no model '${name}'; there are ${Object.keys(models).join(', ')}`);
    const { model, stan: data } = make();
    const compiled = compileModel(model);
    const density = compiled.density({ prior: true, jacobian: true });
    const positions = positionsFor(density.dimension);
    const pairs = await compare(name, density, new StanPeer(name, data, positions), positions);
    stan.measurements.push({ name, pairs });
    if (reduced.has(name)) {
      const unreduced = compiled.density({ prior: true, jacobian: true, rewrites: { leastSquares: false } });
      const peer = new StanPeer(name, data, positions);
      plain.measurements.push({ name, pairs: await compare(name, unreduced, peer, positions) });
    } else plain.measurements.push({ name, pairs });
    const ours = new StanPeer(name, data, positions, ['-march=native']);
    native.measurements.push({ name, pairs: await compare(name, density, ours, positions) });
    const theirs = new JaxPeer(name, data, positions);
    jax.measurements.push({ name, pairs: await compare(name, density, theirs, positions) });
  }
  return [stan, plain, native, jax];
}
