/**
 * Between bounds a < b: x = a + (b − a) σ(u), σ(u) = 1 / (1 + e^−u) (Stan Reference Manual, "Lower and upper bounded
 * scalar"). dx/du = (b − a) σ(u) (1 − σ(u)).
 */
import { log } from '../../numeric/elementary.ts';
import type { Transform } from './transform.ts';

export const interval: Transform = {
  name: 'interval',
  freeShape: (shape) => shape,
  forward: (free, bounds) => bounds.lower!.add(bounds.upper!.sub(bounds.lower!).mul(free.sigmoid())),
  // log σ(u) = −softplus(−u) and log(1 − σ(u)) = −softplus(u) keep their digits where σ is 0 or 1 in f64.
  logJacobian: (free, bounds) =>
    bounds.upper!.sub(bounds.lower!).log().sub(free.softplus()).sub(free.neg().softplus()).sum(),
  inverse: (values, bounds) =>
    values.map((x, i) => {
      const [a, b] = [bounds.lower![i]!, bounds.upper![i]!];
      return log(x - a) - log(b - x);
    }),
};
