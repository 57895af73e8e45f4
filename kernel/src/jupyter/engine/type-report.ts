/**
 * What the type checker objects to, as a notebook shows it: place, message, the line, and marks below it.
 */
import type { MimeBundle } from '../../host/host.ts';
import type { Diagnostic } from '../language/diagnostics.ts';

/** Objections shown; of more, the first. */
const mostShown = 10;
/** Longest line shown, in UTF-16 units. */
const longestLine = 160;

/**
 * The objections as text.
 *
 *     cell[3]:2:7 Type 'string' is not assignable to type 'number'. (TS2322)
 *     2 │ const n: number = 'a';
 *       │       ~
 */
export function reportText(found: readonly Diagnostic[], code: string, label: string): string {
  const lines = code.split('\n');
  const shown = found.slice(0, mostShown).map((one) => describe(one, lines[one.line - 1] ?? '', label));
  const more = found.length - shown.length;
  return [...shown, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n\n');
}

function describe({ line, column, length, code, message }: Diagnostic, text: string, label: string): string {
  const [first, ...rest] = message.split('\n');
  const gutter = `${line} │`;
  const shown = text.length > longestLine ? `${text.slice(0, longestLine)}…` : text;
  const parts = [`${label}:${line}:${column + 1} ${first} (TS${code})`, ...rest, `${gutter} ${shown}`];
  if (column < longestLine) {
    const indent = text.slice(0, column).replace(/[^\t]/g, ' ');
    const marks = '^'.repeat(Math.min(length, longestLine - column));
    parts.push(`${' '.repeat(gutter.length - 1)}│ ${indent}${marks}`);
  }
  return parts.join('\n');
}

/** The bundle shown below a cell that runs all the same. */
export function reportBundle(found: readonly Diagnostic[], code: string, label: string): MimeBundle {
  const text = reportText(found, code, label);
  const count = `${found.length} type error${found.length === 1 ? '' : 's'}`;
  const fence = '`'.repeat(Math.max(3, ...(text.match(/`+/g) ?? []).map((run) => run.length + 1)));
  return {
    'text/plain': `${count}; the cell runs all the same (%types off hides them)\n${text}`,
    'text/markdown': `**${count}**; the cell runs all the same (\`%types off\` hides them)\n\n${fence}text\n${text}\n${fence}`,
  };
}
