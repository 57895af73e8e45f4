/**
 * Which comms are open, as the wire sees them pass: so `comm_info` is answered while a cell blocks, and what was open
 * in a session that ended is closed in the front end too.
 */
import type { CommType } from '../comms/comms.ts';

export class OpenComms {
  readonly #targets = new Map<string, string>();

  /** A comm message passed, either way. */
  note(type: CommType, content: Readonly<Record<string, unknown>>): void {
    const id = String(content.comm_id ?? '');
    if (type === 'comm_open' && !this.#targets.has(id)) this.#targets.set(id, String(content.target_name ?? ''));
    if (type === 'comm_close') this.#targets.delete(id);
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
