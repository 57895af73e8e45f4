/**
 * A posterior in JupyterLab: densities, traces, rank histograms and intervals of the parameters the reader
 * chooses, and the summary table, as tabs.
 */
import { formatFixed, formatNumber } from 'estimand/figure/ticks';
import type { PosteriorFigure, PosteriorParameter, SummaryFigures } from 'estimand/figure/types';
import { chooser } from './chooser.ts';
import { element } from './dom.ts';
import { type Picture, Plot } from './plot.ts';
import {
  chainKey,
  densityPicture,
  intervalPicture,
  rankPicture,
  shownChains,
  tracePicture,
} from './posterior-pictures.ts';
import type { View } from './renderer.ts';
import { dataTable } from './table.ts';
import { tabs } from './tabs.ts';
import { readTheme, type Theme } from './theme.ts';

const curveTabs = ['Density', 'Trace', 'Ranks'] as const;
const firstShown = 4;
const mostCurves = 24;

const columns: readonly [heading: string, key: keyof SummaryFigures, digits: number][] = [
  ['Mean', 'mean', 4],
  ['SD', 'sd', 4],
  ['5 %', 'q5', 4],
  ['Median', 'median', 4],
  ['95 %', 'q95', 4],
  ['MCSE mean', 'mcseMean', 2],
  ['MCSE SD', 'mcseSd', 2],
  ['Bulk ESS', 'essBulk', 3],
  ['Tail ESS', 'essTail', 3],
  ['R-hat', 'rHat', 4],
];

/** Above this R-hat the chains have not mixed (Vehtari et al. 2021, section 4). */
const highestRHat = 1.01;

export function posteriorView(failed: (problem: string) => void): View<PosteriorFigure> {
  let figure: PosteriorFigure | undefined;
  const plots = new Map<string, { readonly node: HTMLElement; readonly plot: Plot }>();
  const title = element('p', { class: 'estimand-Title' }, []);
  const subtitle = element('p', { class: 'estimand-Subtitle' }, []);
  const legend = element('ul', { class: 'estimand-Legend', 'aria-label': 'Chains' }, []);
  const panels = curveTabs.map(() => element('div', { class: 'estimand-Grid' }, []));
  const curveChoice = chooser('Parameters to draw', () => redraw());
  const intervalChoice = chooser('Parameters to draw', () => redraw());
  const intervals = new Plot(failed);
  const intervalPanel = element('div', {}, [intervalChoice.node, intervals.node]);
  const tablePanel = element('div', { class: 'estimand-TablePanel' }, []);
  const bar = tabs(
    'Views of the posterior',
    [
      ...curveTabs.map((name, i) => ({ name, panel: element('div', {}, [panels[i]!]) })),
      { name: 'Intervals', panel: intervalPanel },
      { name: 'Table', panel: tablePanel },
    ],
    () => redraw(),
  );
  const node = element('div', { class: 'estimand-View', role: 'group' }, [title, subtitle, legend, bar.node]);

  const drawCurves = (tab: number, data: PosteriorFigure, theme: Theme) => {
    const panel = panels[tab]!;
    // One chooser serves the three tabs of curves: it moves to the one that shows.
    panel.before(curveChoice.node);
    const chosen = new Set(curveChoice.chosen().slice(0, mostCurves));
    const shown = data.parameters.filter(({ name, curves }) => curves && chosen.has(name));
    panel.replaceChildren(
      ...shown.map((parameter) => {
        const key = `${tab} ${parameter.name}`;
        let one = plots.get(key);
        if (!one) {
          const plot = new Plot(failed);
          one = { plot, node: element('figure', {}, [element('figcaption', {}, [parameter.name]), plot.node]) };
          plots.set(key, one);
        }
        return one.node;
      }),
    );
    if (shown.length === 0) panel.append(element('p', { class: 'estimand-Subtitle' }, ['Choose a parameter to draw.']));
    panel.classList.toggle('estimand-Single', shown.length === 1);
    for (const parameter of shown)
      plots.get(`${tab} ${parameter.name}`)!.plot.draw(curvePicture(tab, parameter, data, theme), theme);
  };

  const redraw = () => {
    if (!figure) return;
    const theme = readTheme();
    const tab = bar.current();
    drawLegend(legend, figure, theme);
    legend.hidden = tab > 2;
    if (tab < 3) drawCurves(tab, figure, theme);
    else if (tab === 3) {
      const chosen = new Set(intervalChoice.chosen());
      intervals.draw(
        intervalPicture(
          figure.parameters.filter(({ name }) => chosen.has(name)),
          theme,
        ),
        theme,
      );
    }
  };

  return {
    node,
    update(data) {
      figure = data;
      node.setAttribute('aria-label', data.title);
      title.textContent = data.title;
      subtitle.textContent = subtitleOf(data);
      const withCurves = data.parameters.filter(({ curves }) => curves).map(({ name }) => name);
      curveChoice.setNames(withCurves, firstShown);
      intervalChoice.setNames(
        data.parameters.map(({ name }) => name),
        40,
      );
      tablePanel.replaceChildren(summaryTable(data.parameters), ...warnings(data));
      redraw();
    },
    redraw,
    dispose() {
      for (const { plot } of plots.values()) plot.dispose();
      intervals.dispose();
    },
  };
}

function curvePicture(tab: number, parameter: PosteriorParameter, { draws }: PosteriorFigure, theme: Theme): Picture {
  const curves = parameter.curves!;
  if (tab === 0) return densityPicture(parameter, curves, theme);
  return tab === 1 ? tracePicture(parameter, curves, draws, theme) : rankPicture(parameter, curves, theme);
}

function subtitleOf({ chains, draws, divergences, omitted }: PosteriorFigure): string {
  const parts = [`${chains} ${chains === 1 ? 'chain' : 'chains'} of ${draws} draws`];
  if (divergences > 0) parts.push(`${divergences} divergent ${divergences === 1 ? 'transition' : 'transitions'}`);
  if (omitted > 0) parts.push(`${omitted} more parameters not shown`);
  return parts.join(', ');
}

function drawLegend(legend: HTMLElement, figure: PosteriorFigure, theme: Theme): void {
  const keys = Array.from({ length: shownChains(figure) }, (_, chain) => {
    const { colour, dash } = chainKey(chain, theme);
    const swatch = element('span', { class: 'estimand-Swatch', 'aria-hidden': 'true' }, []);
    swatch.style.borderTop = `3px ${dash === 'solid' ? 'solid' : dash === 'dash' ? 'dashed' : 'dotted'} ${colour}`;
    return element('li', {}, [swatch, `chain ${chain}`]);
  });
  legend.replaceChildren(...keys);
}

function summaryTable(parameters: readonly PosteriorParameter[]): HTMLElement {
  const rows = parameters.map(({ name, summary }) => ({
    name,
    cells: columns.map(([, key, digits]) =>
      key === 'rHat' ? formatFixed(summary.rHat, 3) : formatNumber(summary[key], digits),
    ),
    notable: columns.map(([, key]) => key === 'rHat' && (summary.rHat ?? 0) > highestRHat),
  }));
  return dataTable('Summary of the posterior', ['Parameter', ...columns.map(([heading]) => heading)], rows);
}

function warnings({ warnings }: PosteriorFigure): HTMLElement[] {
  if (warnings.length === 0) return [];
  return [
    element(
      'ul',
      { class: 'estimand-Warnings' },
      warnings.map((warning) => element('li', {}, [warning])),
    ),
  ];
}
