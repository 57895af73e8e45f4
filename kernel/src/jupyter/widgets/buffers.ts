/**
 * Binary parts of a widget's state travel as buffers beside the JSON, each with the path of its place.
 * Source: ipywidgets, "Model state and the widget protocol", version 2.1.0.
 */

export type Path = readonly (string | number)[];

export interface Separated {
  readonly state: Record<string, unknown>;
  readonly paths: readonly Path[];
  readonly buffers: readonly ArrayBufferView[];
}

/** A state without its binary parts, these parts, and where they were. The state given is left as it is. */
export function separateBuffers(state: Readonly<Record<string, unknown>>): Separated {
  const paths: Path[] = [];
  const buffers: ArrayBufferView[] = [];
  const copy = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((item, i) => take(item, [...path, i]) ?? null);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .map(([name, item]) => [name, take(item, [...path, name])] as const)
        .filter(([, item]) => item !== undefined),
    );
  };
  const take = (value: unknown, path: Path): unknown => {
    if (!ArrayBuffer.isView(value)) return copy(value, path);
    paths.push(path);
    buffers.push(value);
    return undefined;
  };
  return { state: copy(state, []) as Record<string, unknown>, paths, buffers };
}

/** The state with buffers put back. A path that leads nowhere, or to a prototype, is left out. */
export function insertBuffers(
  state: Readonly<Record<string, unknown>>,
  paths: unknown,
  buffers: readonly Uint8Array[],
): Record<string, unknown> {
  const whole = structuredClone(state) as Record<string, unknown>;
  if (!Array.isArray(paths)) return whole;
  for (const [i, path] of paths.entries()) {
    const buffer = buffers[i];
    if (!Array.isArray(path) || path.length === 0 || !buffer) continue;
    let place: unknown = whole;
    for (const step of path.slice(0, -1)) place = isPlace(place, step) ? place[step] : undefined;
    const last = path.at(-1) as string;
    if (typeof place === 'object' && place !== null && last !== '__proto__') {
      (place as Record<string, unknown>)[last] = buffer;
    }
  }
  return whole;
}

function isPlace(value: unknown, step: PropertyKey): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, step);
}
