/**
 * Which constants are a user's data, or were computed from them while tracing: those that another data set changes.
 * Generated code reads them from memory whatever their size, so that it serves all data of one structure
 * (`generate/template.ts`); other short constants are written out in the code. A hint, no part of a graph: a graph from
 * elsewhere has none, and the same values.
 */
const observed = new WeakSet<Float64Array>();

/** Say that this array is data. @returns it */
export function markObserved(value: Float64Array): Float64Array {
  observed.add(value);
  return value;
}

/** Longer arrays are data wherever they come from: nobody writes so many numbers into a formula. */
const LONG = 16;

export function isObserved(value: Float64Array): boolean {
  return value.length > LONG || observed.has(value);
}
