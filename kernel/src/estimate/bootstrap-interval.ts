/**
 * Intervals from bootstrap replicates: percentile, basic (Davison & Hinkley 1997, §5.2) and BCa (Efron 1987).
 */
import { sortedQuantile } from '../numeric/quantile.ts';
import { normalCdf, normalQuantile } from '../numeric/special/normal.ts';

export type BootstrapIntervalKind = 'percentile' | 'basic' | 'bca';

/**
 * The interval of one scalar.
 *
 * @param replicates estimates on resampled data // (replicates,)
 * @param estimate on the data
 * @param jackknife estimates without each observation in turn, for BCa // (n,)
 * @param level in (0, 1)
 */
export function bootstrapInterval(
  kind: BootstrapIntervalKind,
  replicates: Float64Array,
  estimate: number,
  level: number,
  jackknife: Float64Array | undefined,
): { lower: number; upper: number } {
  const sorted = replicates.slice().sort();
  const tail = (1 - level) / 2;
  const plain = { lower: sortedQuantile(sorted, tail), upper: sortedQuantile(sorted, 1 - tail) };
  switch (kind) {
    case 'percentile':
      return plain;
    case 'basic':
      return { lower: 2 * estimate - plain.upper, upper: 2 * estimate - plain.lower };
    case 'bca': {
      if (!jackknife) throw new TypeError('bootstrap: the BCa interval needs the jackknife; leave jackknife on');
      const z0 = biasCorrection(sorted, estimate);
      const a = acceleration(jackknife);
      const at = (p: number) => {
        const z = z0 + normalQuantile(p);
        return sortedQuantile(sorted, normalCdf(z0 + z / (1 - a * z)));
      };
      return { lower: at(tail), upper: at(1 - tail) };
    }
  }
}

/** Φ⁻¹ of the share of replicates below the estimate, ties counted half (Efron 1987, eq. 4.1). */
function biasCorrection(replicates: Float64Array, estimate: number): number {
  let below = 0;
  for (const v of replicates) below += v < estimate ? 1 : v === estimate ? 0.5 : 0;
  return normalQuantile(below / replicates.length);
}

/** Skewness of the jackknife influences / 6 (Efron 1987, eq. 6.6). */
function acceleration(jackknife: Float64Array): number {
  const mean = jackknife.reduce((a, b) => a + b, 0) / jackknife.length;
  let squares = 0;
  let cubes = 0;
  for (const v of jackknife) {
    squares += (mean - v) ** 2;
    cubes += (mean - v) ** 3;
  }
  return squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
}
