/**
 * The frame of a figure that is many small pictures: a title, tabs with a picture and a table, a choice among what can be
 * drawn, a legend, and a grid in which each picture keeps its plot from one drawing to the next.
 */
import { chooser } from './chooser.ts';
import { element } from './dom.ts';
import { type Picture, Plot } from './plot.ts';
import type { View } from './renderer.ts';
import { tabs } from './tabs.ts';
import { readTheme, type Theme } from './theme.ts';

/** What the frame says of a figure. */
interface Told {
  readonly title: string;
  readonly subtitle: string;
  /** What the reader chooses among. */
  readonly names: readonly string[];
  readonly table: HTMLElement;
}

/** What the frame shows of a figure. */
interface Drawn {
  /** Entries of the legend; it is hidden where there are none. */
  readonly legend: readonly LegendEntry[];
  /** Each picture below its name, which no other has. */
  readonly pictures: readonly { readonly name: string; readonly picture: Picture }[];
}

export interface LegendEntry {
  readonly label: string;
  readonly mark: 'circle' | 'path' | 'path-dashed';
  readonly colour: string;
}

interface GridParts<Data> {
  /** What the tabs, the choice and the legend are called by a screen reader. */
  readonly labels: { readonly views: string; readonly choice: string; readonly legend: string };
  /** How many names are chosen to begin with. */
  readonly firstShown: number;
  readonly tell: (data: Data) => Told;
  /** @param chosen names among those told */
  readonly draw: (data: Data, chosen: ReadonlySet<string>, theme: Theme) => Drawn;
}

/** @param failed called with what a plot could not draw */
export function gridView<Data>(
  { labels, firstShown, tell, draw }: GridParts<Data>,
  failed: (problem: string) => void,
): View<Data> {
  let figure: Data | undefined;
  const plots = new Map<string, { readonly node: HTMLElement; readonly plot: Plot }>();
  const title = element('p', { class: 'estimand-Title' }, []);
  const subtitle = element('p', { class: 'estimand-Subtitle' }, []);
  const choice = chooser(labels.choice, () => redraw());
  const legend = element('ul', { class: 'estimand-Legend', 'aria-label': labels.legend }, []);
  const grid = element('div', { class: 'estimand-Grid estimand-Wide' }, []);
  const tablePanel = element('div', { class: 'estimand-TablePanel' }, []);
  const bar = tabs(
    labels.views,
    [
      { name: 'Picture', panel: element('div', {}, [choice.node, legend, grid]) },
      { name: 'Table', panel: tablePanel },
    ],
    () => redraw(),
  );
  const node = element('div', { class: 'estimand-View', role: 'group' }, [title, subtitle, bar.node]);

  const plotOf = (name: string) => {
    const kept = plots.get(name);
    if (kept) return kept;
    const plot = new Plot(failed);
    const made = { plot, node: element('figure', {}, [element('figcaption', {}, [name]), plot.node]) };
    plots.set(name, made);
    return made;
  };

  const redraw = () => {
    if (figure === undefined || bar.current() !== 0) return;
    const theme = readTheme();
    const drawn = draw(figure, new Set(choice.chosen()), theme);
    legend.replaceChildren(...drawn.legend.map(legendItem));
    legend.hidden = drawn.legend.length === 0;
    const shown = drawn.pictures.map(({ name, picture }) => ({ ...plotOf(name), picture }));
    grid.replaceChildren(...shown.map((one) => one.node));
    for (const { plot, picture } of shown) plot.draw(picture, theme);
  };

  return {
    node,
    update(data) {
      figure = data;
      const told = tell(data);
      node.setAttribute('aria-label', told.title);
      title.textContent = told.title;
      subtitle.textContent = told.subtitle;
      choice.setNames(told.names, firstShown);
      tablePanel.replaceChildren(told.table);
      redraw();
    },
    redraw,
    dispose() {
      for (const { plot } of plots.values()) plot.dispose();
    },
  };
}

function legendItem({ label, mark, colour }: LegendEntry): HTMLElement {
  const swatch = element('span', { class: `estimand-Mark estimand-Mark-${mark}`, 'aria-hidden': 'true' }, []);
  swatch.style.backgroundColor = colour;
  return element('li', {}, [swatch, label]);
}
