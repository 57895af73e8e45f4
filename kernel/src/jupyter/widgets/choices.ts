/**
 * Controls for one of several values, for yes or no, and for text.
 */
import { Control, type WidgetOptions } from './widget.ts';

/** A drop-down list. */
export class Select<V> extends Control<V> {
  protected override readonly valueNames = ['index'];
  readonly #values: readonly V[];

  constructor(choices: readonly V[] | Readonly<Record<string, V>>, options: WidgetOptions & { readonly value?: V }) {
    const entries = Array.isArray(choices)
      ? choices.map((value: V) => [String(value), value] as const)
      : Object.entries(choices as Readonly<Record<string, V>>);
    if (entries.length === 0) throw new RangeError('select: expected at least one choice; got none');
    const values = entries.map(([, value]) => value);
    const { value, ...rest } = options;
    const index = value === undefined ? 0 : values.indexOf(value);
    if (index < 0) throw new RangeError(`select: ${String(value)} is not among the choices`);
    super({
      ...rest,
      name: 'Dropdown',
      style: 'DescriptionStyle',
      state: { _options_labels: entries.map(([label]) => label), index, disabled: options.disabled ?? false },
      accepted: { index: (given) => (Number.isInteger(given) && (given as number) in values ? given : undefined) },
    });
    this.#values = values;
  }

  override get value(): V {
    return this.#values[this.model.get('index') as number]!;
  }

  /** @throws RangeError when it is not among the choices */
  override set value(value: V) {
    const index = this.#values.indexOf(value);
    if (index < 0) throw new RangeError(`select: ${String(value)} is not among the choices`);
    this.model.set({ index });
  }
}

/** A control whose value is one property of its model, of one type. */
export class Field<V extends string | boolean> extends Control<V> {
  protected override readonly valueNames = ['value'];

  override get value(): V {
    return this.model.get('value') as V;
  }

  override set value(value: V) {
    this.model.set({ value });
  }
}

/**
 * A drop-down list of choices: an array of values, or labels with their values.
 *
 * @throws RangeError with no choices, or when `value` is none of them
 * @example
 * const method = select({ 'maximum likelihood': 'mle', 'posterior mode': 'map' }, { description: 'method' });
 */
export function select<const V>(
  choices: readonly V[] | Readonly<Record<string, V>>,
  options: WidgetOptions & { readonly value?: NoInfer<V> } = {},
): Select<V> {
  return new Select<V>(choices, options);
}

/**
 * A box to tick.
 *
 * @example
 * const log = checkbox(false, { description: 'log scale' });
 */
export function checkbox(value = false, options: WidgetOptions = {}): Field<boolean> {
  return new Field({
    ...options,
    name: 'Checkbox',
    style: 'CheckboxStyle',
    state: { value, indent: false, disabled: options.disabled ?? false },
    accepted: { value: (given) => (typeof given === 'boolean' ? given : undefined) },
  });
}

/**
 * A line of text to edit. With `continuous: false` its value changes on Enter or when it is left.
 *
 * @example
 * const title = textInput('Heights', { description: 'title' });
 */
export function textInput(
  value = '',
  options: WidgetOptions & { readonly placeholder?: string; readonly continuous?: boolean } = {},
): Field<string> {
  const { placeholder = '\u200b', continuous = true, ...rest } = options;
  return new Field({
    ...rest,
    name: 'Text',
    style: 'TextStyle',
    state: { value, placeholder, continuous_update: continuous, disabled: options.disabled ?? false },
    accepted: { value: (given) => (typeof given === 'string' ? given : undefined) },
  });
}
