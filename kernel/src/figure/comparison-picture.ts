/**
 * The static picture of a comparison: a panel per parameter, in it a dot and an interval per estimate.
 */
import { colour, paper } from './colours.ts';
import { axes, type Panel, pixelX, pixelY } from './panel.ts';
import { document, element, fitText, text, textWidth } from './svg.ts';
import { formatNumber } from './ticks.ts';
import type { ComparisonFigure, ComparisonFigureRow } from './types.ts';

const width = 820;
const rowHeight = 22;
const foot = 46;
const head = 56;
const shownPanels = 12;

type Parameter = ComparisonFigure['parameters'][number];

export function comparisonPicture(figure: ComparisonFigure): string {
  const shown = figure.parameters.slice(0, shownPanels);
  const labels = [...new Set(figure.parameters.flatMap((parameter) => parameter.rows.map((row) => row.label)))];
  const longest = Math.max(60, ...labels.map((label) => textWidth(label)));
  const left = Math.min(230, longest + 34);
  const note = `Dot: estimate. Bar: ${Math.round(figure.level * 100)} % interval.`;
  const body = [
    text(16, 28, fitText(figure.title, width - 32, 16), { size: 16 }),
    text(16, 48, note, { size: 12, fill: paper.soft }),
  ];
  let top = head + 16;
  for (const parameter of shown) {
    body.push(panelOf(parameter, left, top, labels));
    top += 12 + parameter.rows.length * rowHeight + foot;
  }
  const more = figure.parameters.length + figure.omitted - shown.length;
  if (more > 0)
    body.push(
      text(16, top + 4, `${more} more ${more === 1 ? 'parameter is' : 'parameters are'} not in this picture.`, {
        fill: paper.soft,
      }),
    );
  return document(width, top + (more > 0 ? 18 : 0), figure.title, figure.description, body.join(''));
}

/** Smallest and largest end of any row, with a margin; [0, 1] where nothing is finite. */
export function extent(rows: readonly ComparisonFigureRow[]): readonly [number, number] {
  const ends = rows.flatMap(({ estimate, lower, upper }) => [estimate, lower, upper]).filter((end) => end !== null);
  if (ends.length === 0) return [0, 1];
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const pad = 0.05 * (high - low) || Math.max(1e-6, 0.05 * Math.abs(low));
  return [low - pad, high + pad];
}

function panelOf({ name, rows }: Parameter, left: number, top: number, labels: readonly string[]): string {
  const panel: Panel = {
    left,
    top: top + 12,
    width: width - left - 190,
    height: rows.length * rowHeight,
    x: extent(rows),
    y: [rows.length, 0],
  };
  const valueAt = width - 16;
  const drawn = rows.map((row, i) => {
    const y = pixelY(panel, i + 0.5);
    const stroke = colour(labels.indexOf(row.label));
    const spread = row.spread === null ? '' : ` ± ${formatNumber(row.spread, 3)}`;
    const bar =
      row.lower === null || row.upper === null
        ? ''
        : element('line', {
            x1: pixelX(panel, row.lower),
            x2: pixelX(panel, row.upper),
            y1: y,
            y2: y,
            stroke,
            'stroke-width': 2.5,
            'stroke-linecap': 'round',
          });
    const dot =
      row.estimate === null
        ? ''
        : element('circle', {
            cx: pixelX(panel, row.estimate),
            cy: y,
            r: 4.5,
            fill: stroke,
            stroke: paper.background,
            'stroke-width': 1,
          });
    return (
      text(left - 10, y + 4, fitText(row.label, left - 30), { anchor: 'end' }) +
      bar +
      dot +
      text(valueAt, y + 4, `${formatNumber(row.estimate)}${spread}`, { size: 11, fill: paper.soft, anchor: 'end' })
    );
  });
  return (
    text(left, top + 4, fitText(name, 400, 13), { size: 13 }) + axes(panel, { xTicks: 6, yTicks: 0 }) + drawn.join('')
  );
}
