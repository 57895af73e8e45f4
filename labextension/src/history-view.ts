/**
 * A training run in JupyterLab: a picture a quantity with training and validation over the epochs, and a table.
 */
import { seriesOf } from 'estimand/figure/history';
import { unpack } from 'estimand/figure/pack';
import { formatNumber } from 'estimand/figure/ticks';
import type { HistoryFigure, HistoryPanel } from 'estimand/figure/types';
import type { Data } from 'plotly.js';
import { chooser } from './chooser.ts';
import { element } from './dom.ts';
import { baseAxis, baseLayout, type Picture, Plot, plotlyText } from './plot.ts';
import type { View } from './renderer.ts';
import { dataTable } from './table.ts';
import { tabs } from './tabs.ts';
import { readTheme, seriesColour, type Theme } from './theme.ts';

const firstShown = 6;

export function historyView(failed: (problem: string) => void): View<HistoryFigure> {
  let figure: HistoryFigure | undefined;
  const plots = new Map<string, { readonly node: HTMLElement; readonly plot: Plot }>();
  const title = element('p', { class: 'estimand-Title' }, []);
  const subtitle = element('p', { class: 'estimand-Subtitle' }, []);
  const choice = chooser('Quantities to draw', () => redraw());
  const legend = element('ul', { class: 'estimand-Legend', 'aria-label': 'Curves' }, []);
  const grid = element('div', { class: 'estimand-Grid estimand-Wide' }, []);
  const tablePanel = element('div', { class: 'estimand-TablePanel' }, []);
  const bar = tabs(
    'Views of the training run',
    [
      { name: 'Picture', panel: element('div', {}, [choice.node, legend, grid]) },
      { name: 'Table', panel: tablePanel },
    ],
    () => redraw(),
  );
  const node = element('div', { class: 'estimand-View', role: 'group' }, [title, subtitle, bar.node]);

  const redraw = () => {
    if (!figure || bar.current() !== 0) return;
    const theme = readTheme();
    const { panels } = figure;
    const labels = [...new Set(panels.flatMap(({ curves }) => curves.map(({ label }) => label)))];
    legend.replaceChildren(...labels.map((label) => legendEntry(label, theme)));
    legend.hidden = labels.length < 2;
    const chosen = new Set(choice.chosen());
    const epochs = Array.from(unpack(figure.epochs));
    const shown = panels
      .filter(({ name }) => chosen.has(name))
      .map((panel) => {
        let one = plots.get(panel.name);
        if (!one) {
          const plot = new Plot(failed);
          one = { plot, node: element('figure', {}, [element('figcaption', {}, [panel.name]), plot.node]) };
          plots.set(panel.name, one);
        }
        return { ...one, panel };
      });
    grid.replaceChildren(...shown.map((one) => one.node));
    for (const { plot, panel } of shown) plot.draw(historyPanelPicture(panel, epochs, theme), theme);
  };

  return {
    node,
    update(data) {
      figure = data;
      node.setAttribute('aria-label', data.title);
      title.textContent = data.title;
      subtitle.textContent = data.description;
      choice.setNames(
        data.panels.map(({ name }) => name),
        firstShown,
      );
      tablePanel.replaceChildren(historyTable(data));
      redraw();
    },
    redraw,
    dispose() {
      for (const { plot } of plots.values()) plot.dispose();
    },
  };
}

function legendEntry(label: string, theme: Theme): HTMLElement {
  const { index, dash } = seriesOf(label);
  const form = dash === undefined ? 'path' : 'path-dashed';
  const swatch = element('span', { class: `estimand-Mark estimand-Mark-${form}`, 'aria-hidden': 'true' }, []);
  swatch.style.backgroundColor = seriesColour(theme, index);
  return element('li', {}, [swatch, label]);
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
