import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { anova } from '#kernel/regression/anova';
import { devianceTable } from '#kernel/regression/deviance-table';
import { type GeneralisedOptions, glm } from '#kernel/regression/glm';
import { type LinearOptions, lm } from '#kernel/regression/lm';
import { columnsOf, expectClose, type Json } from './reference.ts';

// R 4.2.2, car 3.1: Anova(fit, type, test.statistic); Rscript fixtures/r-more.R
interface Tested {
  readonly call: string;
  readonly data: string;
  readonly type: 'II' | 'III';
  /** null of linear models. */
  readonly test: 'LR' | 'F' | null;
  readonly options: LinearOptions & GeneralisedOptions;
  readonly names: readonly string[];
  readonly df: readonly number[];
  /** Sums of squares, or falls of the deviance over the dispersion; null of F tests of deviances. */
  readonly size: readonly number[] | null;
  readonly p: readonly number[];
}
const reference = JSON.parse(readFileSync(new URL('./fixtures/r-more.json', import.meta.url), 'utf8')) as {
  data: Record<string, Record<string, Json>>;
  tables: Tested[];
};
/** The tension of the threads in its order: what is at the first level of type III hangs on it. */
const dataOf = (name: string) => {
  const { tension, ...rest } = reference.data[name]!;
  const ordered = { type: 'factor', levels: ['L', 'M', 'H'], values: tension ?? [] };
  return columnsOf(tension ? { ...rest, tension: ordered } : rest).columns;
};
const optionsOf = ({ options }: Tested) => (Array.isArray(options) ? {} : options);

describe('tests of terms', () => {
  it.each(reference.tables.filter(({ test }) => test === null))('$call of type $type', (want) => {
    const table = anova(lm(want.call, dataOf(want.data), optionsOf(want)), { type: want.type });
    const rows = table.rows.slice(0, -1);
    expect(rows.map(({ name }) => name)).toEqual(want.names);
    expect(rows.map(({ degreesOfFreedom }) => degreesOfFreedom)).toEqual(want.df);
    expectClose(
      rows.map(({ sumOfSquares }) => sumOfSquares),
      want.size!,
      1e-9,
      'sums of squares',
    );
    expectClose(
      rows.map(({ p }) => p),
      want.p,
      1e-7,
      'p',
    );
    expect(String(table)).toContain(`Analysis of variance, type ${want.type}`);
  });

  it.each(reference.tables.filter(({ test }) => test !== null))('$call of type $type by $test', (want) => {
    const fit = glm(want.call, dataOf(want.data), optionsOf(want));
    const table = devianceTable(fit, { type: want.type, test: want.test === 'F' ? 'F' : 'chi-squared' });
    expect(table.rows.map(({ name }) => name)).toEqual(want.names);
    expect(table.rows.map(({ degreesOfFreedom }) => degreesOfFreedom)).toEqual(want.df);
    if (want.size) {
      expectClose(
        table.rows.map(({ statistic }) => statistic),
        want.size,
        1e-8,
        'statistic',
      );
    }
    expectClose(
      table.rows.map(({ p }) => p),
      want.p,
      1e-7,
      'p',
    );
  });

  const warp = dataOf('warpbreaks');
  const crossed = lm('breaks ~ wool * tension', warp);

  it('of type I are those of the order they are written in', () => {
    expect(String(anova(crossed, { type: 'I' }))).toBe(String(anova(crossed)));
    const turned = anova(lm('breaks ~ tension * wool', warp), { type: 'II' });
    const straight = anova(crossed, { type: 'II' });
    expect(turned.rows[0]!.sumOfSquares).toBeCloseTo(straight.rows[1]!.sumOfSquares, 8);
  });

  it('of type III say so where the coding makes them tests at the first level', () => {
    expect(String(anova(crossed, { type: 'III' }))).toMatch(/treatment contrasts: terms below an interaction/);
    expect(String(anova(crossed, { type: 'II' }))).not.toMatch(/contrasts/);
    const sums = lm('breaks ~ wool * tension', warp, { contrasts: { wool: 'sum', tension: 'helmert' } });
    expect(String(anova(sums, { type: 'III' }))).not.toMatch(/contrasts/);
    expect(String(anova(lm('breaks ~ wool + tension', warp), { type: 'III' }))).not.toMatch(/contrasts/);
  });

  it('leave out terms that add nothing to the others', () => {
    const fit = lm(
      'breaks ~ wool + other',
      { ...warp, other: (warp.wool as { codes: Int32Array }).codes },
      { collinear: 'drop' },
    );
    expect(anova(fit, { type: 'III' }).rows.map(({ name }) => name)).toEqual(['(Intercept)', 'Residuals']);
  });

  it('refuse a type and a test that are none', () => {
    const counts = glm('breaks ~ wool', warp, { family: 'poisson' });
    expect(() => anova(crossed, { type: '2' as never })).toThrow(/anova: type is 'I', 'II' or 'III', got '2'/);
    expect(() => anova(crossed, { kind: 'II' } as never)).toThrow(/no option called 'kind'/);
    expect(() => devianceTable(counts, { type: 2 as never })).toThrow(
      /devianceTable: type is 'I', 'II' or 'III', got '2'/,
    );
    expect(() => devianceTable(counts, { test: 'Chisq' as never })).toThrow(/'chi-squared' or 'F', got 'Chisq'/);
  });
});
