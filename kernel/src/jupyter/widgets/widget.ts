/**
 * What all widgets share: a model with layout and style, a display, and listeners.
 */
import { jupyterDisplay } from '../../host/display.ts';
import { currentHost, type MimeBundle } from '../../host/host.ts';
import { type Accepted, Model, type ModelKind, type State } from './model.ts';

const base = { module: '@jupyter-widgets/base', version: '2.0.0' };
const controls = { module: '@jupyter-widgets/controls', version: '2.0.0' };

/** CSS properties of a widget's place, named as in ipywidgets: `{ width: '50%' }`. */
export type Layout = Readonly<Record<string, string>>;

/** What every widget can be given. */
export interface WidgetOptions {
  /** Text before the control. */
  readonly description?: string;
  /** Shown, but not to be changed. */
  readonly disabled?: boolean;
  readonly layout?: Layout;
}

/** How a kind of widget is made. */
export interface Making extends WidgetOptions {
  /** The class in the front end, without `Model` and `View`: `'IntSlider'`. */
  readonly name: string;
  readonly state: State;
  readonly accepted?: Accepted;
  /** The class of its style, without `Model`. */
  readonly style?: string;
  readonly kind?: ModelKind;
}

/** Something that can be shown in a notebook and stays in touch with the session. */
export class Widget {
  readonly model: Model;
  readonly name: string;
  readonly #listeners = new Set<(names: readonly string[]) => void>();
  readonly #custom = new Set<(content: Readonly<Record<string, unknown>>) => void>();

  constructor({ name, state, accepted, style, kind, description, disabled, layout }: Making) {
    this.name = name;
    const own = {
      _dom_classes: [],
      layout: new Model({ ...base, model: 'LayoutModel', view: 'LayoutView' }, layout ?? {}),
      ...(style === undefined ? {} : { style: styleModel(style), description: description ?? '', tooltip: '' }),
      ...(disabled === undefined ? {} : { disabled }),
    };
    const made = kind ?? { ...controls, model: `${name}Model`, view: `${name}View` };
    this.model = new Model(made, { ...own, ...state }, accepted, {
      changed: (names) => {
        for (const listen of this.#listeners) listen(names);
      },
      custom: (content) => {
        for (const listen of this.#custom) listen(content);
      },
    });
  }

  /** @internal call `listen` with what has changed, here or in the front end */
  changed(listen: (names: readonly string[]) => void): () => void {
    this.#listeners.add(listen);
    return () => void this.#listeners.delete(listen);
  }

  /** @internal call `listen` with what the front end tells that is not state */
  told(listen: (content: Readonly<Record<string, unknown>>) => void): () => void {
    this.#custom.add(listen);
    return () => void this.#custom.delete(listen);
  }

  /** Take the widget out of the notebook. */
  close(): void {
    this.model.close();
  }

  [jupyterDisplay](): MimeBundle {
    this.model.open();
    return {
      'application/vnd.jupyter.widget-view+json': { version_major: 2, version_minor: 0, model_id: this.model.id },
      'text/plain': this.toString(),
    };
  }

  /** What is shown where widgets cannot be. */
  toString(): string {
    return this.name;
  }
}

/** A widget that holds a value. */
export abstract class Control<V> extends Widget {
  /** The value now. Setting it moves the control in the notebook. */
  abstract get value(): V;
  abstract set value(value: V);
  /** Names of the properties the value is made of. */
  protected abstract readonly valueNames: readonly string[];

  /**
   * Call `handler` with each new value. What it shows, prints or throws appears below the cell that said so.
   *
   * @returns how to stop
   * @example
   * const a = slider(0, 1);
   * a.onChange((value) => console.log(value));
   */
  onChange(handler: (value: V) => unknown): () => void {
    const bound = bind(handler);
    return this.changed((names) => {
      if (names.some((name) => this.valueNames.includes(name))) bound(this.value);
    });
  }

  override toString(): string {
    const description = String(this.model.get('description') ?? '');
    return `${this.name}(${description === '' ? '' : `${description}: `}${String(this.value)})`;
  }
}

/** A handler that belongs to the cell that gives it; outside a notebook, the handler itself. */
export function bind<A extends unknown[]>(handler: (...args: A) => unknown): (...args: A) => void {
  return currentHost()?.bind?.(handler) ?? ((...args) => void handler(...args));
}

function styleModel(name: string): Model {
  // Descriptions as wide as their text: names of parameters are longer than the 80 pixels of the front end.
  const state = name === 'ButtonStyle' ? {} : { description_width: 'initial' };
  const kind = { ...controls, model: `${name}Model`, view: 'StyleView', viewModule: base.module };
  return new Model(kind, state);
}
