import { describe, expect, it } from 'vitest';
import { flat, normal } from '#kernel/distributions/index';
import { Bootstrap, bootstrap } from '#kernel/estimate/index';
import { bootstrapPlot } from '#kernel/figure/bootstrap-plot';
import { colour, paper } from '#kernel/figure/colours';
import { jupyterDisplay, metadataOf } from '#kernel/host/display';
import { model } from '#kernel/model/index';
import { lines, words } from './marks-of-plot.ts';
import { normals } from './sample.ts';
import { isWellFormed } from './xml.ts';

const normalAt = normals(3);
const draws = Float64Array.from({ length: 1000 }, () => 10 + 2 * normalAt());
/** A bootstrap of one scalar with these replicates. */
const told = (replicates: Float64Array, jackknife?: Float64Array) =>
  new Bootstrap({
    method: 'parametric',
    names: ['rate'],
    values: Float64Array.of(10),
    replicates,
    jackknife,
    ending: 'complete',
    warnings: [],
  });
const boot = told(draws);

const bars = (svg: string) =>
  [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" [^>]*fill-opacity="0.55"/g)].map(
    (found) => {
      const [x, y, width, height] = found.slice(1).map(Number) as [number, number, number, number];
      return { x, y, width, height };
    },
  );
/** Where the upright lines of this colour stand. */
const uprights = (svg: string, stroke: string) =>
  lines(svg, stroke)
    .filter((points) => points.length === 2 && points[0]!.x === points[1]!.x && points[0]!.y !== points[1]!.y)
    .map((points) => points[0]!.x);

describe('the picture of a bootstrap', () => {
  it('is a histogram of all replicates, its bins by the rule of Freedman and Diaconis', () => {
    const svg = bootstrapPlot(boot, 'rate').svg();
    expect(isWellFormed(svg)).toBe(true);
    const shown = bars(svg);
    const sorted = draws.toSorted();
    const range = sorted[999]! - sorted[0]!;
    const quarter = sorted[749]! - sorted[249]!;
    expect(Math.abs(shown.length - range / ((2 * quarter) / 10))).toBeLessThan(2);
    // Heights are counts: the tallest has 1 / 1.05 of the panel's 260 px, and they sum to the replicates.
    const tallest = Math.max(...shown.map(({ height }) => height));
    expect(tallest).toBeCloseTo(260 / 1.05, 1);
    const width = range / shown.length;
    const counts = shown.map(
      (_, i) => draws.filter((v) => Math.min(shown.length - 1, Math.floor((v - sorted[0]!) / width)) === i).length,
    );
    expect(counts.reduce((a, b) => a + b)).toBe(1000);
    counts.forEach((count, i) => {
      expect(shown[i]!.height).toBeCloseTo((tallest * count) / Math.max(...counts), 0);
      expect(shown[i]!.y + shown[i]!.height).toBeCloseTo(326, 1);
    });
  });

  it.each(['percentile', 'basic', 'bca'] as const)('marks the estimate and the %s interval', (kind) => {
    const skewed = told(draws, Float64Array.of(9, 10, 10, 10, 12));
    const { lower, upper } = skewed.interval(0.9, kind)[0]!;
    const svg = bootstrapPlot(skewed, 'rate', { level: 0.9, kind }).svg();
    const [from, to] = uprights(svg, colour(1));
    const [centre] = uprights(svg, paper.ink);
    expect((centre! - from!) / (to! - from!)).toBeCloseTo((10 - lower) / (upper - lower), 2);
    const label = words(svg).find((written) => written.includes('interval'))!;
    expect(label).toMatch(new RegExp(`^90 % ${kind} interval`, 'i'));
  });

  it('takes BCa where there is a jackknife, else percentiles', () => {
    expect(String(bootstrapPlot(boot, 'rate'))).toContain('95 % percentile interval');
    expect(String(bootstrapPlot(told(draws, Float64Array.of(9, 10, 12)), 'rate'))).toContain('95 % BCa interval');
  });

  it('draws replicates that are all the same, and says how many are not finite', () => {
    const same = bootstrapPlot(told(new Float64Array(20).fill(10)), 'rate').svg();
    expect(bars(same)).toHaveLength(1);
    const broken = bootstrapPlot(told(draws.map((v, i) => (i < 3 ? Number.NaN : v))), 'rate');
    expect(String(broken)).toMatch(/^997 replicates of rate \(parametric\).* 3 that are not finite are not shown\.$/);
    expect(broken.svg()).not.toContain('="NaN');
  });

  it('names the axis as asked', () => {
    expect(words(bootstrapPlot(boot, 'rate', { xLabel: 'rate (1/h)' }).svg())).toContain('rate (1/h)');
  });

  it('bounds the bins where a few replicates lie far out', () => {
    const far = draws.map((v, i) => (i === 0 ? 1e6 : v));
    expect(bars(bootstrapPlot(told(far), 'rate').svg())).toHaveLength(100);
  });

  it('refuses names, levels, options and replicates that are not there', () => {
    expect(() => bootstrapPlot(boot, 'slope')).toThrow(/no scalar called 'slope'; there are: rate/);
    expect(() => bootstrapPlot(boot, 'rate', { level: 95 })).toThrow(/level/);
    expect(() => bootstrapPlot(boot, 'rate', { kind: 'bca' })).toThrow(/needs the jackknife/);
    expect(() => bootstrapPlot(told(new Float64Array(5).fill(Number.NaN)), 'rate')).toThrow(/no finite replicate/);
    const wrong = { levle: 0.9 };
    expect(() => bootstrapPlot(boot, 'rate', wrong as object)).toThrow(/levle/);
  });

  it('is made of a result of bootstrap, and shows itself as a picture and words', async () => {
    const line = model()
      .data({ y: [3.1, 4.7, 2.2, 5.9, 4.4, 3.8] })
      .parameters({ mu: flat(), sigma: flat().bounded({ lower: 0 }) })
      .observe(({ mu, sigma }) => ({ y: normal(mu, sigma) }));
    const plot = bootstrapPlot(await bootstrap(line, { seed: 1, replicates: 60 }), 'mu');
    expect(words(plot.svg())).toContain('Bootstrap of mu');
    const bundle = await plot[jupyterDisplay]();
    expect(Object.keys(bundle)).toEqual(['image/png', 'text/plain']);
    expect(metadataOf(bundle)?.['image/png']).toEqual({ width: 580, height: 380, alt: String(plot) });
  });
});
