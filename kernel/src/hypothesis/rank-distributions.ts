/**
 * The distributions of Wilcoxon's statistics by counting arrangements of the ranks there are, tied ones too (Streitberg &
 * Röhmel 1986, Statistical Software Newsletter 12, 10–17: the shift algorithm).
 */

/** Tails of a statistic that goes in steps from its least value. */
export class RankTails {
  private readonly mass: Float64Array;
  private readonly least: number;
  private readonly step: number;

  constructor(mass: Float64Array, least: number, step: number) {
    this.mass = mass;
    this.least = least;
    this.step = step;
  }

  #place(w: number): number {
    return (w - this.least) / this.step;
  }

  atMost(w: number): number {
    const place = this.#place(w) + 1e-7;
    return this.mass.reduce((sum, p, s) => (s <= place ? sum + p : sum), 0);
  }

  atLeast(w: number): number {
    const place = this.#place(w) - 1e-7;
    return this.mass.reduce((sum, p, s) => (s >= place ? sum + p : sum), 0);
  }

  /** The least value with at least this much below or at it. */
  quantile(p: number): number {
    let sum = 0;
    for (let s = 0; s < this.mass.length; s++) {
      sum += this.mass[s]!;
      if (sum >= p * (1 - 64 * Number.EPSILON)) return this.least + s * this.step;
    }
    return this.least + (this.mass.length - 1) * this.step;
  }
}

/** Ranks in whole steps: halves where some are tied. */
function inSteps(ranks: ArrayLike<number>): { step: number; steps: number[] } {
  const step = Array.from(ranks).every(Number.isInteger) ? 1 : 0.5;
  return { step, steps: Array.from(ranks, (r) => Math.round(r / step)) };
}

/** The sum of the ranks with a positive sign, each sign as likely. */
export function signedRankTails(ranks: ArrayLike<number>): RankTails {
  const { step, steps } = inSteps(ranks);
  const mass = new Float64Array(steps.reduce((sum, r) => sum + r, 0) + 1);
  mass[0] = 1;
  let most = 0;
  for (const r of steps) {
    most += r;
    for (let s = most; s >= 0; s--) mass[s] = (mass[s]! + (s >= r ? mass[s - r]! : 0)) / 2;
  }
  return new RankTails(mass, 0, step);
}

/** The count of Mann & Whitney: the sum of `n` of these ranks, less n (n + 1) / 2, each choice as likely. */
export function rankSumTails(ranks: ArrayLike<number>, n: number): RankTails {
  const { step, steps } = inSteps(ranks);
  const sorted = steps.sort((a, b) => a - b);
  const largest = sorted.slice(sorted.length - n).reduce((sum, r) => sum + r, 0);
  // shares[j][s]: of the ways to choose j of the ranks so far, those whose sum is s.
  const shares = Array.from({ length: n + 1 }, () => new Float64Array(largest + 1));
  shares[0]![0] = 1;
  sorted.forEach((r, seen) => {
    const t = seen + 1;
    for (let j = Math.min(n, t); j >= 0; j--) {
      const [here, below] = [shares[j]!, shares[j - 1]];
      const [stay, come] = [(t - j) / t, j / t];
      for (let s = largest; s >= 0; s--) {
        here[s] = (j < t ? here[s]! * stay : 0) + (below && s >= r ? below[s - r]! * come : 0);
      }
    }
  });
  return new RankTails(shares[n]!, -(n * (n + 1)) / 2, step);
}
