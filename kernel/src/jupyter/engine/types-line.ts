/**
 * `%types strict`, `%types wait`, `%types off`, `%types on`: lines at a cell's beginning that say what type errors do from then on.
 */

const modes = ['on', 'off', 'wait', 'strict'] as const;

/**
 * on: they are shown. wait: they are always shown before the cell has ended. strict: a cell with type errors does not
 * run. off: nothing is checked.
 */
export type TypesMode = (typeof modes)[number];

export interface TypesLine {
  /** The cell with blanks in place of such lines: every other place is where it was. */
  readonly code: string;
  /** The mode asked for by the last of them. */
  readonly mode?: TypesMode;
  /** The mode is only asked about: `%types` alone. */
  readonly asked?: true;
  /** What was said instead of a mode. */
  readonly unknown?: string;
}

const pattern = /^(?:[^\S\n]*\n)*[^\S\n]*%types\b[^\S\n]*([^\n]*)/;

/** Read such lines: '%types strict\n1 + 1' → { code: '             \n1 + 1', mode: 'strict' } */
export function typesLine(code: string): TypesLine {
  let read: TypesLine = { code };
  for (let found = pattern.exec(code); found; found = pattern.exec(read.code)) {
    const [whole, said = ''] = found;
    const blanked = `${whole.replace(/[^\n]/g, ' ')}${read.code.slice(whole.length)}`;
    const word = said.replace(/\s*;?\s*$/, '');
    const mode = modes.find((name) => name === word);
    if (mode) read = { code: blanked, mode };
    else if (word === '') read = { ...read, code: blanked, asked: true };
    else return { code: blanked, unknown: word };
  }
  return read;
}
