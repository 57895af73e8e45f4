/** What cannot be computed is refused with what was expected, what came, and what to do. */
import { describe, expect, it } from 'vitest';
import '#kernel/diagnose/index';
import { flat, normal } from '#kernel/distributions/index';
import { bootstrap, compare, coverage, type Estimate, map, mapShift, mle, nls, profile } from '#kernel/estimate/index';
import { model } from '#kernel/model/index';

const positive = () => flat().bounded({ lower: 0 });
const y = [3.1, 4.7, 2.2, 5.9, 4.4, 3.8];
const sample = model()
  .data({ y })
  .parameters({ mu: flat(), sigma: positive() })
  .observe(({ mu, sigma }) => ({ y: normal(mu, sigma) }));
const told = (data: readonly number[]) =>
  model()
    .data({ y: [...data] })
    .parameters({ mu: flat() })
    .observe(({ mu }) => ({ y: normal(mu, 1) }));
const line = (x: number[], z: number[]) =>
  model()
    .data({ x, z })
    .parameters({ a: flat(), b: flat(), s: positive() })
    .observe(({ a, b, s, x }) => ({ z: normal(a.add(b.mul(x)), s) }));

describe('a level outside (0, 1)', () => {
  it.each([0, 1, 1.5, -0.1, 95, Number.NaN, '0.9', null])('%s is refused by every interval', async (given) => {
    const level = given as number;
    const fit = await mle(sample);
    const squares = await nls(sample);
    const boot = await bootstrap(fit, { replicates: 10 });
    const what = typeof given === 'string' ? `the text '${given}'` : String(given);
    const says = `level must lie between 0 and 1, got ${what}; give a share, such as 0.95 for 95 %`;
    expect(() => fit.interval(level)).toThrow(says);
    expect(() => fit.summary(level)).toThrow(says);
    expect(() => squares.interval(level)).toThrow(says);
    expect(() => squares.summary(level)).toThrow(says);
    expect(() => boot.interval(level)).toThrow(says);
    expect(() => boot.summary(level)).toThrow(says);
    expect(() => compare({ fit }, { level })).toThrow(says);
    if (given !== null) await expect(profile(fit, 'mu', { level })).rejects.toThrow(says);
  });
});

describe('options', () => {
  const bad: [string, unknown, string][] = [
    ['text', 'fast', 'the options must be an object, such as {'],
    ['a number', 3, 'the options must be an object, such as {'],
    ['null', null, 'the options must be an object, such as {'],
    ['a misspelt name', { strats: 3 }, "no option called 'strats'; there are: "],
    [
      'a signal that is none',
      { signal: 3 },
      'signal must be an AbortSignal, such as new AbortController().signal, got 3',
    ],
    ['the controller in place of its signal', { signal: new AbortController() }, 'signal must be an AbortSignal'],
    ['progress that is no function', { onProgress: true }, 'onProgress must be a function, got true'],
    ['iterations that are none', { iterations: 0 }, 'iterations must be a whole number from 1 to'],
    ['a seed that is none', { seed: 1.5 }, 'expected a whole seed'],
    ['a log that is none', { log: [3].keys() }, 'log must be an EventLog, such as new EventLog()'],
    ['a start of NaN', { init: { mu: Number.NaN } }, 'init.mu must be 1 finite number, got [NaN]'],
    ['a start as text', { init: { mu: '3' } }, 'init.mu must be 1 finite number, got [3]'],
    ['a start outside the support', { init: { sigma: 0 } }, "'sigma' must be above 0, strictly inside its support"],
  ];
  it.each(bad)('%s', async (_, options, says) => {
    await expect(mle(sample, options as never)).rejects.toThrow(says);
    await expect(map(sample, options as never)).rejects.toThrow(says);
    if (!says.includes('sigma')) await expect(nls(sample, options as never)).rejects.toThrow(says);
  });

  it('of mle alone', async () => {
    const bad = (options: unknown) => expect(mle(sample, options as never)).rejects;
    await bad({ errors: 'HC1' }).toThrow(
      `errors must be 'observed', 'expected', 'sandwich' or { cluster: labels }, got "HC1"`,
    );
    await bad({ errors: null }).toThrow('got null');
    await bad({ errors: { cluster: undefined } }).toThrow("got undefined; is the column's name right?");
    await bad({ errors: { cluster: [1, 2, Number.NaN, 1, 2, 1] } }).toThrow('errors.cluster has no label at [2]');
    await bad({ errors: { cluster: { codes: [0, 1, 1, -1, 0, 0] } } }).toThrow('errors.cluster has no label at [3]');
    await bad({ errors: { cluster: ['a', null, 'b', 'a', 'a', 'b'] } }).toThrow('errors.cluster has no label at [1]');
    await bad({ reml: 'mu' }).toThrow("reml must be an array of names, such as ['slope'], got mu");
    await bad({ quadrature: 1 }).toThrow('quadrature must be a whole number from 2 to 50');
  });
});

describe('data', () => {
  it('with a missing value: where, and how to drop it', async () => {
    for (const estimator of [mle, map, nls]) {
      await expect(async () => estimator(told([1, Number.NaN, 2]))).rejects.toThrow(
        "data 'y' has no value (NaN or null) at [1]; keep the complete rows only: dropMissing(data, ['y']).columns",
      );
    }
  });

  it('that are infinite: which term', async () => {
    await expect(mle(told([1, Number.POSITIVE_INFINITY]))).rejects.toThrow(/not finite at any start.*\[1\] \(y = ∞/s);
  });

  it('that are empty: nothing to maximise, but a prior has its mode', async () => {
    await expect(mle(told([]))).rejects.toThrow(
      "mle: 'y' has no values; give data, or use map for the mode of the prior",
    );
    const prior = model()
      .data({ y: [] as number[] })
      .parameters({ mu: normal(3, 1) })
      .observe(({ mu }) => ({ y: normal(mu, 1) }));
    expect((await map(prior)).estimates.mu).toBeCloseTo(3, 10);
  });

  it('of unequal lengths: both', async () => {
    await expect(async () => mle(line([1, 2], [1, 2, 3]))).rejects.toThrow("'z' has 3 values");
  });

  it('fewer than parameters of the mean, as many, and none of a mean', async () => {
    await expect(nls(line([2], [1]), { init: { a: 0, b: 0 } })).rejects.toThrow(
      'nls: expected at least as many observations as parameters of the mean, got 1 and 2 (a, b)',
    );
    const exact = await nls(line([2, 3], [1, 2]), { init: { a: 0, b: 0 } });
    expect(exact.values[1]).toBeCloseTo(1, 10);
    expect(exact.warnings.join()).toContain('As many parameters as data');
    expect(exact.residualStandardError).toBeNaN();
    expect([...exact.standardErrors].every(Number.isNaN)).toBe(true);
    const none = model()
      .data({ y })
      .parameters({ s: positive() })
      .observe(({ s }) => ({ y: normal(0, s) }));
    await expect(nls(none)).rejects.toThrow('the mean depends on no parameter');
  });

  it('outside the domain of the mean at the start: which term', async () => {
    const root = model()
      .data({ y: [1, 2] })
      .parameters({ a: flat(), s: positive() })
      .observe(({ a, s }) => ({ y: normal(a.log(), s) }));
    await expect(nls(root, { init: { a: -1 } })).rejects.toThrow(/not finite at the start; give another.*y ~ normal/s);
    expect((await nls(root, { init: { a: 1 } })).values[0]).toBeCloseTo(Math.exp(1.5), 9);
  });
});

describe('what is not a model or a result', () => {
  it.each([undefined, {}, 3])('%s in place of a model', async (given) => {
    for (const estimator of [mle, map, nls]) {
      await expect(estimator(given as never)).rejects.toThrow('expected a model, made with model().data(…)');
    }
  });

  it('in compare', async () => {
    const fit = await mle(sample);
    const bad = (results: unknown, options: unknown = {}) => expect(() => compare(results as never, options as never));
    bad(undefined).toThrow('expected results by label, as in compare({ MLE: fit }), got undefined');
    bad(fit).toThrow('expected results by label, as in compare({ MLE: fit }), got a result itself');
    bad({}).toThrow('give at least one result');
    bad({ a: null }).toThrow("'a' must be a result of mle, map or sample, got null");
    bad({ a: mle(sample) }).toThrow("'a' must be a result of mle, map or sample, got a promise: await it");
    bad({ a: fit }, { levle: 0.9 }).toThrow("compare: no option called 'levle'; there are: level, parameters");
    bad({ a: fit }, { parameters: 'mu' }).toThrow("parameters must be an array of names, such as ['mu'], got mu");
    bad({ a: fit }, { parameters: ['nu'] }).toThrow("no parameter called 'nu'; there are: mu, sigma");
  });

  it('in mapShift', async () => {
    const [likeliest, mode] = [await mle(sample), await map(sample)];
    const bad = (a: unknown, b: unknown) => expect(() => mapShift(a as Estimate, b as Estimate));
    bad(mode, likeliest).toThrow('expected a result of mle and one of map, got map and mle');
    bad(undefined, mode).toThrow('got undefined and map');
    bad(mle(sample), mode).toThrow('got a promise (await it) and map');
  });
});

describe('coverage', () => {
  const bad = (options: unknown) => expect(coverage(options as never)).rejects;
  const given = { truth: 1, simulate: () => [1], replicates: 3 };

  it('refuses what is no simulation', async () => {
    await bad(undefined).toThrow('coverage: the options must be an object');
    await bad({ ...given, truth: Number.NaN, interval: () => [0, 1] }).toThrow(
      'truth must be a finite number, got NaN',
    );
    await bad({ truth: 1, interval: () => [0, 1] }).toThrow('simulate must be a function, got undefined');
    await bad(given).toThrow('interval must be a function, got undefined');
    await bad({ ...given, interval: () => [0, 1], replicates: 0 }).toThrow('replicates must be a whole number from 1');
  });

  it.each([[3], [undefined], [null], [[1]], [[1, 2, 3]], [['a', 'b']], [{ lower: 1 }]])(
    'refuses %s for an interval',
    async (made) => {
      await bad({ ...given, interval: () => made }).toThrow(
        'interval must return [lower, upper] or { lower, upper }, got',
      );
    },
  );

  it('refuses ends that are exchanged, and counts what is NaN as failed', async () => {
    await bad({ ...given, interval: () => [2, 0] }).toThrow('a lower end above the upper: 2, 0');
    const counted = await coverage({ ...given, interval: () => [Number.NaN, Number.NaN] });
    expect(counted.failed).toBe(3);
    expect(String(counted)).toContain('3 more could not be made');
  });
});

describe('what a signal stops', () => {
  const aborted = AbortSignal.abort();

  it('nls says so, and gives no standard errors', async () => {
    const fit = await nls(line([1, 2, 3], [3, 5, 8]), { init: { a: 50, b: -9 }, signal: aborted });
    expect(fit.ending).toBe('interrupted');
    expect(fit.warnings).toEqual(['Interrupted: the values are the best so far, without standard errors.']);
    expect([...fit.standardErrors].every(Number.isNaN)).toBe(true);
  });

  it('bootstrap without two replicates says that it was interrupted, not that fits failed', async () => {
    await expect(bootstrap(await mle(sample), { signal: aborted })).rejects.toThrow(
      /interrupted after 0 of 1006 fits, before there were two replicates; jackknife: false/,
    );
  });

  it('coverage counts what is done, and says so', async () => {
    const controller = new AbortController();
    let made = 0;
    const interval = () => {
      if (++made === 5) controller.abort();
      return [0, 2] as const;
    };
    const counted = await coverage({ truth: 1, simulate: () => [1], interval, signal: controller.signal });
    expect(counted.ending).toBe('interrupted');
    expect(counted.intervals).toBe(5);
    expect(String(counted)).toContain('Interrupted: fewer replicates');
    expect((await coverage({ truth: 1, simulate: () => [1], interval, replicates: 3 })).ending).toBe('complete');
  });
});
