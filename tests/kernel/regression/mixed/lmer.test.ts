import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cholesky, choleskyLogDeterminant, choleskySolve } from '#kernel/numeric/linalg/cholesky';
import { key, Stream } from '#kernel/numeric/random';
import { lmer } from '#kernel/regression/mixed/lmer';
import { expectClose } from '../reference.ts';

interface Case {
  readonly id: string;
  readonly call: string;
  readonly fixef: number[];
  readonly se: number[];
  readonly sdcor: number[];
  readonly criterion: number;
  readonly aic: number;
  readonly theta: number[];
  readonly fitted: number[];
  readonly ranef: Record<string, { rows: string[]; values: number[]; sd: number[] }>;
}
type Columns = Record<string, number[] | string[]>;
const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
// R 4.2.2, lme4 1.1-31; the calls stand in r-lmer.R beside the figures.
const crossed = read('../fixtures/r-lmer.json') as {
  data: Record<string, Columns>;
  predict: { groups: number[]; population: number[] };
  cases: Case[];
};
// The same versions; bobyqa with rhoend 1e-10, so variance components are good to about 1e-5.
const mixed = read('../../estimate/fixtures/r-mixed.json') as {
  data: Record<string, Record<string, number[] | string[] | { values: string[] }>>;
  cases: Record<
    string,
    { fixef: number[][]; sdcor: number[]; logLik: number; criterion_value: number; ranef: Record<string, number[][]> }
  >;
};
const columns = (name: string): Columns =>
  Object.fromEntries(
    Object.entries(mixed.data[name]!).map(([key, column]) => [
      key,
      'values' in column && typeof column.values !== 'function' ? column.values : (column as number[] | string[]),
    ]),
  );
const sleep = columns('sleepstudy');
const dyes = columns('Dyestuff');
const caseOf = (id: string) => crossed.cases.find((each) => each.id === id)!;
const deviations = (fit: ReturnType<typeof lmer>) => fit.variances.map((row) => row.standardDeviation);

describe('lmer agrees with lme4', () => {
  it.each([
    ['sleepstudy-slope-REML', 'Reaction ~ Days + (Days | Subject)', sleep],
    ['sleepstudy-slope-ML', 'Reaction ~ Days + (Days | Subject)', sleep],
    ['sleepstudy-intercept-REML', 'Reaction ~ Days + (1 | Subject)', sleep],
    ['sleepstudy-intercept-ML', 'Reaction ~ Days + (1 | Subject)', sleep],
    ['Dyestuff-REML', 'Yield ~ 1 + (1 | Batch)', dyes],
    ['Dyestuff-ML', 'Yield ~ 1 + (1 | Batch)', dyes],
  ])('%s', (id, formula, data) => {
    const want = mixed.cases[id]!;
    const fit = lmer(formula, data, { reml: id.endsWith('REML') });
    expectClose(
      fit.values,
      want.fixef.map(([estimate]) => estimate!),
      1e-8,
    );
    expectClose(
      fit.names.map((name) => fit.standardErrors[name]!),
      want.fixef.map(([, error]) => error!),
      1e-6,
    );
    const correlations = fit.variances.flatMap((row) => row.correlations);
    const own = deviations(fit);
    const got = [...own.slice(0, -1), ...correlations, own.at(-1)!];
    got.forEach((value, i) => {
      expect(Math.abs(value / want.sdcor[i]! - 1), `${i}`).toBeLessThan(1e-5);
    });
    expect(fit.criterion).toBeCloseTo(want.criterion_value, 8);
    expect(fit.logLikelihood).toBeCloseTo(want.logLik, 8);
    const [group, modes] = Object.entries(want.ranef)[0]!;
    const effects = fit.effects(group).rows.map((row) => row.mode);
    expectClose(effects, modes.flat(), 1e-5);
    expect(fit.warnings).toEqual([]);
  });

  it.each([
    ['penicillin', 'diameter ~ 1 + (1 | plate) + (1 | sample)', 'penicillin', true, ['plate', 'sample']],
    ['pastes-ml', 'strength ~ 1 + (1 | batch/cask)', 'pastes', false, ['batch:cask', 'batch']],
    ['sleepstudy-independent', 'Reaction ~ Days + (Days || Subject)', 'sleepstudy', true, ['Subject']],
    ['cake', 'angle ~ recipe * temp + (1 | recipe:replicate)', 'cake', true, ['recipe:replicate']],
  ] as const)('%s: crossed, nested and independent terms', (id, formula, name, reml, groups) => {
    const want = caseOf(id);
    const fit = lmer(formula, name === 'sleepstudy' ? sleep : crossed.data[name]!, { reml });
    expectClose(fit.values, want.fixef, 1e-7);
    expectClose(
      fit.names.map((coefficient) => fit.standardErrors[coefficient]!),
      want.se,
      1e-6,
    );
    expectClose(deviations(fit).toSorted(), want.sdcor.toSorted(), 1e-5); // lme4 puts the factor of most levels first
    expect(fit.criterion).toBeCloseTo(want.criterion, 7);
    expect(fit.aic).toBeCloseTo(want.aic, 7);
    expectClose(fit.fitted.slice(0, 10), want.fitted, 1e-6);
    groups.forEach((group, k) => {
      const theirs = Object.values(want.ranef)[k]!;
      const rows = fit.effects(group).rows;
      const coefficients = [...new Set(rows.map((row) => row.coefficient))];
      const byName = (level: string, coefficient: string) =>
        rows.find((row) => row.group === level && row.coefficient === coefficient)!;
      theirs.rows.forEach((name, g) => {
        // lme4 writes the nested factor as cask:batch.
        const level = group === 'batch:cask' ? name.split(':').reverse().join(':') : name;
        coefficients.forEach((coefficient, j) => {
          const row = byName(level, coefficient);
          expect(row.mode, `${level} ${coefficient}`).toBeCloseTo(theirs.values[g * coefficients.length + j]!, 3);
          // Of independent terms of one factor lme4 gives a list of arrays, of which the first was written down.
          if (j === 0) expect(row.standardDeviation).toBeCloseTo(theirs.sd[g]!, 4);
        });
      });
    });
  });

  it('a variance of 0 is a singular fit, and is said to be one', () => {
    const want = caseOf('singular');
    const fit = lmer('y ~ x + (1 | g)', crossed.data.singular!);
    expect(want.theta).toEqual([0]);
    expect(deviations(fit)[0]).toBe(0);
    expectClose(fit.values, want.fixef, 1e-7);
    expect(fit.criterion).toBeCloseTo(want.criterion, 7);
    expect(fit.warnings.join()).toContain("boundary (singular) fit: a variance of 'g' is estimated as 0");
  });

  it('predicts for groups it knows, groups it does not, and the population', () => {
    const fit = lmer('Reaction ~ Days + (Days || Subject)', sleep);
    const people = { Days: [0, 9, 5], Subject: ['308', '308', '999'] };
    expectClose(fit.predict(people), crossed.predict.groups, 1e-6);
    expectClose(fit.predict(people, { groups: false }), crossed.predict.population, 1e-8);
    expectClose(fit.predict(), [...fit.fitted], 1e-12);
  });
});

describe('the criterion', () => {
  it('is the marginal likelihood: that of a normal vector with covariance σ²(ZΛΛᵀZᵀ + I), for crossed factors', () => {
    const n = 24;
    const stream = new Stream(key(11));
    const a = Array.from({ length: n }, (_, i) => i % 4);
    const b = Array.from({ length: n }, (_, i) => Math.floor(i / 4) % 3);
    const x = Array.from({ length: n }, () => stream.normal());
    const y = x.map((value, i) => 1 + 2 * value + a[i]! - 0.5 * b[i]! * value + stream.normal());
    const fit = lmer('y ~ x + (1 | a) + (x | b)', { y, x, a: a.map(String), b: b.map(String) }, { reml: false });
    const [own, one, two, three] = fit.theta as unknown as [number, number, number, number];
    const covariance = Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      const first = a[i] === a[j] ? own * own : 0;
      const left = [one + two * x[i]!, three * x[i]!] as const; // row of Z Λ
      const right = [one + two * x[j]!, three * x[j]!] as const;
      const second = b[i] === b[j] ? left[0] * right[0] + left[1] * right[1] : 0;
      return fit.sigma ** 2 * (first + second + Number(i === j));
    });
    const l = cholesky(covariance, n);
    const residual = Float64Array.from(y, (value, i) => value - fit.values[0]! - fit.values[1]! * x[i]!);
    const solved = choleskySolve(l, n, residual);
    const distance = residual.reduce((sum, r, i) => sum + r * solved[i]!, 0);
    const exact = -0.5 * (n * Math.log(2 * Math.PI) + choleskyLogDeterminant(l, n) + distance);
    expect(fit.logLikelihood).toBeCloseTo(exact, 9);
  });
});

describe('lmer refuses', () => {
  it.each([
    ['y ~ x', 'expected a grouped term such as (1 | g)'],
    ['y ~ (1 | h)', "the factor 'h' has one group"],
    ['y ~ (1 | id)', 'has 6 coefficients for 6 observations'],
    ['y ~ x + twice + (1 | g)', "'twice' is a combination of 'x'"],
    ['y ~ (1 | nowhere)', "expected the name of a column, got 'nowhere'"],
    ['g ~ x + (1 | g)', 'a numeric response expected'],
    ['y ~ x + (1 | 2)', "expected a factor to group by, got '2'"],
    ['~ x + (1 | g)', 'the formula has none'],
  ])('%s', (formula, message) => {
    const data = {
      y: [1, 3, 2, 5, 4, 6],
      x: [1, 2, 3, 4, 5, 6.5],
      twice: [2, 4, 6, 8, 10, 13],
      g: ['a', 'a', 'b', 'b', 'c', 'c'],
      h: ['u', 'u', 'u', 'u', 'u', 'u'],
      id: ['1', '2', '3', '4', '5', '6'],
    };
    expect(() => lmer(formula, data)).toThrow(message);
  });

  it('unknown options and factors', () => {
    expect(() => lmer('y ~ (1 | g)', { y: [1], g: ['a'] }, { REML: true } as never)).toThrow('REML');
    const weights = (sleep.Days as number[]).map((day, i) => (i === 7 ? 0 : day + 1));
    expect(() => lmer('Reaction ~ (1 | Subject)', sleep, { weights })).toThrow(
      'weights above 0 expected, got 0 in row 7',
    );
    expect(() => lmer('Reaction ~ (1 | Subject)', sleep).effects('Days')).toThrow("does not group by 'Days'");
  });

  it('a grouped term in lm', async () => {
    const { lm } = await import('#kernel/regression/lm');
    expect(() => lm('Reaction ~ Days + (1 | Subject)', sleep)).toThrow('fitted by lmer');
  });
});

describe('rows', () => {
  it('with a missing group or slope are dropped and counted, and what is printed names the parts', () => {
    const Days = (sleep.Days as number[]).slice();
    Days[3] = Number.NaN;
    const fit = lmer('Reaction ~ 1 + (Days | Subject)', { ...sleep, Days });
    expect(fit.observations).toBe(179);
    expect(String(fit)).toMatch(
      /REML criterion at convergence[\s\S]*Subject[\s\S]*Days[\s\S]*Residual[\s\S]*Fixed effects[\s\S]*1 of 180 rows dropped/,
    );
    expect(fit.groups).toEqual({ Subject: 18 });
  });
});
