/**
 * Locally weighted regression, made robust by reweighting: Cleveland (1979), "Robust Locally Weighted Regression and
 * Smoothing Scatterplots", JASA 74:829–836; neighbourhoods, cuts of the weights and the interpolation between values
 * closer than `delta` as in Cleveland (1981), "LOWESS", The American Statistician 35:54, which R's `lowess` follows.
 */

/** A smooth curve through points, in ascending order of x. */
export interface Lowess {
  readonly x: Float64Array; // (n,) ascending
  readonly y: Float64Array; // (n,) the curve at x
}

export interface LowessOptions {
  /** Share of the points that each value of the curve is fitted to, > 0 (default 2/3). More is smoother. */
  readonly span?: number;
  /** Rounds in which points far from the curve lose weight, a whole number ≥ 0 (default 3). */
  readonly rounds?: number;
  /** Values of x closer than this to the last fitted one are interpolated, ≥ 0 (default 1 % of the range of x). */
  readonly delta?: number;
}

/**
 * The lowess curve of points, with the defaults of R.
 *
 * Each value is a line fitted to the nearest `span` of the points with tricube weights; then points far from the curve get
 * bisquare weights of their residual over six times the median absolute residual, and the lines are fitted again.
 *
 * @param x, y the points' coordinates, equally long; a point with a value that is not finite is left out
 * @throws RangeError when lengths differ or an option is out of its range
 * @example
 * const { x, y } = lowess(fit.fitted, fit.residuals);
 */
export function lowess(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  { span = 2 / 3, rounds = 3, delta }: LowessOptions = {},
): Lowess {
  if (x.length !== y.length) {
    throw new RangeError(`lowess: x and y are equally long; got ${x.length} and ${y.length} values`);
  }
  if (!(span > 0)) throw new RangeError(`lowess: span is a share of the points, > 0; got ${span}`);
  if (!(Number.isInteger(rounds) && rounds >= 0)) {
    throw new RangeError(`lowess: rounds is a whole number ≥ 0; got ${rounds}`);
  }
  if (delta !== undefined && !(delta >= 0)) throw new RangeError(`lowess: delta is ≥ 0; got ${delta}`);
  const order = Array.from({ length: x.length }, (_, i) => i)
    .filter((i) => Number.isFinite(x[i]!) && Number.isFinite(y[i]!))
    .sort((i, j) => x[i]! - x[j]! || i - j);
  const xs = Float64Array.from(order, (i) => x[i]!);
  const ys = Float64Array.from(order, (i) => y[i]!);
  const n = xs.length;
  if (n < 2) return { x: xs, y: ys };
  const near = Math.max(2, Math.min(n, Math.floor(span * n + 1e-7)));
  const gap = delta ?? 0.01 * (xs[n - 1]! - xs[0]!);
  let trust: Float64Array | undefined;
  for (let round = 0; ; round++) {
    const curve = sweep(xs, ys, near, gap, trust);
    if (round === rounds) return { x: xs, y: curve };
    const distances = ys.map((value, i) => Math.abs(value - curve[i]!));
    const typical = distances.reduce((sum, distance) => sum + distance, 0) / n;
    const sixMedians = 6 * median(distances);
    if (sixMedians < 1e-7 * typical) return { x: xs, y: curve }; // most points lie on the curve
    trust = distances.map((distance) => bisquare(distance, sixMedians));
  }
}

/** The curve once, along ascending x: fitted at values at least `gap` apart, straight between them. */
function sweep(x: Float64Array, y: Float64Array, near: number, gap: number, trust: Float64Array | undefined) {
  const n = x.length;
  const curve = new Float64Array(n);
  const weights = new Float64Array(n);
  let left = 0;
  let last = -1;
  for (let i = 0; last < n - 1; ) {
    while (left + near < n && x[i]! - x[left]! > x[left + near]! - x[i]!) left++;
    curve[i] = lineAt(x, y, i, left, left + near - 1, trust, weights);
    for (let j = last + 1; j < i; j++) {
      const share = (x[j]! - x[last]!) / (x[i]! - x[last]!);
      curve[j] = share * curve[i]! + (1 - share) * curve[last]!;
    }
    last = i;
    const end = x[last]! + gap;
    for (i = last + 1; i < n && x[i]! <= end; i++) {
      if (x[i] !== x[last]) continue;
      curve[i] = curve[last]!;
      last = i;
    }
    i = Math.max(last + 1, i - 1);
  }
  return curve;
}

/** The weighted line of the neighbours of x[at], at x[at]; y itself where no neighbour has weight. */
function lineAt(
  x: Float64Array,
  y: Float64Array,
  at: number,
  left: number,
  right: number,
  trust: Float64Array | undefined,
  weights: Float64Array,
): number {
  const centre = x[at]!;
  const n = x.length;
  const width = Math.max(centre - x[left]!, x[right]! - centre);
  let total = 0;
  let end = left;
  for (; end < n; end++) {
    const distance = Math.abs(x[end]! - centre);
    weights[end] = 0;
    if (distance <= 0.999 * width) {
      const weight = distance > 0.001 * width ? (1 - (distance / width) ** 3) ** 3 : 1;
      weights[end] = weight * (trust?.[end] ?? 1);
      total += weights[end]!;
    } else if (x[end]! > centre) break; // beyond the right end, ties of it included
  }
  if (!(total > 0)) return y[at]!;
  let mean = 0;
  for (let j = left; j < end; j++) {
    weights[j] = weights[j]! / total;
    mean += weights[j]! * x[j]!;
  }
  let spread = 0;
  for (let j = left; j < end; j++) spread += weights[j]! * (x[j]! - mean) ** 2;
  const sloped = width > 0 && Math.sqrt(spread) > 0.001 * (x[n - 1]! - x[0]!);
  const lever = sloped ? (centre - mean) / spread : 0;
  let value = 0;
  for (let j = left; j < end; j++) value += weights[j]! * (lever * (x[j]! - mean) + 1) * y[j]!;
  return value;
}

/** (1 − (r/c)²)², 1 very near 0 and 0 very near c. */
function bisquare(r: number, c: number): number {
  if (r <= 0.001 * c) return 1;
  return r <= 0.999 * c ? (1 - (r / c) ** 2) ** 2 : 0;
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 0 ? (sorted[half - 1]! + sorted[half]!) / 2 : sorted[half]!;
}
