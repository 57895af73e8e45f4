/**
 * What the type checker objects to in a cell. Not what V8 says anyway (faults of syntax), and not what a notebook does
 * on purpose: values without a type.
 */
import type { Diagnostic as Found } from 'typescript';
import type { NotebookSession } from './session.ts';
import { ts } from './typescript.ts';

/** One objection, at a place in the cell's own text. */
export interface Diagnostic {
  /** From 1. */
  readonly line: number;
  /** From 0, in UTF-16 units. */
  readonly column: number;
  /** How many characters it is about, within the line; at least 1. */
  readonly length: number;
  /** TypeScript's number: 2322 for "is not assignable". */
  readonly code: number;
  readonly message: string;
}

/** Lines of one message: TypeScript explains a mismatch level by level, the innermost last. */
const longestMessage = 6;

/** 7005 … 7061: something has the type any without saying so. */
const implicitAny = { first: 7000, last: 7099 };
/** "'this' implicitly has type 'any'" */
const implicitThis = 2683;

/** The objections to a cell, in the order of its text; none where it cannot be parsed. */
export function check(session: NotebookSession, code: string): Diagnostic[] {
  const { service, file } = session.open(code);
  if (file.parseDiagnostics.length > 0) return [];
  return service
    .getSemanticDiagnostics(file.fileName)
    .filter(isWorthSaying)
    .map((found) => place(found, code))
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

function isWorthSaying({ category, code }: Found): boolean {
  if (category !== ts.DiagnosticCategory.Error || code === implicitThis) return false;
  return code < implicitAny.first || code > implicitAny.last;
}

function place(found: Found, code: string): Diagnostic {
  const at = found.start ?? 0;
  const before = code.slice(0, at);
  const line = before.split('\n').length;
  const column = at - (before.lastIndexOf('\n') + 1);
  const rest = code.slice(at).split('\n')[0]!.length;
  const length = Math.max(1, Math.min(found.length ?? 1, rest));
  const message = ts.flattenDiagnosticMessageText(found.messageText, '\n').split('\n');
  const cut = message.length > longestMessage ? ['  …'] : [];
  return { line, column, length, code: found.code, message: [...message.slice(0, longestMessage), ...cut].join('\n') };
}
