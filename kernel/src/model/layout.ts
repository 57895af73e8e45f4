/**
 * Where each parameter stands: in the position an estimator moves (unconstrained) and in the vector of values.
 */
import type { Distribution } from '../distributions/index.ts';
import type { Shape } from '../program/index.ts';
import { sizeOf } from '../program/shape.ts';
import type { Trace } from './trace.ts';
import type { Bounds, Transform } from './transforms/index.ts';

/**
 * 'prior': its distribution mentions no other parameter. 'latent': it does, so that maximum likelihood would have to
 * integrate the parameter out. 'free': flat.
 */
export type Role = 'prior' | 'latent' | 'free';

export interface ParameterLayout {
  readonly name: string;
  readonly shape: Shape;
  readonly distribution: Distribution;
  readonly role: Role;
  /** The other parameters its distribution mentions. */
  readonly mentions: readonly string[];
  readonly transform: Transform;
  readonly bounds: Bounds;
  readonly freeShape: Shape;
  /** First coordinate and number of coordinates on the unconstrained scale. */
  readonly unconstrainedOffset: number;
  readonly unconstrainedSize: number;
  /** First element and number of elements in the vector of values. */
  readonly offset: number;
  readonly size: number;
}

/** The layout of a model's parameters, in the order they were told. */
export function layOut({ parameters }: Trace): ParameterLayout[] {
  let unconstrainedOffset = 0;
  let offset = 0;
  return parameters.map(({ name, shape, distribution, mentions, transform, bounds }) => {
    const freeShape = transform.freeShape(shape);
    const unconstrainedSize = sizeOf(freeShape);
    const size = sizeOf(shape);
    const place = { unconstrainedOffset, unconstrainedSize, offset, size };
    unconstrainedOffset += unconstrainedSize;
    offset += size;
    const role = roleOf(distribution, mentions);
    return { name, shape, distribution, role, mentions, transform, bounds, freeShape, ...place };
  });
}

/**
 * The bounds of a uniform distribution restrict the parameter (`uniform(0, 1 − alpha)`, as flat does with bounds);
 * they make no population it is drawn from.
 */
function roleOf({ family }: Distribution, mentions: readonly string[]): Role {
  if (family.name === 'flat') return 'free';
  return mentions.length > 0 && family.name !== 'uniform' ? 'latent' : 'prior';
}
