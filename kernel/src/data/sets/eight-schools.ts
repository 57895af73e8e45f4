/**
 * Eight schools (Rubin 1981).
 */
import { makeColumns } from '../columns.ts';
import { type Factor, factor } from '../factor.ts';

/** The columns of `eightSchools()`, 8 rows each. */
export interface EightSchools {
  /** A to H. */
  readonly school: Factor;
  /** Estimated effect of coaching, in points of the SAT verbal score. */
  readonly effect: Float64Array; // (8,)
  /** Standard error of that estimate, in points, taken as known. */
  readonly se: Float64Array; // (8,)
}

/**
 * Estimated effects of coaching for the SAT-V in eight American high schools, and their standard errors.
 *
 * Source: Rubin DB (1981), "Estimation in parallel randomized experiments", Journal of Educational Statistics 6:
 * 377–401, table 1, rounded as in Gelman et al., Bayesian Data Analysis (3rd ed. 2013), table 5.2. Sixteen
 * published figures, which are facts: no licence is needed.
 *
 * @example
 * const { effect, se } = eightSchools();
 */
export function eightSchools(): EightSchools {
  return makeColumns<EightSchools>([
    ['school', factor(['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'])],
    ['effect', Float64Array.of(28, 8, -3, 7, -1, 1, 18, 12)],
    ['se', Float64Array.of(15, 10, 16, 11, 9, 11, 10, 18)],
  ]);
}
