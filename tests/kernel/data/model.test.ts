/**
 * Columns where they are used: in a model.
 */
import { describe, expect, it } from 'vitest';
import { parseCsv } from '#kernel/data/csv';
import { dropMissing } from '#kernel/data/missing';
import { penguins } from '#kernel/data/sets/penguins';
import { penguinRows } from '#kernel/data/sets/penguins-rows';
import { flat, normal } from '#kernel/distributions/index';
import { mle } from '#kernel/estimate/index';
import { model } from '#kernel/model/index';

const header = 'species,island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex,year';

describe('columns from a file', () => {
  it('are data of a model, factors included', async () => {
    const data = await parseCsv('group,y,note\na,1,first\nb,5,second\na,3,\nb,9,third\n', {
      group: 'factor',
      y: 'number',
    });
    const means = model()
      .data(data)
      .parameters(({ group }) => ({ centre: flat().size(group.levels) }))
      .observe(({ centre, group }) => ({ y: normal(centre.at(group), 1) }));
    const { estimates } = await mle(means);
    expect([...(estimates.centre as Float64Array)].map((value) => value.toFixed(6))).toEqual(['2.000000', '7.000000']);
  });

  it('whose types are known only at run time are refused where a model names its data', async () => {
    const table = await parseCsv('y\n1\n2\n');
    // @ts-expect-error a table is no object of columns: its names are not known to the type checker
    const refused = () => model().data(table);
    expect(refused).toThrow("table.select({ y: 'number' })");
    const known = model()
      .data(table.select({ y: 'number' }))
      .parameters({ mu: flat() });
    expect(known).toBeDefined();
  });

  it('with a missing value name dropMissing, and with complete rows they fit', async () => {
    const birds = penguins();
    const told = (mass: Float64Array) =>
      model()
        .data({ mass })
        .parameters({ mu: flat() })
        .observe(({ mu }) => ({ mass: normal(mu, 800) }));
    await expect((async () => mle(told(birds.body_mass_g)))()).rejects.toThrow('dropMissing');
    const { columns } = dropMissing(birds, ['body_mass_g']);
    const { estimates } = await mle(told(columns.body_mass_g));
    expect(estimates.mu).toBeCloseTo(4201.754385964912, 6);
  });
});

describe('a shipped set', () => {
  it('read as a file by csv gives the same columns', async () => {
    const read = await parseCsv(`${header}\n${penguinRows}\n`, {
      species: 'factor',
      island: 'factor',
      bill_length_mm: 'number',
      bill_depth_mm: 'number',
      flipper_length_mm: 'number',
      body_mass_g: 'number',
      sex: 'factor',
      year: 'number',
    });
    const shipped = penguins();
    expect(Object.keys(read)).toEqual(Object.keys(shipped));
    expect({ ...read }).toEqual({ ...shipped });
  });

  it('is found by inference with the same types', async () => {
    const table = await parseCsv(`${header}\n${penguinRows}\n`);
    expect(table.names.map((name) => table.typeOf(name))).toEqual([
      ...['factor', 'factor', 'number', 'number', 'number', 'number', 'factor', 'number'],
    ]);
  });
});
