/**
 * From a place in the code that runs back to the place in the code that was written.
 *
 * A cell may be changed more than once on its way (types, operators, imports), each time with a map of its own.
 * Maps are followed only when an error must be shown.
 */
import { createRequire } from 'node:module';
import type { Place } from './code-error.ts';

/** A source map, version 3. */
export interface RawMap {
  readonly version: number;
  readonly sources: readonly (string | null)[];
  readonly names: readonly string[];
  readonly mappings: string;
}

/** Takes a place back by one or more steps. */
export type Locate = (place: Place) => Place;

/** Follow maps backwards, the last change first. A place without a mapping keeps its line. */
export function follow(maps: readonly RawMap[]): Locate {
  if (maps.length === 0) return (place) => place;
  const { TraceMap, originalPositionFor } = createRequire(import.meta.url)(
    '@jridgewell/trace-mapping',
  ) as typeof import('@jridgewell/trace-mapping');
  const traces = maps.map((map) => new TraceMap({ ...map, version: 3, sources: ['cell'], names: [...map.names] }));
  return (place) => {
    let { line, column } = place;
    for (const trace of traces) {
      const found = originalPositionFor(trace, { line, column });
      if (found.line !== null) ({ line, column } = found);
    }
    return { line, column };
  };
}
