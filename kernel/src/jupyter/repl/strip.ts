/**
 * TypeScript to JavaScript, the cheapest way that does it.
 *
 * 1. Types are blanked out in place by Node's own stripper: every position stays what it was (0.1 ms a cell).
 * 2. Where syntax must be compiled (enum, namespace, parameter properties, `<T>x`), Node's transform, with a map.
 *
 * Decorators, which neither knows, are left where they are: see compile.ts.
 */
import { stripTypeScriptTypes } from 'node:module';
import { CodeError } from './code-error.ts';
import type { RawMap } from './positions.ts';

export interface Stripped {
  readonly code: string;
  /** Present where positions have moved. */
  readonly map?: RawMap;
}

/** Do the slow first call (48 ms) before a cell waits for it. */
export function warmStripper(): void {
  strip('let warm: number = 1;');
}

/**
 * Remove or compile what is TypeScript in `source`.
 *
 * @throws CodeError with the place, where `source` is not TypeScript
 */
export function strip(source: string): Stripped {
  try {
    return { code: stripTypeScriptTypes(source) };
  } catch (error) {
    if (codeOf(error) !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') throw located(error, source);
  }
  try {
    return splitMap(stripTypeScriptTypes(source, { mode: 'transform', sourceMap: true }));
  } catch (error) {
    throw located(error, source);
  }
}

const mapComment = /\n*\/\/# sourceMappingURL=data:application\/json;base64,([A-Za-z0-9+/=]+)\s*$/;

function splitMap(output: string): Stripped {
  const found = mapComment.exec(output);
  if (!found) return { code: output };
  return {
    code: output.slice(0, found.index),
    map: JSON.parse(Buffer.from(found[1]!, 'base64').toString('utf8')) as RawMap,
  };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** How wide Node's stripper prints a tab. */
const tabWidth = 4;

/**
 * Node's stripper tells the place only in the stack it makes: `:2`, the source, and a line of carets; no carets where
 * more text was expected at the end.
 */
function located(error: unknown, source: string): unknown {
  if (!(error instanceof Error) || codeOf(error) !== 'ERR_INVALID_TYPESCRIPT_SYNTAX') return error;
  const printed = (error.stack ?? '').split('\n');
  const line = Number(/:(\d+)$/.exec(printed[0] ?? '')?.[1]);
  const text = source.split('\n')[line - 1];
  if (text === undefined) return new CodeError(error.message);
  const carets = printed.find((shown) => /^\s*\^+\s*$/.test(shown));
  return new CodeError(error.message, { line, column: carets ? columnAt(text, carets.indexOf('^')) : text.length });
}

/** The column of what is printed so far to the right: '\tx', 4 → 1 */
function columnAt(text: string, printed: number): number {
  let column = 0;
  for (let width = 0; width < printed && column < text.length; column++) width += text[column] === '\t' ? tabWidth : 1;
  return column;
}
