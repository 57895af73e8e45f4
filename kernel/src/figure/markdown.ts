/**
 * Tables as Markdown: JupyterLab shows it in trusted and untrusted notebooks alike, nbconvert, VS Code and GitHub
 * show it too, and unlike HTML it cannot carry a script. Cells are text: whatever Markdown would read is escaped.
 */

/** Text that Markdown, its HTML and its mathematics leave as it stands. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\r\n\t]+/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]()#+!|~$^-]/g, '\\$&')
    .replace(/:\/\//g, ':&#47;&#47;'); // no address becomes a link
}

/**
 * A table; the first column is left-aligned, the others right-aligned.
 * @param rows cells (rows, columns), as text
 */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  const rule = `|${head.map((_, i) => (i === 0 ? ':---' : '---:')).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
