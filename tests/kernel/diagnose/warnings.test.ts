/** What a posterior warns of: each says what it means and what to try, with the code, and nothing where all is well. */
import { describe, expect, it } from 'vitest';
import { flat, halfCauchy, normal, studentT } from '#kernel/distributions/index';
import { type SampleOptions, sample } from '#kernel/estimate/index';
import { type AnyModel, model } from '#kernel/model/index';
import '#kernel/diagnose/index';

const y = [4.2, 5.1, 3.9, 4.8, 5.6];
const location = model()
  .data({ y })
  .parameters({ mu: normal(0, 10) })
  .observe(({ mu }) => ({ y: normal(mu, 1) }));
const centred = model()
  .data({ effect: [28, 8, -3, 7, -1, 1, 18, 12], se: [15, 10, 16, 11, 9, 11, 10, 18] })
  .parameters({ mu: normal(0, 5), tau: halfCauchy(0, 5) })
  .parameters(({ mu, tau }) => ({ theta: normal(mu, tau).size(8) }))
  .observe(({ theta, se }) => ({ effect: normal(theta, se) }));
/** Modes at −10 and 10, far apart. */
const twoModes = model()
  .parameters({ m: flat() })
  .logDensity(({ m }) => m.square().sub(100).square().mul(-0.01));
const long = model()
  .parameters({ x: normal(0, 1) })
  .parameters(({ x }) => ({ z: normal(x, 0.001) }));

/** The model, how it is sampled, and words of the warning: what it means, and what to try. */
const cases: readonly [string, AnyModel, SampleOptions, RegExp, string][] = [
  [
    'divergences',
    centred,
    { seed: 1 },
    /\d+ of 4000 trajectories diverged: .* may be biased/,
    'sample(model, { targetAcceptance: 0.95 })',
  ],
  [
    'divergences of hmc',
    centred,
    { seed: 1, sampler: 'hmc' },
    /trajectories diverged/,
    "sample(model, { sampler: 'hmc', targetAcceptance: 0.95 })",
  ],
  [
    'trajectories cut short',
    long,
    { seed: 1, warmup: 200, draws: 100, maxTreeDepth: 2, metric: 'diagonal' },
    /reached the deepest tree \(2\): draws are valid but slow/,
    'sample(model, { maxTreeDepth: 4 })',
  ],
  [
    'energies that mix slowly',
    model().parameters({ x: studentT(1, 0, 1).size(10) }),
    { seed: 1, draws: 500 },
    /energy mixes slowly \(BFMI below 0\.3\): the tails may not be explored/,
    'halfNormal in place of halfCauchy',
  ],
  [
    'chains that do not agree',
    twoModes,
    { seed: 3, warmup: 200, draws: 200 },
    /R-hat is up to .* \(m\): the chains do not agree/,
    'sample(model, { warmup: 2000, draws: 400 })',
  ],
  [
    'few effective draws',
    location,
    { seed: 1, draws: 50, chains: 4 },
    /Effective sample size is down to \d+ \(mu\), below 400: means and quantiles are uncertain/,
    'sample(model, { draws: ',
  ],
  [
    'few effective draws of a slow sampler',
    location,
    { seed: 1, draws: 50, sampler: 'metropolis' },
    /Effective sample size is down to/,
    "sample(model, { sampler: 'metropolis', draws: ",
  ],
  [
    'one chain',
    location,
    { seed: 1, chains: 1, draws: 500 },
    /One chain cannot show whether it has missed something/,
    'sample(model, { chains: 4 })',
  ],
  [
    'too few draws for a diagnostic',
    location,
    { seed: 1, draws: 3 },
    /3 draws a chain are too few for any diagnostic \(they need 4 at least.*are missing/,
    'sample(model, { draws: 1000 })',
  ],
];

describe('a posterior warns of', () => {
  it.each(cases)('%s', async (_, told, options, meaning, code) => {
    const { warnings } = await sample(told, { workers: 0, ...options });
    const text = warnings.find((warning) => meaning.test(warning));
    expect(text, warnings.join('\n')).toBeDefined();
    expect(text).toContain(code);
  });

  it('nothing where all is well', async () => {
    expect((await sample(location, { seed: 1, workers: 0 })).warnings).toEqual([]);
  });

  it('few draws with figures that are missing, and none that only look right', async () => {
    const posterior = await sample(location, { seed: 1, draws: 3, workers: 0 });
    const { rHat, essBulk, essTail, mcseMean, mean } = posterior.summary().row('mu');
    for (const figure of [rHat, essBulk, essTail, mcseMean]) expect(figure).toBeNaN();
    expect(Number.isFinite(mean)).toBe(true);
    expect(posterior.warnings).toHaveLength(1);
  });

  it('few draws with how many would do: at least twice and at most twenty times as many', async () => {
    for (const draws of [10, 200]) {
      const { warnings } = await sample(location, { seed: 1, draws, workers: 0, sampler: 'metropolis' });
      const asked = Number(/draws: (\d+) \}/.exec(warnings.at(-1)!)?.[1]);
      expect(asked).toBeGreaterThanOrEqual(2 * draws);
      expect(asked).toBeLessThanOrEqual(20 * draws);
    }
  });
});
