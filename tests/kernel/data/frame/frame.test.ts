import { describe, expect, expectTypeOf, it } from 'vitest';
import { type Factor, factor, labelsOf } from '#kernel/data/factor';
import { frame } from '#kernel/data/frame/frame';
import { mean } from '#kernel/data/moments';
import { penguins } from '#kernel/data/sets/penguins';
import { flat } from '#kernel/distributions/index';
import { jupyterDisplay } from '#kernel/host/display';
import { model } from '#kernel/model/index';
import { lm } from '#kernel/regression/lm';

const pupils = {
  name: ['Ada', 'Ben', 'Cy', 'Dee', 'Eve'],
  school: factor(['north', 'south', 'north', null, 'south']),
  score: Float64Array.of(12, 9, Number.NaN, 7, 15),
  passed: [true, false, null, false, true],
};
const rows = <T extends object>({ columns }: { columns: T }) =>
  Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [
      name,
      'codes' in column ? labelsOf(column as Factor) : Array.from(column as ArrayLike<unknown>),
    ]),
  );

describe('a frame', () => {
  it('shows its first rows and keeps what it was given', () => {
    const made = frame(pupils);
    expect(made.length).toBe(5);
    expect(made.names).toEqual(['name', 'school', 'score', 'passed']);
    expect(String(made)).toMatch(/name\s+school\s+score\s+passed[\s\S]*Cy\s+north\s+NA\s+NA/);
    expect((made as never as Record<symbol, () => object>)[jupyterDisplay]!()).toHaveProperty('text/markdown');
    expect(made.columns.school).toEqual(pupils.school);
  });

  it('filters, keeps all levels of a factor, and gives rows typed by their columns', () => {
    const good = frame(pupils).filter((row) => {
      expectTypeOf(row.score).toEqualTypeOf<number>();
      expectTypeOf(row.school).toEqualTypeOf<string | null>();
      return row.score >= 9;
    });
    expect(rows(good)).toEqual({
      name: ['Ada', 'Ben', 'Eve'],
      school: ['north', 'south', 'south'],
      score: [12, 9, 15],
      passed: [true, false, true],
    });
    expect(good.columns.school.levels).toEqual(['north', 'south']);
  });

  it('selects, drops and renames', () => {
    const made = frame(pupils);
    expect(made.select('score', 'name').names).toEqual(['score', 'name']);
    expect(made.drop('passed', 'name').names).toEqual(['school', 'score']);
    const renamed = made.rename({ score: 'points' }).select('points');
    expectTypeOf(renamed.columns.points).toEqualTypeOf<Float64Array<ArrayBuffer>>();
    expect([...renamed.columns.points]).toEqual([12, 9, Number.NaN, 7, 15]);
  });

  it('computes columns: numbers, factors of texts, logicals; all see the columns as they were', () => {
    const made = frame(pupils).mutate({
      score: (row) => row.score / 10,
      tens: (row) => row.score,
      size: (row) => (row.score > 10 ? 'high' : 'low'),
      known: (row) => !Number.isNaN(row.score),
      place: (_, place) => place,
    });
    expectTypeOf(made.columns.size).toEqualTypeOf<Factor<'high' | 'low'>>();
    expectTypeOf(made.columns.tens).toEqualTypeOf<Float64Array>();
    expect([...made.columns.tens.slice(0, 2)]).toEqual([12, 9]);
    expect(made.columns.score[0]).toBe(1.2);
    expect(made.columns.size.levels).toEqual(['high', 'low']);
    expect(made.columns.known).toEqual([true, true, false, true, true]);
    expect([...made.columns.place]).toEqual([0, 1, 2, 3, 4]);
  });

  it('puts rows in order, missing values last both ways, ties by the next column', () => {
    const names = (made: { columns: { name: readonly string[] } }) => made.columns.name.join(' ');
    expect(names(frame(pupils).arrange('score'))).toBe('Dee Ben Ada Eve Cy');
    expect(names(frame(pupils).arrange('score', { descending: true }))).toBe('Eve Ada Ben Dee Cy');
    expect(names(frame(pupils).arrange(['school', 'name'], { descending: true }))).toBe('Eve Ben Cy Ada Dee');
    expect(names(frame(pupils).slice(1, 3))).toBe('Ben Cy');
    expect(names(frame(pupils).slice(-1))).toBe('Eve');
  });

  it('summarises groups in the order of the levels, what is missing as a group of its own', () => {
    const made = frame(pupils)
      .groupBy('school')
      .summarise({
        best: (group) => Math.max(...group.score),
        pupils: (group) => group.count,
        first: (group) => group.name[0]!,
      });
    expectTypeOf(made.columns.best).toEqualTypeOf<Float64Array>();
    expect(rows(made)).toEqual({
      school: ['north', 'south', null],
      best: [Number.NaN, 15, 7],
      pupils: [2, 2, 1],
      first: ['Ada', 'Ben', 'Dee'],
    });
    expect(rows(frame(pupils).groupBy('school', 'passed').count())).toEqual({
      school: ['north', 'north', 'south', 'south', null],
      passed: [true, null, false, true, false],
      count: [1, 1, 1, 1, 1],
    });
  });

  it('agrees with what palmerpenguins says of its birds', () => {
    const birds = frame(penguins())
      .dropMissing('body_mass_g')
      .groupBy('species')
      .summarise({ mass: (group) => mean(group.body_mass_g), n: (group) => group.count });
    // R 4.2.2: aggregate(body_mass_g ~ species, palmerpenguins::penguins, function(x) c(mean(x), length(x)))
    expect(labelsOf(birds.columns.species)).toEqual(['Adelie', 'Chinstrap', 'Gentoo']);
    expect([...birds.columns.n]).toEqual([151, 68, 123]);
    [3700.662, 3733.088, 5076.016].forEach((want, i) => {
      expect(birds.columns.mass[i]).toBeCloseTo(want, 3);
    });
  });

  it('joins by one key or several, keeping or leaving rows without a partner', () => {
    const schools = {
      school: factor(['north', 'south', 'west']),
      teacher: ['Fay', 'Guy', 'Hal'],
      size: Int32Array.of(20, 30, 40),
    };
    const inner = frame(pupils).select('name', 'school').join(schools, { by: 'school' });
    expect(rows(inner)).toEqual({
      name: ['Ada', 'Ben', 'Cy', 'Eve'],
      school: ['north', 'south', 'north', 'south'],
      teacher: ['Fay', 'Guy', 'Fay', 'Guy'],
      size: [20, 30, 20, 30],
    });
    const left = frame(pupils)
      .select('name', 'school')
      .join(frame(schools), { by: ['school'], kind: 'left' });
    expect(rows(left).teacher).toEqual(['Fay', 'Guy', 'Fay', null, 'Guy']);
    expect(rows(left).size).toEqual([20, 30, 20, Number.NaN, 30]);
    const twice = frame({ k: [1, 2] }).join({ k: [1, 1, 3], v: ['a', 'b', 'c'] }, { by: 'k' });
    expect(rows(twice)).toEqual({ k: [1, 1], v: ['a', 'b'] });
  });

  it('turns columns into rows and back', () => {
    const wide = { id: ['a', 'b'], before: Float64Array.of(1, 2), after: Float64Array.of(3, Number.NaN) };
    const long = frame(wide).longer(['before', 'after'], { name: 'time', value: 'weight' });
    expectTypeOf(long.columns.time).toEqualTypeOf<Factor<'before' | 'after'>>();
    expect(rows(long)).toEqual({
      id: ['a', 'a', 'b', 'b'],
      time: ['before', 'after', 'before', 'after'],
      weight: [1, 3, 2, Number.NaN],
    });
    const back = long.wider({ names: 'time', values: 'weight' });
    expectTypeOf(back.columns.after).toEqualTypeOf<Float64Array<ArrayBuffer>>();
    expect(rows(back)).toEqual({ id: ['a', 'b'], before: [1, 2], after: [3, Number.NaN] });
  });

  it('makes dummies, fills and standardises', () => {
    const made = frame({ g: factor(['a', 'b', null], { levels: ['a', 'b'] }), x: Float64Array.of(1, Number.NaN, 5) });
    const hot = made.oneHot('g');
    expect(rows(hot)).toEqual({ x: [1, Number.NaN, 5], g_a: [1, 0, Number.NaN], g_b: [0, 1, Number.NaN] });
    expectTypeOf(hot.columns.g_a).toEqualTypeOf<Float64Array>();
    expect([...made.fillMissing({ x: 'mean' }).columns.x]).toEqual([1, 3, 5]);
    expect([...made.fillMissing({ x: 0 }).columns.x]).toEqual([1, 0, 5]);
    const z = made.fillMissing({ x: 'median' }).standardise('x').columns.x;
    expect([...z]).toEqual([-1, 0, 1]);
    expect(made.dropMissing().length).toBe(1);
  });

  it('gives columns that formulas and models take', () => {
    const { columns } = frame(penguins())
      .dropMissing('body_mass_g', 'flipper_length_mm')
      .mutate({ kg: (bird) => bird.body_mass_g / 1000 });
    expect(lm('kg ~ flipper_length_mm * species', columns).observations).toBe(342);
    const told = model().data(columns).parameters({ a: flat() });
    expect(String(told)).toContain('kg[342]');
  });
});

describe('a frame refuses', () => {
  const made = frame(pupils);
  it.each<[() => unknown, string]>([
    [() => frame({ a: [1], b: [1, 2] }), "'a' has 1 rows, 'b' has 2"],
    [() => made.select('scor' as never), "select: no column 'scor'"],
    [() => made.rename({ score: 'name' }), "two columns would be called 'name'"],
    [
      () => made.mutate({ mixed: (row) => (row.score > 9 ? 1 : 'low') }),
      "'mixed' must be all numbers, all texts or all logicals",
    ],
    [() => made.join({ school: [1] as never, score: [1] }, { by: 'school' }), "both have a column 'score'"],
    [() => made.join({ x: [1] }, { by: 'school' as never }), "no column 'school' in the second data set"],
    [() => made.join({ school: [1] as never }, { by: 'school', kind: 'outer' as never }), "got 'outer'"],
    [() => made.longer([]), 'one column or more expected'],
    [() => made.longer(['score'], { name: 'school' }), "'school' is a name already"],
    [() => made.wider({ names: 'name' as never, values: 'score' }), "'name' must be a factor"],
    [() => made.wider({ names: 'school', values: 'score' }), "'school' is missing in row 3"],
    [
      () => frame({ g: factor(['a', 'a']), v: [1, 2] }).wider({ names: 'g', values: 'v' }),
      'row 1 has the same values as an earlier one',
    ],
    [() => made.oneHot('name' as never), "oneHot: 'name' must be a factor"],
    [
      () => made.fillMissing({ score: 'most' as never }),
      "'score' needs a number, 'mean', 'median' or 'mode', got most",
    ],
    [() => made.standardise('name' as never), "'name' must be a column of numbers"],
  ])('%#', (call, message) => {
    expect(call).toThrow(message);
  });
});
