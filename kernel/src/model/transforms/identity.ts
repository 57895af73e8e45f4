/**
 * No constraint: x = u.
 */
import { constant } from '../../program/index.ts';
import type { Transform } from './transform.ts';

export const identity: Transform = {
  name: 'identity',
  freeShape: (shape) => shape,
  forward: (free) => free,
  logJacobian: () => constant(0),
  inverse: (values) => Float64Array.from(values),
};
