import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { anova } from '#kernel/regression/anova';
import { glm } from '#kernel/regression/glm';
import { lm } from '#kernel/regression/lm';
import { lmer } from '#kernel/regression/mixed/lmer';

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const { stack: _, ...cars } = read('fixtures/r-formula-model.json').data as Record<string, number[]>;
const sleep = read('../estimate/fixtures/r-mixed.json').data.sleepstudy;
const qsec = [
  16.46, 17.02, 18.61, 19.44, 17.02, 20.22, 15.84, 20, 22.9, 18.3, 18.9, 17.4, 17.6, 18, 17.98, 17.82, 17.42, 19.47,
  18.52, 19.9, 20.01, 16.87, 17.3, 15.41, 17.05, 18.9, 16.7, 16.9, 14.5, 15.5, 14.6, 18.6,
];

describe('anova of several fits is that of R 4.2.2', () => {
  it('by F: anova(lm(mpg ~ wt), lm(mpg ~ wt + hp), lm(mpg ~ wt * hp + qsec)), in any order', () => {
    const data = { ...cars, qsec };
    const fits = [lm('mpg ~ wt + hp', data), lm('mpg ~ wt', data), lm('mpg ~ wt * hp + qsec', data)] as const;
    const { rows, test } = anova(...fits);
    expect(test).toBe('F');
    expect(rows.map((row) => row.name)).toEqual(['mpg ~ wt', 'mpg ~ wt + hp', 'mpg ~ wt * hp + qsec']);
    expect(rows.map((row) => row.residualDegreesOfFreedom)).toEqual([30, 29, 27]);
    [278.32193754334355, 195.04775474146638, 121.04121876846452].forEach((rss, i) => {
      expect(rows[i]!.lack).toBeCloseTo(rss, 10);
    });
    expect(rows[1]!.statistic).toBeCloseTo(18.57551467613338, 10);
    expect(rows[2]!.statistic).toBeCloseTo(8.2541157946091559, 10);
    expect(rows[1]!.p).toBeCloseTo(0.00019408643379416321, 13);
    expect(rows[2]!.p).toBeCloseTo(0.0015947642446333134, 13);
    expect(rows[0]!.statistic).toBeNaN();
  });

  it("by deviance: anova(glm(am ~ wt, binomial), glm(am ~ wt + hp, binomial), test = 'Chisq')", () => {
    const { rows, test } = anova(
      glm('am ~ wt', cars, { family: 'binomial' }),
      glm('am ~ wt + hp', cars, { family: 'binomial' }),
    );
    expect(test).toBe('chi-squared');
    expect(rows[1]!.gain).toBeCloseTo(9.1169743351780976, 9);
    expect(rows[1]!.p).toBeCloseTo(0.0025324848119910089, 11);
  });

  it("by F where the dispersion is estimated: Gamma('log'), test = 'F'", () => {
    const options = { family: 'gamma', link: 'log' } as const;
    const { rows, test } = anova(glm('mpg ~ wt', cars, options), glm('mpg ~ wt + hp', cars, options));
    expect(test).toBe('F');
    expect(rows[1]!.statistic).toBeCloseTo(14.907890724955253, 8);
    expect(rows[1]!.p).toBeCloseTo(0.00058261581322670102, 10);
  });

  it('by likelihood: lmer fits by maximum likelihood', () => {
    const data = { ...sleep, Subject: sleep.Subject.values };
    const small = lmer('Reaction ~ Days + (1 | Subject)', data, { reml: false });
    const large = lmer('Reaction ~ Days + (Days | Subject)', data, { reml: false });
    const { rows } = anova(small, large);
    expect(rows[1]!.statistic).toBeCloseTo(42.139298542027973, 7);
    expect(rows[1]!.degreesOfFreedom).toBe(2);
    expect(rows[1]!.p / 7.0724125471890204e-10).toBeCloseTo(1, 6);
    expect(String(anova(small, large))).toMatch(/Model 2: Reaction ~ Days \+ \(Days \| Subject\)[\s\S]*−2 log L/);
    // As in lme4, REML fits are fitted by maximum likelihood first.
    const refitted = anova(
      lmer('Reaction ~ Days + (1 | Subject)', data),
      lmer('Reaction ~ Days + (Days | Subject)', data),
    );
    expect(refitted.rows[1]!.statistic).toBeCloseTo(rows[1]!.statistic, 7);
  });
});

describe('anova refuses', () => {
  const fit = lm('mpg ~ wt', cars);
  it('fits that do not belong together', () => {
    expect(() => anova(fit, glm('am ~ wt', cars, { family: 'binomial' }))).toThrow('fits of one kind expected');
    expect(() => anova(fit, lm('hp ~ wt + mpg', cars))).toThrow('fits of one response expected, got mpg and hp');
    expect(() => anova(fit, lm('mpg ~ hp', cars))).toThrow('neither lies in the other');
    const holes = { ...cars, hp: cars.hp!.with(0, Number.NaN) };
    expect(() => anova(fit, lm('mpg ~ wt + hp', holes))).toThrow('got 32 and 31 observations');
    expect(() => anova(glm('am ~ wt', cars, { family: 'binomial' }) as never)).toThrow('see devianceTable');
  });
});
