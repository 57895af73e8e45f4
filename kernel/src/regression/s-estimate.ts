/**
 * S-estimates of regression: the coefficients whose residuals have the least robust scale, which half of the rows cannot
 * carry away (Rousseeuw & Yohai 1984). Found from fits through as many rows as there are coefficients, improved and sifted
 * (Salibián-Barrera & Yohai 2006, Journal of Computational and Graphical Statistics 15, 414–427).
 */
import { PivotedQr } from '../numeric/linalg/pivoted-qr.ts';
import { sortedQuantile } from '../numeric/quantile.ts';
import { key, Stream } from '../numeric/random.ts';

/** Bisquare tuning and mean of its function at which half of the rows may be outliers, and the normal's scale is right. */
const TUNING = 1.54764;
const SHARE = 0.5;
/** Subsets are all tried up to so many, else so many are drawn. */
const ALL = 3000;
const DRAWN = 1000;
/** Steps each subset's fit is improved by, and how many of the best go to the end. */
const FIRST_STEPS = 2;
const KEPT = 5;
const MOST_STEPS = 2000;
const TOLERANCE = 1e-13;
/** Of scales while fits are sifted. */
const ROUGH = 1e-3;

export interface RobustStart {
  readonly coefficients: Float64Array; // (p,)
  readonly residuals: Float64Array; // (n,)
  /** 0 where more than half of the rows are fitted exactly. */
  readonly scale: number;
}

/** The mean of the bisquare's function of scaled residuals, over what it must be. */
function excess(residuals: Float64Array, scale: number, p: number): number {
  let sum = 0;
  for (let i = 0; i < residuals.length; i++) {
    const t = (residuals[i]! / (TUNING * scale)) ** 2;
    sum += t < 1 ? 1 - (1 - t) ** 3 : 1;
  }
  return sum / ((residuals.length - p) * SHARE);
}

/** The scale at which the excess is 1, by steps to where it would be if its function were a square. */
function scaleOf(residuals: Float64Array, p: number, tolerance: number): number {
  let scale = sortedQuantile(residuals.map(Math.abs).sort(), 0.5) / 0.6745;
  if (!(scale > 0)) return 0;
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = scale * Math.sqrt(excess(residuals, scale, p));
    if (Math.abs(next - scale) <= tolerance * scale) return next;
    scale = next;
  }
  return scale;
}

const residualsOf = (columns: readonly Float64Array[], y: Float64Array, b: Float64Array) =>
  y.map((value, i) => columns.reduce((rest, column, j) => rest - column[i]! * b[j]!, value));

/** Least squares with the bisquare's weights; undefined where too few rows have one. */
function improve(
  columns: readonly Float64Array[],
  y: Float64Array,
  from: RobustStart,
  tolerance: number,
): RobustStart | undefined {
  const roots = from.residuals.map((r) => Math.max(0, 1 - (r / (TUNING * from.scale)) ** 2));
  const weighted = new PivotedQr(
    columns.map((column) => column.map((x, i) => x * roots[i]!)),
    y.length,
  );
  if (weighted.rank < columns.length) return undefined;
  const { coefficients } = weighted.solve(y.map((value, i) => value * roots[i]!));
  const residuals = residualsOf(columns, y, coefficients);
  return { coefficients, residuals, scale: scaleOf(residuals, columns.length, tolerance) };
}

/** Sets of p rows of n: all of them where they are few. */
function* subsets(n: number, p: number): Generator<number[]> {
  let count = 1;
  for (let k = 0; k < p; k++) count = (count * (n - k)) / (k + 1);
  if (count <= ALL) {
    const rows = Array.from({ length: p }, (_, k) => k);
    for (;;) {
      yield [...rows];
      let at = p - 1;
      while (at >= 0 && rows[at] === n - p + at) at--;
      if (at < 0) return;
      rows[at]!++;
      for (let k = at + 1; k < p; k++) rows[k] = rows[k - 1]! + 1;
    }
  }
  const stream = new Stream(key(0));
  const order = Array.from({ length: n }, (_, i) => i);
  for (let draw = 0; draw < DRAWN; draw++) {
    for (let k = 0; k < p; k++) {
      const j = k + stream.integer(n - k);
      [order[k], order[j]] = [order[j]!, order[k]!];
    }
    yield order.slice(0, p);
  }
}

/**
 * The S-estimate of a linear model.
 *
 * @param columns p of (n,), independent, with n > p
 * @param y (n,)
 */
export function sEstimate(columns: readonly Float64Array[], y: Float64Array): RobustStart {
  const p = columns.length;
  const begin = (coefficients: Float64Array): RobustStart => {
    const residuals = residualsOf(columns, y, coefficients);
    return { coefficients, residuals, scale: scaleOf(residuals, p, ROUGH) };
  };
  let best = [begin(new PivotedQr(columns, y.length).solve(y).coefficients)];
  const consider = (start: RobustStart) => {
    let at = start;
    for (let step = 0; step < FIRST_STEPS && at.scale > 0; step++) at = improve(columns, y, at, ROUGH) ?? at;
    best = [...best, at].sort((a, b) => a.scale - b.scale).slice(0, KEPT);
  };
  consider(best[0]!);
  for (const rows of subsets(y.length, p)) {
    const own = new PivotedQr(
      columns.map((column) => Float64Array.from(rows, (row) => column[row]!)),
      p,
    );
    if (own.rank < p) continue;
    consider(begin(own.solve(Float64Array.from(rows, (row) => y[row]!)).coefficients));
    if (best[0]!.scale === 0) return best[0]!;
  }
  const settled = best.map((start) => {
    let at = start;
    for (let step = 0; step < MOST_STEPS; step++) {
      const next = improve(columns, y, at, TOLERANCE);
      if (!next) return at;
      const still = next.coefficients.every(
        (b, j) => Math.abs(b - at.coefficients[j]!) <= TOLERANCE * (Math.abs(b) + 1e-300),
      );
      at = next;
      if (still) return at;
    }
    return at;
  });
  return settled.reduce((a, b) => (b.scale < a.scale ? b : a));
}
