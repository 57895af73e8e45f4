/**
 * Which comms are open, as the session has told in its order: so `comm_info` is answered while a cell blocks, and what
 * was open in a session that ended is closed in the front end too. What passes on the wire cannot tell: an opening may
 * be refused after the next one for the same comm was sent.
 */
export class OpenComms {
  readonly #targets = new Map<string, string>();

  /** A comm is open now, to `target`; without one, it has ended. */
  note(id: string, target?: string): void {
    if (target === undefined) this.#targets.delete(id);
    else this.#targets.set(id, target);
  }

  /** The content of a `comm_info_reply`, of one target or of all. */
  information(target: unknown): Record<string, { target_name: string }> {
    const wanted = [...this.#targets].filter(
      ([, name]) => typeof target !== 'string' || target === '' || name === target,
    );
    return Object.fromEntries(wanted.map(([id, name]) => [id, { target_name: name }]));
  }

  /** Forget all. @returns the ids that were open */
  clear(): string[] {
    const ids = [...this.#targets.keys()];
    this.#targets.clear();
    return ids;
  }
}
