/**
 * The static picture of a comparison: a panel per parameter, in it a dot and an interval per estimate.
 */
import { colour, paper } from './colours.ts';
import { byScale, type ComparedParameter, labelsOf } from './comparison.ts';
import { axes, type Panel, pixelX, pixelY } from './panel.ts';
import { document, element, fitText, text, textWidth } from './svg.ts';
import { formatNumber } from './ticks.ts';
import type { ComparisonFigure, ComparisonFigureRow } from './types.ts';

const width = 820;
const rowHeight = 22;
/** Rows of elements that share a scale stand closer, with a gap of one row between elements. */
const denseHeight = 13;
const foot = 46;
const head = 72;
const mostRows = 160;

export function comparisonPicture(figure: ComparisonFigure): string {
  const labels = labelsOf(figure.parameters);
  const groups = byScale(figure.parameters);
  const longest = Math.max(60, ...labels.map((label) => textWidth(label)));
  const left = Math.min(230, longest + 34);
  const note = `Dot: estimate. Bar: ${Math.round(figure.level * 100)} % interval.`;
  const body = [
    text(16, 28, fitText(figure.title, width - 32, 16), { size: 16 }),
    text(16, 48, note, { size: 12, fill: paper.soft }),
  ];
  let top = head;
  if (groups.some((group) => group.length > 1)) {
    body.push(legend(labels, top));
    top += 24;
  }
  let rows = 0;
  let shown = 0;
  for (const group of groups) {
    rows += group.reduce((sum, parameter) => sum + parameter.rows.length, 0);
    if (rows > mostRows && shown > 0) break;
    const [drawn, height] = group.length > 1 ? together(group, left, top, labels) : alone(group[0]!, left, top, labels);
    body.push(drawn);
    top += height + foot;
    shown += group.length;
  }
  const more = figure.parameters.length + figure.omitted - shown;
  if (more > 0) {
    const words = `${more} more ${more === 1 ? 'parameter is' : 'parameters are'} not in this picture.`;
    body.push(text(16, top + 4, words, { fill: paper.soft }));
  }
  return document(width, top + (more > 0 ? 18 : 0), figure.title, figure.description, body.join(''));
}

function legend(labels: readonly string[], y: number): string {
  let x = 16;
  return labels
    .map((label, i) => {
      const at = x;
      x += 22 + textWidth(label) + 16;
      return element('circle', { cx: at + 6, cy: y, r: 4.5, fill: colour(i) }) + text(at + 18, y + 4, label);
    })
    .join('');
}

/** Smallest and largest end of any row, with a margin; [0, 1] where nothing is finite. */
function extent(rows: readonly ComparisonFigureRow[]): readonly [number, number] {
  const ends = rows.flatMap(({ estimate, lower, upper }) => [estimate, lower, upper]).filter((end) => end !== null);
  if (ends.length === 0) return [0, 1];
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const pad = 0.05 * (high - low) || Math.max(1e-6, 0.05 * Math.abs(low));
  return [low - pad, high + pad];
}

function interval(panel: Panel, { estimate, lower, upper }: ComparisonFigureRow, y: number, stroke: string): string {
  const ends = lower === null || upper === null ? undefined : { x1: pixelX(panel, lower), x2: pixelX(panel, upper) };
  const bar =
    ends && element('line', { ...ends, y1: y, y2: y, stroke, 'stroke-width': 2.5, 'stroke-linecap': 'round' });
  const at = { r: 4.5, fill: stroke, stroke: paper.background, 'stroke-width': 1 };
  const dot = estimate === null ? '' : element('circle', { cx: pixelX(panel, estimate), cy: y, ...at });
  return (bar ?? '') + dot;
}

/** One parameter: a row per label, the figures beside it. Gives the drawing and its height. */
function alone(
  { name, rows }: ComparedParameter,
  left: number,
  top: number,
  labels: readonly string[],
): [string, number] {
  const height = rows.length * rowHeight;
  const panel: Panel = { left, top: top + 12, width: width - left - 190, height, x: extent(rows), y: [rows.length, 0] };
  const drawn = rows.map((row, i) => {
    const y = pixelY(panel, i + 0.5);
    const spread = row.spread === null ? '' : ` ± ${formatNumber(row.spread, 3)}`;
    const figures = `${formatNumber(row.estimate)}${spread}`;
    return (
      text(left - 10, y + 4, fitText(row.label, left - 30), { anchor: 'end' }) +
      interval(panel, row, y, colour(labels.indexOf(row.label))) +
      text(width - 16, y + 4, figures, { size: 11, fill: paper.soft, anchor: 'end' })
    );
  });
  const heading = text(left, top + 4, fitText(name, 400, 13), { size: 13 });
  return [heading + axes(panel, { xTicks: 6, yTicks: 0 }) + drawn.join(''), height + 12];
}

/** Elements of one array on one scale, told apart by place, the labels by colour. */
function together(
  group: readonly ComparedParameter[],
  left: number,
  top: number,
  labels: readonly string[],
): [string, number] {
  const slots = group.reduce((sum, { rows }) => sum + rows.length + 1, 0);
  const height = slots * denseHeight;
  const x = extent(group.flatMap(({ rows }) => rows));
  const panel: Panel = { left, top, width: width - left - 40, height, x, y: [slots, 0] };
  let slot = 0.5;
  const drawn = group.map(({ name, rows }) => {
    const first = slot;
    slot += rows.length + 1;
    const middle = pixelY(panel, first + rows.length / 2);
    return (
      text(left - 10, middle + 4, fitText(name, left - 30), { anchor: 'end' }) +
      rows
        .map((row, i) => interval(panel, row, pixelY(panel, first + i + 0.5), colour(labels.indexOf(row.label))))
        .join('')
    );
  });
  return [axes(panel, { xTicks: 6, yTicks: 0 }) + drawn.join(''), height];
}
