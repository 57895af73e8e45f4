/**
 * Clipping of gradients: to a norm over all parameters together (Pascanu, Mikolov & Bengio 2013), or each number to an
 * interval, as `torch.nn.utils.clip_grad_norm_` and `clip_grad_value_` do.
 */
import { clip } from '../../program/ordering.ts';
import type { Expr } from '../../program/types.ts';
import { checkAbove } from './define.ts';

/** At most this norm, or at most this absolute value; exactly one of the two. */
export type Clipping =
  | { readonly norm: number; readonly value?: never }
  | { readonly value: number; readonly norm?: never };

/** Added to the norm that is divided by, so that gradients of 0 stay 0 (as PyTorch has it). */
const TINY = 1e-6;

/** √Σ g² over all gradients together. */
export function gradientNorm(gradients: readonly Expr[]): Expr {
  return gradients
    .map((gradient) => gradient.square().sum() as Expr)
    .reduce((sum, part) => sum.add(part))
    .sqrt();
}

/**
 * The gradients, clipped.
 *
 * @throws RangeError unless one of norm and value is given, and above 0
 * @example clipGradients([slope, intercept], { norm: 1 });
 */
export function clipGradients(gradients: readonly Expr[], { norm, value }: Clipping): Expr[] {
  if ((norm === undefined) === (value === undefined)) {
    throw new RangeError('clip: give either norm or value, for example { norm: 1 }');
  }
  if (value !== undefined) {
    checkAbove('clip', 'value', value);
    return gradients.map((gradient) => clip(gradient, -value, value));
  }
  checkAbove('clip', 'norm', norm!);
  if (gradients.length === 0) return [];
  const scale = gradientNorm(gradients).add(TINY).reciprocal().mul(norm!).minimum(1);
  return gradients.map((gradient) => gradient.mul(scale));
}
