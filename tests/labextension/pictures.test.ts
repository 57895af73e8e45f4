import { describe, expect, it } from 'vitest';
import { comparisonFigure, labelsOf } from '#kernel/figure/comparison';
import { historyFigure } from '#kernel/figure/history';
import { landscapeFigure } from '#kernel/figure/landscape';
import { unpack } from '#kernel/figure/pack';
import { posteriorFigure } from '#kernel/figure/posterior';
import { comparisonPicture } from '#labextension/comparison-view';
import { historyPanelPicture } from '#labextension/history-view';
import { bandHeight, landscapePicture } from '#labextension/landscape-picture';
import { plotlyText, tickText } from '#labextension/plot';
import { densityPicture, intervalPicture, rankPicture, tracePicture } from '#labextension/posterior-pictures';
import { seriesColour, seriesDash, type Theme, withOpacity } from '#labextension/theme';
import { sampleComparison, sampleLandscape, samplePosterior, threeDecimals } from '../kernel/figure/sample.ts';

const theme: Theme = {
  light: true,
  ink: '#000000',
  soft: '#555555',
  grid: '#dddddd',
  background: '#ffffff',
  font: 'sans-serif',
  palette: ['#0072B2', '#D55E00'],
  shades: ['#084081', '#f4f8fc'],
};
const posterior = posteriorFigure(samplePosterior(2, 40, 2));
const mu = posterior.parameters[0]!;
type Trace = Record<string, unknown> & { x: number[]; y: number[] };
const traces = (picture: { data: readonly unknown[] }) => picture.data as Trace[];

describe('pictures of a posterior', () => {
  it('have a density line per chain, and below it the intervals', () => {
    const [first, second, wide, narrow, median] = traces(densityPicture(mu, mu.curves!, theme));
    expect(first!.x).toHaveLength(128);
    expect(Math.max(...first!.y, ...second!.y)).toBeGreaterThan(0.05);
    expect(threeDecimals(wide!.x)).toEqual(threeDecimals([mu.summary.q5, mu.summary.q95, null]));
    expect(threeDecimals(narrow!.x)).toEqual(threeDecimals([mu.summary.q25, mu.summary.q75, null]));
    expect(median!.x).toEqual([mu.summary.median]);
    expect(median!.y[0]).toBeLessThan(0);
  });

  it('have a trace over the draws', () => {
    const [first] = traces(tracePicture(mu, mu.curves!, 40, theme));
    expect([first!.x[0], first!.x.at(-1)]).toEqual([0, 39]);
  });

  it('have a strip of ranks per chain, one below the other', () => {
    const { data, layout } = rankPicture(mu, mu.curves!, theme);
    const bases = (data as unknown as { base: number[] }[]).map(({ base }) => base[0]!);
    expect(bases[0]).toBeGreaterThan(bases[1]!);
    expect(bases[1]).toBe(0);
    expect(layout.shapes).toHaveLength(2);
  });

  it('have intervals from the first parameter down', () => {
    const { layout, height } = intervalPicture(posterior.parameters, theme);
    expect(layout.yaxis?.ticktext).toEqual(['mu', 'tau', 'theta[0]', 'theta[1]']);
    expect(layout.yaxis?.range).toEqual([3.6, -0.6]);
    expect(height).toBeGreaterThan(100);
    expect(intervalPicture([], theme).layout.xaxis?.range).toEqual([0, 1]);
  });
});

describe('the picture of a landscape', () => {
  const figure = landscapeFigure(sampleLandscape(12));

  it('has the heights row by row, the lines, the draws and the marks, largest first', () => {
    const picture = landscapePicture(figure, { lines: true, draws: true, marks: true, paths: true }, 800, theme);
    const types = traces(picture).map(({ type, mode }) => mode ?? type);
    expect(types).toEqual(['contour', 'lines', 'lines', 'lines', 'lines', 'markers', 'markers', 'markers']);
    const z = traces(picture)[0]!.z as number[][];
    expect([z.length, z[0]!.length]).toEqual([12, 12]);
    const sizes = traces(picture)
      .slice(-2)
      .map(({ marker }) => (marker as { size: number }).size);
    expect(sizes[0]).toBeGreaterThan(sizes[1]!);
  });

  it('leaves out what the reader has switched off', () => {
    const picture = landscapePicture(figure, { lines: false, draws: false, marks: false, paths: false }, 800, theme);
    expect(picture.data).toHaveLength(1);
    expect(picture.layout.annotations).toEqual([]);
  });

  it('draws each path over a dark edge, with its points in words, and a ring where it begins', () => {
    const ways = Array.from({ length: 7 }, (_, i) => ({
      label: i === 0 ? '<b>first</b>' : `path ${i}`,
      x: Float64Array.of(79, 80 + i / 10, 81),
      y: Float64Array.of(0.5, 0.6, 0.7),
    }));
    const walked = landscapeFigure({ ...sampleLandscape(12), paths: ways });
    const shown = { lines: false, draws: false, marks: false, paths: true };
    const [, edge, first, ring, ...rest] = traces(landscapePicture(walked, shown, 800, theme));
    expect(rest).toHaveLength(18);
    expect([edge!.mode, first!.mode, ring!.mode]).toEqual(['lines', 'lines+markers', 'markers']);
    expect(first!.x.map((v) => Math.round(v * 100) / 100)).toEqual([79, 80, 81]);
    expect(ring!.x).toHaveLength(1);
    const [words] = first!.text as string[];
    expect(words).toContain('point 0: alpha 79.00, beta 0.5000');
    expect(words).not.toContain('<b>');
    expect((rest[16]!.line as { dash?: string }).dash).toBe('dash'); // the seventh has the colour of the first
    const long = Float64Array.from({ length: 400 }, (_, i) => 75 + i / 100);
    const dense = landscapeFigure({ ...sampleLandscape(12), paths: [{ label: 'long', x: long, y: long }] });
    expect(traces(landscapePicture(dense, shown, 800, theme))[2]!.mode).toBe('lines');
    expect(traces(landscapePicture(walked, { ...shown, paths: false }, 800, theme))).toHaveLength(1);
  });

  it('puts each edge of the shades at a whole number, and goes on below the last', () => {
    const bands = [0.1, 0.2, 0.5, 1];
    expect(bands.map((edge) => bandHeight(edge, bands))).toEqual([1, 2, 3, 4].map((k) => expect.closeTo(k, 12)));
    expect(bandHeight(0, bands)).toBe(0);
    expect(bandHeight(100, bands)).toBeGreaterThan(10);
    expect(bandHeight(Number.POSITIVE_INFINITY, bands)).toBeNaN();
    const heights = Array.from({ length: 200 }, (_, i) => bandHeight(i / 50, bands));
    expect(heights.every((h, i) => i === 0 || h > heights[i - 1]!)).toBe(true);
  });
});

describe('the picture of a comparison', () => {
  it('has a row per label for one parameter', () => {
    const { parameters } = comparisonFigure(sampleComparison());
    const { layout } = comparisonPicture([parameters[0]!], labelsOf(parameters), theme);
    expect(layout.yaxis?.ticktext).toEqual(['MLE', 'MAP, N(0, 10)', 'MAP, N(0, 0.1)', 'posterior']);
  });

  it('has a block per element on one scale, with a gap between', () => {
    const rows = sampleComparison().rows.map((row) => ({
      ...row,
      parameter: row.parameter === 'alpha' ? 'theta[0]' : 'theta[1]',
    }));
    const { parameters } = comparisonFigure({ level: 0.9, rows });
    const picture = comparisonPicture(parameters, labelsOf(parameters), theme);
    expect(picture.layout.yaxis?.ticktext).toEqual(['theta[0]', 'theta[1]']);
    expect(
      traces(picture)
        .slice(0, 6)
        .map(({ y }) => y[0]),
    ).toEqual([0, 1, 2, 3, 5, 6]);
    expect(picture.description).toMatch(/^theta\[0\]\. MLE: 1\.000, 0\.7000 to 1\.300;/);
  });
});

describe('text for Plotly', () => {
  it('shows as it stands', () => {
    expect(plotlyText('<b>&lt; $x$ %{y}')).toBe('&lt;b&gt;&amp;lt; &#36;x&#36; %&#123;y}');
    expect(tickText('θ'.repeat(50))).toBe(`${'θ'.repeat(35)}…`);
  });
});

describe('series', () => {
  it('repeat their colours with another dash', () => {
    expect([0, 1, 2].map((i) => [seriesColour(theme, i), seriesDash(theme, i)])).toEqual([
      ['#0072B2', 'solid'],
      ['#D55E00', 'solid'],
      ['#0072B2', 'dash'],
    ]);
    expect(withOpacity('#0072B2', 0.5)).toBe('rgba(0, 114, 178, 0.5)');
    expect(withOpacity('red', 0.5)).toBe('red');
  });
});

describe('the picture of a training run', () => {
  const rows = [3, 2, Number.NaN].map((loss, i) => ({
    epoch: i + 1,
    rate: 0.1,
    values: { loss, 'validation loss': 4 },
  }));
  const { panels, epochs } = historyFigure({ title: 'x', ending: 'complete', rows });
  const picture = historyPanelPicture(panels[0]!, [...unpack(epochs)], theme);

  it('has training and validation as lines told apart by dashes, with a gap where a value is missing', () => {
    const [training, validation] = traces(picture);
    expect([training!.x, training!.y]).toEqual([
      [1, 2, 3],
      [3, 2, null],
    ]);
    expect([(training!.line as { dash: string }).dash, (validation!.line as { dash: string }).dash]).toEqual([
      'solid',
      'dash',
    ]);
  });

  it('says in words where the curves begin and end', () => {
    expect(picture.description).toBe('loss over the epochs: training from 3.000 to –; validation from 4.000 to 4.000.');
  });
});
