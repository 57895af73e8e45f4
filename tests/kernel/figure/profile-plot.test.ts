import { describe, expect, it } from 'vitest';
import { flat, normal } from '#kernel/distributions/index';
import { mle, profile } from '#kernel/estimate/index';
import { colour } from '#kernel/figure/colours';
import { profilePlot } from '#kernel/figure/profile-plot';
import { jupyterDisplay, metadataOf } from '#kernel/host/display';
import { model } from '#kernel/model/index';
import { circles, lines, words } from './marks-of-plot.ts';
import { isWellFormed } from './xml.ts';

const sample = model()
  .data({ y: [3.1, 4.7, 2.2, 5.9, 4.4, 3.8] })
  .parameters({ mu: flat(), sigma: flat().bounded({ lower: 0 }) })
  .observe(({ mu, sigma }) => ({ y: normal(mu, sigma) }));
const fit = await mle(sample);
const sigma = await profile(fit, 'sigma');

/** Where the data of two marks stand, as a scale of the axis. */
const between = (a: number, b: number, pixelA: number, pixelB: number) => (value: number) =>
  pixelA + ((value - a) * (pixelB - pixelA)) / (b - a);

describe('the picture of a profile', () => {
  it('is the curve of 2(ℓ̂ − ℓₚ), with the ends of the interval at the χ² quantile', () => {
    const svg = profilePlot(sigma).svg();
    expect(isWellFormed(svg)).toBe(true);
    const [lower, upper] = circles(svg);
    const x = between(sigma.lower.value, sigma.upper.value, lower!.x, upper!.x);
    expect(lower!.y).toBeCloseTo(upper!.y, 1);
    // The χ² quantile of 0.95 on one degree: 3.841458820694124 (R 4.2.2, qchisq(0.95, 1)); 0 lies at the panel's foot.
    const y = between(0, 3.841458820694124, 326, lower!.y);
    const [curve] = lines(svg, colour(0)).filter((points) => points.length > 4);
    const shown = Array.from(sigma.values.keys()).filter((k) => y(sigma.deviances[k]!) >= 66);
    expect(curve).toHaveLength(shown.length);
    shown.forEach((k, i) => {
      expect(curve![i]!.x).toBeCloseTo(x(sigma.values[k]!), 0);
      expect(curve![i]!.y).toBeCloseTo(y(sigma.deviances[k]!), 0);
    });
    // The quantile's line passes through both ends.
    const quantile = lines(svg, colour(1)).find((points) => points[0]!.x === 76)!;
    expect(quantile.map((point) => point.y)).toEqual([lower!.y, lower!.y]);
  });

  it('shades the interval', () => {
    const svg = profilePlot(sigma).svg();
    const [lower, upper] = circles(svg);
    const [, left, width] = svg.match(/<rect x="([\d.]+)" y="66" width="([\d.]+)"[^>]*opacity="0.1"/)!.map(Number);
    expect(left).toBeCloseTo(lower!.x, 1);
    expect(left! + width!).toBeCloseTo(upper!.x, 1);
  });

  it('names the parameter, its level and its estimate', async () => {
    const at80 = profilePlot(await profile(fit, 'mu', { level: 0.8 }));
    const written = words(at80.svg());
    expect(written[0]).toBe('80 % profile interval of mu');
    expect(written).toContain('mu');
    expect(written).toContain('χ² quantile 1.642'); // R 4.2.2: qchisq(0.8, 1) = 1.642374415149816
    expect(written).toContain('estimate 4.017');
    expect(String(at80)).toMatch(/^mu: 4\.0167, 80 % profile interval/);
  });

  it('names the axis as asked', () => {
    expect(words(profilePlot(sigma, { xLabel: 'sigma (kg)' }).svg())).toContain('sigma (kg)');
    expect(() => profilePlot(sigma, { label: 'kg' } as object)).toThrow(/label/);
  });

  it('marks no end where the likelihood never falls enough, and shades to the edge', () => {
    const values = Float64Array.from({ length: 20 }, (_, i) => i / 10);
    const open = {
      ...sigma,
      name: 'p',
      estimate: 0.5,
      lower: { value: Number.NEGATIVE_INFINITY, deviance: 1, ending: 'open' as const },
      upper: { value: 1.5, deviance: 3.841458820694124, ending: 'crossed' as const },
      values,
      deviances: values.map((v) => 3.841458820694124 * (v - 0.5) ** 2),
    };
    const svg = profilePlot(Object.assign(Object.create(Object.getPrototypeOf(sigma)), open)).svg();
    expect(circles(svg)).toHaveLength(1);
    expect(svg).toMatch(/<rect x="76" y="66"/);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  it('refuses a profile without a curve', async () => {
    const bare = Object.assign(Object.create(Object.getPrototypeOf(sigma)), sigma, {
      values: Float64Array.of(1, 2),
      deviances: Float64Array.of(0, 1),
    });
    expect(() => profilePlot(bare)).toThrow(/the profile of 'sigma' has 2 points; ask profile for more/);
  });

  it('shows itself as a picture and words', async () => {
    const plot = profilePlot(sigma);
    const bundle = await plot[jupyterDisplay]();
    expect(Object.keys(bundle)).toEqual(['image/png', 'text/plain']);
    expect(metadataOf(bundle)?.['image/png']).toEqual({ width: 580, height: 380, alt: String(sigma) });
  });
});
