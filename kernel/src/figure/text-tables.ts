/**
 * A result's plain text as Markdown: its tables become tables, and all other lines stay as they stand. So a fit reads the
 * same in a terminal and in a notebook, trusted or not, and in what nbconvert makes of it.
 */
import { markdownTable } from '../data/table.ts';

/** A word or words between gaps of two spaces or more, and where it ends. */
interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function tokensOf(line: string): Token[] {
  return [...line.matchAll(/\S+(?: \S+)*/g)].map(({ 0: text, index }) => ({
    text,
    start: index,
    end: index + text.length,
  }));
}

/** Marks of significance stand in a last column without a head. */
const MARK = /^[*.]+$/;

/** The cells of a line below a head, or undefined where it is no row of it: columns but the first end where the heads do. */
function cellsOf(line: string, ends: readonly number[]): string[] | undefined {
  const tokens = tokensOf(line);
  const first = tokens[0];
  if (first === undefined || first.start !== 0) return undefined;
  const cells = new Array<string>(ends.length + 1).fill('');
  cells[0] = first.text;
  for (const { text, end } of tokens.slice(1)) {
    const column = ends.indexOf(end);
    if (column >= 0) cells[column + 1] = text;
    else if (MARK.test(text) && end > ends.at(-1)!) cells.push(text);
    else return undefined;
  }
  return tokens.length > 1 ? cells : undefined;
}

/** The table that begins with this line, and how many lines it takes. */
function tableAt(
  lines: readonly string[],
  from: number,
): { readonly markdown: string; readonly length: number } | undefined {
  const heads = tokensOf(lines[from]!);
  const named = heads[0]?.start === 0; // a head above the first column too
  const columns = heads.slice(Number(named));
  if (columns.length < 2) return undefined;
  const ends = columns.map(({ end }) => end);
  const rows: string[][] = [];
  for (let at = from + 1; at < lines.length; at++) {
    const cells = cellsOf(lines[at]!, ends);
    if (!cells) break;
    rows.push(cells);
  }
  if (rows.length === 0) return undefined;
  const width = Math.max(...rows.map((row) => row.length));
  const head = [named ? heads[0]!.text : '', ...columns.map(({ text }) => text)];
  const padded = (row: readonly string[]) => [...row, ...new Array<string>(width - row.length).fill('')];
  return { markdown: markdownTable(padded(head), rows.map(padded)), length: rows.length + 1 };
}

/** Lines that are no table: as they stand where they are set in columns, else a paragraph of lines. */
function plainLines(lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  if (lines.some((line) => /\S {2,}\S|\t/.test(line))) return [['```text', ...lines, '```'].join('\n')];
  return [lines.map(plainParagraph).join('\\\n')];
}

/**
 * Plain text as Markdown.
 *
 * @example markdownOf('Call: lm(y ~ x)\n\n   Estimate  Std. Error\nx       1.2        0.30');
 */
export function markdownOf(text: string): string {
  const parts: string[] = [];
  for (const block of text.split('\n\n')) {
    const lines = block.split('\n').filter((line) => line !== '---');
    let waiting: string[] = [];
    for (let at = 0; at < lines.length; ) {
      const table = tableAt(lines, at);
      if (!table) {
        waiting.push(lines[at++]!);
        continue;
      }
      parts.push(...plainLines(waiting), table.markdown);
      waiting = [];
      at += table.length;
    }
    parts.push(...plainLines(waiting));
  }
  return parts.join('\n\n');
}

/** A line of text as a Markdown paragraph that shows it as it stands. */
export function plainParagraph(line: string): string {
  return line
    .trim()
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*_{}[\]#+!|~$>-]/g, '\\$&');
}
