/**
 * The notebook as TypeScript sees it: every cell that has run is a module, and sees each name as the last cell before
 * it that declared it. So a name may be declared again with another type, functions keep the types they were written
 * with, and a cell that has run is never read again.
 */
import type { LanguageService } from 'typescript';
import { Surroundings } from './surroundings.ts';
import { type BoundFile, type Declared, ts } from './typescript.ts';

/** Any later cell may assign to a name: `let x: number;` alone is no variable that never gets a value. */
const assignedElsewhere = -Number.MAX_VALUE; // negative: on every path

/** A text in the place of the cell that comes next, ready to be asked about. */
export interface OpenCell {
  readonly service: LanguageService;
  readonly file: BoundFile;
}

export class NotebookSession {
  readonly surroundings: Surroundings;
  /** Each name of the session, as the last cell declared it. */
  readonly #names = new Map<string, Declared>();
  /** The last text that was asked about. */
  #open: BoundFile | undefined;

  /** @param folder the notebook's: relative imports and packages are looked for from there */
  constructor(folder: string) {
    this.surroundings = new Surroundings(folder);
  }

  /** A cell has run; one that cannot be parsed has not, and declares nothing. */
  remember(code: string): void {
    const file = this.#opened(code);
    if (file.parseDiagnostics.length > 0) return;
    this.#show(file);
    this.surroundings.keep(file);
    for (const [name, symbol] of declaredBy(file)) {
      this.#names.set(name, symbol);
      symbol.lastAssignmentPos = assignedElsewhere;
    }
    this.#open = undefined;
  }

  /** A fresh session: no cell has run. */
  forget(): void {
    this.#names.clear();
    this.surroundings.clear();
    this.#open = undefined;
  }

  /** Whether a name comes from a cell that has run. */
  declares(name: string): boolean {
    return this.#names.has(name);
  }

  /**
   * Put the text of a cell that is being written in its place in the session.
   *
   * @param beginning names that begin so are seen even where the text does not mention them
   */
  open(code: string, beginning?: string): OpenCell {
    const file = this.#opened(code);
    this.#show(file, beginning);
    return { service: this.surroundings.serviceFor(file), file };
  }

  #opened(code: string): BoundFile {
    if (this.#open?.text === code) return this.#open;
    if (this.#open) this.surroundings.drop(this.#open);
    this.#open = this.surroundings.add(code);
    return this.#open;
  }

  /** Let a text see the names of the session that it mentions, unless it declares them itself. */
  #show(file: BoundFile, beginning?: string): void {
    const scope = file.locals;
    const see = (name: string): void => {
      const key = ts.escapeLeadingUnderscores(name);
      const symbol = this.#names.get(name);
      if (symbol && !scope.has(key) && !file.symbol?.exports?.has(key)) scope.set(key, symbol);
    };
    for (const [name] of file.text.matchAll(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu)) see(name);
    if (beginning === undefined) return;
    const lower = beginning.toLowerCase();
    for (const name of this.#names.keys()) if (name.toLowerCase().startsWith(lower)) see(name);
  }
}

/** What a text declares at its top level, exported or not: values, types and imports alike. */
function declaredBy(file: BoundFile): Map<string, Declared> {
  const found = new Map<string, Declared>();
  for (const [key, symbol] of [...file.locals, ...(file.symbol?.exports ?? [])]) {
    // What it only sees, and what it only exports under another name, others have declared.
    const own = symbol.declarations?.some((node) => node.getSourceFile() === file && !ts.isExportSpecifier(node));
    if (own && key !== ts.InternalSymbolName.Default && key !== ts.InternalSymbolName.ExportStar)
      found.set(ts.unescapeLeadingUnderscores(key), symbol);
  }
  return found;
}
