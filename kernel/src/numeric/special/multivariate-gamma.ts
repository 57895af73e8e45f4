/** The multivariate gamma function (DLMF 35.3.4): the normalising constant of Wishart densities. */
import { log } from '../elementary.ts';
import { lgamma } from './gamma.ts';

/**
 * log Γ_p(a) = p (p − 1)/4 log π + Σ log Γ(a − j/2), j = 0 … p − 1.
 *
 * @param a above (p − 1)/2, else NaN
 * @param p dimension, a whole number of at least 1, else NaN
 * @example multivariateLgamma(3, 2) // 1.5501949939575645
 */
export function multivariateLgamma(a: number, p: number): number {
  if (!(Number.isInteger(p) && p >= 1 && a > (p - 1) / 2)) return Number.NaN;
  let sum = (p * (p - 1) * log(Math.PI)) / 4;
  for (let j = 0; j < p; j++) sum += lgamma(a - j / 2);
  return sum;
}
