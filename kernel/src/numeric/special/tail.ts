/**
 * Tail probabilities and quantiles of the distributions tests refer to: F, chi-squared and Student's t, through the
 * regularised incomplete beta and gamma functions (Abramowitz & Stegun 26.4, 26.5.27, 26.6), the small tail computed
 * and never 1 minus the large one.
 */
import { betaQuantilePair, betaTails } from './beta.ts';
import { gammaQuantile, gammaUpperQuantile } from './gamma-quantile.ts';
import { gammaRegularisedUpper } from './incomplete-gamma.ts';
import { studentTCdf } from './student-t.ts';

/**
 * P(F > f) for an F variable with these degrees of freedom.
 *
 * @example fUpper(4.0, 2, 10) // 0.0530…
 */
export function fUpper(f: number, numerator: number, denominator: number): number {
  if (!(numerator > 0 && denominator > 0) || Number.isNaN(f)) return Number.NaN;
  if (f <= 0) return 1;
  if (f === Infinity) return 0;
  if (denominator === Infinity) return chiSquaredUpper(f * numerator, numerator);
  const total = denominator + numerator * f;
  return betaTails(denominator / 2, numerator / 2, denominator / total, (numerator * f) / total)[0];
}

/** P(F ≤ f). */
export function fLower(f: number, numerator: number, denominator: number): number {
  return f > 0 ? fUpper(1 / f, denominator, numerator) : fUpper(f, numerator, denominator) - 1;
}

/** The f with P(F ≤ f) = p, for 0 < p < 1. */
export function fQuantile(p: number, numerator: number, denominator: number): number {
  const [x, y] = betaQuantilePair(p, 1 - p, numerator / 2, denominator / 2);
  return (x / y) * (denominator / numerator);
}

/** P(X > x) for a chi-squared variable. @example chiSquaredUpper(3.841459, 1) // 0.05 */
export function chiSquaredUpper(x: number, degreesOfFreedom: number): number {
  return gammaRegularisedUpper(degreesOfFreedom / 2, Math.max(x, 0) / 2);
}

/** The x with P(X ≤ x) = p. */
export function chiSquaredQuantile(p: number, degreesOfFreedom: number): number {
  const shape = degreesOfFreedom / 2;
  return 2 * (p > 0.5 ? gammaUpperQuantile(1 - p, shape) : gammaQuantile(p, shape));
}

/** P(|T| > |t|) for Student's t. */
export function studentTTwoSided(t: number, degreesOfFreedom: number): number {
  return 2 * studentTCdf(-Math.abs(t), degreesOfFreedom);
}
