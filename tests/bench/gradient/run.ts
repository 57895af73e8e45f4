/**
 * `npm run bench -- gradient`: log density and gradient of ordinary models, ours against Stan's.
 *
 * Ours is the density a sampler uses (`compileModel(…).density`), through the same interface; Stan's is
 * `log_prob_grad` of the program compiled with -O3, in its best form (GLM functions). Before anything is timed, both
 * must agree at every position: gradients, and differences of the log density, which are free of constants.
 */
import { compileModel } from '#kernel/model/index';
import { key, Stream } from '#kernel/numeric/random';
import type { LogDensity } from '#kernel/program/index';
import { interleave } from '../measure.ts';
import { StanPeer } from '../peers/stan.ts';
import type { Measurement } from '../report.ts';
import { models } from './models.ts';

const POSITIONS = 5;
const AGREEMENT = 1e-8;

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
        throw new Error(`${name}: gradient[${i}] at position ${p} is ${gradient[i]}, Stan's is ${slope}`);
      }
    });
    shift ??= value - peer.value;
    if (!(Math.abs(value - peer.value - shift) <= AGREEMENT * Math.max(1, Math.abs(peer.value)))) {
      throw new Error(`${name}: log density at position ${p} is ${value}, Stan's ${peer.value} + ${shift}`);
    }
  });
}

/** Measure every model, or those named. */
export async function measureGradient(
  names: readonly string[],
): Promise<{ peer: string; measurements: Measurement[] }> {
  const measurements: Measurement[] = [];
  for (const name of names.length > 0 ? names : Object.keys(models)) {
    const make = models[name];
    if (make === undefined) throw new Error(`no model '${name}'; there are ${Object.keys(models).join(', ')}`);
    const { model, stan } = make();
    const density = compileModel(model).density({ prior: true, jacobian: true });
    const positions = positionsFor(density.dimension);
    const peer = new StanPeer(name, stan, positions);
    try {
      requireAgreement(name, density, positions, await peer.values());
      const gradient = new Float64Array(density.dimension);
      let next = 0;
      const work = () => {
        density.valueAndGradient(positions[next]!, gradient);
        next = (next + 1) % POSITIONS;
      };
      measurements.push({ name, pairs: await interleave(work, (reps) => peer.time(reps)) });
    } finally {
      peer.close();
    }
  }
  return { peer: 'Stan -O3', measurements };
}
