import { describe, expect, it } from 'vitest';
import { type csv, parseCsv } from '#kernel/data/csv';
import { standardise, describe as summarise } from '#kernel/data/describe';
import { type Factor, factor, indicator, isFactor, labelsOf } from '#kernel/data/factor';
import { InferredTable } from '#kernel/data/inferred';
import { dropMissing } from '#kernel/data/missing';
import { mean, standardDeviation } from '#kernel/data/moments';
import { penguins } from '#kernel/data/sets/penguins';
import { jupyterDisplay } from '#kernel/host/display';
import type { MimeBundle } from '#kernel/host/host';

const bundleOf = (value: object) => (value as { [jupyterDisplay](): MimeBundle })[jupyterDisplay]();

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(yes: Same<A, B>) => expect(yes).toBe(true);

describe('a factor', () => {
  it('codes sorted labels, −1 for missing, and gives the labels back', () => {
    const sex = factor(['male', 'female', null, 'male']);
    expect([...sex.codes]).toEqual([1, 0, -1, 1]);
    expect(sex.levels).toEqual(['female', 'male']);
    expect(labelsOf(sex)).toEqual(['male', 'female', null, 'male']);
    expect(isFactor(sex)).toBe(true);
    expect([null, 3, {}, { codes: [0], levels: [] }].some(isFactor)).toBe(false);
  });

  it('keeps the order and the types of levels given', () => {
    const dose = factor(['low', 'high'], { levels: ['low', 'middle', 'high'] });
    expect([...dose.codes]).toEqual([0, 2]);
    same<typeof dose, Factor<'low' | 'middle' | 'high'>>(true);
    expect(() => factor(['lwo'], { levels: ['low', 'high'] })).toThrow(
      "row 0 is 'lwo', which is not a level; did you mean 'low'?",
    );
    expect(() => factor(['a'], { levels: ['a', 'a'] })).toThrow('each level once');
  });

  it('has levels named like what every object has', () => {
    expect(labelsOf(factor(['constructor', '__proto__', 'toString']))).toEqual([
      'constructor',
      '__proto__',
      'toString',
    ]);
  });

  it('gives indicators: 1, 0, and NaN where missing', () => {
    const { species, sex } = penguins();
    expect(indicator(species, 'Gentoo').reduce((sum, value) => sum + value, 0)).toBe(124);
    expect(indicator(sex, 'male').slice(0, 4)).toEqual(Float64Array.of(1, 0, 0, Number.NaN));
    // @ts-expect-error not a level
    expect(() => indicator(species, 'Gento')).toThrow("did you mean 'Gentoo'? There are: Adelie, Chinstrap, Gentoo");
  });
});

describe('the complete rows', () => {
  const text = 'x,f,s,b\n1,a,p,true\nNA,a,q,false\n3,NA,r,true\n4,b,NA,NA\n';
  const types = { x: 'number', f: 'factor', s: 'string', b: 'boolean' } as const;

  it('have no gap in the columns named, and a note of what was dropped', async () => {
    const data = await parseCsv(text, types);
    const all = dropMissing(data);
    expect([all.kept, all.dropped]).toEqual([1, 3]);
    expect(all.note).toBe('3 of 4 rows dropped; missing: x 1, f 1, s 1, b 1');
    const some = dropMissing(data, ['x', 'f']);
    expect([...some.columns.x]).toEqual([1, 4]);
    expect(labelsOf(some.columns.f)).toEqual(['a', 'b']);
    expect(some.columns.s).toEqual(['p', null]);
    expect(dropMissing(some.columns, ['x']).note).toBe('no row dropped: all 2 are complete');
  });

  it('lose null from the types of the columns named, and of no other', async () => {
    const { columns } = dropMissing(await parseCsv(text, types), ['s']);
    same<typeof columns.s, readonly string[]>(true);
    same<typeof columns.b, readonly (boolean | null)[]>(true);
    same<typeof columns.x, Float64Array>(true);
    const { columns: mass } = dropMissing(penguins(), ['body_mass_g']);
    same<typeof mass.species, Factor<'Adelie' | 'Chinstrap' | 'Gentoo'>>(true);
    // @ts-expect-error unknown column
    expect(() => dropMissing(penguins(), ['body_mas_g'])).toThrow("did you mean 'body_mass_g'?");
  });

  it('display themselves with the note', () => {
    const shown = bundleOf(dropMissing(penguins(), ['sex']));
    expect(shown['text/plain']).toContain(
      '333 rows, 8 columns; the first 6 are shown; 11 of 344 rows dropped; missing: sex 11',
    );
    expect(shown['text/markdown']).toContain('missing: sex 11');
  });

  it('refuse columns of different lengths', () => {
    expect(() => dropMissing({ a: Float64Array.of(1), b: Float64Array.of(1, 2) })).toThrow("'a' has 1 rows, 'b' has 2");
  });

  it('of plain arrays and integer codes are taken as well', () => {
    const { columns } = dropMissing({ a: [1, Number.NaN, 3], k: Int32Array.of(7, 8, 9) });
    expect(columns.a).toEqual([1, 3]);
    expect([...columns.k]).toEqual([7, 9]);
  });
});

describe('types of csv', () => {
  it('follow the columns argument', async () => {
    const data = await parseCsv('iq,sex\n1,a\n', { iq: 'number', sex: 'factor' });
    same<typeof data.iq, Float64Array>(true);
    same<typeof data.sex, Factor>(true);
    // @ts-expect-error not among the columns asked for
    expect(data.iqq).toBeUndefined();
    // @ts-expect-error no such type
    await expect(parseCsv('iq\n1\n', { iq: 'float' })).rejects.toThrow("got 'float'");
  });

  it('without it are those of a table, not of an object whose every name is taken', async () => {
    const table = await parseCsv('iq\n1\n');
    same<typeof table, InferredTable>(true);
    // @ts-expect-error a column is asked for by a method
    expect(table.iq).toBeUndefined();
    same<Awaited<ReturnType<typeof csv<{ iq: 'number' }>>>['iq'], Float64Array>(true);
  });
});

describe('an inferred table', () => {
  const text =
    'id,iq,sex,smoker,note,empty,1st name\n1,98.5,f,yes,first,NA,Ann\n2,,m,no,second,,Bob\n3,97,f,,third,,Cid\n4,96,m,no,fourth,,Dot\n';

  it('finds the narrowest honest type of each column', async () => {
    const table = await parseCsv(text);
    expect(table).toBeInstanceOf(InferredTable);
    expect(table.length).toBe(4);
    expect(table.names.map((name) => table.typeOf(name))).toEqual([
      'number',
      'number',
      'factor',
      'boolean',
      'string',
      'number',
      'string',
    ]);
  });

  it('gives typed columns on request', async () => {
    const table = await parseCsv(text);
    expect([...table.number('iq')]).toEqual([98.5, Number.NaN, 97, 96]);
    expect(table.factor('sex').levels).toEqual(['f', 'm']);
    const { iq, note } = table.select({ iq: 'number', note: 'string' });
    same<typeof iq, Float64Array>(true);
    expect([iq.length, note[0]]).toEqual([4, 'first']);
    expect(() => table.number('note')).toThrow("column 'note': row 1 of the data is no number: 'first'; correct it");
    expect(() => table.number('iqq')).toThrow("there is no column 'iqq'; did you mean 'iq'?");
  });

  it('shows names, types, missing counts, and the argument to copy', async () => {
    const shown = bundleOf(await parseCsv(text));
    expect(shown['text/plain']).toContain('4 rows, 7 columns');
    expect(shown['text/plain']).toContain("  iq: 'number',\n  sex: 'factor',\n  smoker: 'boolean',");
    expect(shown['text/plain']).toContain(`  ["1st name"]: 'string',`);
    expect(shown['text/markdown']).toContain('| iq | number | 1 |');
  });

  it('gives columns without a name one, and refuses doubles', async () => {
    expect((await parseCsv(',x\n1,2\n')).names).toEqual(['column 1', 'x']);
    await expect(parseCsv('x,x\n1,2\n')).rejects.toThrow("two columns are called 'x' (1 and 2)");
  });

  it('takes dangerous names', async () => {
    const table = await parseCsv('__proto__,constructor\n1,2\n');
    expect([table.typeOf('__proto__'), table.number('constructor')[0]]).toEqual(['number', 2]);
    expect(String(table)).toContain(`["__proto__"]: 'number'`);
  });
});

describe('a column in numbers', () => {
  it('has mean and standard deviation, NaN where a value is missing', () => {
    expect([mean([1, 2, 6]), standardDeviation([1, 2, 6])]).toEqual([3, Math.sqrt(7)]);
    expect([mean([1, Number.NaN]), standardDeviation([1]), mean([])]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  it('is asked for of arrays only: a traced expression would give NaN in silence', () => {
    const traced = { mean: () => traced } as never;
    expect(() => mean(traced)).toThrow('mean: expected an array of numbers, got object; of an expression');
    expect(() => standardDeviation(3 as never)).toThrow('standardDeviation: expected an array of numbers, got number');
    expect(() => standardise(undefined as never)).toThrow('standardise: expected an array of numbers, got undefined');
  });

  it('is standardised with the two numbers that lead back', () => {
    const { values, mean: centre, sd } = standardise(Float64Array.of(1, 2, 3));
    expect([[...values], centre, sd]).toEqual([[-1, 0, 1], 2, 1]);
    expect(() => standardise([1, Number.NaN])).toThrow('their standard deviation is NaN (see dropMissing)');
    expect(() => standardise([2, 2])).toThrow('their standard deviation is 0');
  });

  it('is described with what it lacks', async () => {
    const data = await parseCsv('x,f,b\n1,a,yes\nNA,b,NA\n3,NA,yes\n', { x: 'number', f: 'factor', b: 'boolean' });
    const [x, f, b] = summarise(data).rows;
    const quartiles = { lowerQuartile: 1.5, median: 2, upperQuartile: 2.5 };
    expect(x).toEqual({
      name: 'x',
      count: 2,
      missing: 1,
      numbers: { mean: 2, sd: Math.SQRT2, min: 1, ...quartiles, max: 3 },
    });
    expect(f).toEqual({
      name: 'f',
      count: 2,
      missing: 1,
      levels: new Map([
        ['a', 1],
        ['b', 1],
      ]),
    });
    expect(b).toEqual({ name: 'b', count: 2, missing: 1, levels: new Map([['true', 2]]) });
    const { 'text/plain': text, 'text/markdown': markdown } = bundleOf(summarise(data));
    expect(text).toBe(
      [
        'column  values  missing  mean     sd  min  max    levels',
        'x            2        1     2  1.414    1    3',
        'f            2        1                         a 1, b 1',
        'b            2        1                           true 2',
      ].join('\n'),
    );
    expect(markdown).toContain('| x | 2 | 1 | 2 | 1.414 | 1 | 3 |');
  });
});

describe('a data set', () => {
  it('displays its first rows', () => {
    const bundle = bundleOf(penguins());
    expect(bundle['text/plain']).toContain('344 rows, 8 columns; the first 6 are shown');
    expect((bundle['text/plain'] as string).split('\n')[4]).toMatch(/Adelie +Torgersen +NA +NA +NA +NA +NA +2007/);
    expect(Object.keys(penguins())).not.toContain('Symbol(Jupyter.display)');
  });

  it('shows labels as text, never as markup', async () => {
    const data = await parseCsv('"<b>n</b>"\n"[x](javascript:1) | `y` <img>"\n', { '<b>n</b>': 'string' });
    const { 'text/markdown': markdown } = bundleOf(data);
    expect(markdown).toBe(
      '| &lt;b&gt;n&lt;/b&gt; |\n|:---|\n| \\[x\\]\\(javascript:1\\) \\| \\`y\\` &lt;img&gt; |\n\n1 row, 1 column',
    );
  });
});
