/**
 * Power and sample size of tests of association: a correlation, by Fisher's transformation with its bias taken out
 * (Cohen 1988, chapter 3), and χ² tests, by the noncentral χ² distribution (chapter 7).
 */
import { checkNames, checkShare } from '../estimate/options.ts';
import { log1p } from '../numeric/elementary.ts';
import { gammaRegularisedUpper, poissonMass } from '../numeric/special/incomplete-gamma.ts';
import { normalCdf } from '../numeric/special/normal.ts';
import { studentTQuantile } from '../numeric/special/student-t.ts';
import { chiSquaredQuantile } from '../numeric/special/tail.ts';
import { type Common, missing, reach } from './power.ts';

const artanh = (r: number) => 0.5 * (log1p(r) - log1p(-r));

/**
 * Power of the test that a correlation is 0; leave one of n, correlation and power out.
 *
 * @param options.n pairs, 4 or more
 * @example powerOfCorrelationTest({ correlation: 0.3, power: 0.8 }).n // 84.07…
 */
export function powerOfCorrelationTest(
  options: Common & { readonly correlation?: number; readonly alternative?: 'two-sided' | 'one-sided' },
): { readonly n: number; readonly correlation: number; readonly power: number } {
  const caller = 'powerOfCorrelationTest';
  checkNames(caller, options, ['n', 'power', 'significance', 'correlation', 'alternative']);
  const significance = checkShare(caller, 'significance', options.significance ?? 0.05);
  const size = options.correlation === undefined ? 0.5 : Math.abs(options.correlation);
  if (!(size > 0 && size < 1)) {
    throw new RangeError(`${caller}: correlation must lie in (−1, 1) and not be 0, got ${options.correlation}`);
  }
  if (options.n !== undefined && !(options.n >= 4)) throw new RangeError(`${caller}: n from 4 on, got ${options.n}`);
  const sides = options.alternative === 'one-sided' ? 1 : 2;
  const power = (n: number, r: number) => {
    const t = studentTQuantile(1 - significance / sides, n - 2);
    const limit = artanh(t / Math.sqrt(t * t + n - 2));
    const z = artanh(r) + r / (2 * (n - 1));
    const root = Math.sqrt(n - 3);
    return normalCdf((z - limit) * root) + (sides === 2 ? normalCdf((-z - limit) * root) : 0);
  };
  const { n = 4 } = options;
  switch (missing(caller, options, ['n', 'correlation', 'power'])) {
    case 'power':
      return { n, correlation: options.correlation!, power: power(n, size) };
    case 'n': {
      const wanted = checkShare(caller, 'power', options.power!);
      return { n: reach((x) => power(x, size), wanted, 4, 100, 'n'), correlation: options.correlation!, power: wanted };
    }
    case 'correlation': {
      const wanted = checkShare(caller, 'power', options.power!);
      const most = 1 - 1e-10;
      return {
        n,
        correlation: reach((r) => power(n, Math.min(r, most)), wanted, 0, most, 'correlation'),
        power: wanted,
      };
    }
  }
}

/** P(X > x) of a noncentral χ²: a Poisson mixture. */
function noncentralChiSquaredUpper(x: number, df: number, lambda: number): number {
  const middle = Math.floor(lambda / 2);
  let sum = 0;
  for (const step of [1, -1]) {
    for (let j = step === 1 ? middle : middle - 1; j >= 0; j += step) {
      const mass = poissonMass(j, lambda / 2);
      sum += mass * gammaRegularisedUpper(df / 2 + j, x / 2);
      if (mass < 1e-18) break;
    }
  }
  return sum;
}

/**
 * Power of a χ² test of fit or independence; leave one of n, effect and power out.
 *
 * @param options.n observations in all
 * @param options.effect Cohen's w: √Σ (p − p₀)² / p₀
 * @param options.degreesOfFreedom of the test: cells − 1, or (rows − 1)(columns − 1)
 * @example powerOfChiSquaredTest({ effect: 0.3, degreesOfFreedom: 1, power: 0.8 }).n // 87.20…
 */
export function powerOfChiSquaredTest(
  options: Common & { readonly effect?: number; readonly degreesOfFreedom: number },
): { readonly n: number; readonly effect: number; readonly power: number } {
  const caller = 'powerOfChiSquaredTest';
  checkNames(caller, options, ['n', 'power', 'significance', 'effect', 'degreesOfFreedom']);
  const { degreesOfFreedom: df, n = 1, effect = 1 } = options;
  const significance = checkShare(caller, 'significance', options.significance ?? 0.05);
  if (!(Number.isInteger(df) && df >= 1)) {
    throw new RangeError(`${caller}: degreesOfFreedom is a whole number from 1, got ${df}`);
  }
  if (!(n > 0 && effect > 0)) throw new RangeError(`${caller}: positive n and effect expected, got ${n} and ${effect}`);
  const limit = chiSquaredQuantile(1 - significance, df);
  const power = (size: number, w: number) => noncentralChiSquaredUpper(limit, df, size * w * w);
  switch (missing(caller, options, ['n', 'effect', 'power'])) {
    case 'power':
      return { n, effect, power: power(n, effect) };
    case 'n': {
      const wanted = checkShare(caller, 'power', options.power!);
      return { n: reach((x) => power(x, effect), wanted, 1e-6, 100, 'n'), effect, power: wanted };
    }
    case 'effect': {
      const wanted = checkShare(caller, 'power', options.power!);
      return { n, effect: reach((w) => power(n, w), wanted, 1e-9, 1, 'effect'), power: wanted };
    }
  }
}
