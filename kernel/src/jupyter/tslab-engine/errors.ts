/**
 * What tslab's compiler objects to, as an error of the cell.
 */
import { CodeError, type Place } from '../repl/code-error.ts';
import { headline } from '../repl/stack.ts';
import type { TslabDiagnostic } from './tslab.ts';

/** TypeScript numbers what it cannot parse below this, and what does not fit its types above. */
const firstTypeError = 2000;

class TypeCheckError extends CodeError {
  override readonly name = 'TypeCheckError';
}

/** The first objection; the others are told below it. */
type Refusal = CodeError & { readonly errors?: readonly CodeError[] };

/** Objections at one place are one: TypeScript tells a reason in several. */
function merged(diagnostics: readonly TslabDiagnostic[]): TslabDiagnostic[] {
  const found: TslabDiagnostic[] = [];
  for (const one of diagnostics) {
    const last = found.at(-1);
    const same =
      last?.fileName === one.fileName &&
      last?.start.line === one.start.line &&
      last.start.character === one.start.character;
    if (last && same) found[found.length - 1] = { ...last, messageText: `${last.messageText}\n${one.messageText}` };
    else found.push(one);
  }
  return found;
}

/**
 * The error of a cell that tslab refuses: its first objection, with the others as its `errors`.
 *
 * @param name the cell's
 */
export function refusal(diagnostics: readonly TslabDiagnostic[], name: string): Refusal {
  const [first, ...others] = merged(diagnostics).map((one) => errorOf(one, name));
  if (!first) throw new RangeError('refusal: expected at least one diagnostic');
  return others.length === 0 ? first : Object.assign(first, { errors: others });
}

function errorOf({ start, messageText, code, fileName }: TslabDiagnostic, name: string): CodeError {
  const place: Place = { line: start.line + 1, column: start.character };
  const Kind = code < firstTypeError ? CodeError : TypeCheckError;
  const error =
    fileName === undefined
      ? new Kind(`${messageText} (TS${code})`, place).inside(name)
      : new Kind(`${fileName}:${place.line}:${place.column + 1}: ${messageText} (TS${code})`);
  error.stack = headline(error); // the way to here is ours, and says nothing
  return error;
}
