/**
 * A small table as text: plain, and Markdown whose cells are text and never markup.
 */

/** Two spaces between columns; the first is aligned to the left, the others to the right. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, j) => Math.max(name.length, ...rows.map((row) => (row[j] ?? '').length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, j) => (j === 0 ? cell.padEnd(widths[j]!) : cell.padStart(widths[j]!)))
      .join('  ')
      .trimEnd();
  return [header, ...rows].map(line).join('\n');
}

/** '1 row, 2 columns'. */
export function sizeText(rows: number, columns: number): string {
  return `${rows} row${rows === 1 ? '' : 's'}, ${columns} column${columns === 1 ? '' : 's'}`;
}

/** The same as a Markdown table. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(plainInMarkdown).join(' | ')} |`;
  const rule = `|${header.map((_, j) => (j === 0 ? ':---' : '---:')).join('|')}|`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}

/**
 * `<b>|*` → `&lt;b&gt;\|\*`: a label from a file can neither format nor end the cell it stands in, and no address
 * in it becomes a link.
 */
export function plainInMarkdown(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()#+!|~$^]/g, '\\$&')
    .replaceAll('://', ':&#47;&#47;')
    .replaceAll('@', '&#64;')
    .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}&#46;`)
    .replace(/\s+/g, ' ');
}
