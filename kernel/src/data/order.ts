/** Columns whose rows stand in an order: values of earlier rows, and sums up to each. */
import { type Column, takeRows } from './columns.ts';
import { isFactor } from './factor.ts';
import { checkNumbers } from './moments.ts';

/** A column moved: whole numbers have no missing value and become floating ones; lists may lack one. */
export type Lagged<C> = C extends Int32Array
  ? Float64Array
  : C extends readonly (infer E)[]
    ? readonly (E | null)[]
    : C;

/**
 * The value some rows before, missing in the first ones; with a negative number that some rows later.
 *
 * @param steps a whole number, default 1
 * @example lag(Float64Array.of(3, 5, 9)) // NaN, 3, 5
 */
export function lag<C extends Column>(column: C, steps = 1): Lagged<C> {
  if (!Number.isInteger(steps)) throw new RangeError(`lag: steps must be whole, got ${steps}`);
  const n = isFactor(column) ? column.codes.length : column.length;
  const rows = Array.from({ length: n }, (_, i) => (i - steps >= 0 && i - steps < n ? i - steps : -1));
  return takeRows(column, rows) as Lagged<C>;
}

/** The sum of all values up to each; missing from the first missing one on. @example runningSum([1, 2, 3]) // 1, 3, 6 */
export function runningSum(values: ArrayLike<number>): Float64Array {
  checkNumbers('runningSum', values);
  let sum = 0;
  return Float64Array.from(values, (value) => {
    sum += value;
    return sum;
  });
}
