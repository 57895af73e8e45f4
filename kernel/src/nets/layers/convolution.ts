/**
 * Convolutions and pooling as layers. The functions of the compute core of the same names are called with an expression.
 */
import type { Arg, ConvolutionOptions, Expr, PoolingOptions } from '../../program/index.ts';
import * as program from '../../program/index.ts';
import { formatShape } from '../../program/shape.ts';
import { fanInUniform } from '../initialise/defaults.ts';
import type { Layer, ParameterSpec } from '../types.ts';
import { defineLayer, requireWhole } from './layer.ts';

type Pair = number | readonly [number, number];

/** Choices of a convolutional layer. */
export interface ConvolutionLayerOptions<P = Pair> extends ConvolutionOptions<P> {
  /** Add a bias to each output channel; default true. */
  readonly bias?: boolean;
}

/** What the two convolutions share: the same weights at every place. */
function convolution<P>(
  kind: string,
  channels: readonly [inChannels: number, outChannels: number],
  window: readonly number[],
  options: ConvolutionLayerOptions<P>,
  convolve: (x: Expr, weight: Expr) => Expr,
): Layer {
  const [inChannels, outChannels] = channels;
  const { bias = true, groups = 1 } = options;
  requireWhole(kind, 'inChannels', inChannels);
  requireWhole(kind, 'outChannels', outChannels);
  requireWhole(kind, 'groups', groups);
  for (const size of window) requireWhole(kind, 'kernelSize', size);
  if (inChannels % groups !== 0 || outChannels % groups !== 0) {
    throw new RangeError(
      `${kind}: ${inChannels} channels in and ${outChannels} out cannot be cut into ${groups} groups of equal size; both must be multiples of groups`,
    );
  }
  const shape = [outChannels, inChannels / groups, ...window];
  const field = window.reduce((product, n) => product * n, 1);
  const fans = [(inChannels / groups) * field, outChannels * field] as const;
  const parameters: Record<string, ParameterSpec> = { weight: { shape, initialise: fanInUniform, fans } };
  if (bias) parameters.bias = { shape: [outChannels], initialise: fanInUniform, fans };
  const ones = window.map(() => 1);
  return defineLayer({
    kind,
    options: { inChannels, outChannels, kernelSize: window, ...options, bias },
    parameters,
    apply(scope, x: Expr): Expr {
      if (x.shape.length !== 2 + window.length || x.shape[1] !== inChannels) {
        const sizes = window.length === 2 ? 'height, width' : 'length';
        throw new RangeError(
          `expected (batch, ${inChannels} channels, ${sizes}), got shape ${formatShape(x.shape)}; use reshape(${inChannels}, …) before it, or make it for the channels that come`,
        );
      }
      const made = convolve(x, scope.parameter('weight'));
      return bias ? made.add(scope.parameter('bias').reshape(outChannels, ...ones)) : made;
    },
  });
}

/**
 * A convolution over images, as torch.nn.Conv2d: the same filters at every place, so a shifted image gives a shifted
 * output; k · k · C_in / groups · C_out + C_out parameters.
 *
 * @param kernelSize rows and columns of a filter
 * @throws RangeError for channels that are no multiples of the groups
 * @example sequential(reshape(1, 8, 8), conv2d(1, 6, 3, { padding: 1 }), relu(), maxPool2d(2));
 */
export function conv2d(
  inChannels: number,
  outChannels: number,
  kernelSize: Pair,
  options?: ConvolutionLayerOptions,
): Layer;
export function conv2d(x: Arg, filter: Arg, options?: ConvolutionOptions): Expr;
export function conv2d(
  first: Arg,
  second: Arg,
  third?: Pair | ConvolutionOptions,
  options: ConvolutionLayerOptions = {},
): Layer | Expr {
  if (!isPair(third)) return program.conv2d(first, second, third);
  const window = typeof third === 'number' ? [third, third] : third;
  return convolution('conv2d', [first as number, second as number], window, options, (x, weight) =>
    program.conv2d(x, weight, options),
  );
}

/**
 * A convolution over sequences (batch, channels, length), as torch.nn.Conv1d.
 *
 * @example conv1d(4, 8, 3, { padding: 1 });
 */
export function conv1d(
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  options?: ConvolutionLayerOptions<number>,
): Layer;
export function conv1d(x: Arg, filter: Arg, options?: ConvolutionOptions<number>): Expr;
export function conv1d(
  first: Arg,
  second: Arg,
  third?: number | ConvolutionOptions<number>,
  options: ConvolutionLayerOptions<number> = {},
): Layer | Expr {
  if (typeof third !== 'number') return program.conv1d(first, second, third);
  return convolution('conv1d', [first as number, second as number], [third], options, (x, weight) =>
    program.conv1d(x, weight, options),
  );
}

function isPair(x: unknown): x is Pair {
  return typeof x === 'number' || Array.isArray(x);
}

function pooling(kind: string, window: Pair, options: object, pool: (x: Expr) => Expr): Layer {
  for (const size of [window].flat()) requireWhole(kind, 'kernelSize', size as number);
  return defineLayer({ kind, options: { kernelSize: window, ...options }, apply: (_, x: Expr): Expr => pool(x) });
}

/** Whether a pooling is called with its window alone. */
function isWindow<P>(second: P | PoolingOptions<P> | undefined): second is PoolingOptions<P> | undefined {
  return second === undefined || (typeof second === 'object' && !Array.isArray(second));
}

/** The largest element of each window, as torch.nn.MaxPool2d; given an expression, of that. @example maxPool2d(2, { stride: 2 }); */
export function maxPool2d(kernelSize: Pair, options?: PoolingOptions): Layer;
export function maxPool2d(x: Arg, window: Pair, options?: PoolingOptions): Expr;
export function maxPool2d(first: Arg, second?: Pair | PoolingOptions, options?: PoolingOptions): Layer | Expr {
  if (!isWindow<Pair>(second)) return program.maxPool2d(first, second, options);
  return pooling('maxPool2d', first as Pair, { ...second }, (x) => program.maxPool2d(x, first as Pair, second));
}

/** The mean of each window, as torch.nn.AvgPool2d; given an expression, of that. @example averagePool2d(2); */
export function averagePool2d(kernelSize: Pair, options?: PoolingOptions): Layer;
export function averagePool2d(x: Arg, window: Pair, options?: PoolingOptions): Expr;
export function averagePool2d(first: Arg, second?: Pair | PoolingOptions, options?: PoolingOptions): Layer | Expr {
  if (!isWindow<Pair>(second)) return program.averagePool2d(first, second, options);
  return pooling('averagePool2d', first as Pair, { ...second }, (x) => program.averagePool2d(x, first as Pair, second));
}

/** The largest element of each window of a sequence, as torch.nn.MaxPool1d; given an expression, of that. @example maxPool1d(2); */
export function maxPool1d(kernelSize: number, options?: PoolingOptions<number>): Layer;
export function maxPool1d(x: Arg, window: number, options?: PoolingOptions<number>): Expr;
export function maxPool1d(
  first: Arg,
  second?: number | PoolingOptions<number>,
  options?: PoolingOptions<number>,
): Layer | Expr {
  if (!isWindow<number>(second)) return program.maxPool1d(first, second, options);
  return pooling('maxPool1d', first as number, { ...second }, (x) => program.maxPool1d(x, first as number, second));
}

/** The mean of each window of a sequence, as torch.nn.AvgPool1d; given an expression, of that. @example averagePool1d(2); */
export function averagePool1d(kernelSize: number, options?: PoolingOptions<number>): Layer;
export function averagePool1d(x: Arg, window: number, options?: PoolingOptions<number>): Expr;
export function averagePool1d(
  first: Arg,
  second?: number | PoolingOptions<number>,
  options?: PoolingOptions<number>,
): Layer | Expr {
  if (!isWindow<number>(second)) return program.averagePool1d(first, second, options);
  return pooling('averagePool1d', first as number, { ...second }, (x) =>
    program.averagePool1d(x, first as number, second),
  );
}
