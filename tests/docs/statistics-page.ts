/**
 * The page docs/statistics.md as a program: its set-up cell, and an expression a row of its tables.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const page = readFileSync(join(import.meta.dirname, '../../docs/statistics.md'), 'utf8');

export interface Row {
  /** What one would type elsewhere. */
  readonly there: string;
  /** What one types here: an expression. */
  readonly here: string;
  /** A piece of what is printed; '' where nothing is said. */
  readonly shows: string;
}

/** Cells of a line of a table: `\|` is a stroke of the cell. */
function cellsOf(line: string): string[] {
  return line
    .replace(/^\| /, '')
    .replace(/ \|$/, '')
    .split(/(?<!\\) \| ?/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

export const rows: readonly Row[] = page
  .split('\n')
  .filter((line) => line.startsWith('|') && !line.startsWith('|---') && !line.endsWith('| here | shows |'))
  .map((line) => {
    const [there = '', here = '', shows = ''] = cellsOf(line);
    const code = /^`(.*)`$/.exec(here)?.[1];
    if (code === undefined) throw new Error(`docs/statistics.md: not one expression in backticks: ${line}`);
    return { there, here: code, shows };
  });

const setUp = /^```ts\n(.*?)^```/ms.exec(page)![1]!;

/** Names of the library that the page uses, of those that are exported. */
export function usedOf(exported: readonly string[]): string[] {
  const code = `${setUp}${rows.map(({ here }) => here).join('\n')}`;
  const said = (before: string, name: string, text: string) => new RegExp(`${before}\\b${name}\\b`).test(text);
  return exported.filter((name) => said('', name, code) && !said('const ', name, setUp));
}

/** The whole page as a module: `results` are functions, one a row. */
export function moduleOf(exported: readonly string[]): string {
  return `import { ${usedOf(exported).join(', ')}, type Objective } from 'estimand';
${setUp}
export const results: readonly (() => unknown)[] = [
${rows.map(({ here }) => `  async () => (${here}),`).join('\n')}
];
`;
}

/** Appended to the module, says what each row prints: JSON, a line a row. */
export const printing = `
for (const result of results) {
  const value = await result();
  const own = value?.toString !== Object.prototype.toString && typeof value?.toString === 'function';
  const isText = typeof value === 'object' && own && !Array.isArray(value) && !ArrayBuffer.isView(value);
  console.log(JSON.stringify(isText || typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? '')));
}
process.exit();
`;
