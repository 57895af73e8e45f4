/** Distribution functions of discrete families on 0 … n by adding up probabilities, from the nearer end. */
import { exp } from '../numeric/elementary.ts';

/** P(X ≤ x) and P(X > x), given the log probability of each whole number from `first` to `last`. */
export function discreteTails(
  x: number,
  first: number,
  last: number,
  logMass: (k: number) => number,
): readonly [lower: number, upper: number] {
  if (Number.isNaN(x)) return [x, x];
  const k = Math.floor(x);
  if (k < first) return [0, 1];
  if (k >= last) return [1, 0];
  const sum = (from: number, to: number): number => {
    let total = 0;
    for (let i = from; i <= to; i++) total += exp(logMass(i));
    return total;
  };
  if (k - first < last - k) {
    const lower = sum(first, k);
    return lower < 0.5 ? [lower, 1 - lower] : [lower, sum(k + 1, last)];
  }
  const upper = sum(k + 1, last);
  return upper < 0.5 ? [1 - upper, upper] : [sum(first, k), upper];
}
