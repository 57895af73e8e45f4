/**
 * Fields of text → typed columns.
 */
import type { Column, ColumnType } from './columns.ts';
import { quoted } from './error.ts';
import { factor } from './factor.ts';

/** How text is read: what counts as missing, and the decimal sign. */
export interface Reading {
  readonly missing: ReadonlySet<string>;
  readonly decimal: '.' | ',';
}

const truths = new Map([
  ...['true', 't', 'yes', 'y', '1'].map((text) => [text, true] as const),
  ...['false', 'f', 'no', 'n', '0'].map((text) => [text, false] as const),
]);

/** Decimal notation with an optional exponent, and nothing else: no hexadecimal, no thousands separators. */
const decimalNotation = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The number a field says, infinities included; `undefined` where it says none. */
export function toNumber(field: string, decimal: '.' | ','): number | undefined {
  const text = decimal === ',' ? (field.includes('.') ? '' : field.replace(',', '.')) : field;
  if (decimalNotation.test(text)) return Number(text);
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity;
  return undefined;
}

/** true/false, t/f, yes/no, y/n, 1/0 in upper or lower case; `undefined` for anything else. */
export function toBoolean(field: string): boolean | undefined {
  return truths.get(field.toLowerCase());
}

/** What is wrong with a field of a column of this type, and what to do; `undefined` where nothing is. */
export function fault(field: string, type: ColumnType, { missing, decimal }: Reading): string | undefined {
  if (missing.has(field)) return undefined;
  if (type === 'number' && toNumber(field, decimal) === undefined) {
    const commas = decimal === '.' && toNumber(field, ',') !== undefined;
    return commas ? "for a decimal comma pass { decimal: ',' }" : correctIt(field);
  }
  if (type === 'boolean' && toBoolean(field) === undefined) return correctIt(field);
  return undefined;
}

function correctIt(field: string): string {
  return `correct it, or, if it stands for a missing value, pass { missing: ['', 'NA', 'NaN', ${quoted(field)}] }`;
}

/** A typed column from fields that have no fault. */
export function toColumn(fields: readonly string[], type: ColumnType, { missing, decimal }: Reading): Column {
  switch (type) {
    case 'number':
      return Float64Array.from(fields, (field) =>
        missing.has(field) ? Number.NaN : (toNumber(field, decimal) ?? Number.NaN),
      );
    case 'factor':
      return factor(fields.map((field) => (missing.has(field) ? null : field)));
    case 'string':
      return fields.map((field) => (missing.has(field) ? null : field));
    case 'boolean':
      return fields.map((field) => (missing.has(field) ? null : (toBoolean(field) ?? null)));
    default:
      return unknownType(type);
  }
}

function unknownType(type: never): never {
  throw new TypeError(`a column is 'number', 'factor', 'string' or 'boolean'; got ${JSON.stringify(type)}`);
}

/**
 * The narrowest type all fields of a column have: number, boolean, then factor, where labels repeat (at most 100
 * different ones, each on average twice or more), else string. A column of missing values alone is numbers.
 */
export function inferType(fields: readonly string[], reading: Reading): ColumnType {
  const present = fields.filter((field) => !reading.missing.has(field));
  if (present.every((field) => toNumber(field, reading.decimal) !== undefined)) return 'number';
  if (present.every((field) => toBoolean(field) !== undefined)) return 'boolean';
  const different = new Set(present).size;
  return different <= 100 && 2 * different <= present.length ? 'factor' : 'string';
}
