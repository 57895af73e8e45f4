/**
 * Permutation test of two samples (Fisher 1935; Pitman 1937): all ways of dealing the values into two groups, or of swapping
 * the two of each pair, when they are few, else random ones, counting the observed one among them (Phipson & Smyth 2010), so that no p-value is 0.
 */
import { mean as meanOf } from '../data/moments.ts';
import { checkNames, checkWhole } from '../estimate/options.ts';
import { key, Stream } from '../numeric/random.ts';
import { commonOptions, HypothesisTest, sampleOf, type TestOptions } from './test.ts';

export interface PermutationOptions extends Omit<TestOptions, 'level'> {
  /** What is compared; default the difference of the means. */
  readonly statistic?: (x: Float64Array, y: Float64Array) => number;
  /** Whether x and y are measured on the same units, so that only the two of a pair change places; default false. */
  readonly paired?: boolean;
  /** Random permutations, default 9999. */
  readonly draws?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** With no more arrangements than this, all are gone through. */
const MOST_EXACT = 20_000;

function arrangements(n: number, m: number): number {
  let count = 1;
  for (let k = 1; k <= n; k++) count *= (m + k) / k;
  return Math.round(count);
}

type Two = [x: Float64Array, y: Float64Array];

/** Every way of dealing the values of both into two groups of these sizes. */
function* everyDeal(x: Float64Array, y: Float64Array): Generator<Two> {
  const pool = Float64Array.of(...x, ...y);
  const [n, m] = [x.length, y.length];
  const chosen = Array.from({ length: n }, (_, i) => i);
  for (;;) {
    const taken = new Set(chosen);
    yield [Float64Array.from(chosen, (i) => pool[i]!), pool.filter((_, i) => !taken.has(i))];
    let at = n - 1;
    while (at >= 0 && chosen[at] === m + at) at--;
    if (at < 0) return;
    chosen[at]!++;
    for (let k = at + 1; k < n; k++) chosen[k] = chosen[k - 1]! + 1;
  }
}

/** The two of each pair in one order or the other, in every combination. */
function* everySwap(x: Float64Array, y: Float64Array): Generator<Two> {
  for (let code = 0; code < 2 ** x.length; code++) yield swapped(x, y, (i) => Math.floor(code / 2 ** i) % 2 === 1);
}

function swapped(x: Float64Array, y: Float64Array, turn: (i: number) => boolean): Two {
  const turned = x.map((_, i) => Number(turn(i)));
  return [x.map((value, i) => (turned[i] ? y[i]! : value)), y.map((value, i) => (turned[i] ? x[i]! : value))];
}

function randomSwap(x: Float64Array, y: Float64Array, stream: Stream): () => Two {
  return () => swapped(x, y, () => stream.uniform() < 0.5);
}

function randomDeal(x: Float64Array, y: Float64Array, stream: Stream): () => Two {
  const pool = Float64Array.of(...x, ...y);
  const n = x.length;
  return () => {
    for (let i = 0; i < n; i++) {
      const j = i + stream.integer(pool.length - i); // Fisher & Yates, as far as the first sample
      [pool[i], pool[j]] = [pool[j]!, pool[i]!];
    }
    return [pool.slice(0, n), pool.slice(n)];
  };
}

/**
 * Test whether two samples come from one distribution, by what relabelling would give.
 *
 * @param options.alternative 'greater': the statistic is larger than relabelling gives; two-sided: farther from its mean
 * @example permutationTest([5, 7, 9], [1, 2, 6]).p
 */
export function permutationTest(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: PermutationOptions = {},
): HypothesisTest {
  checkNames('permutationTest', options, ['alternative', 'statistic', 'paired', 'draws', 'seed']);
  const { alternative } = commonOptions('permutationTest', options);
  const { statistic = (a, b) => meanOf(a) - meanOf(b), seed = 0, paired = false } = options;
  const draws = checkWhole('permutationTest', 'draws', options.draws ?? 9999, 99, 1e7);
  if (paired && x.length !== y.length) {
    throw new RangeError(`permutationTest: paired samples are equally long; got ${x.length} and ${y.length}`);
  }
  const whole = (_: number, i: number) => !paired || !Number.isNaN(x[i]! + y[i]!);
  const [first, second] = [
    sampleOf('permutationTest', 'x', Array.from(x).filter(whole), 1),
    sampleOf('permutationTest', 'y', Array.from(y).filter(whole), 1),
  ];
  const observed = statistic(first, second);
  const [n, m] = [first.length, second.length];
  const exact = (paired ? 2 ** n : arrangements(n, m)) <= MOST_EXACT;
  const all = exact
    ? [...(paired ? everySwap(first, second) : everyDeal(first, second))].map(([a, b]) => statistic(a, b))
    : [observed];
  if (!exact) {
    const stream = new Stream(key(seed));
    const next = paired ? randomSwap(first, second, stream) : randomDeal(first, second, stream);
    for (let draw = 0; draw < draws; draw++) all.push(statistic(...next()));
  }
  const wrong = all.find((value) => !Number.isFinite(value));
  if (wrong !== undefined)
    throw new RangeError(`permutationTest: the statistic gave ${wrong}; a finite number expected`);
  const centre = meanOf(all);
  const size = all.reduce((most, value) => Math.max(most, Math.abs(value - centre)), 0);
  const slack = 1e-10 * size; // equal but for rounding
  const far = (value: number) =>
    alternative === 'greater'
      ? value >= observed - slack
      : alternative === 'less'
        ? value <= observed + slack
        : Math.abs(value - centre) >= Math.abs(observed - centre) - slack;
  return new HypothesisTest({
    method: `${paired ? 'Paired p' : 'P'}ermutation test, ${exact ? `all ${all.length} arrangements` : `${draws} random arrangements`}`,
    hypothesis: paired ? 'the two of a pair might as well change places' : 'both samples come from one distribution',
    statistic: ['statistic', observed],
    p: all.filter(far).length / all.length,
    alternative,
  });
}
