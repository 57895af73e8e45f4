/**
 * Where a landscape is looked at: an even grid around an estimate, or over draws, inside the support.
 */

/** Lowest and highest value of an axis. */
export type Range = readonly [from: number, to: number];

/** `size` even values from `from` to `to`, both included. */
export function evenGrid([from, to]: Range, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => (i === size - 1 ? to : from + ((to - from) * i) / (size - 1)));
}

/** ± `reach` standard errors around the centre; undefined where the standard error is not known. */
export function rangeAround(centre: number, standardError: number, reach: number): Range | undefined {
  if (!(Number.isFinite(standardError) && standardError > 0)) return undefined;
  return [centre - reach * standardError, centre + reach * standardError];
}

/** A log density this far below the centre's is as good as the foot: at 4 standard errors a quadratic is 8 below. */
const foot = 8;

/**
 * As far to either side as the log density stays within 8 of the centre's: the window where no standard error says
 * how far to look, as at a bound. A side without a foot ends after 60 doublings, or at the edge of the support.
 *
 * @param height log density along the axis; −∞ outside the support
 */
export function rangeByDepth(height: (value: number) => number, centre: number): Range {
  const top = height(centre);
  const deep = (value: number) => !(height(value) > top - foot); // NaN and −∞ too
  const start = Math.max(Math.abs(centre), 1);
  if (!Number.isFinite(top)) return [centre - start, centre + start];
  const end = (sign: number) => {
    let step = start;
    while (step > start * 2 ** -60 && deep(centre + sign * step)) step /= 2;
    for (let i = 0; i < 60 && !deep(centre + sign * 2 * step); i++) step *= 2;
    return centre + sign * 1.5 * step; // the foot lies between once and twice the step
  };
  return [end(-1), end(1)];
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

/** The smallest range that holds both, or the one there is. */
export function union(one: Range | undefined, other: Range | undefined): Range | undefined {
  return one && other ? [Math.min(one[0], other[0]), Math.max(one[1], other[1])] : (one ?? other);
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
