/**
 * Widgets that hold no value: buttons, text to read, and boxes that put others side by side or one below the other.
 */
import { Field } from './choices.ts';
import { bind, Widget, type WidgetOptions } from './widget.ts';

/** A button to press. */
export class Button extends Widget {
  /**
   * Call `handler` at each press. What it shows, prints or throws appears below the cell that said so.
   *
   * @returns how to stop
   */
  onClick(handler: () => unknown): () => void {
    const bound = bind(handler);
    return this.told(({ event }) => {
      if (event === 'click') bound();
    });
  }

  /** Ends with the next press: `await go.pressed()`. A cell that awaits it hears of the press. */
  pressed(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.told(({ event }) => {
        if (event !== 'click') return;
        stop();
        resolve();
      });
    });
  }

  override toString(): string {
    return `Button(${String(this.model.get('description'))})`;
  }
}

export interface ButtonOptions extends Omit<WidgetOptions, 'description'> {
  readonly look?: 'primary' | 'success' | 'info' | 'warning' | 'danger';
}

/**
 * A button.
 *
 * @example
 * button('Draw again', () => console.log('pressed'));
 */
export function button(description: string, onClick?: () => unknown, options: ButtonOptions = {}): Button {
  const { look = '', ...rest } = options;
  const state = { button_style: look, icon: '', disabled: options.disabled ?? false };
  const made = new Button({ ...rest, description, name: 'Button', style: 'ButtonStyle', state });
  if (onClick) made.onClick(onClick);
  return made;
}

/**
 * Text that can be replaced: `note.value = 'done'`.
 *
 * @example
 * const note = label('ready');
 */
export function label(value = '', options: WidgetOptions = {}): Field<string> {
  return new Field({ ...options, name: 'Label', style: 'LabelStyle', state: { value, placeholder: '\u200b' } });
}

/**
 * HTML that can be replaced. The front end cleans it of scripts.
 *
 * @example
 * const note = htmlLabel('<b>ready</b>');
 */
export function htmlLabel(value = '', options: WidgetOptions = {}): Field<string> {
  return new Field({ ...options, name: 'HTML', style: 'HTMLStyle', state: { value, placeholder: '\u200b' } });
}

/** Widgets in a row or a column. */
export class Box extends Widget {
  #children: readonly Widget[];

  constructor(name: 'HBox' | 'VBox', children: readonly Widget[], options: Pick<WidgetOptions, 'layout'>) {
    super({ ...options, name, state: { box_style: '', children: children.map(({ model }) => model) } });
    this.#children = children;
  }

  get children(): readonly Widget[] {
    return this.#children;
  }

  set children(children: readonly Widget[]) {
    this.#children = children;
    this.model.set({ children: children.map(({ model }) => model) });
  }

  override toString(): string {
    return `${this.name}(${this.#children.map(String).join(', ')})`;
  }
}

/** Widgets side by side. */
export function hbox(children: readonly Widget[], options: Pick<WidgetOptions, 'layout'> = {}): Box {
  return new Box('HBox', children, options);
}

/** Widgets one below the other. */
export function vbox(children: readonly Widget[], options: Pick<WidgetOptions, 'layout'> = {}): Box {
  return new Box('VBox', children, options);
}
