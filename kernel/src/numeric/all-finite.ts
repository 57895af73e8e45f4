/**
 * Whether all numbers are finite, by one sum: x − x is 0 for a finite number and NaN for any other.
 */

/** True where no value is NaN or infinite. @example allFinite(Float64Array.of(1, Infinity)); // false */
export function allFinite(values: Float64Array): boolean {
  const end = values.length - (values.length % 8);
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < end; i += 8) {
    // The sum of two differences is 0 or NaN as they are, and four sums in turn wait for nothing.
    a += values[i]! - values[i]! + (values[i + 4]! - values[i + 4]!);
    b += values[i + 1]! - values[i + 1]! + (values[i + 5]! - values[i + 5]!);
    c += values[i + 2]! - values[i + 2]! + (values[i + 6]! - values[i + 6]!);
    d += values[i + 3]! - values[i + 3]! + (values[i + 7]! - values[i + 7]!);
  }
  for (let i = end; i < values.length; i++) a += values[i]! - values[i]!;
  return a + b + c + d === 0;
}
