/**
 * Power and sample size, as R's power.t.test, power.prop.test and power.anova.test: leave one quantity out and it is
 * solved for.
 */
import { checkNames, checkShare } from '../estimate/options.ts';
import { betaRegularisedUpper } from '../numeric/special/beta.ts';
import { poissonMass } from '../numeric/special/incomplete-gamma.ts';
import { normalCdf, normalQuantile } from '../numeric/special/normal.ts';
import { studentTQuantile } from '../numeric/special/student-t.ts';
import { noncentralTUpper } from '../numeric/special/studentised-range.ts';
import { fQuantile } from '../numeric/special/tail.ts';

export interface Common {
  /** Units in each group. */
  readonly n?: number;
  readonly power?: number;
  /** Chance of a false alarm, default 0.05. */
  readonly significance?: number;
}

/** Where an increasing function reaches a value, by bisection to rounding. */
export function reach(
  increasing: (x: number) => number,
  wanted: number,
  low: number,
  high: number,
  what: string,
): number {
  let [a, b] = [low, high];
  while (increasing(b) < wanted && b < 1e9) b *= 2;
  if (!(increasing(a) <= wanted && increasing(b) >= wanted)) {
    throw new RangeError(`power: no ${what} from ${low} on gives a power of ${wanted}`);
  }
  for (let round = 0; round < 200 && b - a > 1e-14 * b; round++) {
    const middle = (a + b) / 2;
    if (increasing(middle) < wanted) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}

/** Which of the quantities was left out; one must be. */
export function missing<K extends string>(
  caller: string,
  given: Readonly<Partial<Record<K, number | undefined>>>,
  names: readonly K[],
): K {
  const out = names.filter((name) => given[name] === undefined);
  if (out.length !== 1)
    throw new TypeError(
      `${caller}: leave out exactly one of ${names.join(', ')}, got ${names.length - out.length} of them`,
    );
  return out[0]!;
}

/**
 * Power of a t-test; the other tail, in which a false direction would be found, is not counted.
 *
 * @param options.n in each group; `difference` of the means in units of `sd` (default 1); leave one of n, difference and
 *   power out
 * @example powerOfTTest({ difference: 1, power: 0.9 }).n // 22.02…
 */
export function powerOfTTest(
  options: Common & {
    readonly difference?: number;
    readonly sd?: number;
    readonly alternative?: 'two-sided' | 'one-sided';
    readonly samples?: 'two' | 'one' | 'paired';
  },
): { readonly n: number; readonly difference: number; readonly power: number } {
  checkNames('powerOfTTest', options, ['n', 'power', 'significance', 'difference', 'sd', 'alternative', 'samples']);
  const { sd = 1, samples = 'two' } = options;
  const significance = checkShare('powerOfTTest', 'significance', options.significance ?? 0.05);
  if (options.power !== undefined) checkShare('powerOfTTest', 'power', options.power);
  if (!(sd > 0)) throw new RangeError(`powerOfTTest: sd must be positive, got ${sd}`);
  if (options.n !== undefined && !(options.n >= 2)) throw new RangeError(`powerOfTTest: n from 2 on, got ${options.n}`);
  const groups = samples === 'two' ? 2 : 1;
  const side = options.alternative === 'one-sided' ? 1 : 2;
  const power = (n: number, difference: number) => {
    const df = Math.max(1e-7, n - 1) * groups;
    const limit = -studentTQuantile(significance / side, df);
    return noncentralTUpper(limit, df, (Math.sqrt(n / groups) * difference) / sd);
  };
  const { n = 2, difference = 1 } = options;
  switch (missing('powerOfTTest', options, ['n', 'difference', 'power'])) {
    case 'power':
      return { n, difference, power: power(n, difference) };
    case 'n':
      return { n: reach((x) => power(x, difference), options.power!, 2, 100, 'n'), difference, power: options.power! };
    case 'difference':
      return { n, difference: reach((x) => power(n, x), options.power!, 0, sd, 'difference'), power: options.power! };
  }
}

/** Power of the comparison of two proportions; leave n or power out. */
export function powerOfProportionTest(
  options: Common & { readonly p1: number; readonly p2: number; readonly alternative?: 'two-sided' | 'one-sided' },
): { readonly n: number; readonly power: number } {
  checkNames('powerOfProportionTest', options, ['n', 'power', 'significance', 'p1', 'p2', 'alternative']);
  const [p1, p2] = [
    checkShare('powerOfProportionTest', 'p1', options.p1),
    checkShare('powerOfProportionTest', 'p2', options.p2),
  ];
  const significance = checkShare('powerOfProportionTest', 'significance', options.significance ?? 0.05);
  if (options.power !== undefined) checkShare('powerOfProportionTest', 'power', options.power);
  const z = -normalQuantile(significance / (options.alternative === 'one-sided' ? 1 : 2));
  const pooled = Math.sqrt((p1 + p2) * (1 - (p1 + p2) / 2));
  const power = (n: number) =>
    normalCdf((Math.sqrt(n) * Math.abs(p1 - p2) - z * pooled) / Math.sqrt(p1 * (1 - p1) + p2 * (1 - p2)));
  if (missing('powerOfProportionTest', options, ['n', 'power']) === 'power')
    return { n: options.n!, power: power(options.n!) };
  return { n: reach(power, options.power!, 1, 100, 'n'), power: options.power! };
}

/** P(F > f) of a noncentral F: a Poisson mixture of beta probabilities (DLMF 8.17; Johnson & Kotz). */
function noncentralFUpper(f: number, numerator: number, denominator: number, lambda: number): number {
  const x = (numerator * f) / (denominator + numerator * f);
  const middle = Math.floor(lambda / 2);
  let sum = 0;
  for (const step of [1, -1]) {
    for (let j = step === 1 ? middle : middle - 1; j >= 0; j += step) {
      const mass = poissonMass(j, lambda / 2);
      sum += mass * betaRegularisedUpper(numerator / 2 + j, denominator / 2, x);
      if (mass < 1e-18) break;
    }
  }
  return sum;
}

/** Power of a balanced one-way analysis of variance; leave n or power out. */
export function powerOfAnalysisOfVariance(
  options: Common & {
    readonly groups: number;
    /** Variance of the means of the groups. */
    readonly between: number;
    /** Variance within a group. */
    readonly within: number;
  },
): { readonly n: number; readonly power: number } {
  checkNames('powerOfAnalysisOfVariance', options, ['n', 'power', 'significance', 'groups', 'between', 'within']);
  const { groups, between, within } = options;
  const significance = checkShare('powerOfAnalysisOfVariance', 'significance', options.significance ?? 0.05);
  if (options.power !== undefined) checkShare('powerOfAnalysisOfVariance', 'power', options.power);
  if (!(Number.isInteger(groups) && groups >= 2 && between > 0 && within > 0)) {
    throw new RangeError('powerOfAnalysisOfVariance: two or more groups and positive variances expected');
  }
  const power = (n: number) => {
    const [a, b] = [groups - 1, (n - 1) * groups];
    return noncentralFUpper(fQuantile(1 - significance, a, b), a, b, (a * n * between) / within);
  };
  if (missing('powerOfAnalysisOfVariance', options, ['n', 'power']) === 'power')
    return { n: options.n!, power: power(options.n!) };
  return { n: reach(power, options.power!, 2, 100, 'n'), power: options.power! };
}
