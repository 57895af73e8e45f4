import { describe, expect, it } from 'vitest';
import { landscapeFigure, shadeBands } from '#kernel/figure/landscape';
import { landscapePicture } from '#kernel/figure/landscape-picture';
import { unpack } from '#kernel/figure/pack';
import { sampleLandscape } from './sample.ts';

const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!);

describe('figure data of a landscape', () => {
  it('measures depths from the highest point known: a mark may lie above the grid', () => {
    const figure = landscapeFigure(sampleLandscape(10));
    expect(figure.highest).toBe(-123.4);
    const drop = unpack(figure.drop);
    expect(Math.min(...drop)).toBeGreaterThan(0);
    expect(drop).toHaveLength(100);
  });

  it('keeps what is outside the support and what could not be computed', () => {
    const landscape = sampleLandscape(10);
    landscape.values[0] = Number.NEGATIVE_INFINITY;
    landscape.values[1] = Number.NaN;
    const drop = unpack(landscapeFigure(landscape).drop);
    expect(drop[0]).toBe(Number.POSITIVE_INFINITY);
    expect(drop[1]).toBeNaN();
  });

  it('shows at most a thousand draws, of all', () => {
    const { draws } = landscapeFigure(sampleLandscape(10));
    expect(unpack(draws!.x)).toHaveLength(1000);
    expect(draws!.total).toBe(3000);
  });

  it('says in words where it looks, what is fixed and where the estimates lie', () => {
    const { description } = landscapeFigure(sampleLandscape(10));
    expect(description).toContain('alpha from 72.00 to 88.00 and beta from 0.2000 to 1.000');
    expect(description).toContain('Held fixed: sigma = 18.27.');
    expect(description).toContain('MLE at alpha = 80.00, beta = 0.6000.');
    const profile = { ...sampleLandscape(10), others: 'profiled' as const, fixed: [] };
    expect(landscapeFigure(profile).description).toContain('at their best for each point');
  });
});

describe('edges of the shades', () => {
  it('go up by 1, 2, 5 to the deepest point', () => {
    expect(shadeBands(4)).toEqual([0.1, 0.2, 0.5, 1, 2]);
    expect(shadeBands(5)).toEqual([0.1, 0.2, 0.5, 1, 2]);
    expect(shadeBands(0.01)).toEqual([0.1, 0.2]);
    expect(shadeBands(1e300)).toHaveLength(14);
    expect(shadeBands(1e300).at(-1)).toBe(2000);
  });
});

describe('the picture of a landscape', () => {
  it('names axes, levels, marks and draws', () => {
    const words = texts(landscapePicture(landscapeFigure(sampleLandscape(30))));
    for (const text of [
      'alpha',
      'beta',
      '50 %',
      '80 %',
      '95 %',
      '99 %',
      'MLE',
      'MAP, prior N(0, 1)',
      '1000 of 3000 draws',
    ]) {
      expect(words).toContain(text);
    }
    expect(words).toContain('Held fixed: sigma = 18.27.');
  });

  it('paints the lower shades first, so that the top lies on all of them', () => {
    const figure = landscapeFigure(sampleLandscape(30));
    const fills = [...landscapePicture(figure).matchAll(/fill="(#[0-9a-f]{6})" fill-rule="evenodd"/g)].map(
      (match) => match[1],
    );
    expect(fills).toHaveLength(figure.bands.length + 1);
    expect(fills.at(-1)).toBe('#084081');
  });

  it('draws a landscape without marks, draws or other parameters', () => {
    const { draws: _, ...bare } = { ...sampleLandscape(10), marks: [], fixed: [], others: 'none' as const };
    const words = texts(landscapePicture(landscapeFigure(bare)));
    expect(words.some((text) => /draws|fixed|MLE/.test(text))).toBe(false);
  });

  it('has open lines where a level leaves the window, and none of a level that lies outside', () => {
    // Fifty times flatter: the corners lie 1.07 below the top, so that only the 50 % line (0.69) cuts them off.
    const landscape = sampleLandscape(30);
    const flat = { ...landscape, values: landscape.values.map((height) => (height + 123.4) / 50 - 123.4) };
    const { levels } = landscapeFigure(flat);
    expect(levels.map(({ lines }) => lines.length)).toEqual([2, 0, 0, 0]);
    for (const { x, y } of levels[0]!.lines) {
      const [xs, ys] = [unpack(x), unpack(y)];
      expect([xs[0], ys[0]]).not.toEqual([xs.at(-1), ys.at(-1)]);
    }
  });
});
