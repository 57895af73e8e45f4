/**
 * Distribution function of Student's t and its inverse, through the regularised incomplete beta function
 * (Abramowitz & Stegun 26.7.1), arranged so that neither the tails nor the centre lose digits.
 */
import { betaQuantilePair, betaTails } from './beta.ts';

/** P(|T| > |t|) and P(|T| ≤ |t|), for finite t. */
export function studentTTwoSided(t: number, nu: number): readonly [outside: number, inside: number] {
  const square = t * t;
  if (square === 0) return [1, Math.abs(t) * 0];
  if (square === Infinity) return [0, 1];
  const x = nu / (nu + square);
  const y = square / (nu + square);
  if (x === 0) return [0, 1];
  return betaTails(nu / 2, 0.5, x, y);
}

/**
 * P(T ≤ t) for Student's t with ν degrees of freedom.
 *
 * @param nu > 0
 * @example studentTCdf(2, 5) // 0.9490302605850709
 */
export function studentTCdf(t: number, nu: number): number {
  if (!(nu > 0) || Number.isNaN(t)) return Number.NaN;
  if (t === Infinity) return 1;
  if (t === -Infinity) return 0;
  const [outside, inside] = studentTTwoSided(t, nu);
  if (t > 0) return 0.5 + inside / 2;
  return inside < 0.5 ? 0.5 - inside / 2 : outside / 2;
}

/** The t ≥ 0 with P(|T| ≤ t) = p, accurate for small p too. */
export function studentTQuantileAbsolute(p: number, nu: number): number {
  if (!(p >= 0 && p <= 1 && nu > 0)) return Number.NaN;
  if (p === 0 || p === 1) return p === 0 ? 0 : Infinity;
  const [x, y] = betaQuantilePair(1 - p, p, nu / 2, 0.5);
  return Math.sqrt(nu) * Math.sqrt(y / x);
}

/**
 * The t with P(T ≤ t) = p.
 *
 * @example studentTQuantile(0.975, 10) // 2.228138851986274
 */
export function studentTQuantile(p: number, nu: number): number {
  if (!(p >= 0 && p <= 1 && nu > 0)) return Number.NaN;
  if (p === 0.5) return 0;
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity;
  const outside = 2 * Math.min(p, 1 - p);
  const inside = Math.abs(2 * p - 1);
  const [x, y] = betaQuantilePair(outside, inside, nu / 2, 0.5);
  const size = Math.sqrt(nu) * Math.sqrt(y / x);
  return p < 0.5 ? -size : size;
}
