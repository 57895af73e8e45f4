import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mle } from '#kernel/estimate/index';
import { formulaModel } from '#kernel/regression/formula-model';
import { glm } from '#kernel/regression/glm';
import { multinomialRegression } from '#kernel/regression/multinomial';
import { casesOf, columnsOf, expectClose } from './reference.ts';

const { data: r } = JSON.parse(readFileSync(new URL('fixtures/r-formula-model.json', import.meta.url), 'utf8')) as {
  data: Record<string, number[]>;
};
const { stack: stackloss, ...cars } = r;
const stack = Object.fromEntries(
  ['air', 'water', 'acid', 'loss'].map((name, j) => [name, stackloss!.filter((_, at) => at % 4 === j)]),
);

describe('glm by the whole likelihood', () => {
  it('of proportions: the figures of statsmodels', () => {
    // statsmodels 0.15.0: BetaModel(share, [1, wt, hp]).fit(), then Newton steps by its score and observed Hessian until
    // the gradient is below 1e-11; the last parameter is log(kappa).
    const par = [3.1672336930394525, -0.8666092856794899, -0.005244673572402431, 3.018055701275004];
    const se = [0.3418209112719126, 0.14022280169153517, 0.001814708925670759, 0.24654785177851166];
    const fit = glm('share ~ wt + hp', cars, { family: 'beta' });
    expect(fit.names).toEqual(['(Intercept)', 'wt', 'hp', 'kappa']);
    expect(fit.warnings).toEqual([]);
    const kappa = fit.estimates.kappa!;
    const { values } = fit;
    for (const [j, value] of [...values.slice(0, 3), Math.log(kappa)].entries()) {
      expect(Math.abs(value / par[j]! - 1)).toBeLessThan(1e-8);
    }
    const errors = fit.names.map((name) => fit.standardErrors[name]!);
    for (const [j, error] of [...errors.slice(0, 3), errors[3]! / kappa].entries()) {
      expect(Math.abs(error / se[j]! - 1)).toBeLessThan(1e-8);
    }
    expect(fit.logLikelihood).toBeCloseTo(31.22126565643967, 10);
    const means = fit.predict();
    expect(means.every((mean) => mean > 0 && mean < 1)).toBe(true);
    const there = fit.predict({ wt: [cars.wt![0]!], hp: [cars.hp![0]!] });
    expect(there[0]).toBeCloseTo(means[0]!, 14);
  });

  const polr = casesOf(new URL('fixtures/r-polr.json', import.meta.url)).filter(({ id }) => id.endsWith('logistic'));
  it.each(polr.map((each) => [each.id, each] as const))(
    'of levels in order: polr of R, %s',
    (_, { data, call, results }) => {
      const { columns } = columnsOf(data);
      const formula = /polr\((.*?),/.exec(call)![1]!;
      const weights = call.includes('weights = Freq') ? { weights: 'Freq' } : {};
      const fit = glm(formula, columns, { family: 'ordinal', ...weights });
      expect(fit.warnings).toEqual([]);
      expectClose(fit.values, Object.values(results.coefficients as Record<string, number>), 1e-8);
      const errors = fit.names.map((name) => fit.standardErrors[name]!);
      expectClose(errors, Object.values(results.se as Record<string, number>), 1e-8);
      expect(fit.deviance / results.deviance).toBeCloseTo(1, 10);
      expect(fit.aic / results.AIC).toBeCloseTo(1, 10);
      const k = fit.levels!.length;
      const probabilities = fit.predict();
      for (let i = 0; i < probabilities.length; i += k) {
        expect(probabilities.slice(i, i + k).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 13);
      }
    },
  );

  it('of long tails: the maximum that mle finds, with its standard errors', async () => {
    const fit = glm('loss ~ air + water + acid', stack, { family: 'studentT' });
    const there = await mle(formulaModel('loss ~ air + water + acid', stack, { family: 'studentT' }), { starts: 8 });
    expect(fit.logLikelihood).toBeCloseTo(there.logLikelihood, 9);
    for (const name of fit.names) {
      const error = there.standardErrors[name] as number;
      expect(Math.abs(fit.estimates[name]! - (there.estimates[name] as number)) / error).toBeLessThan(1e-6);
      expect(fit.standardErrors[name]! / error).toBeCloseTo(1, 6);
    }
    expect(fit.predict()).toHaveLength(stack.loss!.length);
  });

  it('counts a row of weight two twice', () => {
    const twice = Object.fromEntries(Object.entries(cars).map(([name, values]) => [name, [...values, values[3]!]]));
    const weights = cars.wt!.map((_, i) => (i === 3 ? 2 : 1));
    const [a, b] = [glm('share ~ wt', cars, { family: 'beta', weights }), glm('share ~ wt', twice, { family: 'beta' })];
    expectClose(a.values, [...b.values], 1e-9);
    expect(a.logLikelihood).toBeCloseTo(b.logLikelihood, 9);
  });

  it('moves the predictor by an offset', () => {
    const shifted = { ...cars, part: cars.wt!.map((wt) => 0.5 * wt) };
    const [a, b] = [
      glm('share ~ wt + offset(part)', shifted, { family: 'beta' }),
      glm('share ~ wt', cars, { family: 'beta' }),
    ];
    expect(a.estimates.wt! + 0.5).toBeCloseTo(b.estimates.wt!, 8);
    expectClose(a.predict(), [...b.predict()], 1e-9);
  });

  it('prints one layout for all', () => {
    const text = String(glm('share ~ wt', cars, { family: 'beta' }));
    expect(text).toMatch(/^Call: glm\(share ~ wt\), family beta\n\nCoefficients:\n +Estimate +Std. Error +z value/);
    expect(text).toMatch(/\nkappa /);
    expect(text).toMatch(/Log likelihood: .* on 3 parameters\nAIC: /);
  });

  it('says that a parameter runs to its edge', () => {
    // Uniform residuals have shorter tails than any of Student's: nu grows without end.
    const x = Array.from({ length: 40 }, (_, i) => i);
    const fit = glm('y ~ x', { x, y: x.map((value) => value + ((value * 7) % 11)) }, { family: 'studentT' });
    expect(fit.warnings.join()).toMatch(/nu is at the edge of its support/);
    expect(fit.standardErrors.nu).toBeNaN();
    expect(fit.standardErrors.x).toBeGreaterThan(0);
  });

  it('names what separates the levels of an ordered response', () => {
    const data = { x: [1, 2, 3, 4, 5, 6], m: ['a', 'a', 'b', 'b', 'c', 'c'] };
    const apart = glm('m ~ x', data, { family: 'ordinal' });
    expect(apart.warnings).toEqual([
      expect.stringMatching(/^separation: x tell the levels of 'm' apart without an error/),
    ]);
    const mixed = glm('m ~ x', { ...data, m: ['a', 'b', 'a', 'b', 'c', 'b'] }, { family: 'ordinal' });
    expect(mixed.warnings).toEqual([]);
  });

  it('of names without order is multinomialRegression', () => {
    const data = { x: [1, 2, 3, 4, 5, 6, 7, 8, 9], y: ['a', 'b', 'c', 'b', 'a', 'c', 'c', 'a', 'b'] };
    const [a, b] = [glm('y ~ x', data, { family: 'multinomial' }), multinomialRegression('y ~ x', data)];
    expect(a.values).toEqual(b.values);
    expect(a.names).toEqual(b.names);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['a response outside the family', () => glm('mpg ~ wt', cars, { family: 'beta' }), /a number between 0 and 1/],
    [
      'numbers for levels',
      () => glm('mpg ~ wt', cars, { family: 'ordinal' }),
      /a factor of three or more levels in their order; 'mpg' is numbers: write factor\(mpg, levels = c\(…\)\)/,
    ],
    [
      'two levels for an order',
      () => glm('g ~ x', { g: ['a', 'b', 'a'], x: [1, 2, 3] }, { family: 'ordinal' }),
      /'g' is one of 2: a, b; of two take 'binomial'/,
    ],
    [
      'a response at the end of its range',
      () => glm('y ~ x', { y: [0.1, 0.9, 1, 0.4], x: [1, 2, 3, 4] }, { family: 'beta' }),
      /glm: the family 'beta' takes as response a number between 0 and 1, without the ends; 'y' is 1 in row 2/,
    ],
    [
      'text for numbers',
      () => glm('y ~ x', { y: ['a', 'b', 'a'], x: [1, 2, 3] }, { family: 'studentT' }),
      /glm: the response 'y' must be numbers, got a factor/,
    ],
    ['no response', () => glm('~ wt', cars, { family: 'studentT' }), /the formula has no response/],
    ['an unknown family', () => glm('mpg ~ wt', cars, { family: 'betta' as never }), /gaussian, .*beta, ordinal/],
    ['an option it does not have', () => glm('share ~ wt', cars, { family: 'beta', link: 'log' } as never), /link/],
    [
      'weights that are missing',
      () =>
        glm(
          'share ~ wt',
          { ...cars, w: cars.wt!.map((v, i) => (i === 2 ? Number.NaN : v)) },
          { family: 'beta', weights: 'w' },
        ),
      /weights 'w' are missing in 1 row/,
    ],
  ])('refuses %s', (_, fit, message) => {
    expect(fit).toThrow(message);
  });
});
