/**
 * Values that are tables: arrays of flat objects, objects of equally long columns, Arrow tables. They are shown as
 * Markdown, which carries no script, so that untrusted notebooks, nbconvert, VS Code and GitHub show it too.
 */
import { types } from 'node:util';
import { isFactor } from '../../data/factor.ts';
import { formatTable, markdownTable, plainInMarkdown, sizeText } from '../../data/table.ts';
import type { MimeBundle } from '../../host/host.ts';

/** A table whose cells are read only where they are shown. */
interface Table {
  readonly rows: number;
  readonly names: readonly string[];
  cell(row: number, column: number): unknown;
}

/** Rows shown; of more, the first. */
const mostRows = 20;
/** Columns shown; of more, the first. */
const mostColumns = 20;
/** Longest text of a cell. */
const longestCell = 60;
/** Rows looked at to know that an array is a table. */
const looked = 1000;

/** The bundle of a table, or undefined for a value that is none. Never throws. */
export function tableBundle(value: object): MimeBundle | undefined {
  if (types.isProxy(value)) return undefined;
  try {
    const table = arrowTable(value) ?? rowsTable(value) ?? columnsTable(value);
    return table && show(table);
  } catch {
    return undefined; // a getter that throws: its plain text is shown
  }
}

function show({ rows, names, cell }: Table): MimeBundle {
  const head = names.slice(0, mostColumns);
  const cells = Array.from({ length: Math.min(rows, mostRows) }, (_, row) =>
    head.map((_name, column) => cellText(cell(row, column))),
  );
  const cut = [
    rows > mostRows ? `the first ${mostRows} rows are shown` : '',
    names.length > mostColumns ? `the first ${mostColumns} columns are shown` : '',
  ].filter((note) => note !== '');
  const note = [sizeText(rows, names.length), ...cut].join('; ');
  return {
    'text/plain': `${formatTable(head, cells)}\n${note}`,
    'text/markdown': `${markdownTable(head, cells)}\n\n${plainInMarkdown(note)}`,
  };
}

function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text =
    typeof value === 'number'
      ? String(Number(value.toPrecision(6)))
      : value instanceof Date && !Number.isNaN(value.getTime())
        ? value.toISOString()
        : String(value).replace(/\s+/g, ' ');
  return text.length > longestCell ? `${text.slice(0, longestCell - 1)}…` : text;
}

/** An Arrow table, of whatever version: a schema with fields, and children by name. */
function arrowTable(value: object): Table | undefined {
  const { schema, numRows, getChild } = value as {
    schema?: { fields?: unknown };
    numRows?: unknown;
    getChild?: unknown;
  };
  if (typeof numRows !== 'number' || typeof getChild !== 'function' || !Array.isArray(schema?.fields)) return undefined;
  const names = schema.fields.map((field: { name: unknown }) => String(field.name));
  const columns = names.map((name) => getChild.call(value, name) as { get(row: number): unknown });
  return { rows: numRows, names, cell: (row, column) => columns[column]!.get(row) };
}

/** `[{ name: 'A', score: 1 }, …]`: plain objects whose values fit into a cell. */
function rowsTable(value: object): Table | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const names = new Set<string>();
  for (const row of value.slice(0, looked)) {
    if (!isPlain(row)) return undefined;
    for (const [name, content] of Object.entries(row)) {
      if (!isScalar(content)) return undefined;
      names.add(name);
    }
  }
  if (names.size === 0) return undefined;
  const all = [...names];
  const rows: readonly Record<string, unknown>[] = value;
  return { rows: rows.length, names: all, cell: (row, column) => rows[row]?.[all[column]!] };
}

/** `{ dose: Float64Array, group: factor }`: columns of one length, at least one of them typed. */
function columnsTable(value: object): Table | undefined {
  if (!isPlain(value)) return undefined;
  const names = Object.keys(value);
  const columns = names.map((name) => columnOf(value[name]));
  const rows = columns[0]?.length ?? 0;
  if (rows === 0 || !columns.every((column) => column?.length === rows)) return undefined;
  if (!columns.some((column) => column?.typed)) return undefined;
  return { rows, names, cell: (row, column) => columns[column]!.get(row) };
}

interface ColumnView {
  readonly length: number;
  /** A typed array or a factor: plain arrays alone may be anything. */
  readonly typed: boolean;
  get(row: number): unknown;
}

function columnOf(value: unknown): ColumnView | undefined {
  if (isFactor(value)) {
    return { length: value.codes.length, typed: true, get: (row) => value.levels[value.codes[row]!] };
  }
  if (types.isTypedArray(value)) return { length: value.length, typed: true, get: (row) => value[row] };
  if (!Array.isArray(value) || !value.slice(0, looked).every(isScalar)) return undefined;
  return { length: value.length, typed: false, get: (row) => value[row] };
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function isScalar(value: unknown): boolean {
  if (value === null || value instanceof Date) return true;
  return typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol';
}
