/**
 * Highest-density intervals of draws: the shortest that hold a share of them (Chen & Shao 1999, J. Comput. Graph. Stat. 8).
 */
import { checkShare } from './options.ts';

/**
 * The shortest interval that holds a share of the draws; of equally short ones the lowest. For one hump: a density with two
 * may have two intervals.
 *
 * Unlike an equal-tailed interval it depends on the scale: that of log σ, carried back, is another than that of σ.
 *
 * @param draws at least one number // (n,)
 * @param level share held, in (0, 1), default 0.95
 * @throws TypeError for draws that are none; RangeError for a level outside
 * @example highestDensityInterval(posterior.draws.tau.values, 0.9);
 */
export function highestDensityInterval(draws: ArrayLike<number>, level = 0.95): { lower: number; upper: number } {
  checkShare('highestDensityInterval', 'level', level);
  const given: unknown = draws;
  if (typeof given !== 'object' || given === null || !(draws.length > 0) || Array.from(draws).some(Number.isNaN)) {
    throw new TypeError('highestDensityInterval: draws must be an array of at least one number, none of them NaN');
  }
  const sorted = Float64Array.from(draws).sort();
  const n = sorted.length;
  const held = Math.min(n, Math.max(1, Math.ceil(level * n - 1e-9)));
  let first = 0;
  for (let i = 1; i + held <= n; i++) {
    if (sorted[i + held - 1]! - sorted[i]! < sorted[first + held - 1]! - sorted[first]!) first = i;
  }
  return { lower: sorted[first]!, upper: sorted[first + held - 1]! };
}
