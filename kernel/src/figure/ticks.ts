/**
 * Ticks at 1, 2 or 5 times a power of ten (Heckbert 1990, "Nice numbers for graph labels"), and numbers as a
 * person would write them.
 */

/** Distance between ticks so that about `count` of them fit between `min` and `max`. */
export function tickStep(min: number, max: number, count: number): number {
  const rough = (max - min) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const share = rough / power;
  // Geometric means of neighbours: √2, √10, √50.
  return power * (share >= 7.07 ? 10 : share >= 3.16 ? 5 : share >= 1.41 ? 2 : 1);
}

/**
 * Multiples of a nice step within [min, max].
 * @example
 * ticks(0, 1, 5); // [0, 0.2, 0.4, 0.6, 0.8, 1]
 */
export function ticks(min: number, max: number, count: number): number[] {
  if (!(max > min)) return [min];
  const step = tickStep(min, max, count);
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  // Through decimal text, so that 3 · 0.1 is 0.3; `+ 0` turns −0 into 0.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)) + 0);
}

/** One label per tick, all with the same decimals; powers of ten where plain digits would be long. */
export function tickLabels(values: readonly number[]): string[] {
  const largest = Math.max(...values.map(Math.abs));
  const step = values.length > 1 ? Math.abs(values[1]! - values[0]!) : largest;
  if (largest >= 1e6 || (largest > 0 && largest < 1e-3)) {
    const power = Math.floor(Math.log10(largest));
    const digits = Math.max(0, Math.min(8, power - Math.floor(Math.log10(step) + 1e-9)));
    return values.map((value) => (value === 0 ? '0' : minus(`${(value / 10 ** power).toFixed(digits)}e${power}`)));
  }
  const decimals = step > 0 ? Math.max(0, Math.min(8, -Math.floor(Math.log10(step) + 1e-9))) : 0;
  return values.map((value) => minus(value.toFixed(decimals)));
}

/** A typographic minus, as wide as a plus. */
export function minus(text: string): string {
  return text.replace(/^-/, '−').replace('e-', 'e−');
}

/**
 * A number in about `digits` significant digits; a dash for what is missing.
 * @example
 * formatNumber(1234.567); // '1235'
 * formatNumber(0.0123456); // '0.01235'
 */
export function formatNumber(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-4) return minus(value.toExponential(digits - 2));
  const order = Number(size.toExponential(digits - 1).split('e')[1]); // 0.99997 → 0, as 1.000
  return minus(value.toFixed(Math.max(0, digits - 1 - order)));
}

/** A number with a fixed number of decimals; a dash for what is missing. */
export function formatFixed(value: number | null, decimals: number): string {
  return value === null ? '–' : minus(value.toFixed(decimals));
}

/** 172, not 172.0: without the zeros that only fill up the digits. */
export function formatShort(value: number): string {
  return formatNumber(value)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}
