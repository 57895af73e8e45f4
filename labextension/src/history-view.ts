/**
 * A training run in JupyterLab: a picture a quantity with training and validation over the epochs, and a table.
 */
import { seriesOf } from 'estimand/figure/history';
import { unpack } from 'estimand/figure/pack';
import { formatNumber } from 'estimand/figure/ticks';
import type { HistoryFigure, HistoryPanel } from 'estimand/figure/types';
import type { Data } from 'plotly.js';
import { gridView, type LegendEntry } from './grid-view.ts';
import { baseAxis, baseLayout, type Picture, plotlyText } from './plot.ts';
import type { View } from './renderer.ts';
import { dataTable } from './table.ts';
import { seriesColour, type Theme } from './theme.ts';

const firstShown = 6;

export function historyView(failed: (problem: string) => void): View<HistoryFigure> {
  return gridView(
    {
      labels: { views: 'Views of the training run', choice: 'Quantities to draw', legend: 'Curves' },
      firstShown,
      tell: (data) => ({
        title: data.title,
        subtitle: data.description,
        names: data.panels.map(({ name }) => name),
        table: historyTable(data),
      }),
      draw: ({ panels, epochs }, chosen, theme) => {
        const labels = [...new Set(panels.flatMap(({ curves }) => curves.map(({ label }) => label)))];
        const at = Array.from(unpack(epochs));
        return {
          legend: labels.length < 2 ? [] : labels.map((label) => legendEntry(label, theme)),
          pictures: panels
            .filter(({ name }) => chosen.has(name))
            .map((panel) => ({ name: panel.name, picture: historyPanelPicture(panel, at, theme) })),
        };
      },
    },
    failed,
  );
}

function legendEntry(label: string, theme: Theme): LegendEntry {
  const { index, dash } = seriesOf(label);
  return { label, mark: dash === undefined ? 'path' : 'path-dashed', colour: seriesColour(theme, index) };
}

/** Curves of one quantity over the epochs. */
export function historyPanelPicture({ name, curves }: HistoryPanel, epochs: readonly number[], theme: Theme): Picture {
  const data = curves.map(({ label, values }): Data => {
    const { index, dash } = seriesOf(label);
    const y = Array.from(unpack(values), (value) => (Number.isFinite(value) ? value : null));
    return {
      type: 'scatter',
      mode: epochs.length > 30 ? 'lines' : 'lines+markers',
      x: [...epochs],
      y,
      line: { color: seriesColour(theme, index), width: 2, dash: dash === undefined ? 'solid' : 'dash' },
      marker: { size: 5, color: seriesColour(theme, index) },
      text: y.map((value, i) => plotlyText(`epoch ${epochs[i]}, ${label}: ${formatNumber(value)}`)),
      hovertemplate: '%{text}<extra></extra>',
    };
  });
  const ends = curves.map(({ label, values }) => {
    const all = unpack(values);
    return `${label} from ${formatNumber(all[0])} to ${formatNumber(all.at(-1))}`;
  });
  return {
    data,
    layout: {
      ...baseLayout(theme),
      margin: { l: 56, r: 12, t: 6, b: 40 },
      xaxis: {
        ...baseAxis(theme),
        title: { text: 'epoch', font: { size: 12 } },
        nticks: Math.min(8, epochs.length + 1),
      },
      yaxis: { ...baseAxis(theme), nticks: 6 },
    },
    height: 240,
    description: `${name} over the epochs: ${ends.join('; ')}.`,
  };
}

/** Rows a table may have: of long runs every so many. */
const mostRows = 200;

function historyTable({ epochs, panels, total }: HistoryFigure): HTMLElement {
  const at = Array.from(unpack(epochs));
  const columns = panels.flatMap(({ name, curves }) =>
    curves.map(({ label, values }) => ({
      heading: curves.length > 1 ? `${name}, ${label}` : name,
      values: unpack(values),
    })),
  );
  const every = Math.max(1, Math.ceil(at.length / mostRows));
  const rows = at.flatMap((epoch, i) =>
    i % every === 0 || i === at.length - 1
      ? [{ name: String(epoch), cells: columns.map(({ values }) => formatNumber(values[i])) }]
      : [],
  );
  const caption = rows.length < total ? `${rows.length} of ${total} epochs` : 'Epochs';
  return dataTable(caption, ['Epoch', ...columns.map(({ heading }) => heading)], rows);
}
