/**
 * Whether a text is a whole cell, by TypeScript's own parser: a console asks before it runs what was typed.
 */
import type { Completeness } from '../engine/engine.ts';
import { parseFaults } from './parse-faults.ts';
import { ts } from './typescript.ts';

/** A string that is not closed on its line: no further line can close it. */
const openString = 1002;
/** Errors that more text can mend, wherever they are reported: an open template literal, an open comment. */
const open = new Set([1160, 1010]);

const step = '  ';

export function isComplete(code: string): Completeness {
  const file = ts.createSourceFile('cell.ts', code, ts.ScriptTarget.ESNext, false, ts.ScriptKind.TS);
  const faults = parseFaults(file);
  if (faults.length === 0) return { status: 'complete' };
  const end = code.trimEnd().length;
  const mendable = faults.every(
    ({ start, code: number }) => number !== openString && (open.has(number) || start >= end),
  );
  return mendable ? { status: 'incomplete', indent: nextIndent(code) } : { status: 'invalid' };
}

/** The indent of the line that follows: one step more after an opening bracket or an arrow. */
function nextIndent(code: string): string {
  const line = code.trimEnd().split('\n').at(-1) ?? '';
  const indent = /^\s*/.exec(line)![0];
  return /(?:[{([]|=>)\s*$/.test(line) ? indent + step : indent;
}
