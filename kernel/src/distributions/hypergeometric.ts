/** Hypergeometric distribution: draws without replacement. */
import type { Stream } from '../numeric/random.ts';
import { logChoose as logChooseOfNumbers, normalQuantile } from '../numeric/special/index.ts';
import { where } from '../program/index.ts';
import type { Arg, Broadcast, ShapeOfArg } from '../program/types.ts';
import { count } from './constraints.ts';
import { discreteQuantile } from './discrete-quantile.ts';
import { discreteTails } from './discrete-sum.ts';
import { logChoose } from './formulas.ts';
import { defineDistribution } from './registry.ts';
import type { Distribution } from './types.ts';

function tails(x: number, draws: number, marked: number, unmarked: number): readonly [number, number] {
  const constant = logChooseOfNumbers(marked + unmarked, draws);
  const logMass = (k: number): number =>
    logChooseOfNumbers(marked, k) + logChooseOfNumbers(unmarked, draws - k) - constant;
  return discreteTails(x, Math.max(0, draws - unmarked), Math.min(draws, marked), logMass);
}

/** One by one from the urn: of the draws, or of what they leave behind when that is less. */
function variate(stream: Stream, draws: number, marked: number, unmarked: number): number {
  const total = marked + unmarked;
  const few = Math.min(draws, total - draws);
  let left = marked;
  for (let i = 0; i < few; i++) if (stream.uniform() * (total - i) < left) left -= 1;
  return few === draws ? marked - left : left;
}

function spread(n: number, a: number, b: number): number {
  const total = a + b;
  return total <= 1 ? 0 : n * (a / total) * (b / total) * ((total - n) / (total - 1));
}

const family = defineDistribution({
  name: 'hypergeometric',
  summary: 'hypergeometric: marked ones among draws without replacement',
  kind: 'int',
  parameters: { draws: count, marked: count, unmarked: count },
  support: { lower: 0, upper: 'draws', integer: true },
  validate: ({ draws, marked, unmarked }) =>
    draws <= marked + unmarked
      ? undefined
      : `draws must be at most marked + unmarked, got ${draws} of ${marked + unmarked}; nothing is put back`,
  logDensity: (x, { draws, marked, unmarked }) => {
    const rest = draws.sub(x);
    const possible = x.le(marked).mul(rest.le(unmarked));
    const [k, m] = [x.minimum(marked), rest.minimum(unmarked)];
    const density = logChoose(marked, k)
      .add(logChoose(unmarked, m))
      .sub(logChoose(marked.add(unmarked), draws));
    return where(possible, density, -Infinity);
  },
  cdf: (x, { draws, marked, unmarked }) => tails(x, draws, marked, unmarked)[0],
  upperCdf: (x, { draws, marked, unmarked }) => tails(x, draws, marked, unmarked)[1],
  quantile: (p, { draws, marked, unmarked }) => {
    const last = Math.min(draws, marked);
    if (p === 0) return Math.max(0, draws - unmarked);
    const mean = draws * (marked / (marked + unmarked)) || 0;
    const start = mean + Math.sqrt(spread(draws, marked, unmarked)) * Math.min(Math.max(normalQuantile(p), -40), 40);
    return discreteQuantile(p, (k) => tails(k, draws, marked, unmarked)[0], start, last);
  },
  mean: ({ draws, marked, unmarked }) => draws * (marked / (marked + unmarked)) || 0,
  variance: ({ draws, marked, unmarked }) => spread(draws, marked, unmarked),
  sample: (stream, { draws, marked, unmarked }) => variate(stream, draws, marked, unmarked),
});

/**
 * Hypergeometric: how many of `draws` taken without replacement are marked.
 *
 * @param draws how many are taken, a whole number of at least 0: scalar or array; all three arguments broadcast
 * @param marked how many marked ones there are
 * @param unmarked how many others
 * @throws RangeError when an argument known at definition is no count, for more draws than there are, or lengths that
 * do not fit; data outside 0 … draws are refused
 * @example hypergeometric(10, 7, 20).upperCdf(4)
 */
export function hypergeometric<A extends Arg, B extends Arg, C extends Arg>(
  draws: A,
  marked: B,
  unmarked: C,
): Distribution<Broadcast<ShapeOfArg<A>, Broadcast<ShapeOfArg<B>, ShapeOfArg<C>>>, 'int'> {
  return family.of(draws, marked, unmarked);
}
