/**
 * Tabs after the WAI-ARIA pattern: one tab stop, arrow keys, Home and End move and show at once.
 */
import { controls, element, uniqueId } from './dom.ts';

export interface Tab {
  readonly name: string;
  readonly panel: HTMLElement;
}

export interface Tabs {
  readonly node: HTMLElement;
  /** The tab that shows. */
  readonly current: () => number;
}

/** @param shown called after another tab has come to the front */
export function tabs(label: string, all: readonly Tab[], shown: (index: number) => void): Tabs {
  let current = 0;
  const buttons = all.map(({ name, panel }) => {
    const id = uniqueId('tab');
    panel.id = uniqueId('panel');
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', id);
    const attributes = { type: 'button', role: 'tab', id, 'aria-controls': panel.id, class: 'estimand-Tab' };
    return element('button', attributes, [name]);
  });
  const mark = () => {
    buttons.forEach((button, i) => {
      button.setAttribute('aria-selected', String(i === current));
      button.tabIndex = i === current ? 0 : -1;
      all[i]!.panel.hidden = i !== current;
    });
  };
  const select = (index: number) => {
    if (index === current) return;
    current = index;
    mark();
    shown(index);
  };
  buttons.forEach((button, i) => {
    button.addEventListener('click', () => select(i));
  });
  const list = controls({ role: 'tablist', 'aria-label': label, class: 'estimand-Tabs' }, buttons);
  list.addEventListener('keydown', (event) => {
    const last = buttons.length - 1;
    const targets: Readonly<Record<string, number>> = {
      ArrowRight: current === last ? 0 : current + 1,
      ArrowLeft: current === 0 ? last : current - 1,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    select(target);
    buttons[target]!.focus();
  });
  mark();
  return { node: element('div', {}, [list, ...all.map(({ panel }) => panel)]), current: () => current };
}
