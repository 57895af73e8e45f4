/**
 * A table of figures: real headers, figures aligned right, scrollable by keyboard where it is too wide.
 */
import { element } from './dom.ts';

export interface Row {
  readonly name: string;
  readonly cells: readonly string[];
  /** Cells to stress: set in bold, and said to be high. */
  readonly notable?: readonly boolean[];
}

export function dataTable(caption: string, headings: readonly string[], rows: readonly Row[]): HTMLElement {
  const head = element(
    'tr',
    {},
    headings.map((heading) => element('th', { scope: 'col' }, [heading])),
  );
  const body = rows.map(({ name, cells, notable }) =>
    element('tr', {}, [
      element('th', { scope: 'row' }, [name]),
      ...cells.map((cell, i) =>
        notable?.[i]
          ? element('td', { class: 'estimand-Notable', title: 'higher than it should be' }, [cell])
          : element('td', {}, [cell]),
      ),
    ]),
  );
  const table = element('table', { class: 'estimand-Table' }, [
    element('caption', {}, [caption]),
    element('thead', {}, [head]),
    element('tbody', {}, body),
  ]);
  return element('div', { class: 'estimand-Scroll', tabindex: '0', role: 'region', 'aria-label': caption }, [table]);
}
