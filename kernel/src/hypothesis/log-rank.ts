/**
 * The log-rank test of survival in several groups (Mantel 1966), and its family weighted by S^ρ (Harrington & Fleming
 * 1982, Biometrika 69, 553–566): ρ = 1 is Peto & Peto's modification of Gehan and Wilcoxon. Stratified: sums over strata.
 */
import { type Factor, factor, isFactor } from '../data/factor.ts';
import { checkNames } from '../estimate/options.ts';
import { cholesky } from '../numeric/linalg/cholesky.ts';
import { solveTriangular } from '../numeric/linalg/triangular.ts';
import { chiSquaredUpper } from '../numeric/special/tail.ts';
import { followed } from './survival.ts';
import { HypothesisTest } from './test.ts';

type Labels = Factor | ArrayLike<string | number | null>;

export interface LogRankOptions {
  /** Weight of early events, default 0 (log-rank). */
  readonly rho?: number;
  /** One a unit: units are compared within strata alone. */
  readonly strata?: Labels;
}

/** Labels as a factor: null and NaN are missing. */
function factorOf(labels: Labels): Factor {
  if (isFactor(labels)) return labels;
  return factor(
    Array.from(labels as ArrayLike<string | number | null>, (label) =>
      label === null || Number.isNaN(label) ? null : String(label),
    ),
  );
}

interface Sums {
  readonly observed: Float64Array; // (k,)
  readonly expected: Float64Array; // (k,)
  readonly variance: Float64Array; // (k, k)
}

/** Add what the units of one stratum say. */
function add(sums: Sums, time: Float64Array, event: Uint8Array, group: readonly number[], rho: number): void {
  const k = sums.observed.length;
  const order = Array.from(group, (_, i) => i).sort((i, j) => time[i]! - time[j]!);
  const risk = Float64Array.from({ length: k }, (_, g) => group.filter((code) => code === g).length);
  let survival = 1;
  for (let from = 0; from < order.length; ) {
    const t = time[order[from]!]!;
    const died = new Float64Array(k);
    const left = new Float64Array(k);
    for (; from < order.length && time[order[from]!] === t; from++) {
      const unit = order[from]!;
      left[group[unit]!]!++;
      if (event[unit] === 1) died[group[unit]!]!++;
    }
    const total = risk.reduce((sum, count) => sum + count, 0);
    const d = died.reduce((sum, count) => sum + count, 0);
    if (d > 0) {
      const weight = survival ** rho;
      for (let g = 0; g < k; g++) {
        sums.observed[g]! += weight * died[g]!;
        sums.expected[g]! += (weight * d * risk[g]!) / total;
        if (total === 1) continue;
        for (let h = 0; h < k; h++) {
          const share = (risk[g]! / total) * (Number(g === h) - risk[h]! / total);
          sums.variance[g * k + h]! += (weight * weight * d * share * (total - d)) / (total - 1);
        }
      }
      survival *= (total - d) / total;
    }
    for (let g = 0; g < k; g++) risk[g]! -= left[g]!;
  }
}

/**
 * Test whether groups survive alike.
 *
 * @param groups one a unit: a factor, or labels; units whose label is missing are left out
 * @throws RangeError for fewer than two groups, and where no event has units of two groups at risk
 * @example logRankTest([5, 8, 12, 16], [1, 1, 0, 1], ['a', 'b', 'a', 'b']).p
 */
export function logRankTest(
  time: ArrayLike<number>,
  event: ArrayLike<number | boolean>,
  groups: Labels,
  options: LogRankOptions = {},
): HypothesisTest {
  checkNames('logRankTest', options, ['rho', 'strata']);
  const { rho = 0 } = options;
  if (!Number.isFinite(rho)) throw new RangeError(`logRankTest: rho must be a finite number, got ${rho}`);
  const units = followed('logRankTest', time, event);
  const { codes, levels } = factorOf(groups);
  const strata = options.strata === undefined ? undefined : factorOf(options.strata).codes;
  for (const [what, given] of [
    ['groups', codes],
    ['strata', strata],
  ] as const) {
    if (given && given.length !== time.length) {
      throw new RangeError(
        `logRankTest: one label a unit expected, got ${time.length} units and ${given.length} ${what}`,
      );
    }
  }
  const known = units.rows
    .map((_, i) => i)
    .filter((i) => codes[units.rows[i]!]! >= 0 && strata?.[units.rows[i]!] !== -1);
  const group = (i: number) => codes[units.rows[i]!]!;
  const k = levels.length;
  if (k < 2 || levels.some((_, g) => !known.some((i) => group(i) === g))) {
    throw new RangeError(`logRankTest: two or more groups with a unit each expected, got ${levels.join(', ')}`);
  }
  const sums: Sums = {
    observed: new Float64Array(k),
    expected: new Float64Array(k),
    variance: new Float64Array(k * k),
  };
  const stratum = (i: number) => strata?.[units.rows[i]!] ?? 0;
  for (const code of new Set(known.map(stratum))) {
    const mine = known.filter((i) => stratum(i) === code);
    add(
      sums,
      Float64Array.from(mine, (i) => units.time[i]!),
      Uint8Array.from(mine, (i) => units.event[i]!),
      mine.map(group),
      rho,
    );
  }
  const { observed, expected, variance } = sums;
  // A group of which nobody was left at any event says nothing; of the others one says what the rest leaves.
  const telling = levels.map((_, g) => g).filter((g) => variance[g * k + g]! > 0);
  const m = telling.length - 1;
  if (m < 1) throw new RangeError('logRankTest: at no event were units of two groups at risk');
  const block = Float64Array.from({ length: m * m }, (_, i) => {
    return variance[telling[Math.floor(i / m)]! * k + telling[i % m]!]!;
  });
  const excess = Float64Array.from({ length: m }, (_, g) => observed[telling[g]!]! - expected[telling[g]!]!);
  const half = solveTriangular(cholesky(block, m), m, excess);
  const statistic = half.reduce((sum, value) => sum + value * value, 0);
  const named = (values: Float64Array, what: string) =>
    [...values].map((value, g) => [`${what} ${levels[g]}`, value] as const);
  return new HypothesisTest({
    method: `${strata ? 'Stratified l' : 'L'}og-rank test${rho === 0 ? '' : ` with weights S^${rho}`}`,
    hypothesis: `all groups survive alike${strata ? ' within strata' : ''}`,
    statistic: ['χ²', statistic],
    parameters: { 'degrees of freedom': m },
    p: chiSquaredUpper(statistic, m),
    estimates: Object.fromEntries([...named(observed, 'observed'), ...named(expected, 'expected')]),
  });
}
