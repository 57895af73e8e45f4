/**
 * The texts that run in this session, by the names V8 knows them by: cells, and the notebook's own modules. From a
 * place in running code they lead back to the line the user wrote.
 */
import type { Place } from './code-error.ts';
import type { Locate } from './positions.ts';

export interface Source {
  /** As the user reads it: `cell[3]`, or a file's path. */
  readonly label: string;
  readonly text: string;
}

interface Entry extends Source {
  /** Makes the way back to the written text; asked for once, by the first error. */
  locator(): Locate;
  locate?: Locate;
}

/** How many cells are remembered; older ones lose the excerpt in a traceback, nothing else. */
const remembered = 1000;

export class Sources {
  readonly #entries = new Map<string, Entry>();
  readonly #texts = new Map<string, string>();

  /** @param name what V8 calls the script: a `sourceURL`, or a module's URL */
  add(name: string, source: Source, locator: () => Locate): void {
    this.#entries.delete(name);
    this.#entries.set(name, { ...source, locator });
    this.#texts.set(source.label, source.text);
    if (this.#entries.size <= remembered) return;
    const [oldest, entry] = this.#entries.entries().next().value!;
    this.#entries.delete(oldest);
    this.#texts.delete(entry.label);
  }

  /** The written text of a cell or file, by its label. */
  text(label: string): string | undefined {
    return this.#texts.get(label);
  }

  /** The written text and place for a place in running code; undefined for scripts that are not the user's. */
  find(name: string, place: Place): { source: Source; place: Place } | undefined {
    const entry = this.#entries.get(name);
    if (!entry) return undefined;
    entry.locate ??= entry.locator();
    return { source: entry, place: entry.locate(place) };
  }
}

/** How a cell is called, in tracebacks and by V8. Cells outside the history have no number of their own. */
export function cellName(cell: { readonly id: number; readonly count?: number }): string {
  return cell.count === undefined ? `cell[*${cell.id}]` : `cell[${cell.count}]`;
}
