/**
 * The one error of this room: what was expected of a file or an address, what came, and what to do.
 */

/** Where in a file something is wrong. */
export interface Place {
  /** Line of the file, counted from 1 as editors do: the line on which the row begins. */
  readonly line?: number;
  /** Name of the column, or its number (from 1) where the header is not known yet. */
  readonly column?: string;
}

/** A data source that cannot be read, or whose content is not what was asked for. */
export class DataError extends Error {
  override readonly name = 'DataError';
  /** The path or address as it was given. */
  readonly source: string;
  readonly line: number | undefined;
  readonly column: string | undefined;

  constructor(source: string, what: string, place: Place = {}) {
    const parts = [source];
    if (place.line !== undefined) parts.push(`line ${place.line}`);
    if (place.column !== undefined) parts.push(`column ${place.column}`);
    super(`${parts.join(', ')}: ${what}`);
    this.source = source;
    this.line = place.line;
    this.column = place.column;
  }
}

/** `value` in quotes, cut where it is long, with line breaks shown as \n: for error messages. */
export function quoted(value: string, longest = 40): string {
  const cut = value.length > longest ? `${value.slice(0, longest)}…` : value;
  return `'${cut.replaceAll('\n', '\\n')}'`;
}
