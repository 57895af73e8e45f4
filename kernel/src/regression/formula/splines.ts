/**
 * B-spline and natural cubic spline bases, as R's `bs` and `ns`: Cox–de Boor recursion (de Boor 1978, A Practical
 * Guide to Splines, chapter X); the natural basis is the null space of the second derivatives at the two ends.
 */
import { sortedQuantile } from '../../numeric/quantile.ts';

/** A basis that can be evaluated at new points. */
export interface SplineBasis {
  readonly kind: 'bs' | 'ns';
  readonly knots: readonly number[];
  readonly boundary: readonly [number, number];
  readonly degree: number;
  readonly intercept: boolean;
}

export interface SplineOptions {
  readonly degree?: number;
  /** Columns wanted: sets the number of knots, which lie at quantiles of x. */
  readonly df?: number;
  /** Inner knots. */
  readonly knots?: readonly number[];
  readonly intercept?: boolean;
  /** Default: the range of x. */
  readonly boundary?: readonly [number, number];
}

/** Choose the knots of a basis for these points. @throws RangeError for options that make no basis */
export function splineBasis(kind: 'bs' | 'ns', x: Float64Array, options: SplineOptions): SplineBasis {
  const degree = kind === 'ns' ? 3 : (options.degree ?? 3);
  if (!(Number.isInteger(degree) && degree >= 1)) {
    throw new RangeError(`${kind}: degree must be a whole number from 1, got ${degree}`);
  }
  const intercept = options.intercept ?? false;
  const boundary = options.boundary ?? ([Math.min(...x), Math.max(...x)] as const);
  if (!(boundary[0] < boundary[1])) {
    throw new RangeError(
      `${kind}: two ascending Boundary.knots expected, and x that varies; got ${boundary.join(', ')}`,
    );
  }
  let knots = options.knots;
  if (!knots) {
    const least = kind === 'ns' ? 1 + Number(intercept) : degree + Number(intercept);
    const count = (options.df ?? least) - least;
    if (!(Number.isInteger(count) && count >= 0)) {
      throw new RangeError(`${kind}: df must be a whole number from ${least}, got ${options.df}`);
    }
    const inside = x.filter((value) => value >= boundary[0] && value <= boundary[1]).sort();
    knots = Array.from({ length: count }, (_, i) => sortedQuantile(inside, (i + 1) / (count + 1)));
  }
  const outside = knots.find((knot) => !(knot > boundary[0] && knot < boundary[1]));
  if (outside !== undefined && options.knots) {
    throw new RangeError(`${kind}: knots between the boundary's ${boundary.join(' and ')} expected, got ${outside}`);
  }
  return { kind, knots, boundary, degree, intercept };
}

/** All basis functions of this order at x; outside the knots the end pieces go on as polynomials. */
function bSplines(x: number, knots: readonly number[], order: number): Float64Array {
  // The piece that holds x, of those with a width: knots[piece] < knots[piece + 1]
  let piece = knots.findIndex((knot, j) => knot < knots[j + 1]!);
  for (let j = piece + 1; j < knots.length - 1; j++) if (x >= knots[j]! && knots[j]! < knots[j + 1]!) piece = j;
  let values = new Float64Array(knots.length - 1);
  values[piece] = 1;
  for (let k = 2; k <= order; k++) {
    const next = new Float64Array(knots.length - k);
    for (let j = Math.max(0, piece - k + 1); j <= Math.min(piece, next.length - 1); j++) {
      const left = knots[j + k - 1]! - knots[j]!;
      const right = knots[j + k]! - knots[j + 1]!;
      next[j] =
        (left > 0 ? ((x - knots[j]!) / left) * values[j]! : 0) +
        (right > 0 ? ((knots[j + k]! - x) / right) * values[j + 1]! : 0);
    }
    values = next;
  }
  return values;
}

/** Derivatives of all basis functions at x, by differences of those of one order less. */
function derivatives(x: number, knots: readonly number[], order: number, times: number): Float64Array {
  if (times === 0) return bSplines(x, knots, order);
  const lower = derivatives(x, knots, order - 1, times - 1);
  return Float64Array.from({ length: knots.length - order }, (_, j) => {
    const left = knots[j + order - 1]! - knots[j]!;
    const right = knots[j + order]! - knots[j + 1]!;
    return (order - 1) * ((left > 0 ? lower[j]! / left : 0) - (right > 0 ? lower[j + 1]! / right : 0));
  });
}

/** Apply the Householder reflections that bring the rows of `constraints` to triangular form, in R's signs. */
function reflections(constraints: readonly Float64Array[]): Float64Array[] {
  const rows = constraints.map((row) => Float64Array.from(row));
  return rows.map((row, k) => {
    const v = Float64Array.from(row, (value, j) => (j < k ? 0 : value));
    const norm = Math.sqrt(v.reduce((sum, value) => sum + value * value, 0));
    v[k]! += v[k]! < 0 ? -norm : norm;
    for (const other of rows.slice(k + 1)) reflect(other, v);
    return v;
  });
}

function reflect(target: Float64Array, v: Float64Array): void {
  let dot = 0;
  let length = 0;
  for (let j = 0; j < v.length; j++) {
    dot += v[j]! * target[j]!;
    length += v[j]! * v[j]!;
  }
  for (let j = 0; j < v.length; j++) target[j]! -= ((2 * dot) / length) * v[j]!;
}

/** A row of the cubic basis beyond an end: value and slope there, continued as a straight line. */
function naturalRow(x: number, knots: readonly number[], [low, high]: readonly [number, number]): Float64Array {
  const end = x < low ? low : x > high ? high : x;
  const row = bSplines(end, knots, 4);
  if (end === x) return row;
  const slope = derivatives(end, knots, 4, 1);
  return row.map((value, j) => value + (x - end) * slope[j]!);
}

/** The basis at points. @returns columns and values (n, columns), row-major */
export function evaluateSplines(
  x: ArrayLike<number>,
  basis: SplineBasis,
): { readonly columns: number; readonly values: Float64Array } {
  const { kind, boundary, degree, intercept } = basis;
  const order = degree + 1;
  const ends = (at: number) => Array.from({ length: order }, () => at);
  const knots = [...ends(boundary[0]), ...basis.knots, ...ends(boundary[1])].sort((a, b) => a - b);
  const first = intercept ? 0 : 1;
  const rows: Float64Array[] = [];
  if (kind === 'bs') {
    for (let i = 0; i < x.length; i++) rows.push(bSplines(x[i]!, knots, order).subarray(first));
  } else {
    const bent = reflections(boundary.map((at) => derivatives(at, knots, order, 2).subarray(first)));
    for (let i = 0; i < x.length; i++) {
      const row = naturalRow(x[i]!, knots, boundary).slice(first);
      for (const v of bent) reflect(row, v);
      rows.push(row.subarray(2));
    }
  }
  const columns = knots.length - order - first - (kind === 'ns' ? 2 : 0);
  const values = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    values.set(row, i * columns);
  });
  return { columns, values };
}
