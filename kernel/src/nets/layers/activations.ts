/**
 * Activations: functions of each element, and softmax, without parameters. Where the compute core has a function of the
 * same name, it is called with an expression, and without one this makes a layer.
 */
import type { Arg, Expr } from '../../program/index.ts';
import * as program from '../../program/index.ts';
import type { Layer } from '../types.ts';
import { defineLayer } from './layer.ts';

/** A layer that is a function without parameters. */
function pointwise(kind: string, f: (x: Expr) => Expr, options: Readonly<Record<string, unknown>> = {}): Layer {
  return defineLayer({ kind, options, apply: (_, x: Expr): Expr => f(x) });
}

/** max(x, 0), as a layer; given an expression, of that. @example sequential(linear(2, 8), relu(), linear(8, 1)); */
export function relu(): Layer;
export function relu(x: Arg): Expr;
export function relu(x?: Arg): Layer | Expr {
  return x === undefined ? pointwise('relu', program.relu) : program.relu(x);
}

/** Choices of GELU. */
export interface GeluOptions {
  /** 'tanh' for 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))); default 'none', x Φ(x). */
  readonly approximate?: 'none' | 'tanh';
}

/** x Φ(x) (Hendrycks & Gimpel 2016), as a layer; given an expression, of that. @example gelu({ approximate: 'tanh' }); */
export function gelu(options?: GeluOptions): Layer;
export function gelu(x: Arg, options?: GeluOptions): Expr;
export function gelu(x: Arg | GeluOptions = {}, options?: GeluOptions): Layer | Expr {
  if (!isOptions<GeluOptions>(x)) return program.gelu(x, options);
  const { approximate = 'none' } = x;
  return pointwise('gelu', (value) => program.gelu(value, { approximate }), { approximate });
}

/** x · sigmoid(x) (swish), as a layer; given an expression, of that. @example silu(); */
export function silu(): Layer;
export function silu(x: Arg): Expr;
export function silu(x?: Arg): Layer | Expr {
  return x === undefined ? pointwise('silu', program.silu) : program.silu(x);
}

/** Choices of the exponential linear unit. */
export interface EluOptions {
  /** The value at −∞ is −alpha; default 1. */
  readonly alpha?: number;
}

/** x where x > 0, else alpha (e^x − 1), as a layer; given an expression, of that. @example elu({ alpha: 0.5 }); */
export function elu(options?: EluOptions): Layer;
export function elu(x: Arg, alpha?: number): Expr;
export function elu(x: Arg | EluOptions = {}, given?: number): Layer | Expr {
  if (!isOptions<EluOptions>(x)) return program.elu(x, given);
  const { alpha = 1 } = x;
  return pointwise('elu', (value) => program.elu(value, alpha), { alpha });
}

/** Choices of the leaky ReLU. */
export interface LeakyReluOptions {
  /** The slope below 0; default 0.01. */
  readonly negativeSlope?: number;
}

/** x where x > 0, else slope · x, as a layer; given an expression, of that. @example leakyRelu({ negativeSlope: 0.2 }); */
export function leakyRelu(options?: LeakyReluOptions): Layer;
export function leakyRelu(x: Arg, slope?: number): Expr;
export function leakyRelu(x: Arg | LeakyReluOptions = {}, slope?: number): Layer | Expr {
  if (!isOptions<LeakyReluOptions>(x)) return program.leakyRelu(x, slope);
  const { negativeSlope = 0.01 } = x;
  return pointwise('leakyRelu', (value) => program.leakyRelu(value, negativeSlope), { negativeSlope });
}

/** Hyperbolic tangent of each element. @example sequential(linear(2, 8), tanh(), linear(8, 1)); */
export function tanh(): Layer {
  return pointwise('tanh', (x) => x.tanh());
}

/** 1 / (1 + e^−x) of each element. @example sequential(linear(2, 1), sigmoid()); */
export function sigmoid(): Layer {
  return pointwise('sigmoid', program.sigmoidGate);
}

/** log(1 + e^x) of each element: a positive number of any. @example sequential(linear(2, 1), softplus()); */
export function softplus(): Layer {
  return pointwise('softplus', (x) => x.softplus());
}

/** Which dimension is normalised. */
export interface SoftmaxOptions {
  /** Default the last. */
  readonly axis?: number;
}

/** e^x / Σ e^x along a dimension, as a layer; given an expression, of that. @example sequential(linear(4, 3), softmax()); */
export function softmax(options?: SoftmaxOptions): Layer;
export function softmax(x: Arg, axis?: number): Expr;
export function softmax(x: Arg | SoftmaxOptions = {}, along?: number): Layer | Expr {
  if (!isOptions<SoftmaxOptions>(x)) return program.softmax(x, along);
  const { axis = -1 } = x;
  return pointwise('softmax', (value) => program.softmax(value, axis), { axis });
}

/** The logarithm of softmax, as a layer; given an expression, of that. @example sequential(linear(4, 3), logSoftmax()); */
export function logSoftmax(options?: SoftmaxOptions): Layer;
export function logSoftmax(x: Arg, axis?: number): Expr;
export function logSoftmax(x: Arg | SoftmaxOptions = {}, along?: number): Layer | Expr {
  if (!isOptions<SoftmaxOptions>(x)) return program.logSoftmax(x, along);
  const { axis = -1 } = x;
  return pointwise('logSoftmax', (value) => program.logSoftmax(value, axis), { axis });
}

/** Options are a plain object; everything else is what a function is taken of. */
function isOptions<O extends object>(x: Arg | O): x is O {
  return typeof x === 'object' && !program.isExpression(x) && !Array.isArray(x) && !ArrayBuffer.isView(x);
}

/** Names of activations, for layers that have one inside. */
export type ActivationName = 'relu' | 'gelu' | 'silu' | 'tanh' | 'sigmoid';

/** The function of a name. @throws RangeError for another name */
export function activationOf(layer: string, name: ActivationName): (x: Expr) => Expr {
  const known: Readonly<Record<ActivationName, (x: Expr) => Expr>> = {
    relu: program.relu,
    gelu: (x) => program.gelu(x),
    silu: program.silu,
    tanh: (x) => x.tanh(),
    sigmoid: program.sigmoidGate,
  };
  const found = Object.hasOwn(known, name) ? known[name] : undefined;
  if (found === undefined) {
    throw new RangeError(`${layer}: there is no activation '${name}'; there are ${Object.keys(known).join(', ')}`);
  }
  return found;
}
