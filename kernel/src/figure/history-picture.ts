/**
 * The static picture of a training run: curves over the epochs, a panel a quantity, two beside each other.
 */
import { colour, paper } from './colours.ts';
import { seriesOf } from './history.ts';
import { unpack } from './pack.ts';
import { axes, type Panel, pixelX, pixelY } from './panel.ts';
import { document, element, fitText, path, text, textWidth } from './svg.ts';
import { formatNumber } from './ticks.ts';
import type { HistoryFigure } from './types.ts';

const width = 820;
const panelHeight = 190;
const head = 76;
const foot = 62;
const left = 70;
const gap = 84;

export function historyPicture(figure: HistoryFigure): string {
  const epochs = unpack(figure.epochs);
  const labels = [...new Set(figure.panels.flatMap(({ curves }) => curves.map(({ label }) => label)))];
  const columns = figure.panels.length > 1 ? 2 : 1;
  const panelWidth = (width - left - 24 - (columns - 1) * gap) / columns;
  const body = [text(16, 28, fitText(figure.title, width - 32, 16), { size: 16 })];
  if (epochs.length === 0) body.push(text(16, 52, figure.description, { size: 12, fill: paper.soft }));
  else body.push(legend(labels));
  figure.panels.forEach(({ name, curves }, i) => {
    const row = Math.floor(i / columns);
    const panel: Panel = {
      left: left + (i % columns) * (panelWidth + gap),
      top: head + 14 + row * (panelHeight + foot + 20),
      width: panelWidth,
      height: panelHeight,
      x: extent(epochs, 0),
      y: extent(curves.flatMap(({ values }) => [...unpack(values)])),
    };
    const ends = curves.map(({ values }) => formatNumber(unpack(values).at(-1))).join(', ');
    body.push(
      text(panel.left, panel.top - 8, fitText(`${name} (at the end ${ends})`, panelWidth, 12), { size: 12 }),
      axes(panel, { xTicks: epochs.length === 1 ? 1 : 5, xLabel: 'epoch' }),
      ...curves.map(({ label, values }) => drawn(panel, epochs, unpack(values), label)),
    );
  });
  const rows = Math.ceil(figure.panels.length / columns);
  const height = head + 14 + rows * (panelHeight + foot + 20) - (rows > 0 ? 14 : 0);
  return document(width, height, figure.title, figure.description, body.join(''));
}

function drawn(panel: Panel, epochs: Float64Array, values: Float64Array, label: string): string {
  const { index, dash } = seriesOf(label);
  const xs = epochs.map((epoch) => pixelX(panel, epoch));
  const ys = values.map((value) => pixelY(panel, value)); // NaN where there is none: a gap
  const line = element('path', {
    d: path(xs, ys),
    fill: 'none',
    stroke: colour(index),
    'stroke-width': 2,
    'stroke-linejoin': 'round',
    'stroke-dasharray': dash,
  });
  const dots = xs.length > 30 ? [] : [...xs].flatMap((x, i) => (Number.isFinite(ys[i]) ? [{ cx: x, cy: ys[i]! }] : []));
  return line + dots.map((at) => element('circle', { ...at, r: 2.5, fill: colour(index) })).join('');
}

function legend(labels: readonly string[]): string {
  let x = 16;
  return labels
    .map((label) => {
      const at = x;
      x += 42 + textWidth(label) + 18;
      const { index, dash } = seriesOf(label);
      const stroke = { stroke: colour(index), 'stroke-width': 2, 'stroke-dasharray': dash };
      return element('line', { x1: at, x2: at + 30, y1: 50, y2: 50, ...stroke }) + text(at + 37, 54, label);
    })
    .join('');
}

/** Least and greatest of the finite values, with a margin; [0, 1] where there are none. */
function extent(values: ArrayLike<number>, margin = 0.05): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  if (low > high) return [0, 1];
  const pad = margin * (high - low) || (high === low ? Math.max(1e-6, 0.05 * Math.abs(low)) : 0);
  return [low - pad, high + pad];
}
