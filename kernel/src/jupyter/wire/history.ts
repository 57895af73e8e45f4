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
/** Cells kept; a front end asks for the last 500 or 1000. */
const mostEntries = 1000;
/** Text kept of all cells together, in UTF-16 units: of a session of large cells, the last of them … */
const mostText = 16_000_000;
/** … and of one result. */
const longestOutput = 10_000;

export class History {
  readonly #entries: Entry[] = [];
  #text = 0;

  add(line: number, input: string): void {
    this.#entries.push({ line, input, output: undefined });
    this.#grow(input.length);
  }

  /** Note the plain text of a cell's result. */
  result(line: number, output: string): void {
    const entry = this.#entries.findLast((candidate) => candidate.line === line);
    if (!entry || entry.output !== undefined) return;
    entry.output = output.length > longestOutput ? `${output.slice(0, longestOutput)}…` : output;
    this.#grow(entry.output.length);
  }

  #grow(by: number): void {
    this.#text += by;
    while (this.#entries.length > mostEntries || (this.#text > mostText && this.#entries.length > 1)) {
      const { input, output = '' } = this.#entries.shift()!;
      this.#text -= input.length + output.length;
    }
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
        // 0 is this session, below it counts back to sessions that nobody remembers.
        const wanted = typeof content.session === 'number' ? content.session : 0;
        if (wanted !== 0 && wanted !== session) return [];
        const start = this.#lineAt(content.start) ?? 0;
        const stop = this.#lineAt(content.stop) || Number.POSITIVE_INFINITY;
        return this.#entries.filter(({ line }) => line >= start && line < stop);
      }
      case 'search': {
        const pattern = typeof content.pattern === 'string' ? content.pattern : '*';
        const found = this.#entries.filter(({ input }) => matches(input, pattern));
        if (content.unique !== true) return last(found);
        return last([...new Map(found.map((entry) => [entry.input, entry])).values()]);
      }
      default:
        return last(this.#entries);
    }
  }

  /** A line of the session; as in IPython, below 0 it counts from the line to come. */
  #lineAt(place: unknown): number | undefined {
    if (typeof place !== 'number') return undefined;
    return place < 0 ? place + (this.#entries.at(-1)?.line ?? 0) + 1 : place;
  }
}

/**
 * Whether a glob matches the whole text: `*` any text, `?` one character. A regular expression would take time without
 * end for some patterns; this goes back to the last star only.
 */
function matches(text: string, pattern: string): boolean {
  let place = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (place < text.length) {
    if (pattern[next] === '*') {
      star = next++;
      resume = place;
    } else if (next < pattern.length && (pattern[next] === '?' || pattern[next] === text[place])) {
      next++;
      place++;
    } else if (star >= 0) {
      next = star + 1;
      place = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[next] === '*') next++;
  return next === pattern.length;
}
