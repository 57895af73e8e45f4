import { describe, expect, it } from 'vitest';
import { colour } from '#kernel/figure/colours';
import { survivalPlot } from '#kernel/figure/survival-plot';
import { jupyterDisplay, metadataOf } from '#kernel/host/display';
import { kaplanMeier } from '#kernel/hypothesis/index';
import { lines, words } from './marks-of-plot.ts';
import { isWellFormed } from './xml.ts';

// R's `survival::aml` (Miller 1997): maintained, then not.
const maintained = kaplanMeier([9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161], [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0]);
const not = kaplanMeier([5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45], [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]);

/** Paths that are filled, as points. */
const bands = (svg: string) =>
  [...svg.matchAll(/<path d="M([^"]*)Z" fill="#\w+" fill-opacity="0.15"/g)].map(([, d]) =>
    d!.split('L').map((point) => point.split(' ').map(Number) as [number, number]),
  );
/** Places of the ticks of censored units, px. */
const censored = (svg: string, stroke: string) =>
  [...svg.matchAll(/<path d="(M[^"]*v12)" stroke="(#\w+)"/g)]
    .filter(([, , of]) => of === stroke)
    .flatMap(([, d]) => [...d!.matchAll(/M([\d.]+) ([\d.]+)v12/g)].map(([, x, y]) => [Number(x), Number(y) + 6]));

// The drawing area: left 76, 480 wide over [0, 1.02 · last]; top 66, 260 high over [0, 1.02].
const x = (t: number, last: number) => 76 + (480 * t) / (1.02 * last);
const y = (s: number) => 66 + 260 * (1 - s / 1.02);

describe('the picture of a survival curve', () => {
  it('is a stair from (0, 1) through every time', () => {
    const [stair] = lines(survivalPlot(maintained).svg(), colour(0)).filter((points) => points.length > 2);
    expect(stair).toHaveLength(1 + 2 * maintained.time.length);
    expect(stair![0]!.x).toBeCloseTo(76, 1);
    expect(stair![0]!.y).toBeCloseTo(y(1), 1);
    maintained.time.forEach((t, k) => {
      const [before, after] = [stair![1 + 2 * k]!, stair![2 + 2 * k]!];
      expect(before.x).toBeCloseTo(x(t, 161), 1);
      expect(after.x).toBe(before.x);
      expect(before.y).toBeCloseTo(y(k === 0 ? 1 : maintained.survival[k - 1]!), 1);
      expect(after.y).toBeCloseTo(y(maintained.survival[k]!), 1);
    });
  });

  it('has a band between the bounds, and back', () => {
    const [band] = bands(survivalPlot(maintained).svg());
    const corners = 1 + 2 * maintained.time.length;
    expect(band).toHaveLength(2 * corners);
    maintained.time.forEach((_, k) => {
      expect(band![2 + 2 * k]![1]).toBeCloseTo(y(maintained.upper[k]!), 1);
      expect(band![2 * corners - 1 - (2 + 2 * k)]![1]).toBeCloseTo(y(maintained.lower[k]!), 1);
    });
  });

  it('ends the band where the curve comes to 0 and no interval is known', () => {
    expect(not.survival.at(-1)).toBe(0);
    const svg = survivalPlot(not).svg();
    const [band] = bands(svg);
    expect(band!.flat().every(Number.isFinite)).toBe(true);
    expect(band).toHaveLength(2 * (2 * not.time.length)); // without the last corner
    expect(svg).not.toContain('NaN');
  });

  it('ticks the times at which units were censored, on the curve', () => {
    const ticks = censored(survivalPlot(maintained).svg(), colour(0));
    const at = [13, 28, 45, 161];
    expect(ticks).toHaveLength(at.length);
    at.forEach((t, i) => {
      expect(ticks[i]![0]).toBeCloseTo(x(t, 161), 1);
      expect(ticks[i]![1]).toBeCloseTo(y(maintained.survival[maintained.time.indexOf(t)]!), 1);
    });
    expect(censored(survivalPlot(kaplanMeier([1, 2], [1, 1])).svg(), colour(0))).toEqual([]);
  });

  it('says how many units and events there are, the median and its interval: those of R', () => {
    // R 4.2.2, survival 3.5-3: print(survfit(Surv(time, status) ~ x, aml)): n 11 and 12, events 7 and 11, medians 31 (18, NA)
    // and 23 (8, NA).
    expect(String(survivalPlot({ maintained, 'not maintained': not }))).toBe(
      'maintained: 11 units, 7 events, 4 censored; median 31 (95 % interval 18 to open), survival 0.184 at 161. ' +
        'not maintained: 12 units, 11 events, 1 censored; median 23 (95 % interval 8 to open), survival 0 at 45.',
    );
    expect(String(survivalPlot(kaplanMeier([1, 2, 3, 4], [1, 0, 0, 0])))).toContain('1 events, 3 censored; median not');
  });

  it('names the curves beside their colours, and the level of their bands', () => {
    const narrow = kaplanMeier([1, 2, 3], [1, 1, 0], { level: 0.8 });
    const svg = survivalPlot({ 'a < b': maintained, other: narrow }).svg();
    expect(isWellFormed(svg)).toBe(true);
    expect(words(svg)).toContain('a &lt; b');
    expect(words(svg)).toContain('other');
    expect(words(svg)[0]).toBe('Survival, with 95 %, 80 % bands; ticks: censored');
    expect(lines(svg, colour(1)).length).toBeGreaterThanOrEqual(1);
  });

  it('names the axes as asked, with the unit of time', () => {
    const svg = survivalPlot(not, { xLabel: 'time (weeks)', yLabel: 'share in remission' }).svg();
    expect(words(svg)).toEqual(expect.arrayContaining(['time (weeks)', 'share in remission']));
    expect(() => survivalPlot(not, { xlabel: 'weeks' } as object)).toThrow(/xlabel/);
  });

  it('breaks the names of many curves into rows, above the panel', () => {
    const many = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`curve number ${i} of seven`, not]));
    const svg = survivalPlot(many).svg();
    const rows = [...svg.matchAll(/y="([\d.]+)"[^>]*>curve number/g)].map(([, down]) => Number(down));
    expect(new Set(rows)).toEqual(new Set([48, 66, 84, 102]));
    const [stair] = lines(svg, colour(0)).filter((points) => points.length > 2);
    expect(stair![0]!.y).toBeGreaterThan(102);
  });

  it('draws times that are all 0', () => {
    expect(isWellFormed(survivalPlot(kaplanMeier([0, 0], [1, 0])).svg())).toBe(true);
  });

  it('refuses none and too many', () => {
    expect(() => survivalPlot({})).toThrow(/one to seven curves, got 0/);
    const many = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`c${i}`, not]));
    expect(() => survivalPlot(many)).toThrow(/one to seven curves, got 8/);
  });

  it('shows itself as a picture and words', async () => {
    const plot = survivalPlot(not);
    const bundle = await plot[jupyterDisplay]();
    expect(Object.keys(bundle)).toEqual(['image/png', 'text/plain']);
    expect(metadataOf(bundle)?.['image/png']).toEqual({ width: 580, height: 380, alt: String(plot) });
  });
});
