/**
 * Losses of numbers: squared, absolute, and Huber's between the two.
 */

import type { Expr } from '../../program/index.ts';
import { where } from '../../program/index.ts';
import type { Loss } from '../types.ts';
import { meanLoss, requirePositive } from './loss.ts';

/**
 * Mean squared error, as torch.nn.MSELoss. Making it small is maximum likelihood under normal errors of one standard
 * deviation.
 *
 * @example train(net, { x, y }, { loss: meanSquaredError() });
 */
export function meanSquaredError(): Loss {
  return meanLoss('meanSquaredError', {}, (output, target) => output.sub(target).square() as Expr);
}

/** Mean absolute error, as torch.nn.L1Loss: maximum likelihood under Laplace errors. @example meanAbsoluteError(); */
export function meanAbsoluteError(): Loss {
  return meanLoss('meanAbsoluteError', {}, (output, target) => output.sub(target).abs() as Expr);
}

/**
 * ½ e² where |e| < δ, else δ (|e| − ½ δ), averaged (Huber 1964), as torch.nn.HuberLoss.
 *
 * @param delta where the square ends, in the units of the target; default 1
 * @throws RangeError unless above 0
 * @example huber({ delta: 2 });
 */
export function huber({ delta = 1 }: { readonly delta?: number } = {}): Loss {
  requirePositive('huber', 'delta', delta);
  return meanLoss('huber', { delta }, (output, target) => {
    const error = output.sub(target);
    const size = error.abs();
    return where(size.lt(delta), error.square().mul(0.5), size.sub(0.5 * delta).mul(delta)) as Expr;
  });
}
