/** Seeded draws and their checksum: what must be the same on every engine, and on any number of workers. */
import { halfNormal, normal } from '#kernel/distributions/index';
import { sample } from '#kernel/estimate/index';
import { type SamplerName, samplers } from '#kernel/estimate/samplers/registry';
import { model } from '#kernel/model/index';

const schools = model()
  .data({ effect: [28, 8, -3, 7, -1, 1, 18, 12], se: [15, 10, 16, 11, 9, 11, 10, 18] })
  .parameters({ mu: normal(0, 5), tau: halfNormal(0, 5), z: normal(0, 1).size(8) })
  .observe(({ mu, tau, z, se }) => ({ effect: normal(mu.add(tau.mul(z)), se) }));

// Data of sums and products alone: an engine's own sine may differ in its last bit.
const x = Array.from({ length: 60 }, (_, i) => 85 + ((i * 7) % 31));
const line = model()
  .data({ x, y: x.map((value, i) => 3 + 0.5 * value + ((i * 11) % 17) / 2) })
  .parameters({ alpha: normal(0, 50), beta: normal(0, 5), sigma: halfNormal(0, 10) })
  .observe(({ alpha, beta, sigma, x }) => ({ y: normal(alpha.add(beta.mul(x)), sigma) }));

/** FNV-1a over the bits of draws and statistics, one a sampler. */
export async function checksums(workers: number): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const sampler of Object.keys(samplers) as SamplerName[]) {
    const sum = new Checksum();
    for (const told of [schools, line]) {
      const { draws, statistics } = await sample(told, {
        sampler,
        chains: 4,
        warmup: 80,
        draws: 40,
        seed: 11,
        workers,
      });
      for (const { values } of Object.values(draws) as { values: Float64Array }[]) sum.add(values);
      sum.add(statistics.logDensity);
      sum.add(statistics.acceptance);
    }
    found[sampler] = sum.toString();
  }
  return found;
}

class Checksum {
  #state = 0x811c9dc5;

  add(values: Float64Array): void {
    for (const word of new Uint32Array(values.buffer, values.byteOffset, 2 * values.length)) {
      this.#state = Math.imul(this.#state ^ word, 0x01000193);
      this.#state ^= this.#state >>> 15;
    }
  }

  toString(): string {
    return (this.#state >>> 0).toString(16);
  }
}
