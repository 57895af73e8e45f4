import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bins } from '#kernel/data/bins';
import { parseCsv } from '#kernel/data/csv';
import { datePart, datesOf, daysOf } from '#kernel/data/dates';
import { standardise } from '#kernel/data/describe';
import { factor, labelsOf } from '#kernel/data/factor';
import { frame } from '#kernel/data/frame/frame';
import { mean, median, quantile, standardDeviation } from '#kernel/data/moments';
import { lag, runningSum } from '#kernel/data/order';

// pandas 3.1.1: python pandas_figures.py > pandas-figures.json
type Cells = readonly (number | string | null)[];
type Table = Readonly<Record<string, Cells>>;
const figures = JSON.parse(readFileSync(new URL('./pandas-figures.json', import.meta.url), 'utf8')) as {
  readonly pupils: Table;
  readonly visits: Table;
  readonly many: Table;
  readonly joins: Readonly<Record<'inner' | 'left' | 'right' | 'outer', Table>>;
  readonly semi: Cells;
  readonly anti: Cells;
  readonly long: Table;
  readonly sorted: Cells;
  readonly summary: Table;
  readonly cross: Readonly<Record<'counts' | 'rows' | 'columns' | 'all', readonly (readonly number[])[]>>;
  readonly cut: Readonly<Record<'right' | 'left' | 'quarters' | 'known', readonly number[]>>;
  readonly scaled: Table;
  readonly distinct: Table;
  readonly filled: Readonly<Record<'down' | 'median' | 'mean', Table>>;
  readonly hot: Table;
  readonly stacked: Table;
  readonly described: readonly number[];
  readonly csv: string;
  readonly days: readonly number[];
  readonly weekdays: readonly number[];
  readonly day_of_year: readonly number[];
};

const numbers = (cells: Cells) => Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell)));
const texts = (cells: Cells) => factor(cells as readonly (string | null)[]);
const pupils = frame({
  id: Int32Array.from(figures.pupils.id as number[]),
  school: texts(figures.pupils.school!),
  score: numbers(figures.pupils.score!),
  age: Int32Array.from(figures.pupils.age as number[]),
});
const visits = frame({ id: Int32Array.from(figures.visits.id as number[]), cost: numbers(figures.visits.cost!) });
const many = frame({ g: texts(figures.many.g!), h: texts(figures.many.h!), x: numbers(figures.many.x!) });
const known = (values: Float64Array) => values.filter((value) => !Number.isNaN(value));

/** Held column by column: numbers to rounding, missing as null. */
function expectTable(made: { readonly names: readonly string[]; readonly columns: object }, want: Table): void {
  expect(made.names).toEqual(Object.keys(want));
  for (const [name, column] of Object.entries(made.columns as Record<string, Float64Array>)) {
    const cells = 'codes' in column ? labelsOf(column as never) : Array.from(column);
    expect(cells, name).toHaveLength(want[name]!.length);
    cells.forEach((cell, row) => {
      const wanted = want[name]![row]!;
      if (wanted === null) expect(cell === null || Number.isNaN(cell), `${name} in row ${row}`).toBe(true);
      else if (typeof wanted === 'number') expect(cell, `${name} in row ${row}`).toBeCloseTo(wanted, 11);
      else expect(cell, `${name} in row ${row}`).toBe(wanted);
    });
  }
}

describe('as pandas has it, a frame', () => {
  it.each([
    ['inner', 'inner'],
    ['left', 'left'],
    ['right', 'right'],
    ['full', 'outer'],
  ] as const)('joins many to many: %s', (kind, how) => {
    expectTable(pupils.join(visits, { by: 'id', kind }).arrange(['id', 'cost']), figures.joins[how]);
  });

  it('keeps the rows that have a partner, or none', () => {
    expect([...pupils.join(visits, { by: 'id', kind: 'semi' }).columns.id]).toEqual(figures.semi);
    expect([...pupils.join(visits, { by: 'id', kind: 'anti' }).columns.id]).toEqual(figures.anti);
  });

  it('turns columns into rows', () => {
    const long = pupils.longer(['score', 'age'], { name: 'variable' });
    const sorted = long.arrange(['id', 'variable']); // levels in the order of the columns: 'score' before 'age'
    expectTable(sorted.select('id', 'school', 'variable', 'value'), figures.long);
  });

  it('sorts by one column up and another down', () => {
    expect([...pupils.arrange(['school', 'score'], { descending: ['score'] }).columns.id]).toEqual(figures.sorted);
  });

  it('summarises groups by several functions', () => {
    const made = many.groupBy('g', 'h').summarise({
      n: (group) => group.count,
      known: (group) => known(group.x).length,
      mean: (group) => mean(known(group.x)),
      sd: (group) => standardDeviation(known(group.x)),
      median: (group) => median(known(group.x)),
      low: (group) => quantile(known(group.x), 0.1),
      distinct: (group) => new Set(known(group.x)).size,
    });
    expectTable(made, figures.summary);
  });

  it('counts two factors against each other, with shares of rows, columns and all', () => {
    const table = many.crossTable('g', 'h');
    expect(table.counts.map((row) => [...row])).toEqual(figures.cross.counts);
    for (const of of ['rows', 'columns', 'all'] as const) {
      table.shares(of).forEach((row, i) => {
        row.forEach((share, j) => {
          expect(share).toBeCloseTo(figures.cross[of][i]![j]!, 13);
        });
      });
    }
  });

  it('puts numbers into intervals, by breaks and by quantiles', () => {
    const values = figures.cut.known;
    const breaks = [-3, -1, 0, 0.5, 4];
    expect([...bins(values, { breaks }).codes]).toEqual(figures.cut.right);
    expect([...bins(values, { breaks, closed: 'left' }).codes]).toEqual(figures.cut.left);
    expect([...bins(values, { quantiles: 4 }).codes]).toEqual(figures.cut.quarters);
  });

  it('computes from whole columns, within groups and over all', () => {
    const centred = (x: Float64Array) => {
      const there = known(x);
      return standardise(x, { mean: mean(there), sd: standardDeviation(there) }).values;
    };
    const made = many
      .groupBy('g')
      .assign({ z: (group) => centred(group.x) })
      .groupBy('h')
      .assign({ previous: (group) => lag(group.x) })
      .assign({
        total: ({ x }) => runningSum(x.map((value) => (Number.isNaN(value) ? 0 : value))),
        later: ({ x }) => lag(x, -2),
      });
    expectTable(made.select('z', 'previous', 'total', 'later'), figures.scaled);
  });

  it('keeps the first of rows that are alike', () => {
    expectTable(many.distinct('g', 'h').select('g', 'h'), figures.distinct);
  });

  it('fills missing values from above, by the median and by the mean', () => {
    expectTable(many.fillDown('x').select('x'), figures.filled.down);
    expectTable(many.fillMissing({ x: 'median' }).select('x'), figures.filled.median);
    expectTable(many.fillMissing({ x: 'mean' }).select('x'), figures.filled.mean);
  });

  it('makes dummies', () => {
    const hot = pupils.select('school').oneHot('school');
    expectTable(
      hot.rename({ school_north: 'north', school_south: 'south', school_west: 'west' } as never),
      figures.hot,
    );
  });

  it('puts rows below each other', () => {
    expectTable(pupils.bindRows(pupils.slice(0, 2)), figures.stacked);
  });

  it('describes a column by quartiles', () => {
    const [row] = frame({ x: known(many.columns.x) }).describe().rows;
    const { mean: centre, sd, min, lowerQuartile, median: middle, upperQuartile, max } = row!.numbers!;
    [row!.count, centre, sd, min, lowerQuartile, middle, upperQuartile, max].forEach((value, i) => {
      expect(value).toBeCloseTo(figures.described[i]!, 12);
    });
  });

  it('writes CSV', () => {
    // Numbers without decimals are written without: 9.0 as 9, 15.0 as 15.
    expect(pupils.toCsv()).toBe(figures.csv.replaceAll('.0,', ','));
  });

  it('and reads it back with the same bits', async () => {
    const back = await parseCsv(many.toCsv(), { g: 'factor', h: 'factor', x: 'number' });
    expect({ ...back }).toEqual({ ...many.columns });
  });
});

describe('as pandas has it, a date', () => {
  const dates = ['2024-02-29', '1969-12-31', '2026-11-22'];

  it('is a number of days since 1970', () => {
    expect([...daysOf([...dates, '1600-03-01'])]).toEqual(figures.days);
    expect(datesOf(daysOf(dates))).toEqual(dates);
  });

  it('has parts', () => {
    expect([...datePart(daysOf(dates), 'weekday')]).toEqual(figures.weekdays);
    expect([...datePart(daysOf(dates), 'dayOfYear')]).toEqual(figures.day_of_year);
    expect([...datePart(daysOf(dates), 'month')]).toEqual([2, 12, 11]);
    expect([...datePart(daysOf(dates), 'day')]).toEqual([29, 31, 22]);
    expect([...datePart(daysOf(dates), 'year')]).toEqual([2024, 1969, 2026]);
  });
});
