/**
 * The distribution of a count given all margins of its tables, at any odds ratio: the noncentral hypergeometric (Fisher
 * 1935), and the sum of several (Gart 1970, Biometrika 57, 471–475). Fisher's test and the exact one of Mantel and
 * Haenszel read their p-values, estimates and intervals from it.
 */
import { exp, log } from '../numeric/elementary.ts';
import { logChoose } from '../numeric/special/log-beta.ts';
import type { Alternative } from './test.ts';

/** Outcomes of the same probability to rounding belong to both tails, as in R. */
export const SAME = 1 + 1e-7;

/** Where an increasing function is 0, by bisection to rounding. */
function rootOf(increasing: (theta: number) => number): number {
  let [low, high] = [-1, 1];
  while (increasing(low) > 0 && low > -1e3) low *= 2;
  while (increasing(high) < 0 && high < 1e3) high *= 2;
  for (let round = 0; round < 200 && high - low > 4 * Number.EPSILON * (1 + Math.abs(low)); round++) {
    const middle = (low + high) / 2;
    if (increasing(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** What is known of the odds ratio when the count is x. */
export interface OddsInference {
  readonly p: number;
  /** Conditional maximum of the likelihood. */
  readonly odds: number;
  readonly interval: readonly [lower: number, upper: number];
}

/** Probabilities of a whole number from `low` to `high`, in proportion to exp(logs + θ · count). */
export class ConditionalCounts {
  readonly low: number;
  readonly high: number;
  private readonly logs: Float64Array; // (high − low + 1,)

  constructor(low: number, logs: Float64Array) {
    this.low = low;
    this.high = low + logs.length - 1;
    this.logs = logs;
  }

  /** The first cell of a 2 × 2 table with these margins. */
  static ofTable(row: number, column: number, total: number): ConditionalCounts {
    const low = Math.max(0, row + column - total);
    const logs = Float64Array.from(
      { length: Math.min(row, column) - low + 1 },
      (_, k) => logChoose(row, low + k) + logChoose(total - row, column - low - k),
    );
    return new ConditionalCounts(low, logs);
  }

  /** The sum of this count and an independent one with the same odds ratio. */
  plus(other: ConditionalCounts): ConditionalCounts {
    const sums = new Float64Array(this.logs.length + other.logs.length - 1);
    const most = (logs: Float64Array) => logs.reduce((a, b) => Math.max(a, b), -Infinity);
    const [top, otherTop] = [most(this.logs), most(other.logs)];
    const [a, b] = [this.logs.map((value) => exp(value - top)), other.logs.map((value) => exp(value - otherTop))];
    a.forEach((share, i) => {
      b.forEach((factor, j) => {
        sums[i + j]! += share * factor;
      });
    });
    return new ConditionalCounts(
      this.low + other.low,
      sums.map((sum) => log(sum) + top + otherTop),
    );
  }

  /** At log odds ratio θ. @returns (high − low + 1,) */
  probabilities(theta: number): Float64Array {
    const weights = this.logs.map((value, k) => value + (this.low + k) * theta);
    const most = weights.reduce((a, b) => Math.max(a, b), -Infinity);
    const shares = weights.map((value) => exp(value - most));
    const sum = shares.reduce((a, b) => a + b, 0);
    return shares.map((share) => share / sum);
  }

  atMost(x: number, theta: number): number {
    return this.probabilities(theta).reduce((sum, p, k) => (this.low + k <= x ? sum + p : sum), 0);
  }

  atLeast(x: number, theta: number): number {
    return this.probabilities(theta).reduce((sum, p, k) => (this.low + k >= x ? sum + p : sum), 0);
  }

  mean(theta: number): number {
    return this.probabilities(theta).reduce((sum, p, k) => sum + p * (this.low + k), 0);
  }

  /** p-value of an odds ratio of 1, the odds ratio's conditional estimate, and the interval of Cornfield (1956). */
  inference(x: number, alternative: Alternative, level: number): OddsInference {
    const { low, high } = this;
    const probabilities = this.probabilities(0);
    const limit = probabilities[x - low]! * SAME;
    const side = alternative === 'two-sided' ? (1 - level) / 2 : 1 - level;
    const tail = { less: () => this.atMost(x, 0), greater: () => this.atLeast(x, 0) };
    return {
      p:
        alternative === 'two-sided'
          ? probabilities.reduce((sum, p) => (p <= limit ? sum + p : sum), 0)
          : tail[alternative](),
      odds: x === low ? 0 : x === high ? Infinity : exp(rootOf((theta) => this.mean(theta) - x)),
      interval: [
        alternative === 'less' || x === low ? 0 : exp(rootOf((theta) => this.atLeast(x, theta) - side)),
        alternative === 'greater' || x === high ? Infinity : exp(rootOf((theta) => side - this.atMost(x, theta))),
      ],
    };
  }
}
