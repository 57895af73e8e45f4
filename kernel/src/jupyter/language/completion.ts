/**
 * Completions at a cursor, from the types alone: no user code runs.
 */
import type { CompletionEntry, CompletionInfo } from 'typescript';
import type { Completion, Completions } from '../engine/engine.ts';
import { kindOf, withoutAlias } from './alias.ts';
import { toCodePoints, toUnits } from './code-points.ts';
import type { NotebookSession, OpenCell } from './session.ts';
import { ts } from './typescript.ts';

/** For so many matches the signature is looked up; nobody reads those of a thousand. */
const withSignature = 30;

/** Names that only the engine uses. */
const ours = /^__estimand/;

/**
 * @param cursor in code points
 */
export function complete(session: NotebookSession, code: string, cursor: number): Completions {
  const open = session.open(code);
  const at = toUnits(code, cursor);
  const info = open.service.getCompletionsAtPosition(open.file, open.offset + at, {
    includeCompletionsForModuleExports: false,
    includeCompletionsWithInsertText: false,
  });
  const start = startOf(info, open, code, at);
  const matches = info ? matching(info.entries, code.slice(start, at)) : [];
  return {
    matches: matches.map((entry, i) => describe(entry, open, at, i < withSignature)),
    start: toCodePoints(code, start),
    end: cursor,
  };
}

/** Where the text to be replaced begins: TypeScript's own span in a string, else the word before the cursor. */
function startOf(info: CompletionInfo | undefined, { offset }: OpenCell, code: string, at: number): number {
  const span = info?.optionalReplacementSpan ?? info?.entries[0]?.replacementSpan;
  if (span && span.start >= offset && span.start - offset <= at) return span.start - offset;
  const word = /[\p{ID_Continue}$]*$/u.exec(code.slice(0, at))![0];
  return at - word.length;
}

/** Those that begin with what is written; with no such, those that do but for capitals. */
function matching(entries: readonly CompletionEntry[], written: string): CompletionEntry[] {
  const usable = entries.filter(({ name, kind }) => !ours.test(name) && kind !== ts.ScriptElementKind.warning);
  const exact = usable.filter(({ name }) => name.startsWith(written));
  const lower = written.toLowerCase();
  const found = exact.length > 0 ? exact : usable.filter(({ name }) => name.toLowerCase().startsWith(lower));
  return found.sort((a, b) => compare(a.sortText, b.sortText) || compare(a.name, b.name));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function describe(entry: CompletionEntry, open: OpenCell, at: number, withDetails: boolean): Completion {
  const { name: text, kind: type } = entry;
  if (!withDetails) return { text, type };
  const details = open.service.getCompletionEntryDetails(
    open.file,
    open.offset + at,
    text,
    {},
    entry.source,
    {},
    entry.data,
  );
  const signature = withoutAlias(ts.displayPartsToString(details?.displayParts));
  return { text, type: type === ts.ScriptElementKind.alias ? kindOf(signature) : type, signature };
}
