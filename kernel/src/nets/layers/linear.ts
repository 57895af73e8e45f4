/**
 * Dense layers: y = x Wᵀ + b.
 */
import type { Expr } from '../../program/index.ts';
import { matmul, transpose } from '../../program/index.ts';
import { fanInUniform } from '../initialise/defaults.ts';
import type { Layer, ParameterSpec } from '../types.ts';
import { defineLayer, requireLast, requireWhole } from './layer.ts';

/** Choices of a dense layer. */
export interface LinearLayerOptions {
  /** Add a bias; default true. */
  readonly bias?: boolean;
}

/**
 * A dense layer, as torch.nn.Linear: y = x Wᵀ + b over the last dimension, n_in · n_out + n_out parameters.
 *
 * @param inFeatures n_in
 * @param outFeatures n_out
 * @throws RangeError for sizes that are no whole numbers of 1 or more
 * @example network(linear(64, 10), { input: [64] });
 */
export function linear(inFeatures: number, outFeatures: number, { bias = true }: LinearLayerOptions = {}): Layer {
  requireWhole('linear', 'inFeatures', inFeatures);
  requireWhole('linear', 'outFeatures', outFeatures);
  const fans = [inFeatures, outFeatures] as const;
  const parameters: Record<string, ParameterSpec> = {
    weight: { shape: [outFeatures, inFeatures], initialise: fanInUniform, fans },
  };
  if (bias) parameters.bias = { shape: [outFeatures], initialise: fanInUniform, fans };
  return defineLayer({
    kind: 'linear',
    options: { inFeatures, outFeatures, bias },
    parameters,
    apply(scope, x: Expr): Expr {
      requireLast(x, inFeatures, 'features');
      const product = matmul(x, transpose(scope.parameter('weight'))); // (…, outFeatures)
      return bias ? product.add(scope.parameter('bias')) : product;
    },
  });
}
