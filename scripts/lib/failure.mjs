/**
 * What goes wrong is told in one line, with the remedy.
 */

/** An expected failure: `what` happened, and the `remedy` a person can apply. */
export class Failure extends Error {
  /**
   * @param {string} what one sentence, with its full stop
   * @param {string} remedy what to do about it
   */
  constructor(what, remedy) {
    super(`${what} ${remedy}`.trim());
    this.name = 'Failure';
  }
}

/**
 * Print a line for the person who waits.
 * @param {string} text
 */
export function say(text) {
  process.stdout.write(`${text}\n`);
}

/**
 * Print a line about what went wrong.
 * @param {string} text
 */
export function complain(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * A script's body: a Failure becomes one line and exit code 1; any other error is ours and keeps its stack.
 * @param {string} name the command's name, put before the line
 * @param {() => Promise<number | void>} body returns the exit code
 */
export async function main(name, body) {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    complain(
      error instanceof Failure
        ? `${name}: ${error.message}`
        : `${name}: ${error instanceof Error ? error.stack : error}`,
    );
    process.exitCode = 1;
  }
}
