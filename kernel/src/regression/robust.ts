/**
 * Covariances that hold when the variances, or the independence, of the rows do not: the sandwich of Huber (1967) and
 * White (1980, Econometrica 48, 817–838), with the corrections for small samples of MacKinnon & White (1985) and
 * Cribari-Neto (2004), and sums over clusters (Liang & Zeger 1986).
 */
import { checkNames } from '../estimate/options.ts';
import type { GeneralisedFit } from './generalised-fit.ts';
import type { LinearFit } from './lm.ts';

export type RobustKind = 'HC0' | 'HC1' | 'HC2' | 'HC3' | 'HC4';

export interface RobustCovariance {
  readonly covariance: Float64Array; // (p, p), row-major
  readonly standardErrors: Readonly<Record<string, number>>;
}

/** The derivative of the log likelihood of each row in its predictor, times the dispersion. */
function scoresOf(fit: LinearFit | GeneralisedFit): Float64Array {
  if (fit.kind === 'linear-fit') return fit.residuals.map((r, i) => r * (fit.weights?.[i] ?? 1));
  return fit.residuals('working').map((r, i) => r * fit.workingWeights[i]!);
}

/** By what the squared score of a row is multiplied. */
function correction(kind: RobustKind, n: number, rank: number, h: number): number {
  switch (kind) {
    case 'HC0':
      return 1;
    case 'HC1':
      return n / (n - rank);
    case 'HC2':
      return 1 / (1 - h);
    case 'HC3':
      return 1 / (1 - h) ** 2;
    case 'HC4':
      return (1 - h) ** -Math.min(4, (n * h) / rank);
    default:
      throw new RangeError(`robustCovariance: 'HC0' to 'HC4' expected, got '${kind satisfies never}'`);
  }
}

/**
 * A covariance of the coefficients that does not trust the variances of the model.
 *
 * @param fit a linear or generalised linear fit
 * @param options.kind default 'HC3'; with clusters 'HC1' or 'HC0'
 * @param options.clusters one label a row of the data: rows of one cluster may depend on each other; the sum is multiplied
 *   by G / (G − 1), and with 'HC1' by (n − 1) / (n − p)
 * @throws RangeError for an unknown kind, or fewer than two clusters
 * @example robustCovariance(lm('dist ~ speed', cars)).standardErrors.speed
 */
export function robustCovariance(
  fit: LinearFit | GeneralisedFit,
  options: { readonly kind?: RobustKind; readonly clusters?: ArrayLike<string | number> } = {},
): RobustCovariance {
  checkNames('robustCovariance', options, ['kind', 'clusters']);
  const { clusters } = options;
  const kind = options.kind ?? (clusters ? 'HC1' : 'HC3');
  const { design: made, observations: n, rank, names } = fit;
  const p = names.length;
  const scores = scoresOf(fit);
  const kept = names.map((_, j) => j).filter((j) => !Number.isNaN(fit.values[j]!));
  const dispersion = fit.kind === 'linear-fit' ? fit.sigma ** 2 : fit.dispersion;
  let rows: Float64Array[] = Array.from(scores, (score, i) => {
    const size = clusters ? score : score * Math.sqrt(correction(kind, n, rank, fit.leverage[i]!));
    return Float64Array.from(kept, (j) => size * made.matrix[i * p + j]!);
  });
  let factor = 1;
  if (clusters) {
    if (kind !== 'HC0' && kind !== 'HC1')
      throw new RangeError(`robustCovariance: with clusters 'HC0' or 'HC1', got '${kind}'`);
    const sums = new Map<string | number, Float64Array>();
    rows.forEach((row, i) => {
      const label = clusters[made.rows[i]!]!;
      const sum = sums.get(label);
      sums.set(label, sum ? sum.map((value, j) => value + row[j]!) : row);
    });
    const groups = sums.size;
    if (groups < 2) throw new RangeError(`robustCovariance: two or more clusters expected, got ${groups}`);
    rows = [...sums.values()];
    factor = (groups / (groups - 1)) * (kind === 'HC1' ? (n - 1) / (n - rank) : 1);
  }
  // B Σ s sᵀ B: each row carried through the bread
  const covariance = new Float64Array(p * p).fill(Number.NaN);
  for (const a of kept) for (const b of kept) covariance[a * p + b] = 0;
  for (const row of rows) {
    const baked = kept.map((a) =>
      kept.reduce((sum, b, k) => sum + (fit.covariance[a * p + b]! / dispersion) * row[k]!, 0),
    );
    kept.forEach((a, i) => {
      kept.forEach((b, j) => {
        covariance[a * p + b]! += factor * baked[i]! * baked[j]!;
      });
    });
  }
  return {
    covariance,
    standardErrors: Object.fromEntries(names.map((name, j) => [name, Math.sqrt(covariance[j * p + j]!)])),
  };
}
