/**
 * From the support of a distribution to the transform onto it.
 */
import type { Distribution } from '../distributions/index.ts';
import type { Expr, Expression } from '../program/index.ts';
import { uniformValue } from '../program/node.ts';
import { describeDistribution } from './describe.ts';
import { type Bounds, type Transform, transformFor } from './transforms/index.ts';

/**
 * The transform onto a distribution's support. An infinite bound is none.
 *
 * @throws RangeError for rising vectors within bounds, for which there is no transform but the positive one
 */
export function constraintOf(distribution: Distribution): { transform: Transform; bounds: Bounds } {
  const { lower, upper, structure } = distribution.support;
  const bounds: Bounds = {
    ...(lower !== undefined && constantOf(lower) !== -Infinity ? { lower } : {}),
    ...(upper !== undefined && constantOf(upper) !== Infinity ? { upper } : {}),
  };
  if (structure === 'ordered' || structure === 'positive ordered') {
    const above = bounds.lower === undefined ? -Infinity : constantOf(bounds.lower);
    if (bounds.upper !== undefined || above !== (structure === 'ordered' ? -Infinity : 0)) {
      throw new RangeError(
        `${describeDistribution(distribution)}: a rising vector has no bounds here but 0 below; use positiveOrdered for ` +
          'positive ones, or order unbounded ones and transform them in .derived',
      );
    }
  }
  return { transform: transformFor(structure, bounds), bounds };
}

const constantOf = (bound: Expr): number | undefined => uniformValue((bound as unknown as Expression).node);
