/**
 * Choosing among names: one pressed-or-not button each, with "All" and "None" where there are many.
 */
import { controls, element } from './dom.ts';

export interface Chooser {
  readonly node: HTMLElement;
  /** Names chosen, in the order they were given. */
  chosen(): string[];
  /** New names; a choice that still exists is kept, and `first` says how many to choose where none is left. */
  setNames(names: readonly string[], first: number): void;
}

/** Shown on a pressed button only; not part of its name, for "pressed" is said already. */
export const tick = (): HTMLElement => element('span', { class: 'estimand-Tick', 'aria-hidden': 'true' }, ['✓ ']);

/** @param changed called after the reader has chosen */
export function chooser(label: string, changed: () => void): Chooser {
  let names: readonly string[] = [];
  let pressed = new Set<string>();
  const node = controls({ role: 'group', 'aria-label': label, class: 'estimand-Chooser' }, []);
  const choose = (next: Set<string>) => {
    pressed = next;
    for (const button of node.querySelectorAll('button[data-name]')) {
      const name = names[Number(button.getAttribute('data-name'))]!;
      button.setAttribute('aria-pressed', String(pressed.has(name)));
    }
    changed();
  };
  const button = (text: string, attributes: Readonly<Record<string, string>>, action: () => void) => {
    const made = element('button', { type: 'button', class: 'estimand-Choice', ...attributes }, [tick(), text]);
    made.addEventListener('click', action);
    return made;
  };
  return {
    node,
    chosen: () => names.filter((name) => pressed.has(name)),
    setNames(next, first) {
      const same = next.length === names.length && next.every((name, i) => name === names[i]);
      if (same) return;
      const kept = next.filter((name) => pressed.has(name));
      names = next;
      pressed = new Set(kept.length > 0 ? kept : next.slice(0, first));
      const choices = next.map((name, i) =>
        button(name, { 'data-name': String(i), 'aria-pressed': String(pressed.has(name)) }, () => {
          const after = new Set(pressed);
          if (!after.delete(name)) after.add(name);
          choose(after);
        }),
      );
      const whole =
        next.length > 2
          ? [
              button('All', { class: 'estimand-Choice estimand-Whole' }, () => choose(new Set(next))),
              button('None', { class: 'estimand-Choice estimand-Whole' }, () => choose(new Set())),
            ]
          : [];
      node.hidden = next.length < 2;
      node.replaceChildren(...choices, ...whole);
    },
  };
}
