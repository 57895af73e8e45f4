/**
 * Above a bound a: x = a + e^u (Stan Reference Manual, "Lower bounded scalar"). dx/du = e^u.
 */
import { log } from '../../numeric/elementary.ts';
import type { Transform } from './transform.ts';

export const lower: Transform = {
  name: 'lower',
  freeShape: (shape) => shape,
  forward: (free, bounds) => bounds.lower!.add(free.exp()),
  logJacobian: (free) => free.sum(),
  inverse: (values, bounds) => values.map((x, i) => log(x - bounds.lower![i]!)),
};
