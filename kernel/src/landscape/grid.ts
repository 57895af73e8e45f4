/**
 * Where a landscape is looked at: an even grid around an estimate, or over draws, inside the support.
 */

/** Lowest and highest value of an axis. */
export type Range = readonly [from: number, to: number];

/** `size` even values from `from` to `to`, both included. */
export function evenGrid([from, to]: Range, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => (i === size - 1 ? to : from + ((to - from) * i) / (size - 1)));
}

/** ± `reach` standard errors around the centre; a tenth of it where the standard error is not known. */
export function rangeAround(centre: number, standardError: number, reach: number): Range {
  const unit = Number.isFinite(standardError) && standardError > 0 ? standardError : Math.abs(centre) / 10 || 1;
  return [centre - reach * unit, centre + reach * unit];
}

/**
 * The range of the central 99 % of the finite draws with a margin of a tenth: a single draw far out does not make the
 * rest invisible. Undefined where there are fewer than two different ones.
 */
export function rangeOfDraws(draws: Float64Array): Range | undefined {
  const sorted = draws.filter(Number.isFinite).sort();
  const left = Math.floor(0.005 * sorted.length);
  const low = sorted[left]!;
  const high = sorted[sorted.length - 1 - left]!;
  const margin = (high - low) / 10;
  return high > low ? [low - margin, high + margin] : undefined;
}

/** The smallest range that holds both. */
export function union([a, b]: Range, other: Range | undefined): Range {
  return other ? [Math.min(a, other[0]), Math.max(b, other[1])] : [a, b];
}

/** A range cut at hard bounds: a hair inside, for at a bound a transform is infinite. */
export function inside([from, to]: Range, lower = Number.NEGATIVE_INFINITY, upper = Number.POSITIVE_INFINITY): Range {
  const hair = 1e-3 * (Math.min(to, upper) - Math.max(from, lower));
  return [from <= lower ? lower + hair : from, to >= upper ? upper - hair : to];
}

/**
 * Points of a grid from a centre outward, each with the neighbour it can start from: column by column along the
 * centre row, then each column up and down. Work that is warm-started moves one step at a time.
 *
 * @returns index of the point and of its predecessor (−1 for the first), row-major
 * @example
 * outward(2, 2, 0, 0); // [[0, -1], [1, 0], [2, 0], [3, 1]] in some order that keeps predecessors first
 */
export function outward(columns: number, rows: number, column: number, row: number): [point: number, from: number][] {
  const order: [number, number][] = [];
  const alongRow = [column];
  for (let i = column - 1; i >= 0; i--) alongRow.push(i);
  for (let i = column + 1; i < columns; i++) alongRow.push(i);
  for (const i of alongRow) {
    const from = i === column ? -1 : row * columns + i + (i < column ? 1 : -1);
    order.push([row * columns + i, from]);
  }
  for (let i = 0; i < columns; i++) {
    for (let j = row - 1; j >= 0; j--) order.push([j * columns + i, (j + 1) * columns + i]);
    for (let j = row + 1; j < rows; j++) order.push([j * columns + i, (j - 1) * columns + i]);
  }
  return order;
}
