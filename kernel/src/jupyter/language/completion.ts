/**
 * Completions at a cursor, from the types alone: no user code runs.
 */
import type { CompletionEntry, CompletionInfo } from 'typescript';
import type { Completion, Completions } from '../engine/engine.ts';
import { kindOf, withoutAlias } from './alias.ts';
import { toCodePoints, toUnits } from './code-points.ts';
import type { NotebookSession, OpenCell } from './session.ts';
import { ts } from './typescript.ts';

/** For so many matches signature and documentation are looked up; nobody reads those of a thousand. */
const described = 30;
/** Values, types and namespaces. */
const allMeanings = 7;
/** Where TypeScript sorts what a text itself declares. */
const localRank = '11';

/** Names that only the engine uses. */
const ours = /^__estimand/;

/**
 * @param cursor in code points
 */
export function complete(session: NotebookSession, code: string, cursor: number): Completions {
  const at = toUnits(code, cursor);
  const word = wordBefore(code, at);
  const open = session.open(code, isMember(code.slice(0, at - word.length)) ? undefined : word);
  const info = session.surroundings.withGlobals(word, () =>
    open.service.getCompletionsAtPosition(open.file.fileName, at, {
      includeCompletionsForModuleExports: false,
      includeCompletionsWithInsertText: false,
      includeSymbol: true,
    }),
  );
  const start = startOf(info, at, word);
  const matches = info ? matching(session, info.entries, code.slice(start, at)) : [];
  return {
    matches: matches.map((entry, i) =>
      i < described ? describe(entry, open, at) : { text: entry.name, type: entry.kind },
    ),
    start: toCodePoints(code, start),
    end: cursor,
  };
}

/** Whether what follows is a member of something: no name of the session is meant. `...` is not that dot. */
function isMember(before: string): boolean {
  return before.endsWith('.') && !before.endsWith('...');
}

function wordBefore(code: string, at: number): string {
  return /[\p{ID_Continue}$]*$/u.exec(code.slice(0, at))![0];
}

/** Where the text to be replaced begins: TypeScript's own span in a string, else the word before the cursor. */
function startOf(info: CompletionInfo | undefined, at: number, word: string): number {
  const span = info?.optionalReplacementSpan ?? info?.entries[0]?.replacementSpan;
  return span && span.start <= at ? span.start : at - word.length;
}

/** Those that begin with what is written; with no such, those that do but for capitals. The session's own come first. */
function matching(session: NotebookSession, entries: readonly CompletionEntry[], written: string): CompletionEntry[] {
  const usable = entries.filter(({ name, kind }) => !ours.test(name) && kind !== ts.ScriptElementKind.warning);
  const exact = usable.filter(({ name }) => name.startsWith(written));
  const lower = written.toLowerCase();
  const found = exact.length > 0 ? exact : usable.filter(({ name }) => name.toLowerCase().startsWith(lower));
  const rank = ({ name, sortText }: CompletionEntry): string => (session.declares(name) ? localRank : sortText);
  return found.sort((a, b) => compare(rank(a), rank(b)) || compare(a.name, b.name));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function describe(
  { name: text, kind: type, symbol }: CompletionEntry,
  { service, file }: OpenCell,
  at: number,
): Completion {
  if (!symbol) return { text, type, signature: text };
  const checker = service.getProgram()!.getTypeChecker();
  const place = ts.getTouchingPropertyName(file, at);
  const found = ts.SymbolDisplay.getSymbolDisplayPartsDocumentationAndSymbolKind(
    checker,
    symbol,
    file,
    place,
    place,
    allMeanings,
  );
  const signature = withoutAlias(ts.displayPartsToString(found.displayParts));
  const documentation = ts.displayPartsToString(found.documentation);
  return {
    text,
    type: type === ts.ScriptElementKind.alias ? kindOf(signature) : type,
    signature,
    ...(documentation === '' ? {} : { documentation }),
  };
}
