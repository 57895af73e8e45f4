/**
 * Vectors of one number, shared: a fit of ten thousand rows needs several, and allocating them costs more than reading
 * them. Nobody may write to them.
 */
const MOST = 2 ** 20;
const known = new Map<number, Float64Array>();

/** `count` times this number; the vector asked for last is kept. @example constantVector(1, 3); // 1 1 1 */
export function constantVector(value: 0 | 1, count: number): Float64Array {
  const last = known.get(value);
  if (last?.length === count) return last;
  const made = new Float64Array(count).fill(value);
  if (count <= MOST) known.set(value, made);
  return made;
}
