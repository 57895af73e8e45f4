/** R's figures as the tests of hypothesis tests read them. */
import { expect } from 'vitest';
import type { HypothesisTest } from '#kernel/hypothesis/test';
import { type Case, casesOf } from '../regression/reference.ts';

const cases = casesOf(new URL('./fixtures/r-tests.json', import.meta.url));

/** One case by its id. */
export function caseOf(id: string): Case {
  return cases.find((found) => found.id === id)!;
}

/** Cases of a kind. */
export function casesOfKind(kind: string): readonly Case[] {
  return cases.filter((found) => found.kind === kind);
}

/** Within a relative tolerance; infinite ends as text. */
export function expectNear(got: number, want: number | string, rtol: number, what: string): void {
  const wanted = want === 'Inf' ? Infinity : want === '-Inf' ? -Infinity : Number(want);
  if (!Number.isFinite(wanted)) expect(got, what).toBe(wanted);
  else
    expect(Math.abs(got - wanted), `${what}: ${got} against ${wanted}`).toBeLessThanOrEqual(
      rtol * Math.abs(wanted) + 1e-13,
    );
}

/** Statistic, parameters, p-value, interval and the estimates that both have. */
export function expectAsR(got: HypothesisTest, id: string, rtol = 1e-9): void {
  const { results: want } = caseOf(id);
  if (want.statistic !== undefined) expectNear(got.statistic, want.statistic, rtol, 'statistic');
  if (want.parameter) {
    const values = Object.values(got.parameters);
    Object.values(want.parameter).forEach((value, i) => {
      expectNear(values[i]!, value as number, rtol, 'parameter');
    });
  }
  expect(Math.abs(got.p / want.p_value - 1), `p: ${got.p} against ${want.p_value}`).toBeLessThan(Math.max(rtol, 1e-9));
  const ends = want.conf_int_refined ?? want.conf_int;
  if (ends) {
    expect(got.interval).toBeDefined();
    expectNear(got.interval![0], ends[0], rtol, 'lower');
    expectNear(got.interval![1], ends[1], rtol, 'upper');
    expect(got.level).toBe(want.conf_level);
  }
}

/** A column of a case. */
export function columnIn(id: string, name: string): number[] {
  return (caseOf(id).data[name] as (number | null)[]).map((value) => value ?? Number.NaN);
}

/** A matrix of a case. */
export function matrixIn(id: string): number[][] {
  return (caseOf(id).data.x as unknown as { values: number[][] }).values;
}
