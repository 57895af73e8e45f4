/**
 * P-values adjusted for several tests: Bonferroni, Holm (1979), Hochberg (1988), Hommel (1988) keep the chance of any
 * false alarm; Benjamini & Hochberg (1995) and Benjamini & Yekutieli (2001) keep the share of false alarms.
 */

export type Adjustment = 'bonferroni' | 'holm' | 'hochberg' | 'hommel' | 'benjaminiHochberg' | 'benjaminiYekutieli';

/** Hommel's adjustment of ascending p-values (Wright 1992, Biometrics 48, 1005–1013). */
function hommel(sorted: readonly number[]): number[] {
  const n = sorted.length;
  const adjusted = new Array<number>(n).fill(Math.min(...sorted.map((p, i) => (n * p) / (i + 1))));
  for (let m = n - 1; m >= 2; m--) {
    const first = n - m + 1;
    let least = Infinity;
    for (let i = first; i < n; i++) least = Math.min(least, (m * sorted[i]!) / (i - first + 2));
    const q = sorted.map((p, i) => (i < first ? Math.min(m * p, least) : 0));
    for (let i = first; i < n; i++) q[i] = q[first - 1]!;
    for (let i = 0; i < n; i++) adjusted[i] = Math.max(adjusted[i]!, q[i]!);
  }
  return adjusted.map((value, i) => Math.max(value, sorted[i]!));
}

/**
 * Adjust p-values, in their order.
 *
 * @param p each in [0, 1]
 * @param method default 'holm'
 * @throws RangeError for what is not a probability, or an unknown method
 * @example adjustP([0.01, 0.02, 0.03]) // 0.03, 0.04, 0.04
 */
export function adjustP(p: ArrayLike<number>, method: Adjustment = 'holm'): Float64Array {
  const values = Array.from(p);
  values.forEach((value, i) => {
    if (!(value >= 0 && value <= 1)) throw new RangeError(`adjustP: p-values lie in [0, 1], got ${value} at ${i}`);
  });
  const n = values.length;
  if (n <= 1) return Float64Array.from(values);
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const sorted = order.map((i) => values[i]!);
  const rising = (factor: (i: number) => number) => {
    let most = 0;
    return sorted.map((value, i) => {
      most = Math.max(most, factor(i) * value);
      return most;
    });
  };
  const falling = (factor: (i: number) => number) => {
    let least = Infinity;
    return sorted
      .map((_, k) => {
        const i = n - 1 - k;
        least = Math.min(least, factor(i) * sorted[i]!);
        return least;
      })
      .reverse();
  };
  const harmonic = sorted.reduce((sum, _, i) => sum + 1 / (i + 1), 0);
  const adjusted = {
    bonferroni: () => sorted.map((value) => n * value),
    holm: () => rising((i) => n - i),
    hochberg: () => falling((i) => n - i),
    hommel: () => hommel(sorted),
    benjaminiHochberg: () => falling((i) => n / (i + 1)),
    benjaminiYekutieli: () => falling((i) => (harmonic * n) / (i + 1)),
  };
  if (!Object.hasOwn(adjusted, method)) {
    throw new RangeError(`adjustP: no method '${method}'; there are: ${Object.keys(adjusted).join(', ')}`);
  }
  const result = new Float64Array(n);
  adjusted[method]().forEach((value, k) => {
    result[order[k]!] = Math.min(1, value);
  });
  return result;
}
