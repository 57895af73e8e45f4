/**
 * Mean, spread and quantiles of a density known up to a constant, on an interval.
 */
import { exp } from '../../numeric/elementary.ts';

const cells = 1000;

export interface DensitySummary {
  readonly mean: number;
  readonly sd: number;
  /** P(X ≤ x). */
  below(x: number): number;
  quantile(p: number): number;
}

/**
 * Summarise exp(logDensity) on [a, b] by the trapezoidal rule, which is exact to rounding for smooth densities that
 * vanish at both ends, and good to 1e-6 where they do not.
 */
export function summariseDensity(logDensity: (x: number) => number, a: number, b: number): DensitySummary {
  const step = (b - a) / cells;
  const logs = Float64Array.from({ length: cells + 1 }, (_, i) => logDensity(a + i * step));
  const height = logs.reduce((most, value) => (value > most ? value : most), Number.NEGATIVE_INFINITY);
  const mass = logs.map((value) => exp(value - height));
  const cumulated = new Float64Array(cells + 1);
  for (let i = 1; i <= cells; i++) cumulated[i] = cumulated[i - 1]! + (mass[i - 1]! + mass[i]!) / 2;
  // The first term of Euler and Maclaurin takes the error of the rule out, up to the fourth power of the step.
  const slope = (i: number) => (mass[Math.min(cells, i + 1)]! - mass[Math.max(0, i - 1)]!) / 2;
  for (let i = 1; i <= cells; i++) cumulated[i]! -= (slope(i) - slope(0)) / 12;
  const total = cumulated[cells]!;
  const moment = (f: (x: number) => number) =>
    mass.reduce((sum, m, i) => sum + f(a + i * step) * m * (i === 0 || i === cells ? 0.5 : 1), 0) / total;
  const mean = moment((x) => x);
  return {
    mean,
    sd: Math.sqrt(moment((x) => (x - mean) ** 2)),
    below(x) {
      const at = Math.min(cells, Math.max(0, (x - a) / step));
      const i = Math.min(cells - 1, Math.floor(at));
      const share = at - i;
      const height = mass[i]! + (mass[i + 1]! - mass[i]!) * share;
      return (cumulated[i]! + ((mass[i]! + height) / 2) * share) / total;
    },
    quantile(p) {
      const wanted = p * total;
      let i = cumulated.findIndex((value) => value >= wanted);
      i = Math.max(1, i);
      const [left, right] = [mass[i - 1]!, mass[i]!];
      const rest = wanted - cumulated[i - 1]!;
      // Solve left·s + (right − left)·s²/2 = rest within the cell.
      const rise = right - left;
      const share =
        Math.abs(rise) < 1e-12 * (left + right)
          ? rest / ((left + right) / 2)
          : (-left + Math.sqrt(Math.max(0, left * left + 2 * rise * rest))) / rise;
      return a + (i - 1 + share) * step;
    },
  };
}
