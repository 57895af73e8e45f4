import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type GeneralisedOptions, glm } from '#kernel/regression/glm';
import { columnsOf, expectClose, type Json } from './reference.ts';

// R 4.2.2, MASS 7.3-58.2, statmod; fits started again until nothing moves: Rscript fixtures/r-families.R
interface Case {
  readonly name: string;
  readonly formula: string;
  readonly options: GeneralisedOptions;
  readonly coefficients: readonly number[];
  readonly standardErrors: readonly number[];
  readonly dispersion: number;
  readonly deviance: number;
  readonly nullDeviance: number;
  /** Absent of quasi families, and of weighted single trials, which R rounds. */
  readonly aic: number | null;
  readonly leverage: readonly number[];
  readonly cook: readonly number[];
  readonly studentised: readonly number[];
  readonly standardPearson: readonly number[];
  readonly link: readonly number[];
  readonly linkError: readonly number[];
  readonly response: readonly number[];
  readonly responseError: readonly number[];
  readonly theta: number | null;
  readonly thetaError: number | null;
}
const reference = JSON.parse(readFileSync(new URL('./fixtures/r-families.json', import.meta.url), 'utf8')) as {
  data: Record<string, Json>;
  cases: Case[];
};
const data = columnsOf(reference.data).columns;
const fresh = { x: [0.2, 1, 1.9], g: ['a', 'c', 'b'], e: [1, 2, 3] };

describe('families and links of R', () => {
  it('are all there, with weights and offsets', () => {
    expect(reference.cases.length).toBe(94);
    const pairs = new Set(reference.cases.map(({ options }) => `${options.family} ${options.link ?? ''}`));
    expect(pairs.size).toBeGreaterThan(25);
  });

  it.each(reference.cases)('$name', (want) => {
    const fit = glm(want.formula, data, want.options);
    const close = (got: ArrayLike<number>, wanted: readonly number[], what: string, rtol = 1e-8) =>
      expectClose(got, wanted, rtol, what);
    expect(fit.ending).toBe('converged');
    close(fit.values, want.coefficients, 'coefficients');
    close(Object.values(fit.standardErrors), want.standardErrors, 'standard errors');
    close([fit.deviance, fit.nullDeviance], [want.deviance, want.nullDeviance], 'deviances');
    close([fit.dispersion], [want.dispersion], 'dispersion');
    if (typeof want.aic === 'number') close([fit.aic], [want.aic], 'AIC');
    if (/quasi/i.test(want.name)) expect([fit.aic, fit.bic, fit.logLikelihood]).toEqual([NaN, NaN, NaN]);
    close(fit.leverage, want.leverage, 'leverage');
    close(fit.cooksDistance, want.cook, "Cook's distances");
    const [onLink, onResponse] = [fit.predict(fresh, { scale: 'link' }), fit.predict(fresh)];
    close(onLink.fit, want.link, 'predictor');
    close(onLink.standardError, want.linkError, 'its error');
    close(onResponse.fit, want.response, 'mean');
    close(onResponse.standardError, want.responseError, 'its error');
    expect(onResponse.lower.every((lower, i) => lower < onResponse.fit[i]!)).toBe(true);
    expect(onResponse.upper.every((upper, i) => upper > onResponse.fit[i]!)).toBe(true);
    if (typeof want.theta === 'number') {
      close([fit.theta!.theta], [want.theta], 'theta');
      close([fit.theta!.standardError], [want.thetaError!], 'its error', 3e-5); // R's is that before its last step
    }
  });
});

describe('intervals of means', () => {
  const y = [3, 1, 2, 6, 1, 4];
  const x = [1, 2, 3, 4, 5, 6];
  it.each([
    ['gamma', 'inverse'],
    ['inverseGaussian', '1/mu^2'],
    ['poisson', 'sqrt'],
    ['poisson', 'identity'],
    ['gamma', 'identity'],
  ] as const)('stay within what %s allows where those of the predictor with link %s do not', (family, link) => {
    const fit = glm('y ~ x', { y, x }, { family, link });
    const { fit: mean, lower, upper } = fit.predict({ x: [0] }, { level: 0.999 });
    const [below, above] = (['lower', 'upper'] as const).map(
      (end) => fit.predict({ x: [0] }, { scale: 'link', level: 0.999 })[end][0]!,
    );
    expect(below! * above!).toBeLessThan(0); // the predictor's interval spans 0
    expect(lower[0]).toBeGreaterThanOrEqual(0);
    expect(upper[0]).toBeGreaterThan(mean[0]!);
    if (link === 'inverse' || link === '1/mu^2') expect(upper[0]).toBe(Infinity);
    else expect(lower[0]).toBe(0);
  });
});

describe('a fit that ends at the edge of its family', () => {
  const at = (y: readonly number[], family: 'poisson' | 'binomial', link: 'identity' | 'log') =>
    glm('y ~ x', { y, x: y.map((_, i) => i + 1) }, { family, link });

  it.each([
    [[0, 0, 0, 1, 5, 9], 'poisson', 'identity'],
    [[0, 0, 1, 0, 2, 0, 1, 30], 'poisson', 'identity'],
    [[0, 0, 1, 1, 1, 1], 'binomial', 'identity'],
    [[0, 0, 1, 1, 1, 1], 'binomial', 'log'],
  ] as const)('%j, %s with link %s, says so and keeps means inside', (y, family, link) => {
    const fit = at(y, family, link);
    expect(fit.ending).toBe('boundary');
    expect(fit.warnings[0]).toMatch(/stopped at the edge of what the family .* in row \d.*try another link/);
    expect(fit.fitted.every((mean) => mean > 0 && (family === 'poisson' || mean < 1))).toBe(true);
  });

  it('is not worse there than a constant mean', () => {
    const fit = at([0, 0, 0, 1, 5, 9], 'poisson', 'identity');
    expect(fit.deviance).toBeLessThan(fit.nullDeviance);
    // On the edge the mean of row 0 is 0 and the line is b (x − 1): b = Σ y / Σ (x − 1) = 15 / 15.
    expect(fit.values[1]).toBeCloseTo(1, 8);
  });

  it('is reached from a constant mean where the first step leaves the family', () => {
    // R 4.2.2: glm(y ~ x, poisson("identity"), start = c(1, 1)): no valid set of coefficients without the start.
    const fit = at([1, 0, 2, 3, 9, 12, 14, 15], 'poisson', 'identity');
    expect(fit.fitted.every((mean) => mean > 0)).toBe(true);
    expect(fit.deviance).toBeLessThan(fit.nullDeviance);
  });
});

describe('responses that a family does not take', () => {
  const x = [1, 2, 3, 4, 5, 6];
  it.each([
    ['poisson', [1, -1, 2, 3, 4, 5], /a count: a whole number from 0; 'y' is -1 in row 1/],
    ['poisson', [1, 1.5, 2, 3, 4, 5], /'y' is 1.5 in row 1/],
    ['quasiPoisson', [1, -1, 2, 3, 4, 5], /a number from 0; 'y' is -1 in row 1/],
    ['negativeBinomial', [1, 2.2, 2, 3, 4, 5], /a count: a whole number from 0; 'y' is 2.2 in row 1/],
    ['binomial', [0, 1, 2, 1, 0, 1], /a proportion between 0 and 1, or 0 and 1; 'y' is 2 in row 2/],
    ['quasiBinomial', [0, 1, -0.1, 1, 0, 1], /a proportion between 0 and 1.*'y' is -0.1 in row 2/],
    ['gamma', [1, 2, 0, 3, 1, 1], /the family 'gamma' takes as response a positive number; 'y' is 0 in row 2/],
    ['inverseGaussian', [1, 2, -3, 3, 1, 1], /a positive number; 'y' is -3 in row 2/],
    ['poisson', ['a', 'b', 'a', 'b', 'a', 'b'], /the response 'y' must be numbers, got a factor/],
    ['gaussian', ['a', 'b', 'a', 'b', 'a', 'b'], /the response 'y' must be numbers, got a factor/],
  ] as const)('%s: %j', (family, y, message) => {
    expect(() => glm('y ~ x', { x, y }, { family })).toThrow(message);
  });

  it.each([
    [[1, -1, 2], /counts: whole numbers from 0; 's' is -1 in row 1/],
    [[1, 1.5, 2], /'s' is 1.5 in row 1/],
  ])('counts of successes %j', (s, message) => {
    const counts = { x: [1, 2, 3], s, f: [1, 2, 3] };
    expect(() => glm('cbind(s, f) ~ x', counts, { family: 'binomial' })).toThrow(message);
  });

  it('names families that are near, and refuses options that are none', () => {
    const y = [0, 1, 1, 0, 1, 0];
    expect(() => glm('y ~ x', { x, y }, { family: 'binomal' as never })).toThrow(/did you mean 'binomial'/);
    expect(() => glm('y ~ x', { x, y }, { collinear: 'keep' as never })).toThrow(/collinear is 'error' or 'drop'/);
    const fit = glm('y ~ x', { x, y }, { family: 'binomial' });
    expect(() => fit.predict(undefined, { scale: 'mean' as never })).toThrow(
      /scale is 'response' or 'link', got 'mean'/,
    );
  });

  it.each([
    ['binomial', 0],
    ['binomial', 1],
    ['poisson', 0],
  ] as const)('warns of %s responses that are all %i', (family, value) => {
    const fit = glm('y ~ x', { x, y: x.map(() => value) }, { family });
    expect(fit.warnings).toEqual([
      expect.stringMatching(`^separation: every response is ${value}, which the intercept fits ever better`),
    ]);
    expect(fit.standardErrors['(Intercept)']).toBeNaN();
  });

  it('refuses a factor of one level', () => {
    expect(() => glm('y ~ x', { x, y: x.map(() => 'a') }, { family: 'binomial' })).toThrow(
      /the response 'y' has one level, 'a'; two are expected/,
    );
  });

  it('warns which levels of three count as success', () => {
    const fit = glm('y ~ x', { x, y: ['a', 'b', 'c', 'b', 'a', 'b'] }, { family: 'binomial' });
    expect(fit.warnings).toEqual(["'y' has 3 levels: 'a' is failure, b, c success"]);
  });
});
