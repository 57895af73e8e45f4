/**
 * Normalisation: by batch (Ioffe & Szegedy 2015), by layer (Ba et al. 2016), by group (Wu & He 2018), and by the root
 * mean square (Zhang & Sennrich 2019).
 */
import type { Expr } from '../../program/index.ts';
import { formatShape, sameShape, sizeOf } from '../../program/shape.ts';
import { ones, zeros } from '../initialise/defaults.ts';
import type { BufferSpec, Layer, ParameterSpec } from '../types.ts';
import { defineLayer, requireWhole } from './layer.ts';

/** Choices of a batch normalisation. */
export interface BatchNormOptions {
  /** Added to the variance; default 1e-5. */
  readonly eps?: number;
  /** Share of the new batch in the running statistics; default 0.1. */
  readonly momentum?: number;
  /** Learn a scale and a shift of each channel; default true. */
  readonly affine?: boolean;
}

/** A scale and a shift, one a feature. */
function affineParameters(shape: readonly number[], bias = true): Record<string, ParameterSpec> {
  return { weight: { shape, initialise: ones }, ...(bias ? { bias: { shape, initialise: zeros } } : {}) };
}

function requireEps(layer: string, eps: number): number {
  if (!(eps >= 0)) throw new RangeError(`${layer}: eps must be 0 or more, got ${eps}`);
  return eps;
}

/**
 * Each channel with mean 0 and variance 1 over the batch, then scaled and shifted, as torch.nn.BatchNorm1d and 2d: over
 * (batch, features), (batch, features, length) or (batch, features, height, width). In training the batch's own mean and
 * variance are used and running ones are kept (the variance with n − 1), in prediction the running ones.
 *
 * @param features channels, the second dimension
 * @throws RangeError in training where a channel has one value alone
 * @example sequential(conv2d(1, 6, 3), batchNorm(6), relu());
 */
export function batchNorm(
  features: number,
  { eps = 1e-5, momentum = 0.1, affine = true }: BatchNormOptions = {},
): Layer {
  requireWhole('batchNorm', 'features', features);
  requireEps('batchNorm', eps);
  if (!(momentum >= 0 && momentum <= 1))
    throw new RangeError(`batchNorm: momentum must be from 0 to 1, got ${momentum}`);
  const buffers: Record<string, BufferSpec> = {
    running_mean: { shape: [features], value: 0 },
    running_var: { shape: [features], value: 1 },
  };
  return defineLayer({
    kind: 'batchNorm',
    options: { features, eps, momentum, affine },
    parameters: affine ? affineParameters([features]) : {},
    buffers,
    apply(scope, x: Expr): Expr {
      const { shape } = x;
      if (shape.length < 2 || shape[1] !== features) {
        throw new RangeError(`expected (batch, ${features} features, …), got shape ${formatShape(shape)}`);
      }
      const column = [features, ...shape.slice(2).map(() => 1)];
      const places = x.size / features;
      let mean = scope.buffer('running_mean');
      let variance = scope.buffer('running_var');
      if (scope.training) {
        if (places < 2) {
          throw new RangeError(
            'training needs two values or more a channel, and the batch gives one; use larger batches',
          );
        }
        const others = shape.map((_, axis) => axis).filter((axis) => axis !== 1);
        const before = { mean, variance };
        mean = meanOver(x, others); // (features,)
        variance = meanOver(x.sub(mean.reshape(...column)).square(), others); // (features,)
        const mix = (old: Expr, now: Expr): Expr => old.mul(1 - momentum).add(now.mul(momentum));
        scope.update('running_mean', mix(before.mean, mean));
        scope.update('running_var', mix(before.variance, variance.mul(places / (places - 1))));
      }
      const scale = variance.add(eps).sqrt().reciprocal(); // (features,)
      const slope = affine ? scale.mul(scope.parameter('weight')) : scale;
      const scaled = x.sub(mean.reshape(...column)).mul(slope.reshape(...column));
      return affine ? scaled.add(scope.parameter('bias').reshape(...column)) : scaled;
    },
  });
}

/** The mean over several dimensions, last first so that the others keep their numbers. */
function meanOver(x: Expr, axes: readonly number[]): Expr {
  return [...axes].reverse().reduce<Expr>((value, axis) => value.mean(axis), x);
}

/** Choices of a layer normalisation. */
export interface LayerNormOptions {
  /** Added to the variance; default 1e-5. */
  readonly eps?: number;
  /** Learn a scale (and a shift) of each feature; default true. */
  readonly elementwiseAffine?: boolean;
  /** Learn a shift; default true. */
  readonly bias?: boolean;
}

/** x as rows of the features that are normalised, and its shape again. */
function asRows(x: Expr, sizes: readonly number[]): Expr {
  const lead = x.shape.slice(0, x.shape.length - sizes.length);
  if (lead.length === 0 || !sameShape(x.shape.slice(lead.length), sizes)) {
    throw new RangeError(`expected the last dimensions to be ${formatShape(sizes)}, got shape ${formatShape(x.shape)}`);
  }
  return sizes.length === 1 ? x : x.reshape(...lead, sizeOf(sizes));
}

function requireSizes(layer: string, given: number | readonly number[]): readonly number[] {
  const sizes = typeof given === 'number' ? [given] : given;
  for (const size of sizes) requireWhole(layer, 'normalizedShape', size);
  return sizes;
}

/** (x − mean) / √(variance + eps) along the last dimension. */
function standardise(x: Expr, eps: number): Expr {
  const last = x.shape.length - 1;
  const kept = [...x.shape.slice(0, last), 1];
  const centred = x.sub(x.mean(last).reshape(...kept));
  const variance = centred
    .square()
    .mean(last)
    .reshape(...kept);
  return centred.mul(variance.add(eps).sqrt().reciprocal());
}

/**
 * Each example's features with mean 0 and variance 1, then scaled and shifted, as torch.nn.LayerNorm; 2 d parameters.
 *
 * @param normalizedShape sizes of the last dimensions that are normalised together
 * @example layerNorm(64);
 */
export function layerNorm(
  normalizedShape: number | readonly number[],
  { eps = 1e-5, elementwiseAffine = true, bias = true }: LayerNormOptions = {},
): Layer {
  const sizes = requireSizes('layerNorm', normalizedShape);
  requireEps('layerNorm', eps);
  const shifted = elementwiseAffine && bias;
  return defineLayer({
    kind: 'layerNorm',
    options: { normalizedShape: sizes, eps, elementwiseAffine, bias },
    parameters: elementwiseAffine ? affineParameters(sizes, bias) : {},
    apply(scope, x: Expr): Expr {
      const scaled = standardise(asRows(x, sizes), eps).reshape(...x.shape);
      const weighed = elementwiseAffine ? scaled.mul(scope.parameter('weight')) : scaled;
      return (shifted ? weighed.add(scope.parameter('bias')) : weighed) as Expr;
    },
  });
}

/**
 * Groups of channels with mean 0 and variance 1 in each example, then scaled and shifted by channel, as
 * torch.nn.GroupNorm.
 *
 * @throws RangeError for channels that are no multiple of the groups
 * @example groupNorm(2, 6);
 */
export function groupNorm(
  groups: number,
  channels: number,
  { eps = 1e-5, affine = true }: { readonly eps?: number; readonly affine?: boolean } = {},
): Layer {
  requireWhole('groupNorm', 'groups', groups);
  requireWhole('groupNorm', 'channels', channels);
  requireEps('groupNorm', eps);
  if (channels % groups !== 0) {
    throw new RangeError(`groupNorm: ${channels} channels cannot be cut into ${groups} groups of equal size`);
  }
  return defineLayer({
    kind: 'groupNorm',
    options: { groups, channels, eps, affine },
    parameters: affine ? affineParameters([channels]) : {},
    apply(scope, x: Expr): Expr {
      const { shape } = x;
      if (shape.length < 2 || shape[1] !== channels) {
        throw new RangeError(`expected (batch, ${channels} channels, …), got shape ${formatShape(shape)}`);
      }
      const column = [channels, ...shape.slice(2).map(() => 1)];
      const rows = x.reshape(shape[0]!, groups, x.size / shape[0]! / groups);
      const scaled = standardise(rows, eps).reshape(...shape);
      if (!affine) return scaled as Expr;
      return scaled
        .mul(scope.parameter('weight').reshape(...column))
        .add(scope.parameter('bias').reshape(...column)) as Expr;
    },
  });
}

/**
 * x / √(mean of x² + eps), scaled, as torch.nn.RMSNorm; d parameters.
 *
 * @param eps default the step from 1 to the next number in single precision, as torch has it there
 * @example rmsNorm(64);
 */
export function rmsNorm(
  normalizedShape: number | readonly number[],
  { eps = 2 ** -23, elementwiseAffine = true }: Omit<LayerNormOptions, 'bias'> = {},
): Layer {
  const sizes = requireSizes('rmsNorm', normalizedShape);
  requireEps('rmsNorm', eps);
  return defineLayer({
    kind: 'rmsNorm',
    options: { normalizedShape: sizes, eps, elementwiseAffine },
    parameters: elementwiseAffine ? affineParameters(sizes, false) : {},
    apply(scope, x: Expr): Expr {
      const rows = asRows(x, sizes);
      const last = rows.shape.length - 1;
      const meanSquare = rows
        .square()
        .mean(last)
        .reshape(...rows.shape.slice(0, last), 1);
      const scaled = rows.mul(meanSquare.add(eps).sqrt().reciprocal()).reshape(...x.shape);
      return (elementwiseAffine ? scaled.mul(scope.parameter('weight')) : scaled) as Expr;
    },
  });
}
