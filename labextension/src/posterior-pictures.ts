/**
 * A posterior's figure data → Plotly pictures: density, trace and ranks of one parameter, intervals of several.
 */
import { unpack } from 'estimand/figure/pack';
import { formatFixed, formatNumber } from 'estimand/figure/ticks';
import type { PosteriorFigure, PosteriorParameter } from 'estimand/figure/types';
import type { Data } from 'plotly.js';
import { baseAxis, baseLayout, type Picture, plotlyText, tickText } from './plot.ts';
import { seriesColour, seriesDash, type Theme } from './theme.ts';

type Curves = NonNullable<PosteriorParameter['curves']>;

/** "mean 4.4, 90 % interval −1 to 9.8": what a parameter's pictures have in common. */
function inWords({ summary: { mean, q5, q95 } }: PosteriorParameter): string {
  return `mean ${formatNumber(mean)}, 90 % interval ${formatNumber(q5)} to ${formatNumber(q95)}`;
}

function rowsOf(values: Float64Array, points: number): Float64Array[] {
  return Array.from({ length: values.length / points }, (_, row) => values.subarray(row * points, (row + 1) * points));
}

/** Density per chain, below it the median and the intervals of all draws. */
export function densityPicture(parameter: PosteriorParameter, { density }: Curves, theme: Theme): Picture {
  const { start, end, points } = density;
  const x = Array.from({ length: points }, (_, i) => start + (i * (end - start)) / (points - 1));
  const rows = rowsOf(unpack(density.values), points); // (chains, points)
  const highest = rows.reduce((top, row) => row.reduce((a, b) => Math.max(a, b), top), 0) || 1;
  const data: Data[] = rows.map((row, chain) => ({
    type: 'scatter',
    mode: 'lines',
    x,
    y: Array.from(row),
    line: { color: seriesColour(theme, chain), width: 2, dash: seriesDash(theme, chain), simplify: false },
    hovertemplate: `%{x:.4~g}<extra>chain ${chain}</extra>`,
  }));
  data.push(...intervalTraces([parameter], [-0.1 * highest], theme));
  return {
    data,
    layout: {
      ...baseLayout(theme),
      margin: { l: 10, r: 12, t: 6, b: 30 },
      xaxis: { ...baseAxis(theme), range: [start, end], nticks: 7 },
      yaxis: {
        ...baseAxis(theme),
        range: [-0.2 * highest, 1.05 * highest],
        showticklabels: false,
        showgrid: false,
        showline: false,
        fixedrange: true,
      },
    },
    height: 190,
    description: `Density of ${parameter.name} per chain: ${inWords(parameter)}.`,
  };
}

/** Draws in the order they came, thinned to the extremes of each stretch. */
export function tracePicture(parameter: PosteriorParameter, { trace }: Curves, draws: number, theme: Theme): Picture {
  const x = Array.from({ length: trace.points }, (_, i) =>
    Math.round((i * (draws - 1)) / Math.max(1, trace.points - 1)),
  );
  const data = rowsOf(unpack(trace.values), trace.points).map(
    (row, chain): Data => ({
      type: 'scatter',
      mode: 'lines',
      x,
      y: Array.from(row),
      opacity: 0.75,
      line: { color: seriesColour(theme, chain), width: 1, dash: seriesDash(theme, chain), simplify: false },
      hovertemplate: `draw %{x}: %{y:.4~g}<extra>chain ${chain}</extra>`,
    }),
  );
  return {
    data,
    layout: {
      ...baseLayout(theme),
      xaxis: { ...baseAxis(theme), range: [0, Math.max(1, draws - 1)], nticks: 6, showgrid: false },
      yaxis: { ...baseAxis(theme), nticks: 5 },
    },
    height: 190,
    description: `Trace of ${parameter.name}: ${inWords(parameter)}, R-hat ${formatFixed(parameter.summary.rHat, 3)}.`,
  };
}

/** One strip of bars per chain; the dashed line is what a perfectly mixed chain would show. */
export function rankPicture(parameter: PosteriorParameter, { ranks }: Curves, theme: Theme): Picture {
  const chains = ranks.counts.length;
  const expected = (ranks.counts[0]?.reduce((a, b) => a + b, 0) ?? 0) / Math.max(1, ranks.bins);
  const strip = 1.15 * Math.max(2 * expected, ...ranks.counts.flat());
  const bins = Array.from({ length: ranks.bins }, (_, bin) => bin);
  const base = (chain: number) => (chains - 1 - chain) * strip;
  const data = ranks.counts.map(
    (counts, chain): Data => ({
      type: 'bar',
      x: bins,
      y: [...counts],
      base: counts.map(() => base(chain)),
      width: 0.86,
      marker: { color: seriesColour(theme, chain) },
      hovertemplate: `bin %{x}: %{customdata} draws<extra>chain ${chain}</extra>`,
      customdata: [...counts],
    }),
  );
  const shapes = ranks.counts.map((_, chain) => {
    const y = base(chain) + expected;
    return {
      type: 'line',
      x0: -0.5,
      x1: ranks.bins - 0.5,
      y0: y,
      y1: y,
      line: { color: theme.ink, width: 1, dash: 'dash' },
    } as const;
  });
  return {
    data,
    layout: {
      ...baseLayout(theme),
      barmode: 'overlay',
      shapes,
      margin: { l: 10, r: 12, t: 6, b: 30 },
      xaxis: {
        ...baseAxis(theme),
        showgrid: false,
        range: [-0.6, ranks.bins - 0.4],
        title: { text: 'rank of all draws, low to high', font: { size: 11 } },
        showticklabels: false,
        fixedrange: true,
      },
      yaxis: {
        ...baseAxis(theme),
        range: [0, chains * strip],
        tickvals: ranks.counts.map((_, chain) => base(chain) + expected),
        ticktext: ranks.counts.map((_, chain) => `chain ${chain}`),
        showgrid: false,
        fixedrange: true,
      },
    },
    height: Math.max(150, Math.min(420, 40 + 34 * chains)),
    description: `Rank histograms of ${parameter.name}, one per chain: R-hat ${formatFixed(parameter.summary.rHat, 3)}; flat bars mean that the chains agree.`,
  };
}

/** 90 % thin, 50 % thick, median as a ring, at the given heights. */
function intervalTraces(parameters: readonly PosteriorParameter[], heights: readonly number[], theme: Theme): Data[] {
  const segments = (from: 'q5' | 'q25', to: 'q95' | 'q75', width: number): Data => ({
    type: 'scatter',
    mode: 'lines',
    x: parameters.flatMap(({ summary }) => [summary[from], summary[to], null]),
    y: parameters.flatMap((_, i) => [heights[i]!, heights[i]!, null]),
    line: { color: theme.ink, width },
    hoverinfo: 'skip',
  });
  return [
    segments('q5', 'q95', 1.6),
    segments('q25', 'q75', 5),
    {
      type: 'scatter',
      mode: 'markers',
      x: parameters.map(({ summary }) => summary.median),
      y: [...heights],
      marker: { symbol: 'circle', size: 8, color: theme.background, line: { color: theme.ink, width: 2 } },
      text: parameters.map((parameter) => plotlyText(`${parameter.name}: ${inWords(parameter)}`)),
      hovertemplate: '%{text}<extra></extra>',
    },
  ];
}

/** From the lowest to the highest end of the intervals, with a margin. */
function extent(parameters: readonly PosteriorParameter[]): [number, number] {
  const ends = parameters.flatMap(({ summary: { q5, q95 } }) => [q5, q95]).filter((end) => end !== null);
  if (ends.length === 0) return [0, 1];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const pad = 0.04 * (high - low) || 0.05 * Math.abs(low) || 1;
  return [low - pad, high + pad];
}

/** Intervals of several parameters below each other. */
export function intervalPicture(parameters: readonly PosteriorParameter[], theme: Theme): Picture {
  const heights = parameters.map((_, i) => i);
  return {
    data: intervalTraces(parameters, heights, theme),
    layout: {
      ...baseLayout(theme),
      margin: { l: 80, r: 16, t: 6, b: 34 },
      xaxis: { ...baseAxis(theme), nticks: 8, range: extent(parameters) },
      yaxis: {
        ...baseAxis(theme),
        range: [parameters.length - 0.4, -0.6],
        tickvals: heights,
        ticktext: parameters.map(({ name }) => tickText(name)),
        tickfont: { size: 12, color: theme.ink },
        fixedrange: true,
      },
    },
    height: 46 + 24 * Math.max(2, parameters.length),
    description: `Intervals. ${parameters
      .slice(0, 12)
      .map((one) => `${one.name}: ${inWords(one)}`)
      .join('; ')}.`,
  };
}

/** Colour of a chain's key. */
export function chainKey(chain: number, theme: Theme): { colour: string; dash: string } {
  return { colour: seriesColour(theme, chain), dash: seriesDash(theme, chain) };
}

/** Rows shown in pictures: chains beyond what the figure carries are named in its title line. */
export const shownChains = ({ parameters, chains }: PosteriorFigure): number =>
  parameters.find((parameter) => parameter.curves)?.curves?.ranks.counts.length ?? chains;
