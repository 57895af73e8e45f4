/** Vectors whose elements rise: `ordered` and `positiveOrdered` wrap a distribution. */
import { constant } from '../program/index.ts';
import type { Shape } from '../program/types.ts';
import { FamilyDistribution } from './distribution.ts';
import type { Distribution } from './types.ts';

function implementation(name: string, distribution: Distribution): FamilyDistribution {
  if (!(distribution instanceof FamilyDistribution) || distribution.kind !== 'real') {
    throw new TypeError(`${name}: expected a continuous distribution, e.g. ${name}(normal(0, 1).size(4))`);
  }
  if (distribution.shape.length === 0) {
    throw new RangeError(
      `${name}: a scalar cannot be ordered; give the distribution a length, e.g. ${name}(${distribution.family.name}(…).size(4))`,
    );
  }
  if (distribution.support.structure !== 'real') {
    throw new RangeError(`${name}: the distribution is ${distribution.support.structure} already; wrap it once`);
  }
  return distribution;
}

/**
 * The distribution restricted to rising vectors x₀ < x₁ < … along the last dimension (cut points, labelled mixture
 * components). The log density is the wrapped one's, elementwise, not renormalised: as Stan's `ordered`.
 *
 * @param distribution continuous, with at least one dimension
 * @throws TypeError for a discrete distribution; RangeError for a scalar
 * @example model().parameters({ cutpoints: ordered(normal(0, 2).size(4)) })
 */
export function ordered<S extends Shape>(distribution: Distribution<S, 'real'>): Distribution<S, 'real'> {
  const wrapped = implementation('ordered', distribution as unknown as Distribution).structured('ordered');
  return wrapped as unknown as Distribution<S, 'real'>;
}

/**
 * The distribution restricted to rising vectors of positive numbers 0 < x₀ < x₁ < … along the last dimension. The log
 * density is the wrapped one's, elementwise, not renormalised: as Stan's `positive_ordered`.
 *
 * @param distribution continuous, with at least one dimension
 * @throws TypeError for a discrete distribution; RangeError for a scalar
 * @example model().parameters({ scales: positiveOrdered(exponential(1).size(3)) })
 */
export function positiveOrdered<S extends Shape>(distribution: Distribution<S, 'real'>): Distribution<S, 'real'> {
  const wrapped = implementation('positiveOrdered', distribution as unknown as Distribution).structured(
    'positive ordered',
    [{ side: 'lower', value: constant(0), open: false, origin: 'user' }],
  );
  return wrapped as unknown as Distribution<S, 'real'>;
}
