import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Contrast } from '#kernel/regression/formula/contrasts';
import { design } from '#kernel/regression/formula/design';
import { columnsOf, type Json } from '../reference.ts';

// R 4.2.2: model.matrix at the data of the fit, and at new data as predict has it; Rscript fixtures/r-design.R
interface Case {
  readonly formula: string;
  /** By factor; R writes none as []. */
  readonly contrasts: Readonly<Record<string, Contrast>>;
  readonly dot: boolean;
  readonly columns: readonly string[];
  readonly assign: readonly number[];
  readonly terms: readonly string[];
  readonly values: readonly number[];
  readonly offset: readonly number[] | null;
  readonly new: readonly number[];
  readonly newOffset: readonly number[] | null;
}
const reference = JSON.parse(readFileSync(new URL('../fixtures/r-design.json', import.meta.url), 'utf8')) as {
  data: Record<string, Json>;
  new: Record<string, Json>;
  cases: Case[];
};

/** Columns, the ordered factor with its levels in their order. */
const columnsOfData = (data: Record<string, Json>) =>
  columnsOf({ ...data, o: { type: 'factor', levels: ['lo', 'mid', 'hi'], values: data.o! } }).columns;
const [data, fresh] = [columnsOfData(reference.data), columnsOfData(reference.new)];
const few = { y: data.y!, x: data.x!, z: data.z!, a: data.a!, b: data.b! };

/** The largest difference, relative to the entry where that is more than 1. */
function difference(got: ArrayLike<number>, want: readonly number[]): number {
  expect(got.length).toBe(want.length);
  return want.reduce((most, value, i) => Math.max(most, Math.abs(got[i]! - value) / Math.max(1, Math.abs(value))), 0);
}

describe('a model matrix of R', () => {
  it('is compared over a table of formulas and as many put together at random', () => {
    expect(reference.cases.length).toBeGreaterThan(400);
    expect(new Set(reference.cases.map(({ formula }) => formula)).size).toBeGreaterThan(400);
  });

  it.each(reference.cases)('$formula $contrasts', (want) => {
    const chosen: Record<string, Contrast> = { ...(!want.dot && { o: 'poly' }), ...want.contrasts };
    const made = design(want.formula, want.dot ? few : data, { contrasts: chosen });
    expect(made.columns).toEqual(want.columns);
    expect(made.assign).toEqual(want.assign);
    expect(made.terms).toEqual(want.terms);
    expect(difference(made.matrix, want.values)).toBeLessThan(1e-12);
    expect(difference(made.offset ?? [], want.offset ?? [])).toBeLessThan(1e-12);
    const on = made.on(fresh);
    expect(difference(on.matrix, want.new)).toBeLessThan(1e-12);
    expect(difference(on.offset ?? [], want.newOffset ?? [])).toBeLessThan(1e-12);
  });
});
