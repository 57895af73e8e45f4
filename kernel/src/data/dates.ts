/** Dates as days since 1970-01-01 in the Gregorian calendar (ISO 8601), numbers that can be subtracted and plotted. */

const DAY = 86_400_000; // ms

/** The day of one date: 'YYYY-MM-DD', with a time behind it or not, or a `Date` (in UTC). */
function dayOf(value: string | Date, row: number): number {
  if (value instanceof Date) return Math.floor(value.getTime() / DAY);
  const parts = /^(\d{4})-(\d{2})-(\d{2})(?:$|[T ])/.exec(value);
  const time = parts ? Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])) : Number.NaN;
  // Date.UTC takes the 30th of February for a day in March, and the year 50 for 1950.
  if (!parts || new Date(time).toISOString().slice(0, 10) !== parts[0].slice(0, 10)) {
    throw new RangeError(`daysOf: row ${row} is '${value}'; a date as YYYY-MM-DD expected, such as 2024-02-29`);
  }
  return time / DAY;
}

/**
 * Dates as numbers of days since 1970-01-01; NaN where one is missing.
 *
 * @throws RangeError for what is no date, with its row
 * @example daysOf(['2024-03-01', '2024-02-28']) // 19783, 19781: two days, for 2024 has a 29th of February
 */
export function daysOf(dates: ArrayLike<string | Date | null>): Float64Array {
  return Float64Array.from({ length: dates.length }, (_, row) => {
    const value = dates[row] ?? null;
    return value === null ? Number.NaN : dayOf(value, row);
  });
}

/** The dates of days, as YYYY-MM-DD; null where missing. */
export function datesOf(days: ArrayLike<number>): (string | null)[] {
  return Array.from(days, (day) => (Number.isNaN(day) ? null : new Date(day * DAY).toISOString().slice(0, 10)));
}

/** Parts of a date: month from 1, day of the month from 1, weekday from 1 (Monday) to 7, day of the year from 1. */
export type DatePart = 'year' | 'month' | 'day' | 'weekday' | 'dayOfYear';

/**
 * One part of each date; NaN where missing.
 *
 * @example datePart(daysOf(['2026-11-22']), 'weekday') // 7, a Sunday
 */
export function datePart(days: ArrayLike<number>, part: DatePart): Float64Array {
  const read: Record<DatePart, (date: Date, day: number) => number> = {
    year: (date) => date.getUTCFullYear(),
    month: (date) => date.getUTCMonth() + 1,
    day: (date) => date.getUTCDate(),
    weekday: (date) => ((date.getUTCDay() + 6) % 7) + 1, // Sunday, 0 → 7; Monday, 1 → 1
    dayOfYear: (date, day) => Math.floor(day) - Date.UTC(date.getUTCFullYear(), 0, 1) / DAY + 1,
  };
  if (!Object.hasOwn(read, part)) {
    throw new RangeError(`datePart: part is one of ${Object.keys(read).join(', ')}; got '${part}'`);
  }
  return Float64Array.from(days, (day) => (Number.isNaN(day) ? Number.NaN : read[part](new Date(day * DAY), day)));
}
