/**
 * The diagnostic log, kept only on request: `ESTIMAND_LOG=/path/to/file`. Nothing of ours is ever written to
 * stderr, where a notebook server or a grader would take it for the user's.
 */
import { appendFileSync } from 'node:fs';

const path = process.env.ESTIMAND_LOG;

/** Note one line, with the time and the process; costs nothing where no log was asked for. */
export const log: (message: string) => void = path
  ? (message) => {
      try {
        appendFileSync(path, `${new Date().toISOString()} ${process.pid} ${message}\n`);
      } catch {
        // A log that cannot be written must not end a session.
      }
    }
  : () => {};
