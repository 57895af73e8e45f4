/**
 * What holds for any columns: factors, complete rows, standardisation.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { standardise } from '#kernel/data/describe';
import { factor, indicator, labelsOf } from '#kernel/data/factor';
import { dropMissing } from '#kernel/data/missing';
import { mean, standardDeviation } from '#kernel/data/moments';

const labels = fc.array(fc.option(fc.string({ maxLength: 3 })), { maxLength: 30 });
const numbers = fc.array(
  fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), fc.constant(Number.NaN)),
  {
    maxLength: 30,
  },
);

describe('a factor', () => {
  it('gives back the labels it was made of', () => {
    fc.assert(
      fc.property(labels, (given) => {
        expect(labelsOf(factor(given))).toEqual(given);
      }),
      { seed: 3 },
    );
  });

  it('has each level once, sorted, and codes within them', () => {
    fc.assert(
      fc.property(labels, (given) => {
        const { codes, levels } = factor(given);
        expect(new Set(levels).size).toBe(levels.length);
        expect([...levels].sort()).toEqual(levels);
        expect(codes.every((code) => code >= -1 && code < levels.length)).toBe(true);
      }),
      { seed: 4 },
    );
  });

  it('does not depend on the order of the rows, and its indicators add up to one', () => {
    fc.assert(
      fc.property(labels, (given) => {
        const made = factor(given);
        expect(factor(given.toReversed()).levels).toEqual(made.levels);
        const sums = new Float64Array(given.length);
        for (const level of made.levels) {
          for (const [row, value] of indicator(made, level).entries()) sums[row]! += value;
        }
        given.forEach((label, row) => {
          if (label !== null) expect(sums[row]).toBe(1);
        });
      }),
      { seed: 5 },
    );
  });
});

describe('the complete rows', () => {
  it('are those without a gap, in their order, and with those dropped all rows', () => {
    fc.assert(
      fc.property(numbers, labels, (xs, fs) => {
        const rows = Math.min(xs.length, fs.length);
        const x = Float64Array.from(xs.slice(0, rows));
        const f = factor(fs.slice(0, rows));
        const { columns, kept, dropped } = dropMissing({ x, f, row: Array.from({ length: rows }, (_, i) => i) });
        expect(kept + dropped).toBe(rows);
        const expected = Array.from({ length: rows }, (_, i) => i).filter((i) => !Number.isNaN(x[i]) && fs[i] !== null);
        expect(columns.row).toEqual(expected);
        expect([...columns.x]).toEqual(expected.map((i) => x[i]));
        expect(labelsOf(columns.f)).toEqual(expected.map((i) => fs[i]));
        expect(dropMissing(columns).dropped).toBe(0);
      }),
      { seed: 6 },
    );
  });
});

describe('a standardised column', () => {
  it('has mean 0 and sd 1, and leads back to itself', () => {
    const column = fc.array(fc.double({ noNaN: true, min: -1e3, max: 1e3 }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(column, (given) => {
        fc.pre(standardDeviation(given) > 1e-6);
        const { values, mean: centre, sd } = standardise(given);
        expect(mean(values)).toBeCloseTo(0, 6);
        expect(standardDeviation(values)).toBeCloseTo(1, 9);
        for (const [i, value] of values.entries()) expect(value * sd + centre).toBeCloseTo(given[i]!, 8);
      }),
      { seed: 7 },
    );
  });
});
