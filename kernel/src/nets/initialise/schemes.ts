/**
 * Ways to start parameters. What each does to the sizes of activations and gradients by depth is seen with
 * `net.activations` and `net.gradients`.
 */

import { qr } from '../../numeric/linalg/qr.ts';
import { normalCdf, normalQuantile } from '../../numeric/special/normal.ts';
import { sizeOf } from '../../program/shape.ts';
import type { Initialiser } from '../types.ts';
import { elementwise } from './initialiser.ts';

/** What a gain is for. */
export type Nonlinearity = 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'leakyRelu' | 'selu';

/**
 * By how much a nonlinearity shrinks its input's standard deviation, as torch.nn.init.calculate_gain: 1 for linear and
 * sigmoid, 5/3 for tanh, √2 for ReLU, √(2 / (1 + slope²)) for leaky ReLU, 3/4 for SELU.
 *
 * @param slope below 0, of leaky ReLU; default 0.01
 * @throws RangeError for another name
 * @example gainOf('relu'); // 1.414
 */
export function gainOf(nonlinearity: Nonlinearity, slope = 0.01): number {
  const gains: Readonly<Record<Nonlinearity, number>> = {
    linear: 1,
    sigmoid: 1,
    tanh: 5 / 3,
    relu: Math.SQRT2,
    leakyRelu: Math.sqrt(2 / (1 + slope ** 2)),
    selu: 3 / 4,
  };
  if (!Object.hasOwn(gains, nonlinearity)) {
    throw new RangeError(`gainOf: there is no '${nonlinearity}'; there are ${Object.keys(gains).join(', ')}`);
  }
  return gains[nonlinearity];
}

function requireFinite(scheme: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!Number.isFinite(value)) throw new RangeError(`${scheme}: ${name} must be a finite number, got ${value}`);
  }
}

function requirePositive(scheme: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!(value > 0 && Number.isFinite(value)))
      throw new RangeError(`${scheme}: ${name} must be above 0, got ${value}`);
  }
}

/** Every element 0: for biases; weights of 0 never become different from one another. @example initialisers.zeros() */
export function zeros(): Initialiser {
  return elementwise('zeros', {}, () => () => 0);
}

/** Every element 1. @example initialisers.ones() */
export function ones(): Initialiser {
  return elementwise('ones', {}, () => () => 1);
}

/** Every element the same number. @example initialisers.constant(0.5) */
export function constant(value: number): Initialiser {
  requireFinite('constant', { value });
  return elementwise('constant', { value }, () => () => value);
}

/** Uniform between two numbers. @example initialisers.uniform(-0.1, 0.1) */
export function uniform(lower = 0, upper = 1): Initialiser {
  requireFinite('uniform', { lower, upper });
  if (!(lower < upper)) throw new RangeError(`uniform: lower must be below upper, got ${lower} and ${upper}`);
  return elementwise('uniform', { lower, upper }, () => (stream) => lower + (upper - lower) * stream.uniform());
}

/** Normal. @example initialisers.normal(0, 0.02) */
export function normal(mean = 0, sd = 1): Initialiser {
  requireFinite('normal', { mean });
  requirePositive('normal', { sd });
  return elementwise('normal', { mean, sd }, () => (stream) => mean + sd * stream.normal());
}

/**
 * Normal, between two bounds counted in standard deviations from the mean, by inversion. (torch counts its bounds in
 * the units of the parameter, where ±2 cut nothing off a standard deviation of 0.02.)
 *
 * @example initialisers.truncatedNormal(0, 0.02)
 */
export function truncatedNormal(mean = 0, sd = 1, lower = -2, upper = 2): Initialiser {
  requireFinite('truncatedNormal', { mean });
  requirePositive('truncatedNormal', { sd });
  if (!(lower < upper)) throw new RangeError(`truncatedNormal: lower must be below upper, got ${lower} and ${upper}`);
  const [from, to] = [normalCdf(lower), normalCdf(upper)];
  return elementwise('truncatedNormal', { mean, sd, lower, upper }, () => (stream) => {
    const z = normalQuantile(from + (to - from) * stream.uniform());
    return mean + sd * Math.min(upper, Math.max(lower, z));
  });
}

/** A draw of standard deviation `sd`, uniform or normal. */
function spread(
  name: string,
  options: Readonly<Record<string, unknown>>,
  form: 'uniform' | 'normal',
  sdOf: (fanIn: number, fanOut: number) => number,
): Initialiser {
  return elementwise(
    name,
    options,
    (fanIn, fanOut) => {
      const sd = sdOf(fanIn, fanOut);
      const bound = Math.sqrt(3) * sd; // a uniform on ±b has variance b²/3
      return form === 'normal' ? (stream) => sd * stream.normal() : (stream) => bound * (2 * stream.uniform() - 1);
    },
    true,
  );
}

/** A factor on the standard deviation. */
export interface GainOptions {
  /** Default 1. */
  readonly gain?: number;
}

function xavier(name: string, form: 'uniform' | 'normal', { gain = 1 }: GainOptions): Initialiser {
  requirePositive(name, { gain });
  return spread(name, { gain }, form, (fanIn, fanOut) => gain * Math.sqrt(2 / (fanIn + fanOut)));
}

/**
 * Variance gain² · 2 / (n_in + n_out), uniform (Glorot & Bengio 2010, equation 16): keeps activations and gradients of
 * tanh nets at their size.
 *
 * @example net.initialise(initialisers.xavierUniform({ gain: gainOf('tanh') }));
 */
export function xavierUniform(options: GainOptions = {}): Initialiser {
  return xavier('xavierUniform', 'uniform', options);
}

/** Variance gain² · 2 / (n_in + n_out), normal. @example net.initialise(initialisers.xavierNormal()); */
export function xavierNormal(options: GainOptions = {}): Initialiser {
  return xavier('xavierNormal', 'normal', options);
}

/** Choices of He's starts. */
export interface HeOptions {
  /** Which of n_in (default: activations keep their size) and n_out (gradients do). */
  readonly mode?: 'fanIn' | 'fanOut';
  /** Default 'relu'. */
  readonly nonlinearity?: Nonlinearity;
  /** Below 0, of leaky ReLU; default 0.01. */
  readonly negativeSlope?: number;
}

function he(name: string, form: 'uniform' | 'normal', options: HeOptions): Initialiser {
  const { mode = 'fanIn', nonlinearity = 'relu', negativeSlope = 0.01 } = options;
  const gain = gainOf(nonlinearity, negativeSlope);
  if (mode !== 'fanIn' && mode !== 'fanOut')
    throw new RangeError(`${name}: mode must be 'fanIn' or 'fanOut', got '${mode}'`);
  return spread(
    name,
    { mode, nonlinearity, negativeSlope },
    form,
    (fanIn, fanOut) => gain / Math.sqrt(mode === 'fanIn' ? fanIn : fanOut),
  );
}

/** Variance gain² / n_in, uniform; 2 / n_in for ReLU (He et al. 2015, equation 10). @example net.initialise(initialisers.heUniform()); */
export function heUniform(options: HeOptions = {}): Initialiser {
  return he('heUniform', 'uniform', options);
}

/** Variance gain² / n_in, normal; 2 / n_in for ReLU (He et al. 2015, equation 10). @example net.initialise(initialisers.heNormal()); */
export function heNormal(options: HeOptions = {}): Initialiser {
  return he('heNormal', 'normal', options);
}

/** Variance 1 / n_in, uniform (LeCun et al. 1998, section 4.6). @example net.initialise(initialisers.lecunUniform()); */
export function lecunUniform(): Initialiser {
  return spread('lecunUniform', {}, 'uniform', (fanIn) => Math.sqrt(1 / fanIn));
}

/** Variance 1 / n_in, normal (LeCun et al. 1998, section 4.6). @example net.initialise(initialisers.lecunNormal()); */
export function lecunNormal(): Initialiser {
  return spread('lecunNormal', {}, 'normal', (fanIn) => Math.sqrt(1 / fanIn));
}

/**
 * Orthonormal rows or columns, times the gain (Saxe et al. 2013): all singular values are the gain; an entry's variance
 * is gain² / max(rows, columns). Filters count as rows of all their inputs.
 *
 * @example net.initialise(initialisers.orthogonal(), '*.weight_hh_l0');
 */
export function orthogonal({ gain = 1 }: GainOptions = {}): Initialiser {
  requirePositive('orthogonal', { gain });
  return {
    name: 'orthogonal',
    options: { gain },
    needsMatrix: true,
    values({ shape, stream }) {
      const rows = shape[0]!;
      const columns = sizeOf(shape.slice(1));
      const [long, short] = [Math.max(rows, columns), Math.min(rows, columns)];
      const draws = Float64Array.from({ length: long * short }, () => stream.normal());
      // Q of a normal matrix with R's diagonal not negative is uniform over orthogonal ones (Mezzadri 2007).
      const { q } = qr(draws, long, short); // (long, short)
      return Float64Array.from({ length: rows * columns }, (_, at) => {
        const [i, j] = [Math.floor(at / columns), at % columns];
        return gain * (rows >= columns ? q[i * short + j]! : q[j * short + i]!);
      });
    },
  };
}

/** 1 on the diagonal of a matrix, 0 elsewhere. @example net.initialise(initialisers.identity(), 'hidden.weight'); */
export function identity({ gain = 1 }: GainOptions = {}): Initialiser {
  requirePositive('identity', { gain });
  return {
    name: 'identity',
    options: { gain },
    needsMatrix: true,
    values({ shape }) {
      const columns = sizeOf(shape.slice(1));
      return Float64Array.from({ length: shape[0]! * columns }, (_, at) =>
        Math.floor(at / columns) === at % columns ? gain : 0,
      );
    },
  };
}

/**
 * A scheme scaled by 1 / √(2 L) for the projections at the ends of residual branches, of which a transformer of L blocks
 * has 2 L (Radford et al. 2019): what they add up to keeps its size whatever L is.
 *
 * @param depth L
 * @example net.initialise(initialisers.residualScaled(initialisers.normal(0, 0.02), 12), ['*.out_proj.weight', '*.linear2.weight']);
 */
export function residualScaled(scheme: Initialiser, depth: number): Initialiser {
  requirePositive('residualScaled', { depth });
  const scale = 1 / Math.sqrt(2 * depth);
  return {
    name: 'residualScaled',
    options: { scheme: scheme.name, ...scheme.options, depth },
    needsMatrix: scheme.needsMatrix === true,
    values: (request) => scheme.values(request).map((value) => scale * value),
  };
}
