/**
 * `display`: show a value below the running cell, replace it, clear it. Where no notebook listens, nothing is shown.
 */
import { currentHost } from './host.ts';

export interface DisplayOptions {
  /** The display's id; one that was used before is shown again, and `update` changes all its copies. */
  readonly id?: string;
  /** The value is a bundle of media types itself: `display({ 'text/html': '<b>x</b>' }, { raw: true })`. */
  readonly raw?: boolean;
  /** Replace the display with this id instead of making a new one. */
  readonly update?: boolean;
}

/** A display that was shown. */
export interface Display {
  readonly id: string;
  /** Show another value in its place. */
  update(value: unknown, options?: Pick<DisplayOptions, 'raw'>): void;
  /** Leave its place empty; a later `update` fills it again. */
  clear(): void;
}

/**
 * Show a value below the cell, as if it were the cell's result. Cells have it as a global too.
 *
 * @param value anything: a result, an array of objects (a table), what `html`, `markdown`, `latex`, `svg`, `png` and
 *   `json` make, or an object with a method `[Symbol.for('Jupyter.display')]` that gives a bundle of media types
 * @example
 * const shown = display(markdown('*counting*'));
 * shown.update(42);
 */
export function display(value: unknown, options: DisplayOptions = {}): Display {
  return currentHost()?.show?.(value, options) ?? { id: options.id ?? '', update: () => {}, clear: () => {} };
}

/**
 * Remove what the cell has shown so far. Cells have it as a global too.
 *
 * @param wait keep it until there is something new to show (default false)
 */
export function clearOutput(wait = false): void {
  currentHost()?.clear?.(wait);
}
