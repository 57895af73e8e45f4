/**
 * What a stage is given: the names known so far. Asking for one that is not there is an error that lists those
 * that are, for in plain JavaScript it would be `undefined` and fail far from its cause.
 */
import { knownNames } from './names.ts';

/**
 * An object without prototype (so `constructor` and `__proto__` are names like any other) whose properties are made
 * when first asked for.
 *
 * @param stage named in the error, e.g. `.observe`
 */
export function makeScope<V>(stage: string, names: readonly string[], value: (name: string) => V): object {
  const target = Object.create(null) as Record<string, V>;
  for (const name of names) {
    Object.defineProperty(target, name, { enumerable: true, configurable: true, get: () => value(name) });
  }
  return new Proxy(target, {
    get(_, key) {
      if (typeof key === 'symbol') return undefined;
      if (Object.hasOwn(target, key)) return value(key);
      throw new ReferenceError(
        `${stage}: no parameter, derived quantity or data called '${key}' in this model so far; ${knownNames(key, names)}`,
      );
    },
    set(_, key) {
      throw new TypeError(`${stage}: the names of a model cannot be assigned to ('${String(key)}')`);
    },
  });
}
