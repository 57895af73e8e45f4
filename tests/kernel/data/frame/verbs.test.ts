import { describe, expect, expectTypeOf, it } from 'vitest';
import { bins } from '#kernel/data/bins';
import { parseCsv } from '#kernel/data/csv';
import { datePart, datesOf, daysOf } from '#kernel/data/dates';
import { standardise, unstandardise } from '#kernel/data/describe';
import { type Factor, factor, labelsOf } from '#kernel/data/factor';
import { frame } from '#kernel/data/frame/frame';
import { lag, runningSum } from '#kernel/data/order';
import { penguins } from '#kernel/data/sets/penguins';
import { toCsv } from '#kernel/data/write-csv';
import { jupyterDisplay } from '#kernel/host/display';

const pupils = frame({
  name: ['Ada', 'Ben', 'Cy', 'Dee'],
  school: factor(['north', 'south', null, 'north']),
  score: Float64Array.of(12, 9, Number.NaN, 7),
  age: Int32Array.of(11, 12, 11, 13),
});
const schools = frame({ school: factor(['north', 'west']), size: Int32Array.of(20, 40), head: ['Fay', 'Hal'] });
const cells = ({ columns }: { columns: object }) =>
  Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [
      name,
      'codes' in column ? labelsOf(column as Factor) : Array.from(column as ArrayLike<unknown>),
    ]),
  );

describe('joins', () => {
  it('say in the type of a column what it may lack', () => {
    const left = pupils.join(schools, { by: 'school', kind: 'left' });
    expectTypeOf(left.columns.size).toEqualTypeOf<Float64Array>();
    expectTypeOf(left.columns.head).toEqualTypeOf<readonly (string | null)[]>();
    expectTypeOf(left.columns.age).toEqualTypeOf<Int32Array<ArrayBuffer>>();
    const inner = pupils.join(schools, { by: 'school' });
    expectTypeOf(inner.columns.size).toEqualTypeOf<Int32Array<ArrayBuffer>>();
    const full = pupils.join(schools, { by: 'school', kind: 'full' });
    expectTypeOf(full.columns.age).toEqualTypeOf<Float64Array>();
    expectTypeOf(full.columns.school).toEqualTypeOf<Factor<string>>();
    const semi = pupils.join(schools, { by: 'school', kind: 'semi' });
    // @ts-expect-error a semi-join brings no columns
    expect(semi.columns.size).toBeUndefined();
    // @ts-expect-error a key must be in both
    expect(() => pupils.join(schools, { by: 'name' })).toThrow(/no column 'name' in the second data set/);
  });

  it('put the rows of the second alone behind, with all levels of both', () => {
    const full = pupils.join(schools, { by: 'school', kind: 'full' });
    expect(cells(full)).toEqual({
      name: ['Ada', 'Ben', 'Cy', 'Dee', null],
      school: ['north', 'south', null, 'north', 'west'],
      score: [12, 9, Number.NaN, 7, Number.NaN],
      age: [11, 12, 11, 13, Number.NaN],
      size: [20, Number.NaN, Number.NaN, 20, 40],
      head: ['Fay', null, null, 'Fay', 'Hal'],
    });
    expect(full.columns.school.levels).toEqual(['north', 'south', 'west']);
    const right = pupils.join(schools, { by: 'school', kind: 'right' });
    expect(cells(right).school).toEqual(['north', 'north', 'west']);
  });

  it('let missing keys match nothing', () => {
    const keyed = frame({ school: factor([null, 'north']), v: [1, 2] });
    expect(pupils.join(keyed, { by: 'school', kind: 'semi' }).columns.name).toEqual(['Ada', 'Dee']);
    expect(pupils.join(keyed, { by: 'school', kind: 'anti' }).columns.name).toEqual(['Ben', 'Cy']);
    expect(pupils.join(keyed, { by: 'school', kind: 'full' }).length).toBe(5);
  });

  it('refuse keys of different kinds where rows of both would stand in one column', () => {
    const numbered = frame({ school: Float64Array.of(1, 2), v: [1, 2] });
    expect(() => pupils.join(numbered as never, { by: 'school' as never, kind: 'full' })).toThrow(
      /'school' is a column of numbers in one data set and of strings in the other/,
    );
    expect(() => pupils.join(schools, { by: [] })).toThrow(/one key or more expected/);
  });
});

describe('rows', () => {
  it('are bound below each other, factors with the levels of both', () => {
    const more = frame({ name: ['Eve'], school: factor(['east']), score: [8], age: Int32Array.of(12) });
    const both = pupils.bindRows(more);
    expectTypeOf(both.columns.age).toEqualTypeOf<Int32Array>();
    expect(both.columns.age).toBeInstanceOf(Int32Array);
    expect(labelsOf(both.columns.school)).toEqual(['north', 'south', null, 'north', 'east']);
    expect(cells(both).score).toEqual([12, 9, Number.NaN, 7, 8]);
    // @ts-expect-error a column is missing
    expect(() => pupils.bindRows({ name: ['Eve'] })).toThrow(/other data set has no column 'school'/);
    expect(() => pupils.bindRows({ ...more.columns, scor: [1] })).toThrow(/no column 'scor'; did you mean 'score'/);
    expect(() => pupils.bindRows({ ...more.columns, score: ['high'] })).toThrow(/column of numbers .* and of strings/);
  });

  it('are bound side by side when they are as many', () => {
    const both = pupils.select('name').bindColumns({ rank: [1, 2, 3, 4] });
    expect(both.names).toEqual(['name', 'rank']);
    expect(() => pupils.bindColumns({ rank: [1] })).toThrow(/'name' has 4 rows, 'rank' has 1/);
    expect(() => pupils.bindColumns({ age: [1, 2, 3, 4] })).toThrow(/both have a column 'age'/);
  });

  it('are drawn at random, each as often, the same for one seed', () => {
    const draw = (seed: number) => pupils.sampleRows(2, { seed }).columns.name;
    expect(draw(1)).toEqual(draw(1));
    expect(new Set(pupils.sampleRows(4).columns.name).size).toBe(4);
    const resample = pupils.sampleRows(4000, { replace: true, seed: 2 });
    const ada = resample.columns.name.filter((name) => name === 'Ada').length;
    expect(Math.abs(ada - 1000) / Math.sqrt(4000 * 0.25 * 0.75)).toBeLessThan(4.5);
    const first = Array.from({ length: 800 }, (_, seed) => draw(seed)[0]);
    expect(Math.abs(first.filter((name) => name === 'Dee').length - 200) / Math.sqrt(800 * 0.1875)).toBeLessThan(4.5);
    expect(() => pupils.sampleRows(5)).toThrow(/from 0 to 4 expected, got 5; see \{ replace: true \}/);
    expect(pupils.rows([3, 0, 0]).columns.name).toEqual(['Dee', 'Ada', 'Ada']);
    expect(() => pupils.rows([4])).toThrow(/below 4 expected, got 4/);
  });

  it('are kept once where they are alike, missing values too', () => {
    expect(pupils.distinct('age').columns.name).toEqual(['Ada', 'Ben', 'Dee']);
    expect(pupils.bindRows(pupils).distinct().length).toBe(4);
  });
});

describe('columns', () => {
  it('are computed from whole ones, and must fit', () => {
    const made = pupils.assign({ before: (all) => lag(all.age), band: (all) => bins(all.age, { bins: 2 }) });
    expectTypeOf(made.columns.before).toEqualTypeOf<Float64Array>();
    expectTypeOf(made.columns.band).toEqualTypeOf<Factor>();
    expect([...made.columns.before]).toEqual([Number.NaN, 11, 12, 11]);
    expect(labelsOf(made.columns.band)).toEqual(['[11, 12]', '[11, 12]', '[11, 12]', '(12, 13]']);
    expect(() => pupils.assign({ short: () => [1, 2] })).toThrow(
      /'short' must have one value a row: 4 expected, got 2/,
    );
    expect(() => pupils.groupBy('age').assign({ short: () => [1] })).toThrow(/'short' must have one value a row/);
    // @ts-expect-error no such column
    expect(() => pupils.assign({ x: (all) => all.scor })).toThrow(/'x' must have one value a row/);
  });

  it('of groups come back in the places of their rows', () => {
    const made = pupils.groupBy('school').assign({
      share: (group) =>
        group.age.length === 0 ? [] : Float64Array.from(group.age, (age) => age / group.age.reduce((a, b) => a + b)),
      of: (group) => factor(Array.from(group.age, () => `${group.count}`)),
    });
    expect([...made.columns.share]).toEqual([11 / 24, 1, 1, 13 / 24]);
    expect(labelsOf(made.columns.of)).toEqual(['2', '1', '1', '2']);
  });

  it('are moved, summed up, and keep what they are', () => {
    expect(lag(['a', 'b', 'c'], -1)).toEqual(['b', 'c', null]);
    expect(labelsOf(lag(factor(['a', 'b']), 1))).toEqual([null, 'a']);
    expect([...lag(Float64Array.of(1, 2), 5)]).toEqual([Number.NaN, Number.NaN]);
    expect([...runningSum([1, 2, Number.NaN, 4])]).toEqual([1, 3, Number.NaN, Number.NaN]);
    expect(() => lag([1], 0.5)).toThrow(/steps must be whole, got 0.5/);
  });

  it('are filled by a value of their kind', () => {
    const gaps = frame({ f: factor(['b', null, 'b', 'a']), n: [1, null, 3, 3], l: [true, null, true, false] });
    const filled = gaps.fillMissing({ f: 'none', n: 'mode', l: false });
    expect(cells(filled)).toEqual({ f: ['b', 'none', 'b', 'a'], n: [1, 3, 3, 3], l: [true, false, true, false] });
    expect(filled.columns.f.levels).toEqual(['a', 'b', 'none']);
    expect(labelsOf(gaps.fillMissing({ f: 'mode' }).columns.f)).toEqual(['b', 'b', 'b', 'a']);
    expect(cells(gaps.fillDown('f')).f).toEqual(['b', 'b', 'b', 'a']);
    expect(cells(gaps.fillDown()).l).toEqual([true, true, true, false]);
    expect(() => gaps.fillMissing({ f: 'mean' })).toThrow(/'f' is no column of numbers and has no mean; see 'mode'/);
    expect(() => frame({ x: Float64Array.of(Number.NaN) }).fillMissing({ x: 'mean' })).toThrow(/all values of 'x'/);
    // @ts-expect-error a text in place of a logical
    expect(() => gaps.fillMissing({ l: 'no' })).toThrow(/'l' must be all numbers, all texts or all logicals/);
  });

  it('are put on the scale of other data, and back', () => {
    const training = frame({ x: [1, 2, 3], y: ['a', 'b', 'c'] });
    const scales = training.scales('x');
    expect(scales).toEqual({ x: { mean: 2, sd: 1 } });
    const scaled = frame({ x: [5, 7] }).standardise(scales);
    expect([...scaled.columns.x]).toEqual([3, 5]);
    expect([...scaled.unstandardise(scales).columns.x]).toEqual([5, 7]);
    expect([...unstandardise(standardise([4, 9, 2]).values, standardise([4, 9, 2]))]).toEqual([4, 9, 2]);
    expect(() => standardise([1], { mean: 0, sd: 0 })).toThrow(/a positive sd expected, got 0 and 0/);
    // @ts-expect-error texts have no scale
    expect(() => training.scales('y')).toThrow(/'y' must be a column of numbers/);
    expect(() => frame({ z: [1] }).standardise(scales as never)).toThrow(/no column 'x'/);
  });

  it('are cut under their own name or another', () => {
    const made = pupils.cut('score', { breaks: [0, 10, 20], labels: ['low', 'high'], name: 'result' });
    expectTypeOf(made.columns.result).toEqualTypeOf<Factor>();
    expect(labelsOf(made.columns.result)).toEqual(['high', 'low', null, 'low']);
    expect(pupils.cut('age', { bins: 2 }).columns.age.levels).toEqual(['[11, 12]', '(12, 13]']);
    // @ts-expect-error a column of texts
    expect(() => pupils.cut('name', { bins: 2 })).toThrow(/'name' must be a column of numbers/);
  });
});

describe('bins', () => {
  it('close on the left where asked for, the last on both sides', () => {
    const made = bins([0, 1, 2, 3], { breaks: [0, 1, 3], closed: 'left' });
    expect(made.levels).toEqual(['[0, 1)', '[1, 3]']);
    expect([...made.codes]).toEqual([0, 1, 1, 1]);
    expect([...bins([-1, 4, Number.NaN], { breaks: [0, 3] }).codes]).toEqual([-1, -1, -1]);
  });

  it.each<[() => unknown, RegExp]>([
    [() => bins([1], {}), /one of breaks, bins and quantiles/],
    [() => bins([1], { bins: 2, breaks: [1] }), /one of breaks, bins and quantiles/],
    [() => bins([1], { bins: 1.5 }), /whole and from 1, got 1.5/],
    [() => bins([1, 1, 1, 2], { quantiles: 4 }), /must be two or more and ascend, got 1, 1, 1, 1.25, 2/],
    [() => bins([1], { breaks: [1, 2], labels: ['a', 'b'] }), /1 labels that differ expected, got a, b/],
    [() => bins([Number.NaN], { bins: 2 }), /no value is there/],
    [() => bins([1], { breaks: [0, 2], closed: 'both' as 'left' }), /'right' or 'left', got 'both'/],
    [() => bins(3 as never, { bins: 2 }), /expected an array of numbers/],
  ])('say what they cannot divide: %#', (call, message) => {
    expect(call).toThrow(message);
  });
});

describe('a cross table', () => {
  const table = pupils.crossTable('school', 'age');

  it('shows totals, and how many rows it left out', () => {
    expect(String(table)).toMatchInlineSnapshot(`
      "school \\ age  11  12  13  total
      north          1   0   1      2
      south          0   1   0      1
      total          1   1   1      3
      1 rows with a missing value left out"
    `);
    const bundle = (table as never as Record<symbol, () => Record<string, string>>)[jupyterDisplay]!();
    expect(bundle['text/markdown']).toContain('| north | 1 | 0 | 1 | 2 |');
    expect(() => table.shares('row' as 'rows')).toThrow(/got 'row'/);
    // @ts-expect-error no such column
    expect(() => pupils.crossTable('school', 'agee')).toThrow(/no column 'agee'; did you mean 'age'/);
  });
});

describe('CSV', () => {
  it('has quotes where a field needs them, and comes back as it was', async () => {
    const odd = {
      'a, b': ['x', 'y "z"', 'two\nlines', ' spaced ', null],
      n: Float64Array.of(0.1 + 0.2, -0, 1e300, Number.NaN, 5),
      yes: [true, false, null, true, false],
    };
    const text = toCsv(odd);
    expect(text.split('\n')[0]).toBe('"a, b",n,yes');
    expect(text).toContain('"y ""z"""');
    const back = await parseCsv(text, { 'a, b': 'string', n: 'number', yes: 'boolean' });
    expect(back.n[0]).toBe(0.1 + 0.2);
    expect([...back['a, b']].map((value) => value?.trim())).toEqual(['x', 'y "z"', 'two\nlines', 'spaced', undefined]);
    expect(back.yes).toEqual(odd.yes);
    expect(toCsv({ x: [1, 2] }, { separator: ';', missing: '' })).toBe('x\n1\n2\n');
    expect(() => toCsv({ x: [1] }, { separator: '::' })).toThrow(/one character, not a quote; got "::"/);
    expect(() => toCsv({ x: [1], y: [1, 2] })).toThrow(/'y' has 2/);
  });

  it('of a data set that ships comes back the same', async () => {
    const { species, body_mass_g, sex } = penguins();
    const text = frame({ species, body_mass_g, sex }).toCsv();
    const back = await parseCsv(text, { species: 'factor', body_mass_g: 'number', sex: 'factor' });
    expect([...back.body_mass_g]).toEqual([...body_mass_g]);
    expect(labelsOf(back.sex)).toEqual(labelsOf(sex));
  });
});

describe('dates', () => {
  it('may be missing, have a time behind them, or be of JavaScript', () => {
    const days = daysOf(['2024-03-01T10:00:00Z', null, new Date(Date.UTC(2024, 2, 2, 23))]);
    expect([...days]).toEqual([19783, Number.NaN, 19784]);
    expect(datesOf(days)).toEqual(['2024-03-01', null, '2024-03-02']);
    expect(datePart(days, 'month')[1]).toBeNaN();
  });

  it.each(['2023-02-29', '1.3.2024', '2024-13-01', 'soon', '0050-13-01'])(
    'are refused when there are none: %s',
    (text) => {
      expect(() => daysOf(['2024-01-01', text])).toThrow(`row 1 is '${text}'; a date as YYYY-MM-DD expected`);
    },
  );

  it('have parts with names', () => {
    expect(() => datePart([1], 'minute' as 'day')).toThrow(/one of year, month, day, weekday, dayOfYear; got 'minute'/);
  });
});

describe('frames of no row and of one', () => {
  const none = pupils.filter(() => false);
  const one = pupils.slice(0, 1);

  it('go through every verb', () => {
    expect(none.length).toBe(0);
    expect(String(none)).toContain('0 rows, 4 columns');
    for (const made of [
      none.select('name'),
      none.arrange('score'),
      none.groupBy('school').summarise({ n: (group) => group.count }),
      none.groupBy('school').assign({ n: (group) => group.age }),
      none.mutate({ double: (row) => 2 * row.score }),
      none.distinct(),
      none.join(schools, { by: 'school' }),
      none.longer(['score', 'age'], { name: 'what' }),
      none.dropMissing(),
      none.fillDown(),
      none.oneHot('school'),
      none.sampleRows(0),
      none.count('school'),
      none.bindRows(none),
    ]) {
      expect(made.length).toBe(0);
    }
    expect(none.bindRows(pupils).length).toBe(4);
    expect(none.crossTable('school', 'age').total).toBe(0);
    expect(none.describe().rows.map(({ count }) => count)).toEqual([0, 0, 0, 0]);
    expect(none.summarise({ n: (all) => all.count }).columns.n).toEqual(Float64Array.of(0));
    expect(one.groupBy('school').summarise({ best: (group) => group.score[0]! }).columns.best[0]).toBe(12);
    expect(() => one.standardise('score')).toThrow(/standard deviation is NaN/);
  });

  it('show the first rows of many, and say how many there are', () => {
    const long = frame({ x: Float64Array.from({ length: 1000 }, (_, i) => i) });
    expect(String(long).split('\n')).toHaveLength(8);
    expect(String(long)).toContain('1000 rows, 1 column; the first 6 are shown');
  });

  it('summarise without groups', () => {
    const made = pupils.summarise({ oldest: (all) => Math.max(...all.age), rows: (all) => all.count });
    expectTypeOf(made.columns.oldest).toEqualTypeOf<Float64Array>();
    expect(cells(made)).toEqual({ oldest: [13], rows: [4] });
    expect(cells(pupils.count('school'))).toEqual({ school: ['north', 'south', null], count: [2, 1, 1] });
  });
});

describe('a column that is not there is named, with the nearest that is', () => {
  it.each<[string, () => unknown]>([
    ['select', () => pupils.select('scor' as 'score')],
    ['drop', () => pupils.drop('scor' as 'score')],
    ['arrange', () => pupils.arrange('scor' as 'score')],
    ['arrange', () => pupils.arrange('score', { descending: ['scor' as 'score'] })],
    ['groupBy', () => pupils.groupBy('scor' as 'score')],
    ['distinct', () => pupils.distinct('scor' as 'score')],
    ['fillMissing', () => pupils.fillMissing({ scor: 1 } as never)],
    ['fillDown', () => pupils.fillDown('scor' as 'score')],
    ['cut', () => pupils.cut('scor' as 'score', { bins: 2 })],
    ['scales', () => pupils.scales('scor' as 'score')],
    ['standardise', () => pupils.standardise('scor' as 'score')],
    ['unstandardise', () => pupils.unstandardise({ scor: { mean: 0, sd: 1 } } as never)],
    ['oneHot', () => pupils.oneHot('scor' as 'school')],
    ['longer', () => pupils.longer(['scor' as 'score'])],
  ])('%s', (verb, call) => {
    expect(call).toThrow(`${verb}: no column 'scor'; did you mean 'score'? There are: name, school, score, age`);
  });
});
