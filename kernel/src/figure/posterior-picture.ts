/**
 * The static picture of a posterior: one row per parameter with its density and 90 % interval, trace and ranks.
 */
import { colour, dash, paper } from './colours.ts';
import { unpack } from './pack.ts';
import { axes, type Panel, pixelX, pixelY } from './panel.ts';
import { document, element, fitText, path, text } from './svg.ts';
import { formatFixed, formatNumber } from './ticks.ts';
import type { PosteriorFigure, PosteriorParameter } from './types.ts';

const width = 900;
const rowHeight = 132;
const headHeight = 74;
const forestRow = 20;
const forestFoot = 44;
const shownScalars = 6;
const shownVectors = 4;
const shownElements = 24;
const columns = [
  { heading: 'Density, with median, 50 % and 90 % interval', left: 150, width: 290 },
  { heading: 'Trace', left: 486, width: 214 },
  { heading: 'Ranks', left: 730, width: 150 },
] as const;

/**
 * Scalars get a row each; the elements of a vector (three or more) stand below each other in one interval plot.
 * What finds no place is counted in a note.
 */
export function posteriorPicture(figure: PosteriorFigure): string {
  const groups = Map.groupBy(figure.parameters, ({ name }) => name.replace(/\[.*$/s, ''));
  const vectors = [...groups.values()].filter((group) => group.length > 2).slice(0, shownVectors);
  const inVector = new Set(vectors.flat());
  const scalars = figure.parameters.filter((one) => one.curves && !inVector.has(one)).slice(0, shownScalars);
  const body = [text(16, 26, fitText(figure.title, width - 32, 16), { size: 16 }), legend(figure)];
  let top = headHeight;
  let drawn = 0;
  if (scalars.length > 0) {
    for (const { left, heading } of columns) body.push(text(left, top - 8, heading, { size: 11, fill: paper.soft }));
  }
  for (const parameter of scalars) {
    body.push(parameterRow(parameter, top, figure));
    top += rowHeight;
    drawn += 1;
  }
  for (const vector of vectors) {
    const elements = vector.slice(0, shownElements);
    body.push(forest(elements, top));
    top += 26 + elements.length * forestRow + forestFoot;
    drawn += elements.length;
  }
  const left = figure.parameters.length + figure.omitted - drawn;
  if (left > 0) {
    const note = `${left} more ${left === 1 ? 'parameter is' : 'parameters are'} not in this picture.`;
    body.push(text(16, top + 16, note, { size: 12, fill: paper.soft }));
    top += 26;
  }
  return document(width, top + 6, figure.title, figure.description, body.join(''));
}

/** Intervals of a vector's elements on one scale, with their figures beside them. */
function forest(elements: readonly PosteriorParameter[], top: number): string {
  const ends = elements.flatMap(({ summary: { q5, q95 } }) => [q5, q95]).filter((end) => end !== null);
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const pad = 0.04 * (high - low) || 1;
  const panel: Panel = {
    left: columns[0].left,
    top: top + 22,
    width: 470,
    height: elements.length * forestRow,
    x: ends.length > 0 ? [low - pad, high + pad] : [0, 1],
    y: [elements.length, 0],
  };
  const figures = [
    { heading: 'mean', right: 694, show: (s: Summary) => formatNumber(s.mean) },
    { heading: 'sd', right: 754, show: (s: Summary) => formatNumber(s.sd) },
    { heading: 'R-hat', right: 812, show: (s: Summary) => formatFixed(s.rHat, 3) },
    { heading: 'bulk ESS', right: 880, show: (s: Summary) => formatNumber(s.essBulk, 3) },
  ];
  const right = (x: number, y: number, content: string) =>
    text(x, y, content, { size: 11, fill: paper.soft, anchor: 'end' });
  return [
    text(panel.left, top + 12, 'Median, 50 % and 90 % interval', { size: 11, fill: paper.soft }),
    ...figures.map(({ heading, right: x }) => right(x, top + 12, heading)),
    axes(panel, { xTicks: 6, yTicks: 0 }),
    ...elements.map(({ name, summary }, i) => {
      const base = pixelY(panel, i + 0.5) + 4;
      return (
        text(16, base, fitText(name, 122, 12), { size: 12 }) +
        interval(panel, summary, i + 0.5) +
        figures.map(({ right: x, show }) => right(x, base, show(summary))).join('')
      );
    }),
  ].join('');
}

type Summary = PosteriorParameter['summary'];

function legend({ chains, draws, divergences }: PosteriorFigure): string {
  const shown = Math.min(chains, 7);
  const keys = Array.from({ length: shown }, (_, chain) => {
    const x = 16 + chain * 78;
    return (
      element('line', { x1: x, y1: 43, x2: x + 18, y2: 43, stroke: colour(chain), 'stroke-width': 3 }) +
      text(x + 23, 47, `chain ${chain}`, { size: 11 })
    );
  });
  const trouble = divergences > 0 ? `, ${divergences} divergent` : '';
  const note = `${chains} ${chains === 1 ? 'chain' : 'chains'} of ${draws} draws${trouble}`;
  return keys.join('') + text(width - 20, 47, note, { size: 12, fill: paper.soft, anchor: 'end' });
}

function parameterRow(parameter: PosteriorParameter, top: number, figure: PosteriorFigure): string {
  const { summary, curves } = parameter;
  if (!curves) return '';
  const figures = [
    `mean ${formatNumber(summary.mean)}`,
    `sd ${formatNumber(summary.sd)}`,
    `R-hat ${formatFixed(summary.rHat, 3)}`,
    `bulk ESS ${formatNumber(summary.essBulk, 3)}`,
  ];
  return [
    text(16, top + 24, fitText(parameter.name, 122, 14), { size: 14 }),
    ...figures.map((line, i) => text(16, top + 43 + 16 * i, line, { size: 11, fill: paper.soft })),
    densityPanel(parameter, curves, top),
    tracePanel(curves, top, figure.draws),
    rankPanel(curves, top),
  ].join('');
}

type Curves = NonNullable<PosteriorParameter['curves']>;
const panelOf = (column: 0 | 1 | 2, top: number, x: Panel['x'], y: Panel['y']): Panel => ({
  left: columns[column].left,
  width: columns[column].width,
  top: top + 8,
  height: rowHeight - 42,
  x,
  y,
});

function series(i: number): { stroke: string; fill: string; 'stroke-dasharray': string | undefined } {
  return { stroke: colour(i), fill: 'none', 'stroke-dasharray': dash(i) };
}

function densityPanel({ summary }: PosteriorParameter, { density }: Curves, top: number): string {
  const values = unpack(density.values); // (chains, points)
  const highest = values.reduce((a, b) => Math.max(a, b), 0);
  // A sixth of the height below zero is the place of the interval.
  const panel = panelOf(0, top, [density.start, density.end], [-0.2 * highest, 1.05 * highest]);
  const xs = Array.from({ length: density.points }, (_, i) =>
    pixelX(panel, density.start + (i * (density.end - density.start)) / (density.points - 1)),
  );
  const curves = Array.from({ length: values.length / density.points }, (_, chain) => {
    const ys = values.subarray(chain * density.points, (chain + 1) * density.points);
    const d = path(
      xs,
      ys.map((y) => pixelY(panel, y)),
    );
    return element('path', { d, ...series(chain), 'stroke-width': 1.6 });
  });
  return axes(panel, { xTicks: 5, yTicks: 0 }) + curves.join('') + interval(panel, summary, -0.1 * highest);
}

/** Thin bar: 90 %; thick bar: 50 %; dot: median. */
function interval(panel: Panel, { q5, q25, median, q75, q95 }: Summary, at: number): string {
  const y = pixelY(panel, at);
  const clamp = (value: number) => Math.min(panel.left + panel.width, Math.max(panel.left, pixelX(panel, value)));
  const bar = (from: number | null, to: number | null, thickness: number) =>
    from === null || to === null
      ? ''
      : element('line', { x1: clamp(from), y1: y, x2: clamp(to), y2: y, stroke: paper.ink, 'stroke-width': thickness });
  const dot =
    median === null
      ? ''
      : element('circle', {
          cx: clamp(median),
          cy: y,
          r: 4,
          fill: paper.background,
          stroke: paper.ink,
          'stroke-width': 2,
        });
  return bar(q5, q95, 1.6) + bar(q25, q75, 5) + dot;
}

function tracePanel({ trace }: Curves, top: number, draws: number): string {
  const values = unpack(trace.values); // (chains, points)
  const finite = values.filter(Number.isFinite);
  const low = finite.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = finite.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const pad = 0.04 * (high - low) || 1;
  const panel = panelOf(1, top, [0, Math.max(1, draws - 1)], [low - pad, high + pad]);
  const xs = Array.from({ length: trace.points }, (_, i) =>
    pixelX(panel, (i * (draws - 1)) / Math.max(1, trace.points - 1)),
  );
  const lines = Array.from({ length: values.length / trace.points }, (_, chain) => {
    const ys = values.subarray(chain * trace.points, (chain + 1) * trace.points);
    const d = path(
      xs,
      ys.map((y) => pixelY(panel, y)),
    );
    return element('path', { d, ...series(chain), 'stroke-width': 0.7, 'stroke-opacity': 0.75 });
  });
  return axes(panel, { xTicks: 3, yTicks: 3 }) + lines.join('');
}

/** Small multiples: each chain its own strip, the dashed line what a perfect chain would have. */
function rankPanel({ ranks }: Curves, top: number): string {
  const chains = ranks.counts.length;
  const expected = (ranks.counts[0]?.reduce((a, b) => a + b, 0) ?? 0) / ranks.bins;
  const highest = Math.max(2 * expected, ...ranks.counts.flat());
  const whole = panelOf(2, top, [0, ranks.bins], [0, highest]);
  const height = whole.height / chains;
  return ranks.counts
    .map((counts, chain) => {
      const panel: Panel = { ...whole, top: whole.top + chain * height, height: height - Math.min(4, height / 4) };
      const bars = counts.map((count, bin) => {
        const y = pixelY(panel, count);
        return `M${pixelX(panel, bin).toFixed(1)} ${(panel.top + panel.height).toFixed(1)}V${y.toFixed(1)}H${pixelX(panel, bin + 0.86).toFixed(1)}V${(panel.top + panel.height).toFixed(1)}Z`;
      });
      const y = pixelY(panel, expected);
      return (
        element('path', { d: bars.join(''), fill: colour(chain), 'fill-opacity': 0.75 }) +
        element('line', {
          x1: panel.left,
          x2: panel.left + panel.width,
          y1: y,
          y2: y,
          stroke: paper.ink,
          'stroke-dasharray': '3 3',
          'stroke-width': 0.8,
        })
      );
    })
    .join('');
}
