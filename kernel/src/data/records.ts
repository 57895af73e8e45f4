/**
 * Text → records, by csv-parse (David Worms and contributors, MIT; RFC 4180 with its errors).
 *
 * Why csv-parse: it is maintained, refuses what is malformed (others guess), counts lines, and has a build for
 * browsers. That build carries its own Buffer and is ten times slower (4 against 40 MB/s, Node 24), so it is
 * loaded only where there is no Buffer. Its synchronous parser is given pieces of a megabyte, so that between
 * two of them an interrupt or the end of the time is noticed.
 */
import { DataError, quoted } from './error.ts';

/** One row of the file: its fields, and the line on which it begins (from 1). */
export interface CsvRecord {
  readonly fields: readonly string[];
  readonly line: number;
}

export interface RecordOptions {
  /** One character between fields. */
  readonly separator: string;
  /** Text from here to the end of a line is ignored. */
  readonly comment: string | undefined;
  /** Lines before `text` begins, when some were skipped. */
  readonly linesBefore: number;
  readonly signal: AbortSignal;
}

/** Characters a piece has at least; a piece ends with a row. */
const pieceSize = 1_000_000;

/** Bytes one row may have: more is taken for a quote that was never closed. */
const longestRecord = 16_000_000;

/** The part of csv-parse's error we read. */
interface ParserError {
  readonly code: string;
  readonly lines: number;
  readonly column: number;
}

/**
 * Hand the rows of `text` (line ends `\n`) to `take`, in order; blank lines are passed over.
 *
 * @throws DataError for a stray or an open quote, naming line and column
 */
export async function eachRecord(
  text: string,
  source: string,
  { separator, comment, linesBefore, signal }: RecordOptions,
  take: (record: CsvRecord) => void,
): Promise<void> {
  const { parse } = await (typeof Buffer === 'undefined'
    ? import('csv-parse/browser/esm/sync')
    : import('csv-parse/sync'));
  let before = linesBefore;
  for (let start = 0; start < text.length; ) {
    signal.throwIfAborted();
    const end = endOfPiece(text, start);
    const piece = text.slice(start, end);
    let lastLine = 0; // of the piece, the last line of the row before
    try {
      parse(piece, {
        delimiter: separator,
        record_delimiter: '\n',
        relax_column_count: true, // counted by us, against the header
        skip_empty_lines: true,
        trim: true,
        max_record_size: longestRecord,
        ...(comment === undefined ? {} : { comment }),
        on_record: (fields: string[], context) => {
          lastLine = context.lines;
          take({ fields, line: before + lastLine - breaksIn(fields) });
          return null;
        },
      });
    } catch (error) {
      if (error instanceof DataError) throw error;
      throw malformed(error as ParserError, source, piece, lastLine, before);
    }
    before += breaksIn([piece]);
    start = end;
    await nextTask();
  }
}

/**
 * Where a piece that starts at `start` ends: after the first line end beyond `pieceSize` with an even number of
 * quotes before it. (In well-formed text a line end inside quotes has an odd number.)
 */
export function endOfPiece(text: string, start: number, size = pieceSize): number {
  if (text.length - start <= size) return text.length;
  let odd = false;
  for (let i = start; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (character === 0x22) odd = !odd;
    else if (character === 0x0a && !odd && i - start >= size) return i + 1;
  }
  return text.length;
}

function breaksIn(texts: readonly string[]): number {
  let breaks = 0;
  for (const text of texts) {
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) breaks++;
  }
  return breaks;
}

/** Lets interrupts and timers in. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function malformed(error: ParserError, source: string, piece: string, lastLine: number, before: number): Error {
  if (typeof error.code !== 'string') return error as unknown as Error;
  const lines = piece.split('\n');
  let begin = lastLine; // 0-based index of the line where the bad row begins
  while (lines[begin]?.trim() === '') begin++;
  const place = { line: before + begin + 1, column: `${(error.column ?? 0) + 1}` };
  const near = `the row begins ${quoted(lines[begin] ?? '', 60)}`;
  if (error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE') {
    return new DataError(source, `a quote (") is opened in this row and never closed; ${near}`, place);
  }
  if (error.code.endsWith('INVALID_OPENING_QUOTE')) {
    const remedy = 'put the whole field in quotes and write a quote inside it twice ("")';
    return new DataError(source, `a quote (") in the middle of a field; ${remedy}; ${near}`, place);
  }
  if (error.code.includes('CLOSING_QUOTE')) {
    const remedy = 'write a quote inside a quoted field twice ("")';
    return new DataError(source, `text after the closing quote (") of a field; ${remedy}; ${near}`, place);
  }
  return new DataError(source, `cannot be read as CSV (${error.code}); ${near}`, place);
}
