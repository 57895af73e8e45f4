/**
 * The cells of this session, as `history_request` asks for them: the last, a range, or those that match a pattern.
 */

interface Entry {
  readonly line: number;
  readonly input: string;
  output: string | undefined;
}

/** `[session, line, input]`, or `[session, line, [input, output]]` when outputs were asked for. */
export type HistoryItem = [session: number, line: number, input: string | [input: string, output: string | null]];

/** The one session we remember. */
const session = 1;

export class History {
  readonly #entries: Entry[] = [];

  add(line: number, input: string): void {
    this.#entries.push({ line, input, output: undefined });
  }

  /** Note the plain text of a cell's result. */
  result(line: number, output: string): void {
    const entry = this.#entries.findLast((candidate) => candidate.line === line);
    if (entry) entry.output = output;
  }

  /** Answer the content of a `history_request`. */
  request(content: Readonly<Record<string, unknown>>): HistoryItem[] {
    return this.#select(content).map(({ line, input, output }) => [
      session,
      line,
      content.output === true ? [input, output ?? null] : input,
    ]);
  }

  #select(content: Readonly<Record<string, unknown>>): Entry[] {
    const count = typeof content.n === 'number' ? content.n : Number.POSITIVE_INFINITY;
    const last = (entries: Entry[]): Entry[] => (count > 0 ? entries.slice(-count) : []);
    switch (content.hist_access_type) {
      case 'range': {
        const wanted = typeof content.session === 'number' ? content.session : 0;
        if (wanted > 0 && wanted !== session) return []; // 0 and below count back from the current session
        const start = typeof content.start === 'number' ? content.start : 0;
        const stop = typeof content.stop === 'number' ? content.stop : Number.POSITIVE_INFINITY;
        return this.#entries.filter(({ line }) => line >= start && line < stop);
      }
      case 'search': {
        const pattern = glob(typeof content.pattern === 'string' ? content.pattern : '*');
        const found = this.#entries.filter(({ input }) => pattern.test(input));
        if (content.unique !== true) return last(found);
        return last([...new Map(found.map((entry) => [entry.input, entry])).values()]);
      }
      default:
        return last(this.#entries);
    }
  }
}

/** A glob over the whole text: `*` any text, `?` one character. `a*` → /^a[^]*$/ */
function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '[^]*')
    .replace(/\?/g, '[^]');
  return new RegExp(`^${source}$`);
}
