/** Functions of WebAssembly that are made once, and are not there where the engine cannot make them. */

/**
 * A function that makes something when it is first called and hands out the same ever after; undefined, and no second
 * attempt, where making it throws.
 *
 * @example const tiles = whereAvailable(() => instantiate());
 */
export function whereAvailable<T extends object>(make: () => T): () => T | undefined {
  let made: T | undefined;
  let tried = false;
  return () => {
    if (!tried) {
      tried = true;
      try {
        made = make();
      } catch {
        // no WebAssembly, or none of these instructions: callers have plain loops
      }
    }
    return made;
  };
}
