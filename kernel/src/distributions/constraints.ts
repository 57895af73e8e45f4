/**
 * What a parameter or a variate may be: a range, and whether whole numbers only. One description serves the argument
 * checks, the support and the documentation tables.
 */

/** A set of numbers: an interval, or the whole numbers in it. */
export interface Constraint {
  /** As a message says it: "sd must be positive". */
  readonly name: string;
  /** Smallest value; default −∞. */
  readonly lower?: number;
  /** Largest value; default ∞. */
  readonly upper?: number;
  /** Whether the bounds themselves are left out. Default false. */
  readonly open?: boolean;
  /** Whole numbers only. Default false. */
  readonly integer?: boolean;
  /** What to do about a value outside, as the end of a message. */
  readonly advice: string;
}

/** Any finite number. */
export const real: Constraint = { name: 'a finite number', advice: 'give a finite number' };
export const positive: Constraint = {
  name: 'positive',
  lower: 0,
  open: true,
  advice: 'give a finite number above 0',
};
export const nonNegative: Constraint = { name: 'at least 0', lower: 0, advice: 'give a finite number of 0 or more' };
export const unitInterval: Constraint = {
  name: 'between 0 and 1',
  lower: 0,
  upper: 1,
  advice: 'give a probability, or use the logit form of the family',
};
export const openUnitInterval: Constraint = {
  name: 'between 0 and 1, without the ends',
  lower: 0,
  upper: 1,
  open: true,
  advice: 'give a number inside',
};
export const insideUnit: Constraint = {
  name: 'between −1 and 1, without the ends',
  lower: -1,
  upper: 1,
  open: true,
  advice: 'give a number inside',
};
export const unitIntervalAboveZero: Constraint = {
  name: 'above 0 and at most 1',
  lower: Number.MIN_VALUE,
  upper: 1,
  advice: 'give a probability above 0',
};
export const integer: Constraint = { name: 'a whole number', integer: true, advice: 'give a whole number' };
export const count: Constraint = {
  name: 'a whole number of at least 0',
  lower: 0,
  integer: true,
  advice: 'give a count: 0, 1, 2, …',
};
/** Whether a finite value lies inside; NaN and ±∞ never do. */
export function satisfies(value: number, { lower, upper, open, integer }: Constraint): boolean {
  if (!Number.isFinite(value) || (integer && !Number.isInteger(value))) return false;
  if (open) return value > (lower ?? -Infinity) && value < (upper ?? Infinity);
  return value >= (lower ?? -Infinity) && value <= (upper ?? Infinity);
}
