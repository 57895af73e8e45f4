/**
 * Checks of JSON from a saved notebook: small functions that say what is wrong, in words, at which place.
 */

/** Problem found, or undefined. `where` names the place: "parameters[0].name". */
export type Check = (value: unknown, where: string) => string | undefined;

export const literal =
  (...allowed: readonly (string | number)[]): Check =>
  (value, where) =>
    allowed.includes(value as string) ? undefined : `${where} should be ${allowed.join(' or ')}`;

export const number: Check = (value, where) =>
  typeof value === 'number' && Number.isFinite(value) ? undefined : `${where} should be a finite number`;

export const count: Check = (value, where) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? undefined : `${where} should be a count`;

export const text =
  (longest: number): Check =>
  (value, where) =>
    typeof value === 'string' && value.length <= longest
      ? undefined
      : `${where} should be text up to ${longest} characters`;

export const nullable =
  (check: Check): Check =>
  (value, where) =>
    value === null ? undefined : check(value, where);

export const optional =
  (check: Check): Check =>
  (value, where) =>
    value === undefined ? undefined : check(value, where);

export const list =
  (each: Check, longest: number): Check =>
  (value, where) => {
    if (!Array.isArray(value)) return `${where} should be a list`;
    if (value.length > longest) return `${where} should have at most ${longest} entries`;
    for (const [i, entry] of value.entries()) {
      const problem = each(entry, `${where}[${i}]`);
      if (problem) return problem;
    }
    return undefined;
  };

/** Fields beyond the named ones are allowed: later writers of the same version may add some. */
export const record =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, where) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return `${where} should be an object`;
    for (const [name, check] of Object.entries(fields)) {
      const problem = check(
        Object.hasOwn(value, name) ? (value as never)[name] : undefined,
        where ? `${where}.${name}` : name,
      );
      if (problem) return problem;
    }
    return undefined;
  };

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const longestPacked = 400_000;

/** Numbers in a packed array (see `PackedArray` in the kernel's figure room). */
export function packedLength({ type, data }: { readonly type: string; readonly data: string }): number {
  const bytes = (data.length / 4) * 3 - (data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0);
  return bytes / (type === 'f32' ? 4 : 2);
}

export const packed: Check = (value, where) => {
  const problem = record({ type: literal('u16', 'f32'), data: text(longestPacked) })(value, where);
  if (problem) return problem;
  const array = value as { type: string; data: string };
  if (!base64.test(array.data) || !Number.isInteger(packedLength(array))) return `${where} should be base64 of numbers`;
  return array.type === 'u16' ? record({ min: number, max: number })(value, where) : undefined;
};

/** Depth, number of values and characters stay within bounds, so that a hostile file cannot stall the page. */
export function withinBounds(json: unknown, deepest = 10, values = 60_000, characters = 1_000_000): string | undefined {
  let left = values;
  let room = characters;
  const visit = (value: unknown, depth: number): string | undefined => {
    left -= 1;
    if (depth > deepest) return 'it is nested too deeply';
    if (left < 0) return 'it has too many values';
    if (typeof value === 'string') room -= value.length;
    if (room < 0) return 'it is too large';
    if (value === null || typeof value !== 'object') return undefined;
    for (const inner of Array.isArray(value) ? value : Object.values(value)) {
      const problem = visit(inner, depth + 1);
      if (problem) return problem;
    }
    return undefined;
  };
  return visit(json, 0);
}
