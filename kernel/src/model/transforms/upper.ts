/**
 * Below a bound b: x = b − e^u (Stan Reference Manual, "Upper bounded scalar"). |dx/du| = e^u.
 */
import { log } from '../../numeric/elementary.ts';
import type { Transform } from './transform.ts';

export const upper: Transform = {
  name: 'upper',
  freeShape: (shape) => shape,
  forward: (free, bounds) => bounds.upper!.sub(free.exp()),
  logJacobian: (free) => free.sum(),
  inverse: (values, bounds) => values.map((x, i) => log(bounds.upper![i]! - x)),
};
