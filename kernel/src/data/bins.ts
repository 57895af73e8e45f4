/** Numbers in intervals: a factor whose levels say from where to where. */
import type { Factor } from './factor.ts';
import { checkNumbers, quantile } from './moments.ts';

export interface BinOptions {
  /** Ends of the intervals, ascending. */
  readonly breaks?: readonly number[];
  /** So many intervals of one width, from the least value to the greatest. */
  readonly bins?: number;
  /** So many intervals with as many values each: 4 for quarters. */
  readonly quantiles?: number;
  /** Names of the intervals; default '(2, 5]'. */
  readonly labels?: readonly string[];
  /** Which end belongs to an interval, default 'right'; the other end of the outermost one does too. */
  readonly closed?: 'right' | 'left';
}

const text = (value: number) => String(Number(value.toPrecision(6)));

function breaksOf(values: Float64Array, { breaks, bins, quantiles }: BinOptions): Float64Array {
  if ([breaks, bins, quantiles].filter((each) => each !== undefined).length !== 1) {
    throw new TypeError('bins: give one of breaks, bins and quantiles');
  }
  if (breaks) return Float64Array.from(breaks);
  const count = bins ?? quantiles!;
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new RangeError(`bins: a number of intervals is whole and from 1, got ${count}`);
  }
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) throw new RangeError('bins: no value is there, all are missing');
  const at = Float64Array.from({ length: count + 1 }, (_, i) => i / count);
  if (quantiles !== undefined) return at.map((p) => quantile(known, p));
  const [low, high] = [quantile(known, 0), quantile(known, 1)];
  return at.map((share) => low + share * (high - low));
}

/**
 * Put numbers into intervals. What lies outside all, and what is missing, is missing.
 *
 * @throws RangeError for breaks that do not ascend (quantiles of values that are often the same), or labels of another number
 * @example bins([1, 4, 9], { breaks: [0, 5, 10], labels: ['low', 'high'] }).levels // low, high
 */
export function bins(column: ArrayLike<number>, options: BinOptions): Factor {
  checkNumbers('bins', column);
  const values = Float64Array.from(column);
  const ends = breaksOf(values, options);
  const { closed = 'right' } = options;
  if (closed !== 'right' && closed !== 'left') {
    throw new RangeError(`bins: closed is 'right' or 'left', got '${closed as string}'`);
  }
  const n = ends.length - 1;
  if (n < 1 || ends.some((end, i) => i > 0 && !(end > ends[i - 1]!))) {
    throw new RangeError(`bins: breaks must be two or more and ascend, got ${[...ends].map(text).join(', ')}`);
  }
  const right = closed === 'right';
  const label = (i: number) => {
    const [first, last] = [i === 0, i === n - 1];
    return `${right && !first ? '(' : '['}${text(ends[i]!)}, ${text(ends[i + 1]!)}${right || last ? ']' : ')'}`;
  };
  const levels = options.labels ?? Array.from({ length: n }, (_, i) => label(i));
  if (levels.length !== n || new Set(levels).size !== n) {
    throw new RangeError(`bins: ${n} labels that differ expected, got ${levels.join(', ')}`);
  }
  const codes = Int32Array.from(values, (value) => {
    if (!(value >= ends[0]! && value <= ends[n]!)) return -1;
    let [low, high] = [0, n - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (right ? value <= ends[middle + 1]! : value < ends[middle + 1]!) high = middle;
      else low = middle + 1;
    }
    return low;
  });
  return { codes, levels: [...levels] };
}
