import { describe, expect, it } from 'vitest';
import { comparisonFigure } from '#kernel/figure/comparison';
import { comparisonPicture } from '#kernel/figure/comparison-picture';
import { landscapeFigure, levelDrop } from '#kernel/figure/landscape';
import { landscapePicture } from '#kernel/figure/landscape-picture';
import { unpack } from '#kernel/figure/pack';
import { svgToPng } from '#kernel/figure/png';
import { posteriorFigure } from '#kernel/figure/posterior';
import { posteriorPicture } from '#kernel/figure/posterior-picture';
import { figureBytes, type PackedArray } from '#kernel/figure/types';
import { sampleComparison, sampleLandscape, samplePosterior, threeDecimals } from './sample.ts';
import { isWellFormed } from './xml.ts';

const size = (data: unknown) => new TextEncoder().encode(JSON.stringify(data)).length;

/** A figure with its packed arrays read, thinned to every k-th number, for a snapshot a person can check. */
function readable(value: unknown, every: number): unknown {
  if (value === null || typeof value !== 'object') return value;
  if ('data' in value && 'type' in value) return unpack(value as PackedArray).filter((_, i) => i % every === 0);
  if (Array.isArray(value)) return value.map((inner) => readable(inner, every));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readable(inner, every)]));
}

describe('the figure of a posterior', () => {
  it('is the data of this snapshot', () => {
    expect(
      threeDecimals(readable(posteriorFigure(samplePosterior(2, 100, 2), { tau: { lower: 0 } }), 16)),
    ).toMatchSnapshot();
  });

  it('stays within its size for 100,000 draws', () => {
    expect(size(posteriorFigure(samplePosterior(4, 25_000, 8)))).toBeLessThanOrEqual(figureBytes);
  });

  it('stays within its size for a thousand parameters, and says how many it left out', () => {
    const figure = posteriorFigure(samplePosterior(4, 50, 1000));
    expect(size(figure)).toBeLessThanOrEqual(figureBytes);
    expect(figure.parameters.length + figure.omitted).toBe(1002);
    expect(figure.parameters[0]!.curves).toBeDefined();
  });

  it('stays within its size for a hundred chains and long names', () => {
    const posterior = samplePosterior(100, 40, 200);
    const theta = posterior.draws.theta!;
    const figure = posteriorFigure({ ...posterior, draws: { ...posterior.draws, ['ü'.repeat(500)]: theta } });
    expect(size(figure)).toBeLessThanOrEqual(figureBytes);
  });

  it('draws what has NaN, infinite and constant draws', () => {
    const posterior = samplePosterior(2, 20, 3);
    posterior.draws.mu!.values.fill(Number.NaN);
    posterior.draws.tau!.values.fill(2);
    posterior.draws.theta!.values[0] = Number.POSITIVE_INFINITY;
    const figure = posteriorFigure(posterior);
    expect(figure.parameters[0]!.curves).toBeUndefined();
    expect(isWellFormed(posteriorPicture(figure))).toBe(true);
    expect(posteriorPicture(figure)).not.toMatch(/NaN|Infinity/);
  });

  it('draws a single draw of a single chain', () => {
    expect(isWellFormed(posteriorPicture(posteriorFigure(samplePosterior(1, 1, 1))))).toBe(true);
  });
});

describe('the figure of a landscape', () => {
  it('is the data of this snapshot', () => {
    expect(threeDecimals(readable(landscapeFigure(sampleLandscape(12)), 24))).toMatchSnapshot();
  });

  it('has level lines on the ellipses of a quadratic', () => {
    const figure = landscapeFigure(sampleLandscape(80));
    for (const { probability, lines } of figure.levels) {
      const xs = unpack(lines[0]!.x);
      const ys = unpack(lines[0]!.y);
      const drops = xs.map((x, i) => {
        const a = (x - 80) / 2;
        const b = (ys[i]! - 0.6) / 0.1;
        return (a * a - 1.4 * a * b + b * b) / (2 * (1 - 0.49));
      });
      drops.forEach((drop) => {
        expect(Math.abs(drop / levelDrop(probability) - 1)).toBeLessThan(0.03);
      });
    }
  });

  // χ² with 2 degrees of freedom; scipy 1.17.1: scipy.stats.chi2.ppf([.5, .8, .95, .99], 2) / 2
  it.each([
    [0.5, Math.LN2],
    [0.8, 1.6094379124341005],
    [0.95, 2.9957322735539895],
    [0.99, 4.60517018598809],
  ])('takes the drop of the %f region from χ²', (probability, drop) => {
    expect(levelDrop(probability)).toBeCloseTo(drop, 12);
  });

  it('stays within its size at 128 by 128 points with a hundred thousand draws', () => {
    const landscape = sampleLandscape(128);
    const many = new Float64Array(100_000).fill(80);
    expect(size(landscapeFigure({ ...landscape, draws: { x: many, y: many } }))).toBeLessThanOrEqual(figureBytes);
  });

  it('says what to do when nothing is finite', () => {
    const landscape = sampleLandscape(5);
    landscape.values.fill(Number.NEGATIVE_INFINITY);
    const nothing = { ...landscape, marks: [] };
    expect(() => landscapeFigure(nothing)).toThrow(/no point of the grid has a finite log density.*another range/);
  });

  it('shows where the parameter is outside its support', () => {
    const landscape = sampleLandscape(20);
    landscape.values.fill(Number.NEGATIVE_INFINITY, 0, 100);
    const svg = landscapePicture(landscapeFigure(landscape));
    expect(svg).toContain('outside the support');
    expect(landscapePicture(landscapeFigure(sampleLandscape(20)))).not.toContain('outside the support');
  });
});

describe('the figure of a comparison', () => {
  it('is the data of this snapshot', () => {
    expect(threeDecimals(comparisonFigure(sampleComparison()))).toMatchSnapshot();
  });

  it('draws an estimate whose interval is missing', () => {
    const row = { label: 'a', parameter: 'p', estimate: 1, spread: Number.NaN, lower: Number.NaN, upper: Number.NaN };
    const svg = comparisonPicture(comparisonFigure({ level: 0.9, rows: [row] }));
    expect(isWellFormed(svg)).toBe(true);
    expect(svg).not.toContain('NaN');
  });
});

const pictures = {
  posterior: () => posteriorPicture(posteriorFigure(samplePosterior(4, 1000, 8), { tau: { lower: 0 } })),
  landscape: () => landscapePicture(landscapeFigure(sampleLandscape(60))),
  comparison: () => comparisonPicture(comparisonFigure(sampleComparison())),
};

describe.each(Object.entries(pictures))('the picture of a %s', (_, picture) => {
  it('is well-formed SVG with a title and an alternative text', () => {
    const svg = picture();
    expect(isWellFormed(svg)).toBe(true);
    expect(svg).toMatch(/^<svg [^>]*role="img"[^>]*aria-label="[^"]{20,}"/);
    expect(svg).toMatch(/<title>.+<\/title><desc>.+<\/desc>/);
  });

  it('has no text below 11 px', () => {
    const sizes = [...picture().matchAll(/font-size="([\d.]+)"/g)].map((match) => Number(match[1]));
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(11);
  });

  it('becomes a PNG of the size it says, under 400 kB', async () => {
    const { bytes, width, height } = await svgToPng(picture());
    expect([...bytes.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    expect(Math.abs(view.getUint32(16) - 1.5 * width)).toBeLessThanOrEqual(1);
    expect(Math.abs(view.getUint32(20) - 1.5 * height)).toBeLessThanOrEqual(1);
    expect(bytes.length).toBeLessThan(400_000);
  });
});

describe('labels in pictures', () => {
  const label = '<b onload="x">β & "γ"</b>';

  it('are text in every picture', () => {
    const posterior = samplePosterior(1, 20, 1);
    const named = { ...posterior, draws: { [label]: posterior.draws.mu! } };
    const landscape = { ...sampleLandscape(10), x: { ...sampleLandscape(10).x, name: label } };
    const comparison = {
      level: 0.9,
      rows: sampleComparison().rows.map((row) => ({ ...row, label, parameter: label })),
    };
    const drawn = [
      posteriorPicture(posteriorFigure(named)),
      landscapePicture(landscapeFigure(landscape)),
      comparisonPicture(comparisonFigure(comparison)),
    ];
    for (const svg of drawn) {
      expect(isWellFormed(svg)).toBe(true);
      expect(svg).not.toContain('<b');
    }
  });
});
