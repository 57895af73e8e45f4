/**
 * The shipped data sets against pandas 3.1.1 and scikit-learn 1.9.1 on palmerpenguins 0.1.6, load_iris and
 * load_digits: `load_penguins().describe()`, `.isna().sum()`, `.value_counts()`;
 * `load_iris(as_frame=True).frame.describe()`; `load_digits().data.sum()`, `numpy.bincount(target)`.
 */
import { describe, expect, it } from 'vitest';
import { describe as summarise } from '#kernel/data/describe';
import { labelsOf } from '#kernel/data/factor';
import { dropMissing } from '#kernel/data/missing';
import { mean } from '#kernel/data/moments';
import { digits, unpackPixels } from '#kernel/data/sets/digits';
import { eightSchools } from '#kernel/data/sets/eight-schools';
import { iris } from '#kernel/data/sets/iris';
import { penguins } from '#kernel/data/sets/penguins';

describe('penguins', () => {
  const data = penguins();
  const rows = new Map(summarise(data).rows.map((row) => [row.name, row]));

  it('has the columns, row count and missing values of the source', () => {
    expect([...rows.values()].map(({ name, count, missing }) => [name, count, missing])).toEqual([
      ['species', 344, 0],
      ['island', 344, 0],
      ['bill_length_mm', 342, 2],
      ['bill_depth_mm', 342, 2],
      ['flipper_length_mm', 342, 2],
      ['body_mass_g', 342, 2],
      ['sex', 333, 11],
      ['year', 344, 0],
    ]);
  });

  it.each([
    ['bill_length_mm', 43.9219298245614, 5.4595837139265315, 32.1, 59.6],
    ['bill_depth_mm', 17.151169590643274, 1.9747931568167814, 13.1, 21.5],
    ['flipper_length_mm', 200.91520467836258, 14.061713679356888, 172, 231],
    ['body_mass_g', 4201.754385964912, 801.9545356980955, 2700, 6300],
    ['year', 2008.0290697674418, 0.8183559254837041, 2007, 2009],
  ])('has the mean, sd and range of %s that pandas finds', (name, centre, sd, min, max) => {
    const { numbers } = rows.get(name)!;
    expect(numbers!.mean).toBeCloseTo(centre, 9);
    expect(numbers!.sd).toBeCloseTo(sd, 9);
    expect([numbers!.min, numbers!.max]).toEqual([min, max]);
  });

  it('has the counts of species, island and sex that pandas finds', () => {
    expect(Object.fromEntries(rows.get('species')!.levels!)).toEqual({ Adelie: 152, Chinstrap: 68, Gentoo: 124 });
    expect(Object.fromEntries(rows.get('island')!.levels!)).toEqual({ Biscoe: 168, Dream: 124, Torgersen: 52 });
    expect(Object.fromEntries(rows.get('sex')!.levels!)).toEqual({ female: 165, male: 168 });
  });

  it('keeps rows together: mean mass by species', () => {
    const { columns } = dropMissing(data, ['body_mass_g']);
    const massOf = (level: string) => {
      const labels = labelsOf(columns.species);
      return mean(columns.body_mass_g.filter((_, row) => labels[row] === level));
    };
    expect(massOf('Adelie')).toBeCloseTo(3700.662251655629, 9);
    expect(massOf('Chinstrap')).toBeCloseTo(3733.0882352941176, 9);
    expect(massOf('Gentoo')).toBeCloseTo(5076.016260162602, 9);
  });

  it('has 333 complete rows, and 342 in the measurements', () => {
    expect(dropMissing(data).kept).toBe(333);
    const { note, kept } = dropMissing(data, ['flipper_length_mm', 'body_mass_g']);
    expect(kept).toBe(342);
    expect(note).toBe('2 of 344 rows dropped; missing: flipper_length_mm 2, body_mass_g 2');
  });

  it('gives new columns at every call, so changing one harms nobody', () => {
    penguins().body_mass_g.fill(0);
    expect(mean(penguins().year)).toBeGreaterThan(2007);
    expect(penguins().body_mass_g[0]).toBe(3750);
  });
});

describe('iris', () => {
  const data = iris();

  it('has 150 rows, 50 of each species, with the means scikit-learn finds', () => {
    expect(mean(data.sepal_length)).toBeCloseTo(5.843333333333334, 12);
    expect(mean(data.sepal_width)).toBeCloseTo(3.0573333333333337, 12);
    expect(mean(data.petal_length)).toBeCloseTo(3.758, 12);
    expect(mean(data.petal_width)).toBeCloseTo(1.1993333333333336, 12);
    const species = summarise(data).rows.find(({ name }) => name === 'species')!;
    expect(Object.fromEntries(species.levels!)).toEqual({ setosa: 50, versicolor: 50, virginica: 50 });
  });

  it('keeps rows together: mean petal length by species', () => {
    const of = (code: number) => mean(data.petal_length.filter((_, row) => data.species.codes[row] === code));
    expect([of(0), of(1), of(2)].map((value) => value.toFixed(3))).toEqual(['1.462', '4.260', '5.552']);
  });

  it("has Fisher's figures in rows 35 and 38, where UCI's copy errs", () => {
    const row = (i: number) => [data.sepal_length[i], data.sepal_width[i], data.petal_length[i], data.petal_width[i]];
    expect(row(34)).toEqual([4.9, 3.1, 1.5, 0.2]);
    expect(row(37)).toEqual([4.9, 3.6, 1.4, 0.1]);
  });
});

describe('digits', () => {
  const { pixels, shape, digit } = digits();

  it('has 1797 images with the sum, weighted sum and one whole image of scikit-learn', () => {
    expect(shape).toEqual([1797, 8, 8]);
    expect(pixels.length).toBe(1797 * 64);
    expect(pixels.reduce((sum, ink) => sum + ink, 0)).toBe(561718);
    // (data * (numpy.arange(1797 * 64).reshape(1797, 64) % 97)).sum()
    expect(pixels.reduce((sum, ink, i) => sum + ink * (i % 97), 0)).toBe(26999818);
    expect([...pixels.subarray(1000 * 64, 1000 * 64 + 16)]).toEqual([0, 0, 1, 14, 2, 0, 0, 0, 0, 0, 0, 16, 5, 0, 0, 0]);
  });

  it('has the labels of scikit-learn', () => {
    const counts = new Array<number>(10).fill(0);
    for (const code of digit.codes) counts[code]!++;
    expect(counts).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    expect([...digit.codes.subarray(0, 10)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('unpacks letters and runs of zeros', () => {
    expect([...unpackPixels('c3qab9')]).toEqual([2, 0, 0, 0, 16, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

describe('eight schools', () => {
  it("has Rubin's effects and standard errors", () => {
    const { school, effect, se } = eightSchools();
    expect(labelsOf(school).join('')).toBe('ABCDEFGH');
    expect([...effect]).toEqual([28, 8, -3, 7, -1, 1, 18, 12]);
    expect([...se]).toEqual([15, 10, 16, 11, 9, 11, 10, 18]);
  });
});
