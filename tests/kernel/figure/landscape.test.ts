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

  it('draws paths with their names, dashed where a colour comes again, and says them in words', () => {
    const ways = Array.from({ length: 7 }, (_, i) => ({
      label: `way <${i}>`,
      x: Float64Array.from({ length: 30 }, (_unused, k) => 76 + k / 4 + i / 8),
      y: Float64Array.from({ length: 30 }, (_unused, k) => 0.4 + k / 80),
    }));
    const figure = landscapeFigure({ ...sampleLandscape(20), paths: ways });
    expect(figure.paths).toHaveLength(7);
    expect(unpack(figure.paths![0]!.x)[29]).toBeCloseTo(76 + 29 / 4, 3);
    expect(figure.description).toContain('Paths: way <0>, way <1>');
    const svg = landscapePicture(figure);
    expect(texts(svg)).toContain('way &lt;0&gt;');
    expect(svg.match(/stroke-dasharray="5 3"/g)).toHaveLength(2); // the seventh, in the picture and in the key
    const [first] = svg.matchAll(/<path d="(M[^"]*)" fill="none" stroke-linejoin="round" stroke="#D55E00"/g);
    expect(first![1]!.match(/L/g)).toHaveLength(29);
  });

  it('keeps paths to three thousand points together, ends and all', () => {
    const x = Float64Array.from({ length: 10_000 }, (_, i) => 72 + i / 1000);
    const y = x.map(() => 0.6);
    const { paths } = landscapeFigure({
      ...sampleLandscape(10),
      paths: [
        { label: 'a', x, y },
        { label: 'b', x, y },
      ],
    });
    const kept = unpack(paths![0]!.x);
    expect(kept).toHaveLength(1500);
    expect([kept[0], kept.at(-1)]).toEqual([x[0], x.at(-1)]);
    expect('paths' in landscapeFigure({ ...sampleLandscape(10), paths: [] })).toBe(false);
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
