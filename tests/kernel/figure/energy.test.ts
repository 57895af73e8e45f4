import { describe, expect, it } from 'vitest';
import { bfmi } from '#kernel/diagnose/index';
import { normal } from '#kernel/distributions/index';
import { sample } from '#kernel/estimate/index';
import { EnergyPlot, energyPlot } from '#kernel/figure/energy';
import { jupyterDisplay, metadataOf } from '#kernel/host/display';
import { model } from '#kernel/model/index';
import { normals } from './sample.ts';

const draws = 2000;
const normalAt = normals(11);

/** Energies that each draw makes anew (BFMI near 2), and a slow walk through them (BFMI near 0.1). */
const free = Float64Array.from({ length: 2 * draws }, () => 5 + normalAt());
let level = 0;
const slow = Float64Array.from({ length: 2 * draws }, () => {
  level = 0.95 * level + Math.sqrt(1 - 0.95 ** 2) * normalAt();
  return level;
});

const widths = (svg: string): number[] =>
  [...svg.matchAll(/<path d="(M[^"]*)" fill="none" stroke="#/g)]
    .map(([, d]) => [...d!.matchAll(/[ML]([\d.]+) /g)].map(([, x]) => Number(x)))
    .filter((xs) => xs.length > 100)
    .map((xs) => Math.max(...xs) - Math.min(...xs));

describe('a picture of energies', () => {
  it('has a curve of the draws, one of their changes, and the BFMI of each chain', () => {
    const picture = new EnergyPlot(slow, 2);
    expect(picture.bfmi).toEqual([bfmi(slow.subarray(0, draws)), bfmi(slow.subarray(draws))]);
    const [spread, steps] = widths(picture.svg());
    expect(spread).toBeGreaterThan(2 * steps!);
    expect(picture.svg()).toContain('>energies of the draws</text>');
    expect(picture.svg()).toContain('>changes from draw to draw</text>');
    expect(picture.svg()).toMatch(/>BFMI 0\.\d+, 0\.\d+<\/text>/);
  });

  it('takes each chain about its own mean, and no step from one chain to the next', () => {
    const apart = free.map((e, i) => (i < draws ? e : e + 1000));
    const [spread, steps] = widths(new EnergyPlot(apart, 2).svg());
    expect(spread! / steps!).toBeGreaterThan(0.5);
    expect(spread! / steps!).toBeLessThan(1);
    expect(String(new EnergyPlot(apart, 2))).toMatch(/^Energies of 4000 draws have standard deviation (0\.9|1\.0)/);
  });

  it('says in words whether the tails are reached', () => {
    expect(String(new EnergyPlot(slow, 2))).toContain('(below 0.3: the tails are reached too slowly)');
    expect(String(new EnergyPlot(free, 2))).toContain('(at least 0.3: in order)');
    expect(String(new EnergyPlot(free, 8))).toMatch(/BFMI by chain (\d\.\d+, ){4}… \(/);
  });

  it('is made of a posterior, and shows itself as a picture and words', async () => {
    const one = model().parameters({ x: normal(0, 1), z: normal(0, 1) });
    const posterior = await sample(one, { seed: 1, chains: 2, draws: 300, warmup: 300, workers: 0 });
    const picture = energyPlot(posterior);
    expect(picture.bfmi).toHaveLength(2);
    expect(Math.min(...picture.bfmi)).toBeGreaterThan(0.3);
    const bundle = await picture[jupyterDisplay]();
    expect(Object.keys(bundle)).toEqual(['image/png', 'text/plain']);
    expect(metadataOf(bundle)?.['image/png']).toMatchObject({ alt: String(picture) });
  });

  it('refuses draws that have no energy, and too few', async () => {
    const one = model().parameters({ x: normal(0, 1) });
    const walked = await sample(one, { sampler: 'metropolis', seed: 1, chains: 1, draws: 100, warmup: 100 });
    expect(() => energyPlot(walked)).toThrow(
      /the draws of 'metropolis' have no energy; only those of NUTS and HMC have/,
    );
    expect(() => new EnergyPlot(Float64Array.of(1, 2), 2)).toThrow(/at least two draws with an energy a chain/);
  });
});
