/**
 * The types of what a session puts at every cell's disposal (`../repl/host.ts`, `../engine/process.ts`).
 */
export const globalsText = `
/** A display that was shown. */
interface NotebookDisplay {
  readonly id: string;
  /** Show another value in its place. */
  update(value: unknown, options?: { raw?: boolean }): void;
  /** Leave its place empty; a later \`update\` fills it again. */
  clear(): void;
}
/**
 * Show a value below the cell, as if it were the cell's result.
 * @param value what to show; with \`raw\`, a bundle of media types such as \`{ 'text/html': '<b>x</b>' }\`
 * @param options \`id\` names the display; \`update\` replaces the one with that id
 * @example const picture = display(first); picture.update(second);
 */
declare function display(value: unknown, options?: { id?: string; raw?: boolean; update?: boolean }): NotebookDisplay;
/**
 * Remove what the cell has shown so far.
 * @param wait keep it until there is something new to show
 */
declare function clearOutput(wait?: boolean): void;
/** Ask for a line of text; the cell waits. */
declare function input(prompt?: string): string;
/** Ask for a line of text that is not shown while it is typed; the cell waits. */
declare function password(prompt?: string): string;
/** As a cell's value, \`exit\` or \`exit()\` ends a console. A notebook's session goes on: see the Kernel menu. */
declare function exit(): unknown;
/** The same as \`exit\`. */
declare function quit(): unknown;
`;
