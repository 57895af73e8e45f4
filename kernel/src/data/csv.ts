/**
 * CSV files, from a path or an address, into typed columns.
 */
import { currentHost } from '../host/host.ts';
import type { Columns, ColumnType, ColumnTypes } from './columns.ts';
import { makeColumns } from './columns.ts';
import { fault, type Reading, toColumn } from './convert.ts';
import { decodeText } from './decode.ts';
import { DataError, quoted } from './error.ts';
import { isAddress, readAddress } from './fetch.ts';
import { readLocalFile } from './file.ts';
import { InferredTable } from './inferred.ts';
import type { FileReader } from './limits.ts';
import { namesHint } from './names.ts';
import { type ReadProgress, ReadReport } from './progress.ts';
import { type CsvRecord, eachRecord } from './records.ts';
import { findSeparator } from './separator.ts';

/** How a file is found and read. Every option has a default. */
export interface CsvOptions {
  /** Character between fields. Default: whichever of `, ; tab |` the first line has most of. */
  readonly separator?: string;
  /** Decimal sign. Default '.'. */
  readonly decimal?: '.' | ',';
  /** What stands for a missing value. Default `['', 'NA', 'NaN']`; the list given replaces it. */
  readonly missing?: readonly string[];
  /** Names of the columns, for a file without a header line. */
  readonly header?: readonly string[];
  /** Lines to pass over before the header. Default 0. */
  readonly skipLines?: number;
  /** A sign, such as '#', after which the rest of a line is ignored. Default: none. */
  readonly comment?: string;
  /** Text encoding. Default UTF-8; a byte order mark wins over both. */
  readonly encoding?: string;
  /** Largest file, in bytes. Default 100 MB (1e8). */
  readonly maxBytes?: number;
  /** Longest time for reading and parsing, in milliseconds. Default 30 000. */
  readonly timeout?: number;
  /** Stops reading. Default: the interrupt of the running notebook cell. */
  readonly signal?: AbortSignal;
  /** Called with the progress of reading, at most five times a second, and at its end. */
  readonly onProgress?: (progress: ReadProgress) => void;
  /** Reads a path, where that is not a file of this machine. */
  readonly read?: FileReader;
}

/**
 * Read a CSV file into typed columns.
 *
 * A missing value stays: NaN in a number column, code −1 in a factor, `null` in strings and booleans; `dropMissing`
 * keeps the complete rows. Spaces around a field are ignored. Only the columns named are kept.
 *
 * Without `columns` the types are found from the values and, being known only at run time, given as an
 * `InferredTable`, whose display has the `columns` argument to copy.
 *
 * @param source path (relative to the notebook's folder), or an http(s) address
 * @param columns name and type of each column wanted: 'number', 'factor', 'string' or 'boolean'
 * @throws DataError naming file, line and column: no such file, unreachable or refused address, too large, too
 *   slow, not text, malformed quotes, rows with too many or too few fields, a column that is not there, a value
 *   that is not of its column's type
 * @example
 * const { iq, sex } = await csv('children.csv', { iq: 'number', sex: 'factor' }); // Float64Array, Factor
 */
export function csv<const C extends ColumnTypes>(
  source: string | URL,
  columns: C,
  options?: CsvOptions,
): Promise<Columns<C>>;
export function csv(source: string | URL, columns?: undefined, options?: CsvOptions): Promise<InferredTable>;
export async function csv(source: string | URL, columns?: ColumnTypes, options: CsvOptions = {}): Promise<unknown> {
  const name = String(source);
  const { maxBytes = 1e8, timeout = 30_000 } = options;
  if (!(maxBytes > 0)) throw new RangeError(`csv: maxBytes is a number of bytes above 0; got ${maxBytes}`);
  if (!(timeout > 0)) throw new RangeError(`csv: timeout is in milliseconds, above 0; got ${timeout}`);
  return withinTime(name, timeout, options.signal ?? currentHost()?.signal(), async (signal) => {
    const reader = isAddress(name) ? readAddress : (options.read ?? readLocalFile);
    const report = new ReadReport(name, options.onProgress);
    const onBytes = report.update.bind(report);
    const bytes = await reader(name, { maxBytes, signal, onBytes });
    report.finish(bytes.length);
    signal.throwIfAborted();
    return parseText(decodeText(bytes, name, options.encoding), name, columns, options, signal);
  });
}

/**
 * The same for CSV text that is already at hand.
 *
 * @example
 * const { x, y } = await parseCsv('x,y\n1,2\n3,4', { x: 'number', y: 'number' });
 */
export function parseCsv<const C extends ColumnTypes>(
  text: string,
  columns: C,
  options?: CsvOptions,
): Promise<Columns<C>>;
export function parseCsv(text: string, columns?: undefined, options?: CsvOptions): Promise<InferredTable>;
export async function parseCsv(text: string, columns?: ColumnTypes, options: CsvOptions = {}): Promise<unknown> {
  const signal = options.signal ?? currentHost()?.signal();
  return withinTime('text', options.timeout ?? 30_000, signal, (both) =>
    parseText(decodeText(new TextEncoder().encode(text), 'text'), 'text', columns, options, both),
  );
}

/** Run `task` with a signal that ends it at an interrupt or when the time is up. */
async function withinTime<T>(
  source: string,
  timeout: number,
  interrupt: AbortSignal | undefined,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  interrupt?.throwIfAborted();
  const clock = AbortSignal.timeout(timeout);
  try {
    return await task(interrupt === undefined ? clock : AbortSignal.any([interrupt, clock]));
  } catch (error) {
    interrupt?.throwIfAborted();
    if (clock.aborted && !(error instanceof DataError)) {
      throw new DataError(source, `not read within ${timeout / 1000} s; allow more with { timeout: milliseconds }`);
    }
    throw error;
  }
}

async function parseText(
  text: string,
  source: string,
  columns: ColumnTypes | undefined,
  options: CsvOptions,
  signal: AbortSignal,
): Promise<unknown> {
  const { decimal = '.', missing = ['', 'NA', 'NaN'], skipLines = 0, comment } = options;
  const reading: Reading = { missing: new Set(missing), decimal };
  const body = afterLines(text, skipLines);
  if (body.trim() === '') throw new DataError(source, 'the file is empty; it needs a header line and rows');
  const separator = options.separator ?? findSeparator(body, decimal);
  if (separator.length !== 1 || separator === '"' || separator === '\n') {
    throw new RangeError(`csv: separator is one character, not a quote; got ${JSON.stringify(separator)}`);
  }

  let header = options.header;
  let picked: Picked[] | undefined = header && pick(header, columns, source, separator);
  await eachRecord(body, source, { separator, comment, linesBefore: skipLines, signal }, (record) => {
    if (header === undefined || picked === undefined) {
      header = record.fields;
      picked = pick(header, columns, source, separator);
      return;
    }
    checkFieldCount(record, header, source, separator);
    for (const column of picked) takeField(column, record, source, reading);
  });
  if (header === undefined || picked === undefined || picked[0]?.fields.length === 0) {
    throw new DataError(source, `no rows, only a header (${header?.join(', ') ?? 'and comments'})`);
  }
  if (columns === undefined) {
    return new InferredTable(source, new Map(picked.map(({ name, fields }) => [name, fields])), reading);
  }
  return makeColumns(picked.map(({ name, type, fields }) => [name, toColumn(fields, type ?? 'string', reading)]));
}

/** A column that is being collected. */
interface Picked {
  readonly name: string;
  readonly position: number; // of the field in a row, from 0
  readonly type: ColumnType | undefined; // undefined: to be found from the values
  readonly fields: string[];
}

/** Which fields of a row go into which columns. */
function pick(
  header: readonly string[],
  columns: ColumnTypes | undefined,
  source: string,
  separator: string,
): Picked[] {
  const named = header.map((name, position) => name || `column ${position + 1}`);
  const wanted = columns === undefined ? named : Object.keys(columns);
  if (wanted.length === 0) throw new RangeError("csv: name at least one column, such as { iq: 'number' }");
  return wanted.map((name) => {
    const position = named.indexOf(name);
    if (position < 0) {
      const single = header.length === 1 ? `; the file was split at ${quoted(separator)}, see { separator }` : '';
      throw new DataError(source, `there is no column '${name}'; ${namesHint(name, named)}${single}`);
    }
    const second = named.indexOf(name, position + 1);
    if (second >= 0) {
      throw new DataError(
        source,
        `two columns are called '${name}' (${position + 1} and ${second + 1}); rename one, or give all names: { header: [...], skipLines: 1 }`,
        { column: `'${name}'` },
      );
    }
    const type = columns?.[name];
    if (columns !== undefined && !['number', 'factor', 'string', 'boolean'].includes(String(type))) {
      throw new TypeError(`csv: column '${name}' is 'number', 'factor', 'string' or 'boolean'; got '${type}'`);
    }
    return { name, position, type, fields: [] };
  });
}

function checkFieldCount({ fields, line }: CsvRecord, header: readonly string[], source: string, separator: string) {
  const expected = header.length;
  const came = fields.length;
  if (came === expected) return;
  // The first column that is missing, or the last there is when there are too many.
  const column =
    came < expected ? `'${header[came]}' (field ${came + 1})` : `'${header[expected - 1]}' (field ${expected})`;
  const remedy =
    came > expected
      ? `a field that contains ${quoted(separator)} belongs in quotes`
      : 'a missing value still needs its separator';
  throw new DataError(
    source,
    `expected ${expected} fields as in the header, found ${came}; ${remedy}; the row is ${quoted(fields.join(separator), 60)}`,
    { line, column },
  );
}

function takeField(column: Picked, { fields, line }: CsvRecord, source: string, reading: Reading): void {
  const { name, position, type } = column;
  const field = fields[position]!;
  const remedy = type === undefined ? undefined : fault(field, type, reading);
  if (remedy !== undefined) {
    const row = column.fields.length + 1;
    const expected = type === 'number' ? 'a number' : 'true or false';
    throw new DataError(source, `expected ${expected} in row ${row} of the data, found ${quoted(field)}; ${remedy}`, {
      line,
      column: `'${name}' (field ${position + 1})`,
    });
  }
  column.fields.push(field);
}

/** `text` without its first lines. */
function afterLines(text: string, lines: number): string {
  if (!(Number.isInteger(lines) && lines >= 0)) {
    throw new RangeError(`csv: skipLines is a count of lines; got ${lines}`);
  }
  let start = 0;
  for (let i = 0; i < lines; i++) {
    const end = text.indexOf('\n', start);
    if (end < 0) return '';
    start = end + 1;
  }
  return text.slice(start);
}
