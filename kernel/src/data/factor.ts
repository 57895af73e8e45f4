/**
 * A factor: a categorical column kept as small integer codes and the names they stand for, as in R.
 */
import { namesHint } from './names.ts';

/** A categorical column of n rows. */
export interface Factor<L extends string = string> {
  /** Positions in `levels`, from 0; −1 where the value is missing. */
  readonly codes: Int32Array; // (n,)
  /** The names, each once. */
  readonly levels: readonly L[];
}

/** True for an object with codes and levels. */
export function isFactor(value: unknown): value is Factor {
  const candidate = value as Partial<Factor> | null;
  return typeof candidate === 'object' && candidate?.codes instanceof Int32Array && Array.isArray(candidate.levels);
}

/**
 * Make a factor from strings.
 *
 * @param labels one string a row; `null` is missing and gets the code −1
 * @param options.levels the names in the order wanted; default: those that occur, sorted by code point (as R and
 *   pandas sort), so the order of the rows does not matter
 * @throws RangeError when a label is not among the levels given, or a level is given twice
 * @example
 * factor(['male', 'female', null, 'male']); // codes [1, 0, −1, 1], levels ['female', 'male']
 */
export function factor<const L extends string = string>(
  labels: readonly (string | null)[],
  options: { readonly levels?: readonly L[] } = {},
): Factor<L> {
  const levels = options.levels ?? (distinct(labels) as L[]);
  const codeOf = new Map<string, number>(levels.map((level, code) => [level, code]));
  if (codeOf.size !== levels.length) {
    throw new RangeError(`factor: each level once; got ${levels.join(', ')}`);
  }
  const codes = Int32Array.from(labels, (label, row) => {
    if (label === null) return -1;
    const code = codeOf.get(label);
    if (code === undefined) {
      throw new RangeError(`factor: row ${row} is '${label}', which is not a level; ${namesHint(label, levels)}`);
    }
    return code;
  });
  return { codes, levels: [...levels] };
}

/** The labels of a factor, one a row; `null` where missing. */
export function labelsOf<L extends string>({ codes, levels }: Factor<L>): (L | null)[] {
  return Array.from(codes, (code) => levels[code] ?? null);
}

/**
 * 1 where a factor has this level, 0 where it has another, NaN where it is missing: a dummy variable.
 *
 * @throws RangeError for a level the factor does not have, with those it has
 * @example
 * indicator(factor(['a', 'b', 'a']), 'a'); // Float64Array [1, 0, 1]
 */
export function indicator<L extends string>(column: Factor<L>, level: NoInfer<L>): Float64Array {
  const wanted = column.levels.indexOf(level);
  if (wanted < 0) {
    throw new RangeError(`indicator: '${level}' is not a level; ${namesHint(level, column.levels)}`);
  }
  return Float64Array.from(column.codes, (code) => (code < 0 ? Number.NaN : code === wanted ? 1 : 0));
}

function distinct(labels: readonly (string | null)[]): string[] {
  const seen = new Set<string>();
  for (const label of labels) if (label !== null) seen.add(label);
  return [...seen].sort(byCodePoint);
}

/** By code point, not by the machine's language, so that the codes are the same everywhere. */
function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
