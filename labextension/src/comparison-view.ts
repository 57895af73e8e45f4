/**
 * A comparison in JupyterLab: a picture per parameter with a dot and an interval per estimate, and a table.
 */
import { byScale, type ComparedParameter, labelsOf } from 'estimand/figure/comparison';
import { formatNumber } from 'estimand/figure/ticks';
import type { ComparisonFigure, ComparisonFigureRow } from 'estimand/figure/types';
import type { Data } from 'plotly.js';
import { gridView } from './grid-view.ts';
import { baseAxis, baseLayout, type Picture, plotlyText, tickText } from './plot.ts';
import type { View } from './renderer.ts';
import { dataTable } from './table.ts';
import { seriesColour, type Theme } from './theme.ts';

const firstShown = 24;

export function comparisonView(failed: (problem: string) => void): View<ComparisonFigure> {
  return gridView(
    {
      labels: { views: 'Views of the comparison', choice: 'Parameters to draw', legend: 'Estimates' },
      firstShown,
      tell: (data) => {
        const more = data.omitted > 0 ? ` ${data.omitted} more parameters are not shown.` : '';
        return {
          title: data.title,
          subtitle: `Dot: estimate. Bar: ${Math.round(data.level * 100)} % interval.${more}`,
          names: data.parameters.map(({ name }) => name),
          table: comparisonTable(data),
        };
      },
      draw: ({ parameters }, chosen, theme) => {
        const labels = labelsOf(parameters);
        const groups = byScale(parameters.filter(({ name }) => chosen.has(name)));
        const together = groups.some((group) => group.length > 1); // else each row has its name beside it
        return {
          legend: together ? labels.map((label, i) => ({ label, mark: 'circle', colour: seriesColour(theme, i) })) : [],
          pictures: groups.map((group) => ({
            name: group.length > 1 ? group[0]!.name.replace(/\[.*$/s, '') : group[0]!.name,
            picture: comparisonPicture(group, labels, theme),
          })),
        };
      },
    },
    failed,
  );
}

/** One parameter with a row per label; or elements of one array on one scale, a block of rows per element. */
export function comparisonPicture(
  group: readonly ComparedParameter[],
  labels: readonly string[],
  theme: Theme,
): Picture {
  const together = group.length > 1;
  const rowHeight = together ? 13 : 28;
  const ticks: { at: number; text: string }[] = [];
  const placed: { row: ComparisonFigureRow; name: string; at: number }[] = [];
  let at = 0;
  for (const { name, rows } of group) {
    if (together) ticks.push({ at: at + (rows.length - 1) / 2, text: name });
    for (const row of rows) {
      if (!together) ticks.push({ at, text: row.label });
      placed.push({ row, name, at });
      at += 1;
    }
    if (together) at += 1; // a gap between elements
  }
  const data = placed.map(({ row, name, at }): Data => {
    const color = seriesColour(theme, labels.indexOf(row.label));
    const { estimate, lower, upper } = row;
    const bar =
      lower !== null && upper !== null && estimate !== null
        ? { array: [upper - estimate], arrayminus: [estimate - lower], color, thickness: 2.5, width: together ? 2 : 4 }
        : undefined;
    return {
      type: 'scatter',
      mode: 'markers',
      x: [estimate],
      y: [at],
      marker: { size: together ? 8 : 10, color },
      ...(bar ? { error_x: { type: 'data', symmetric: false, ...bar } } : {}),
      text: [plotlyText(`${name}, ${row.label}: ${inWords(row)}`)],
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
        range: [at - 0.4 - (together ? 0.6 : 0), -0.6],
        tickvals: ticks.map((tick) => tick.at),
        ticktext: ticks.map((tick) => tickText(tick.text)),
        tickfont: { size: 12, color: theme.ink },
        showgrid: false,
        fixedrange: true,
      },
    },
    height: 40 + rowHeight * Math.max(1, at),
    description: group
      .map(({ name, rows }) => `${name}. ${rows.map((row) => `${row.label}: ${inWords(row)}`).join('; ')}.`)
      .join(' '),
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
