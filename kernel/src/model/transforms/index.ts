/**
 * Which transform a support asks for.
 */
import type { Support } from '../../distributions/index.ts';
import { correlation } from './correlation.ts';
import { correlationCholesky } from './correlation-cholesky.ts';
import { covariance } from './covariance.ts';
import { identity } from './identity.ts';
import { interval } from './interval.ts';
import { lower } from './lower.ts';
import { ordered } from './ordered.ts';
import { positiveOrdered } from './positive-ordered.ts';
import { simplex } from './simplex.ts';
import type { Bounds, Transform } from './transform.ts';
import { upper } from './upper.ts';

export type { Bounds, BoundValues, Transform } from './transform.ts';

/** Every transform, by name. */
export const transforms = {
  identity,
  lower,
  upper,
  interval,
  ordered,
  positiveOrdered,
  simplex,
  correlation,
  correlationCholesky,
  covariance,
} as const;

/** The transform whose image is a support of this structure, within these bounds. */
export function transformFor(structure: Support['structure'], bounds: Bounds): Transform {
  switch (structure) {
    case 'ordered':
      return ordered;
    case 'positive ordered':
      return positiveOrdered;
    case 'simplex':
      return simplex;
    case 'correlation':
      return correlation;
    case 'correlation cholesky':
      return correlationCholesky;
    case 'covariance':
      return covariance;
    case 'real':
      if (bounds.lower !== undefined) return bounds.upper !== undefined ? interval : lower;
      return bounds.upper !== undefined ? upper : identity;
  }
}
