/**
 * Fewer points that look the same: a trace by the extremes of each stretch (as oscilloscopes do), a cloud of
 * draws by every k-th.
 */

/**
 * Lowest and highest value of each of `points / 2` equal stretches, in the order they came, so that an excursion
 * of a single draw stays visible. Shorter series come back as they are.
 *
 * @param points even number ≥ 2
 * @example
 * decimateExtremes([0, 9, 1, 2, 3, 4], 4); // Float64Array [0, 9, 2, 4]
 */
export function decimateExtremes(values: ArrayLike<number>, points: number): Float64Array {
  const n = values.length;
  if (n <= points) return Float64Array.from(values);
  const stretches = points >> 1;
  const result = new Float64Array(2 * stretches);
  for (let s = 0; s < stretches; s++) {
    const from = Math.floor((s * n) / stretches);
    const to = Math.floor(((s + 1) * n) / stretches);
    let low = from;
    let high = from;
    for (let i = from + 1; i < to; i++) {
      // Written so that a NaN at the start gives way to any number.
      if (values[i]! < values[low]! || Number.isNaN(values[low])) low = i;
      if (values[i]! > values[high]! || Number.isNaN(values[high])) high = i;
    }
    result[2 * s] = values[Math.min(low, high)]!;
    result[2 * s + 1] = values[Math.max(low, high)]!;
  }
  return result;
}

/** Positions of at most `count` of `n` items, evenly spread: [0, ⌊n/count⌋, …]. */
export function evenIndices(n: number, count: number): number[] {
  const kept = Math.min(n, count);
  return Array.from({ length: kept }, (_, i) => Math.floor((i * n) / kept));
}
