/**
 * A landscape in JupyterLab: the shaded picture, switches for what lies on it, and the estimates as a table.
 */
import { markStyle, pathStyle } from 'estimand/figure/marks';
import { unpack } from 'estimand/figure/pack';
import { formatNumber } from 'estimand/figure/ticks';
import type { LandscapeFigure } from 'estimand/figure/types';
import { tick } from './chooser.ts';
import { controls, element } from './dom.ts';
import { landscapePicture, type Shown } from './landscape-picture.ts';
import { Plot } from './plot.ts';
import type { View } from './renderer.ts';
import { dataTable } from './table.ts';
import { tabs } from './tabs.ts';
import { readTheme } from './theme.ts';

export function landscapeView(failed: (problem: string) => void): View<LandscapeFigure> {
  let figure: LandscapeFigure | undefined;
  const shown: { -readonly [Key in keyof Shown]: Shown[Key] } = {
    lines: true,
    draws: true,
    marks: true,
    paths: true,
  };
  const title = element('p', { class: 'estimand-Title' }, []);
  const subtitle = element('p', { class: 'estimand-Subtitle' }, []);
  let items: { readonly item: HTMLElement; readonly of: 'marks' | 'paths' }[] = [];
  const plot = new Plot(failed);
  const legend = element('ul', { class: 'estimand-Legend', 'aria-label': 'Marks' }, []);
  const switches = controls({ role: 'group', 'aria-label': 'Show on the landscape', class: 'estimand-Chooser' }, []);
  const tablePanel = element('div', { class: 'estimand-TablePanel' }, []);
  const bar = tabs(
    'Views of the landscape',
    [
      { name: 'Picture', panel: element('div', {}, [switches, legend, plot.node]) },
      { name: 'Table', panel: tablePanel },
    ],
    () => redraw(),
  );
  const node = element('div', { class: 'estimand-View', role: 'group' }, [title, subtitle, bar.node]);

  const redraw = () => {
    if (!figure || bar.current() !== 0) return;
    for (const { item, of } of items) item.hidden = !shown[of];
    legend.hidden = items.every(({ item }) => item.hidden);
    const theme = readTheme();
    plot.draw(landscapePicture(figure, shown, node.clientWidth, theme), theme);
  };

  const switchFor = (key: keyof Shown, text: string) => {
    const button = element('button', { type: 'button', class: 'estimand-Choice', 'aria-pressed': String(shown[key]) }, [
      tick(),
      text,
    ]);
    button.addEventListener('click', () => {
      shown[key] = !shown[key];
      button.setAttribute('aria-pressed', String(shown[key]));
      redraw();
    });
    return button;
  };

  return {
    node,
    update(data) {
      figure = data;
      node.setAttribute('aria-label', data.title);
      title.textContent = data.title;
      subtitle.textContent = subtitleOf(data);
      const focused = [...switches.children].indexOf(document.activeElement as Element);
      switches.replaceChildren(
        switchFor('lines', 'Level lines'),
        ...(data.marks.length > 0 ? [switchFor('marks', 'Estimates')] : []),
        ...(data.draws ? [switchFor('draws', drawsText(data.draws))] : []),
        ...(data.paths ? [switchFor('paths', 'Paths')] : []),
      );
      // An update while the cell runs must not take the focus away.
      if (focused >= 0) (switches.children[focused] as HTMLElement | undefined)?.focus();
      const entry = (form: string, colour: string, label: string): HTMLElement => {
        const swatch = element('span', { class: `estimand-Mark estimand-Mark-${form}`, 'aria-hidden': 'true' }, []);
        swatch.style.backgroundColor = colour;
        return element('li', {}, [swatch, label]);
      };
      items = [
        ...data.marks.map(({ label }, i) => {
          const { colour, symbol } = markStyle(i);
          return { item: entry(symbol, colour, label), of: 'marks' as const };
        }),
        ...(data.paths ?? []).map(({ label }, i) => {
          const { colour, dashed } = pathStyle(i);
          return { item: entry(dashed ? 'path-dashed' : 'path', colour, label), of: 'paths' as const };
        }),
      ];
      legend.replaceChildren(...items.map(({ item }) => item));
      tablePanel.replaceChildren(pointTable(data));
      redraw();
    },
    redraw,
    dispose: () => plot.dispose(),
  };
}

function drawsText({ x, total }: NonNullable<LandscapeFigure['draws']>): string {
  const drawn = unpack(x).length;
  return drawn < total ? `Draws (${drawn} of ${total})` : `Draws (${total})`;
}

function subtitleOf({ others, fixed }: LandscapeFigure): string {
  const rest = {
    none: '',
    fixed: `Held fixed: ${fixed.map(({ name, value }) => `${name} = ${formatNumber(value)}`).join(', ')}. `,
    profiled: 'The other parameters are at their best for each point (profile). ',
  }[others];
  return `${rest}Lines: −2 Δ = χ² quantiles with 2 degrees of freedom.`;
}

/** Marks, the ends of paths, and how far each region reaches on either axis. */
function pointTable({ x, y, highest, of, marks, levels, paths = [] }: LandscapeFigure): HTMLElement {
  const reach = (lines: LandscapeFigure['levels'][number]['lines'], axis: 'x' | 'y') => {
    const values = lines.flatMap((line) => Array.from(unpack(line[axis])));
    return values.length > 0 ? `${formatNumber(Math.min(...values))} to ${formatNumber(Math.max(...values))}` : '–';
  };
  const rows = [
    ...marks.map((mark) => ({ name: mark.label, cells: [formatNumber(mark.x), formatNumber(mark.y)] })),
    ...paths.flatMap((one) => {
      const [xs, ys] = [unpack(one.x), unpack(one.y)];
      return [
        { name: `${one.label}: first of ${xs.length} points`, cells: [formatNumber(xs[0]!), formatNumber(ys[0]!)] },
        { name: `${one.label}: last`, cells: [formatNumber(xs.at(-1)!), formatNumber(ys.at(-1)!)] },
      ];
    }),
    ...levels.map(({ probability, lines }) => ({
      name: `${Math.round(probability * 100)} % region`,
      cells: [reach(lines, 'x'), reach(lines, 'y')],
    })),
  ];
  return dataTable(`Highest log ${of}: ${formatNumber(highest, 6)}`, ['', x.name, y.name], rows);
}
