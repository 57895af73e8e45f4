/**
 * Tests of proportions by the normal approximation, as R's `prop.test`: one (with Wilson's 1927 interval), two, or more;
 * with Yates' correction for one and two. Effect size: Cohen's h.
 */
import { checkNames } from '../estimate/options.ts';
import { normalCdf, normalQuantile } from '../numeric/special/normal.ts';
import { chiSquaredUpper } from '../numeric/special/tail.ts';
import { commonOptions, HypothesisTest, type TestOptions } from './test.ts';

/** 2 asin √p, by which proportions have a constant variance. */
function angle(p: number): number {
  return 2 * Math.asin(Math.sqrt(p));
}

/** Wilson's interval, widened by the correction. */
function wilson(estimate: number, n: number, yates: number, z: number, side: -1 | 1): number {
  const share = (z * z) / (2 * n);
  const p = estimate + (side * yates) / n;
  if (p <= 0 && side === -1) return 0;
  if (p >= 1 && side === 1) return 1;
  return (p + share + side * z * Math.sqrt((p * (1 - p)) / n + share / (2 * n))) / (1 + 2 * share);
}

/**
 * Test one proportion against a value, or several against each other.
 *
 * @param successes one number a group
 * @param trials as many
 * @param options.probability of one proportion under the null hypothesis; default ½
 * @param options.correct Yates' correction for one and two proportions; default true
 * @example proportionTest([15, 25], [50, 50]).interval
 */
export function proportionTest(
  successes: ArrayLike<number>,
  trials: ArrayLike<number>,
  options: TestOptions & { readonly probability?: number; readonly correct?: boolean } = {},
): HypothesisTest {
  checkNames('proportionTest', options, ['alternative', 'level', 'probability', 'correct']);
  const { alternative, level } = commonOptions('proportionTest', options);
  const [x, n] = [Float64Array.from(successes), Float64Array.from(trials)];
  const k = x.length;
  if (k === 0 || n.length !== k || x.some((value, i) => !(value >= 0 && value <= n[i]! && n[i]! > 0))) {
    throw new RangeError(
      `proportionTest: for each group 0 ≤ successes ≤ trials expected, got ${[...x].join(', ')} of ${[...n].join(', ')}`,
    );
  }
  if (k > 2 && alternative !== 'two-sided')
    throw new RangeError('proportionTest: more than two groups have no direction');
  const estimate = x.map((value, i) => value / n[i]!);
  const p0 = k === 1 ? (options.probability ?? 0.5) : x.reduce((a, b) => a + b, 0) / n.reduce((a, b) => a + b, 0);
  if (!(p0 > 0 && p0 < 1)) {
    throw new RangeError(
      k === 1
        ? `proportionTest: probability must lie in (0, 1), got ${p0}`
        : `proportionTest: every trial ended alike, so the proportions are all ${p0}; see fisherExactTest`,
    );
  }
  const inverse = n.reduce((sum, size) => sum + 1 / size, 0);
  const difference = k === 1 ? estimate[0]! - p0 : estimate[0]! - (estimate[1] ?? 0);
  const limit = k === 1 ? Math.abs(x[0]! - n[0]! * p0) : Math.abs(difference) / inverse;
  const yates = k <= 2 && (options.correct ?? true) ? Math.min(0.5, limit) : 0;
  const statistic = x.reduce((sum, value, i) => {
    const above = (Math.abs(value - n[i]! * p0) - yates) ** 2;
    return sum + above / (n[i]! * p0) + above / (n[i]! * (1 - p0));
  }, 0);
  const df = k === 1 ? 1 : k - 1;
  const z = Math.sign(difference) * Math.sqrt(statistic);
  const reach = normalQuantile(alternative === 'two-sided' ? (1 + level) / 2 : level);
  let interval: [number, number] | undefined;
  if (k === 1) interval = [wilson(estimate[0]!, n[0]!, yates, reach, -1), wilson(estimate[0]!, n[0]!, yates, reach, 1)];
  if (k === 2) {
    const width = reach * Math.sqrt(estimate.reduce((sum, p, i) => sum + (p * (1 - p)) / n[i]!, 0)) + yates * inverse;
    interval = [difference - width, difference + width];
  }
  const least = k === 1 ? 0 : -1;
  if (interval) {
    interval = [
      alternative === 'less' ? least : Math.max(least, interval[0]),
      alternative === 'greater' ? 1 : Math.min(1, interval[1]),
    ];
  }
  const p =
    alternative === 'two-sided'
      ? chiSquaredUpper(statistic, df)
      : alternative === 'less'
        ? normalCdf(z)
        : normalCdf(-z);
  return new HypothesisTest({
    method: `Test of ${k === 1 ? 'a proportion' : `${k} proportions`}${yates > 0 ? ' with continuity correction' : ''}`,
    hypothesis: k === 1 ? `the proportion is ${p0}` : 'the proportions are equal',
    statistic: ['χ²', statistic],
    parameters: { 'degrees of freedom': df },
    p,
    alternative,
    estimates: Object.fromEntries(
      [...estimate].map((value, i) => [k === 1 ? 'proportion' : `proportion ${i + 1}`, value]),
    ),
    ...(interval && { interval }),
    level,
    ...(k <= 2 && { effects: { "Cohen's h": angle(estimate[0]!) - angle(k === 1 ? p0 : estimate[1]!) } }),
  });
}
