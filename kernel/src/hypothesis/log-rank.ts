/**
 * The log-rank test of survival in several groups (Mantel 1966), and its family weighted by S^ρ (Harrington & Fleming
 * 1982, Biometrika 69, 553–566): ρ = 1 is Peto & Peto's modification of Gehan and Wilcoxon.
 */
import { type Factor, factor, isFactor } from '../data/factor.ts';
import { checkNames } from '../estimate/options.ts';
import { cholesky } from '../numeric/linalg/cholesky.ts';
import { solveTriangular } from '../numeric/linalg/triangular.ts';
import { chiSquaredUpper } from '../numeric/special/tail.ts';
import { followed } from './survival.ts';
import { HypothesisTest } from './test.ts';

/**
 * Test whether groups survive alike.
 *
 * @param groups one a unit: a factor, or labels
 * @param options.rho weight of early events, default 0 (log-rank)
 * @example logRankTest([5, 8, 12, 16], [1, 1, 0, 1], ['a', 'b', 'a', 'b']).p
 */
export function logRankTest(
  time: ArrayLike<number>,
  event: ArrayLike<number | boolean>,
  groups: Factor | ArrayLike<string | number>,
  options: { readonly rho?: number } = {},
): HypothesisTest {
  checkNames('logRankTest', options, ['rho']);
  const { rho = 0 } = options;
  const units = followed('logRankTest', time, event);
  const { codes, levels } = isFactor(groups) ? groups : factor(Array.from(groups, String));
  if (codes.length !== time.length) {
    throw new RangeError(`logRankTest: one group a unit expected, got ${time.length} units and ${codes.length} groups`);
  }
  const group = units.rows.map((row) => codes[row]!);
  const k = levels.length;
  if (k < 2 || levels.some((_, g) => !group.includes(g))) {
    throw new RangeError(`logRankTest: two or more groups with a unit each expected, got ${levels.join(', ')}`);
  }
  const order = Array.from(group, (_, i) => i).sort((i, j) => units.time[i]! - units.time[j]!);
  const risk = Float64Array.from({ length: k }, (_, g) => group.filter((code) => code === g).length);
  const [observed, expected, variance] = [new Float64Array(k), new Float64Array(k), new Float64Array(k * k)];
  let survival = 1;
  for (let from = 0; from < order.length; ) {
    const t = units.time[order[from]!]!;
    const died = new Float64Array(k);
    const left = new Float64Array(k);
    for (; from < order.length && units.time[order[from]!] === t; from++) {
      const unit = order[from]!;
      left[group[unit]!]!++;
      if (units.event[unit] === 1) died[group[unit]!]!++;
    }
    const total = risk.reduce((sum, count) => sum + count, 0);
    const d = died.reduce((sum, count) => sum + count, 0);
    if (d > 0) {
      const weight = survival ** rho;
      for (let g = 0; g < k; g++) {
        observed[g]! += weight * died[g]!;
        expected[g]! += (weight * d * risk[g]!) / total;
        if (total === 1) continue;
        for (let h = 0; h < k; h++) {
          const share = (risk[g]! / total) * (Number(g === h) - risk[h]! / total);
          variance[g * k + h]! += (weight * weight * d * share * (total - d)) / (total - 1);
        }
      }
      survival *= (total - d) / total;
    }
    for (let g = 0; g < k; g++) risk[g]! -= left[g]!;
  }
  const m = k - 1; // one group says what the others leave
  const block = Float64Array.from({ length: m * m }, (_, i) => variance[Math.floor(i / m) * k + (i % m)]!);
  const excess = Float64Array.from({ length: m }, (_, g) => observed[g]! - expected[g]!);
  const half = solveTriangular(cholesky(block, m), m, excess);
  const statistic = half.reduce((sum, value) => sum + value * value, 0);
  const named = (values: Float64Array, what: string) =>
    [...values].map((value, g) => [`${what} ${levels[g]}`, value] as const);
  return new HypothesisTest({
    method: rho === 0 ? 'Log-rank test' : `Log-rank test with weights S^${rho}`,
    hypothesis: 'all groups survive alike',
    statistic: ['χ²', statistic],
    parameters: { 'degrees of freedom': m },
    p: chiSquaredUpper(statistic, m),
    estimates: Object.fromEntries([...named(observed, 'observed'), ...named(expected, 'expected')]),
  });
}
