/**
 * A landscape's figure data → one Plotly picture: shaded heights, level lines, draws, estimates.
 */
import { markStyle, pathStyle, placeOnAxis } from 'estimand/figure/marks';
import { unpack } from 'estimand/figure/pack';
import { formatNumber } from 'estimand/figure/ticks';
import type { LandscapeFigure, LandscapeMark } from 'estimand/figure/types';
import type { Annotation, Data } from 'plotly.js';
import { baseAxis, baseLayout, type Picture, plotlyText } from './plot.ts';
import { type Theme, withOpacity } from './theme.ts';

/** What the reader wants to see on the shaded heights. */
export interface Shown {
  readonly lines: boolean;
  readonly draws: boolean;
  readonly marks: boolean;
  readonly paths: boolean;
}

/**
 * Where a drop lies among the bands: k at the k-th edge, straight in between on the square root, in which a
 * quadratic landscape is a cone; so edges are evenly spaced in colour.
 */
export function bandHeight(drop: number, bands: readonly number[]): number {
  if (!Number.isFinite(drop)) return Number.NaN;
  const above = bands.findIndex((edge) => drop < edge);
  const upper = above < 0 ? bands.length - 1 : above; // below the last edge the scale goes on as between the last two
  const from = Math.sqrt(bands[upper - 1] ?? 0);
  return upper + (Math.sqrt(Math.max(0, drop)) - from) / (Math.sqrt(bands[upper]!) - from);
}

export function landscapePicture(figure: LandscapeFigure, shown: Shown, width: number, theme: Theme): Picture {
  const { x, y, bands } = figure;
  const along = ({ min, max, points }: LandscapeFigure['x']) =>
    Array.from({ length: points }, (_, i) => min + (i * (max - min)) / (points - 1));
  const drops = unpack(figure.drop); // (y.points, x.points)
  const rows = <T>(of: (drop: number) => T) =>
    Array.from({ length: y.points }, (_, j) => Array.from(drops.subarray(j * x.points, (j + 1) * x.points), of));
  const [xName, yName] = [plotlyText(x.name), plotlyText(y.name)];
  const data: Data[] = [
    {
      type: 'contour',
      x: along(x),
      y: along(y),
      z: rows((drop) => bandHeight(drop, bands)),
      customdata: rows((drop) => formatNumber(figure.highest - drop, 6)) as never,
      autocontour: false,
      contours: { start: 1, end: bands.length, size: 1, coloring: 'fill', showlines: false },
      colorscale: theme.shades.map((shade, i): [number, string] => [i / (theme.shades.length - 1), shade]),
      zmin: 0,
      zmax: bands.length + 1,
      connectgaps: false,
      colorbar: {
        tickvals: bands.map((_, k) => k + 1),
        ticktext: bands.map(String),
        title: { text: `log ${figure.of}<br>below the top`, side: 'top', font: { size: 11 } },
        thickness: 14,
        outlinewidth: 0,
        tickfont: { size: 11, color: theme.soft },
      },
      hovertemplate: `${xName} %{x:.4~g}<br>${yName} %{y:.4~g}<br>log ${figure.of} %{customdata}<extra></extra>`,
    },
  ];
  if (shown.lines) data.push(...levelTraces(figure, theme));
  if (shown.draws && figure.draws) {
    data.push({
      type: 'scatter',
      mode: 'markers',
      x: Array.from(unpack(figure.draws.x)),
      y: Array.from(unpack(figure.draws.y)),
      marker: { size: 3.5, color: withOpacity(onShades(theme).ink, 0.5) },
      hoverinfo: 'skip',
    });
  }
  if (shown.paths) data.push(...pathTraces(figure));
  if (shown.marks) data.push(...figure.marks.flatMap((mark, i) => markTrace(mark, i, figure)).reverse());
  return {
    data,
    layout: {
      ...baseLayout(theme),
      margin: { l: 64, r: 8, t: 8, b: 48 },
      annotations: shown.lines ? levelLabels(figure, theme) : [],
      plot_bgcolor: theme.light ? '#c9ccd3' : '#3a3d44', // where nothing is drawn: outside the support
      xaxis: { ...baseAxis(theme), title: { text: xName }, range: [x.min, x.max], showgrid: false, nticks: 8 },
      yaxis: { ...baseAxis(theme), title: { text: yName }, range: [y.min, y.max], showgrid: false, nticks: 8 },
    },
    height: Math.round(Math.max(320, Math.min(520, width * 0.7))),
    description: figure.description,
  };
}

/** Colours of lines and draws, and of the ground their labels stand on. */
const onShades = (theme: Theme) =>
  theme.light
    ? { ink: '#1f2430', ground: 'rgba(255, 255, 255, 0.8)' }
    : { ink: '#f5f7fa', ground: 'rgba(16, 35, 58, 0.75)' };

function levelTraces({ levels }: LandscapeFigure, theme: Theme): Data[] {
  return levels.map(({ lines }): Data => {
    const drawn = lines.map((line) => ({ xs: Array.from(unpack(line.x)), ys: Array.from(unpack(line.y)) }));
    return {
      type: 'scatter',
      mode: 'lines',
      x: drawn.flatMap(({ xs }) => [...xs, null]),
      y: drawn.flatMap(({ ys }) => [...ys, null]),
      line: { color: onShades(theme).ink, width: 1.3, simplify: false },
      hoverinfo: 'skip',
    };
  });
}

/** The share of each region, at its longest line's highest point that leaves room for it. */
function levelLabels({ levels, x, y }: LandscapeFigure, theme: Theme): Partial<Annotation>[] {
  const { ink, ground } = onShades(theme);
  return levels.flatMap(({ probability, lines }) => {
    const first = lines[0];
    if (!first) return [];
    const xs = unpack(first.x);
    const ys = unpack(first.y);
    let best = -1;
    ys.forEach((at, i) => {
      const fits =
        at < y.max - 0.03 * (y.max - y.min) && Math.abs(xs[i]! - (x.min + x.max) / 2) < 0.46 * (x.max - x.min);
      if (fits && (best < 0 || at > ys[best]!)) best = i;
    });
    if (best < 0) return [];
    const text = `${Math.round(probability * 100)} %`;
    return [
      {
        x: xs[best]!,
        y: ys[best]!,
        text,
        showarrow: false,
        bgcolor: ground,
        borderpad: 1,
        font: { size: 11, color: ink },
      },
    ];
  });
}

/** Each path over a dark edge, and a ring where it begins. */
function pathTraces({ paths = [], x, y }: LandscapeFigure): Data[] {
  return paths.flatMap((one, i): Data[] => {
    const { colour, dashed } = pathStyle(i);
    const xs = Array.from(unpack(one.x));
    const ys = Array.from(unpack(one.y));
    const few = xs.length <= 200;
    const words = xs.map((at, k) => {
      const place = `${x.name} ${formatNumber(at, 4)}, ${y.name} ${formatNumber(ys[k]!, 4)}`;
      return plotlyText(`${one.label}, point ${k}: ${place}`);
    });
    return [
      { type: 'scatter', mode: 'lines', x: xs, y: ys, line: { color: '#1f2430', width: 3.6 }, hoverinfo: 'skip' },
      {
        type: 'scatter',
        mode: few ? 'lines+markers' : 'lines',
        x: xs,
        y: ys,
        line: { color: colour, width: 2, ...(dashed ? { dash: 'dash' } : {}) },
        marker: { size: 5, color: colour, line: { color: '#1f2430', width: 1 } },
        text: words,
        hovertemplate: '%{text}<extra></extra>',
      },
      {
        type: 'scatter',
        mode: 'markers',
        x: xs.slice(0, 1),
        y: ys.slice(0, 1),
        marker: { symbol: 'circle-open', size: 12, color: '#1f2430', line: { width: 2.5 } },
        hoverinfo: 'skip',
      },
    ];
  });
}

function markTrace({ label, x, y }: LandscapeMark, i: number, figure: LandscapeFigure): Data[] {
  const { colour, symbol, size } = markStyle(i);
  const [atX, atY] = [placeOnAxis(x, figure.x), placeOnAxis(y, figure.y)];
  if (atX === undefined || atY === undefined) return [];
  const words = `${label}: ${figure.x.name} ${formatNumber(x, 5)}, ${figure.y.name} ${formatNumber(y, 5)}`;
  return [
    {
      type: 'scatter',
      mode: 'markers',
      x: [atX],
      y: [atY],
      cliponaxis: false,
      marker: { symbol, size, color: colour, line: { color: '#1f2430', width: 1.5 } },
      text: [plotlyText(words)],
      hovertemplate: '%{text}<extra></extra>',
    },
  ];
}
