/** Values in groups, as the tests of several samples take them. */
import { type Factor, isFactor } from '../data/factor.ts';
import { sampleOf } from './test.ts';

/** Samples by name, or `[values, factor]`: one value and one group a row. */
export type Groups =
  | Readonly<Record<string, ArrayLike<number>>>
  | readonly [values: ArrayLike<number>, groups: Factor | ArrayLike<string | number | null>];

/** Level names of a grouping in order, and the level of each row (−1: missing). */
function levelsOf(groups: Factor | ArrayLike<string | number | null>): Factor {
  if (isFactor(groups)) return groups;
  const labels = Array.from(groups as ArrayLike<string | number | null>);
  const isKnown = (label: string | number | null) => label !== null && !Number.isNaN(label);
  const distinct = [...new Set(labels.filter(isKnown))].sort((a, b) => (a! < b! ? -1 : 1));
  return { codes: Int32Array.from(labels, (label) => distinct.indexOf(label)), levels: distinct.map(String) };
}

/**
 * The samples, without missing values and without empty groups.
 *
 * @throws RangeError when fewer than `least` groups have `each` values
 */
export function groupsOf(
  caller: string,
  groups: Groups,
  least = 2,
  each = 1,
): { name: string; values: Float64Array }[] {
  let named: [string, number[] | ArrayLike<number>][];
  if (Array.isArray(groups)) {
    const [values, grouping] = groups as readonly [ArrayLike<number>, Factor | ArrayLike<string>];
    const { codes, levels } = levelsOf(grouping);
    if (codes.length !== values.length) {
      throw new RangeError(
        `${caller}: one group a value expected, got ${values.length} values and ${codes.length} groups`,
      );
    }
    const split: number[][] = levels.map(() => []);
    codes.forEach((code, row) => {
      if (code >= 0) split[code]!.push(values[row]!);
    });
    named = levels.map((level, code) => [level, split[code]!]);
  } else {
    named = Object.entries(groups as Readonly<Record<string, ArrayLike<number>>>);
  }
  const samples = named
    .map(([name, values]) => ({ name, values: sampleOf(caller, `'${name}'`, values, 0) }))
    .filter(({ values }) => values.length > 0);
  const small = samples.find(({ values }) => values.length < each);
  if (small)
    throw new RangeError(`${caller}: '${small.name}' needs ${each} or more values, got ${small.values.length}`);
  if (samples.length < least)
    throw new RangeError(`${caller}: ${least} or more groups expected, got ${samples.length}`);
  return samples;
}
