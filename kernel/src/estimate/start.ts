/**
 * Where estimators start: at values the user gives, or at random on the unconstrained scale.
 */
import type { CompiledModel } from '../model/index.ts';
import { knownNames } from '../model/names.ts';
import { foldIn, type Key, Stream } from '../numeric/random.ts';
import type { LogDensity } from '../program/types.ts';

/** Values by parameter name on the natural scale; parameters left out start at random. */
export type Init = Readonly<Record<string, number | readonly number[] | Float64Array>>;

/** Stan's: uniform on (−2, 2) in each unconstrained coordinate, tried this often. */
const radius = 2;
const attempts = 100;

/** A random position (d,) on the unconstrained scale. */
export function randomPosition(dimension: number, key: Key): Float64Array {
  const stream = new Stream(key);
  return Float64Array.from({ length: dimension }, () => radius * (2 * stream.uniform() - 1));
}

/** A random position where log density and gradient are finite; after 100 tries the last one, as `failed`. */
export function findStart(
  density: LogDensity,
  candidate: (key: Key) => Float64Array,
  key: Key,
): { readonly ending: 'found' | 'failed'; readonly position: Float64Array } {
  const gradient = new Float64Array(density.dimension); // (d,)
  let position = candidate(foldIn(key, 0));
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) position = candidate(foldIn(key, attempt));
    const value = density.valueAndGradient(position, gradient);
    if (Number.isFinite(value) && gradient.every(Number.isFinite)) return { ending: 'found', position };
  }
  return { ending: 'failed', position };
}

/**
 * The unconstrained position of `init`; what it leaves out is taken from a random position.
 *
 * @throws RangeError for a name that is no parameter, a wrong number of values, or values outside the support
 */
export function initialPosition(compiled: CompiledModel, init: Init, key: Key, caller: string): Float64Array {
  const known = compiled.parameters.map(({ name }) => name);
  for (const name of Object.keys(init)) {
    if (!known.includes(name)) {
      throw new RangeError(`${caller}: init has '${name}', which is no parameter; ${knownNames(name, known)}`);
    }
  }
  const values = compiled.constrain(randomPosition(compiled.dimension, key)).slice(); // (constrained,)
  for (const { name, offset, size } of compiled.parameters) {
    const given = init[name];
    if (given === undefined) continue;
    const numbers = typeof given === 'number' ? [given] : [...given];
    if (numbers.length !== size || numbers.some((x) => typeof x !== 'number' || !Number.isFinite(x))) {
      throw new RangeError(
        `${caller}: init.${name} must be ${size} finite ${size === 1 ? 'number' : 'numbers'}, got [${numbers}]`,
      );
    }
    values.set(numbers, offset);
  }
  return compiled.unconstrain(values);
}
