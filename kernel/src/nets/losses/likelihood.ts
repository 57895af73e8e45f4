/**
 * The negative log likelihood of any distribution: training is then maximum likelihood.
 */
import type { Distribution } from '../../distributions/index.ts';
import type { Expr } from '../../program/index.ts';
import { sizeOf } from '../../program/shape.ts';
import type { Loss, Value } from '../types.ts';

/**
 * −log density of the targets under a distribution whose parameters the net gives, averaged over the targets.
 *
 * @param distributionOf from the outputs, a distribution with one element a target
 * @throws RangeError where the distribution is of another shape than the targets
 * @example
 * const net = network(layer({ body: linear(3, 2) }, ({ body }, x) => {
 *   const [mean, scale] = splitAlong(body(x), 2, -1);
 *   return { mean, sd: scale.softplus() };
 * }), { input: [3] });
 * const loss = negativeLogLikelihood(({ mean, sd }) => normal(mean, sd));
 */
export function negativeLogLikelihood<Out extends Value = Expr>(
  distributionOf: (output: Out) => Distribution,
): Loss<Out> {
  return {
    name: 'negativeLogLikelihood',
    options: {},
    target(output) {
      const { shape, kind } = distributionOf(output);
      return { shape, integer: kind === 'int' };
    },
    compute(output, target) {
      const density = distributionOf(output).logDensity(target as never);
      return density.sum().div(-Math.max(1, sizeOf(target.shape))) as Expr;
    },
  };
}
