/**
 * Sliders, for real numbers and for integers.
 */
import { Control, type WidgetOptions } from './widget.ts';

export interface SliderOptions extends WidgetOptions {
  /** Distance of the values one can choose. Default: a hundredth of the range; 1 for integers. */
  readonly step?: number;
  /** Where it stands at first. Default: the middle, on a step. */
  readonly value?: number;
  /** Send values while it is dragged (the default), or only when it is let go. */
  readonly continuous?: boolean;
  /** How the number beside it is written, as in d3-format, e.g. `'.2f'`. */
  readonly format?: string;
}

/** A control for a number. */
export class Slider extends Control<number> {
  protected override readonly valueNames = ['value'];
  readonly minimum: number;
  readonly maximum: number;

  constructor(caller: string, minimum: number, maximum: number, integer: boolean, options: SliderOptions) {
    const { step = integer ? 1 : (maximum - minimum) / 100, continuous = true, ...rest } = options;
    if (!(minimum < maximum && Number.isFinite(maximum - minimum))) {
      throw new RangeError(`${caller}: expected minimum < maximum, both finite; got ${minimum} and ${maximum}`);
    }
    if (!(step > 0)) throw new RangeError(`${caller}: step must be positive; got ${step}`);
    if (integer && ![minimum, maximum, step].every(Number.isInteger)) {
      throw new RangeError(`${caller}: minimum, maximum and step must be integers; use slider for real numbers`);
    }
    const value = options.value ?? minimum + Math.round((maximum - minimum) / 2 / step) * step;
    if (!(minimum <= value && value <= maximum) || (integer && !Number.isInteger(value))) {
      const kind = integer ? 'an integer' : 'a number';
      throw new RangeError(`${caller}: value must be ${kind} from ${minimum} to ${maximum}; got ${value}`);
    }
    super({
      ...rest,
      name: integer ? 'IntSlider' : 'FloatSlider',
      style: 'SliderStyle',
      state: {
        min: minimum,
        max: maximum,
        step,
        value,
        behavior: 'drag-tap',
        continuous_update: continuous,
        orientation: 'horizontal',
        readout: true,
        readout_format: options.format ?? (integer ? 'd' : '.3~g'),
        disabled: options.disabled ?? false,
      },
      accepted: {
        value: (given) => {
          if (typeof given !== 'number' || !Number.isFinite(given)) return undefined;
          const within = Math.min(Math.max(given, minimum), maximum);
          // The front end adds up steps: from −3 in steps of 0.5 it comes to 2.000000000000001.
          return integer ? Math.round(within) : Number(within.toPrecision(12));
        },
      },
    });
    this.minimum = minimum;
    this.maximum = maximum;
  }

  override get value(): number {
    return this.model.get('value') as number;
  }

  /** @throws RangeError outside of the range */
  override set value(value: number) {
    if (!(this.minimum <= value && value <= this.maximum)) {
      throw new RangeError(`slider: expected a value from ${this.minimum} to ${this.maximum}; got ${value}`);
    }
    this.model.set({ value: this.name === 'IntSlider' ? Math.round(value) : value });
  }
}

/**
 * A slider for a real number.
 *
 * @param minimum least value
 * @param maximum greatest value
 * @throws RangeError when the range is empty or the value outside of it
 * @example
 * const mean = slider(-3, 3, { value: 0, description: 'mean' });
 */
export function slider(minimum: number, maximum: number, options: SliderOptions = {}): Slider {
  return new Slider('slider', minimum, maximum, false, options);
}

/**
 * A slider for an integer.
 *
 * @example
 * const draws = integerSlider(1, 100, { description: 'draws' });
 */
export function integerSlider(minimum: number, maximum: number, options: SliderOptions = {}): Slider {
  return new Slider('integerSlider', minimum, maximum, true, options);
}
