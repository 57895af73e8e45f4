/** Columns as the text of a CSV file (RFC 4180), which `parseCsv` reads back. */
import { type Column, isMissing, rowCount } from './columns.ts';
import { isFactor } from './factor.ts';

export interface WriteOptions {
  /** Character between fields, default ','. */
  readonly separator?: string;
  /** What stands for a missing value, default 'NA'. */
  readonly missing?: string;
}

/** A field in quotes where it needs them. */
function quoted(field: string, separator: string): string {
  const plain = field === field.trim() && ![separator, '"', '\n', '\r'].some((sign) => field.includes(sign));
  return plain && field !== '' ? field : `"${field.replaceAll('"', '""')}"`;
}

/**
 * Write columns as CSV: numbers with all their digits, logicals as true and false, texts in quotes where they need them.
 *
 * @throws RangeError for a separator that is not one character, or columns of different lengths
 * @example toCsv({ x: [1, 2], name: ['a', 'b, c'] }) // x,name ⏎ 1,a ⏎ 2,"b, c" ⏎
 */
export function toCsv<T extends object>(
  columns: T & { readonly [K in keyof T]: Column },
  options: WriteOptions = {},
): string {
  const { separator = ',', missing = 'NA' } = options;
  if (separator.length !== 1 || separator === '"' || separator === '\n') {
    throw new RangeError(`toCsv: separator is one character, not a quote; got ${JSON.stringify(separator)}`);
  }
  const all: Readonly<Record<string, Column>> = columns;
  const names = Object.keys(all);
  const rows = rowCount(all);
  const lines = [names.map((name) => quoted(name, separator)).join(separator)];
  for (let row = 0; row < rows; row++) {
    const fields = names.map((name) => {
      const column = all[name]!;
      if (isMissing(column, row)) return missing;
      const value = isFactor(column) ? column.levels[column.codes[row]!]! : column[row]!;
      return typeof value === 'string' ? quoted(value, separator) : String(value);
    });
    lines.push(fields.join(separator));
  }
  return `${lines.join('\n')}\n`;
}
