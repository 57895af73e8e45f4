/** Random keys, and the special functions a user may want on plain numbers. */
export { foldIn, type Key, key, normalVector, Stream, type StreamState, split, uniformVector } from './random.ts';
