/**
 * A comparison in JupyterLab: a picture per parameter with a dot and an interval per estimate, and a table.
 */
import { formatNumber } from 'estimand/figure/ticks';
import type { ComparisonFigure, ComparisonFigureRow } from 'estimand/figure/types';
import type { Data } from 'plotly.js';
import { chooser } from './chooser.ts';
import { element } from './dom.ts';
import { baseAxis, baseLayout, type Picture, Plot, plotlyText, tickText } from './plot.ts';
import type { View } from './renderer.ts';
import { dataTable } from './table.ts';
import { tabs } from './tabs.ts';
import { readTheme, seriesColour, type Theme } from './theme.ts';

type Parameter = ComparisonFigure['parameters'][number];
const firstShown = 8;

export function comparisonView(failed: (problem: string) => void): View<ComparisonFigure> {
  let figure: ComparisonFigure | undefined;
  const plots = new Map<string, { readonly node: HTMLElement; readonly plot: Plot }>();
  const title = element('p', { class: 'estimand-Title' }, []);
  const subtitle = element('p', { class: 'estimand-Subtitle' }, []);
  const choice = chooser('Parameters to draw', () => redraw());
  const grid = element('div', { class: 'estimand-Grid estimand-Wide' }, []);
  const tablePanel = element('div', { class: 'estimand-TablePanel' }, []);
  const bar = tabs(
    'Views of the comparison',
    [
      { name: 'Picture', panel: element('div', {}, [choice.node, grid]) },
      { name: 'Table', panel: tablePanel },
    ],
    () => redraw(),
  );
  const node = element('div', { class: 'estimand-View', role: 'group' }, [title, subtitle, bar.node]);

  const redraw = () => {
    if (!figure || bar.current() !== 0) return;
    const theme = readTheme();
    const labels = labelsOf(figure);
    const chosen = new Set(choice.chosen());
    const shown = figure.parameters.filter(({ name }) => chosen.has(name));
    grid.replaceChildren(
      ...shown.map(({ name }) => {
        let one = plots.get(name);
        if (!one) {
          const plot = new Plot(failed);
          one = { plot, node: element('figure', {}, [element('figcaption', {}, [name]), plot.node]) };
          plots.set(name, one);
        }
        return one.node;
      }),
    );
    for (const parameter of shown)
      plots.get(parameter.name)!.plot.draw(comparisonPicture(parameter, labels, theme), theme);
  };

  return {
    node,
    update(data) {
      figure = data;
      node.setAttribute('aria-label', data.title);
      title.textContent = data.title;
      const more = data.omitted > 0 ? ` ${data.omitted} more parameters are not shown.` : '';
      subtitle.textContent = `Dot: estimate. Bar: ${Math.round(data.level * 100)} % interval.${more}`;
      choice.setNames(
        data.parameters.map(({ name }) => name),
        firstShown,
      );
      tablePanel.replaceChildren(comparisonTable(data));
      redraw();
    },
    redraw,
    dispose() {
      for (const { plot } of plots.values()) plot.dispose();
    },
  };
}

const labelsOf = ({ parameters }: ComparisonFigure): string[] => [
  ...new Set(parameters.flatMap(({ rows }) => rows.map(({ label }) => label))),
];

export function comparisonPicture({ name, rows }: Parameter, labels: readonly string[], theme: Theme): Picture {
  const data = rows.map((row, i): Data => {
    const color = seriesColour(theme, labels.indexOf(row.label));
    const bar = row.lower !== null && row.upper !== null && row.estimate !== null;
    return {
      type: 'scatter',
      mode: 'markers',
      x: [row.estimate],
      y: [i],
      marker: { size: 10, color },
      ...(bar
        ? {
            error_x: {
              type: 'data',
              symmetric: false,
              array: [row.upper! - row.estimate!],
              arrayminus: [row.estimate! - row.lower!],
              color,
              thickness: 2.5,
              width: 4,
            },
          }
        : {}),
      text: [plotlyText(`${row.label}: ${inWords(row)}`)],
      hovertemplate: '%{text}<extra></extra>',
    };
  });
  return {
    data,
    layout: {
      ...baseLayout(theme),
      margin: { l: 90, r: 16, t: 4, b: 30 },
      xaxis: { ...baseAxis(theme), nticks: 7 },
      yaxis: {
        ...baseAxis(theme),
        range: [rows.length - 0.4, -0.6],
        tickvals: rows.map((_, i) => i),
        ticktext: rows.map(({ label }) => tickText(label)),
        tickfont: { size: 12, color: theme.ink },
        showgrid: false,
        fixedrange: true,
      },
    },
    height: 40 + 28 * Math.max(1, rows.length),
    description: `${name}. ${rows.map((row) => `${row.label}: ${inWords(row)}`).join('; ')}.`,
  };
}

function inWords({ estimate, lower, upper }: ComparisonFigureRow): string {
  const interval = lower === null || upper === null ? '' : `, ${formatNumber(lower)} to ${formatNumber(upper)}`;
  return `${formatNumber(estimate)}${interval}`;
}

function comparisonTable({ parameters, level }: ComparisonFigure): HTMLElement {
  const share = Math.round(level * 100);
  const rows = parameters.flatMap(({ name, rows }) =>
    rows.map(({ label, estimate, spread, lower, upper }) => ({
      name,
      cells: [label, ...[estimate, spread, lower, upper].map((value) => formatNumber(value))],
    })),
  );
  return dataTable('Estimates', ['Parameter', 'By', 'Estimate', 'SD or SE', `${share} % from`, `${share} % to`], rows);
}
