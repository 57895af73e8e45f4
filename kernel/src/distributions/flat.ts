/** The flat, improper prior. */
import { broadcastTo } from '../program/index.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

const family = defineDistribution({
  name: 'flat',
  summary: 'flat: log density 0 everywhere, not a probability (improper)',
  kind: 'real',
  parameters: {},
  support: {},
  logDensity: (x) => broadcastTo(0, x.shape),
});

/**
 * Flat: log density 0 on the whole line, so the parameter is left to the likelihood. Improper: it integrates to ∞,
 * so there is nothing to draw from and the posterior is proper only if the data make it so. With `.bounded` it is
 * flat on a half-line or an interval.
 *
 * @example
 * const line = model()
 *   .data({ x: [1, 2, 3], y: [2, 4, 7] })
 *   .parameters({ alpha: flat(), beta: flat(), sigma: flat().bounded({ lower: 0 }) });
 */
export function flat(): Distribution<[], 'real'> {
  return family.of();
}
