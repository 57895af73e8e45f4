/** Every estimator and optimiser keeps one shape: the same options mean the same, the same fields are there. */
import { describe, expect, it } from 'vitest';
import '#kernel/diagnose/index';
import { normal } from '#kernel/distributions/index';
import { map, mle, type Progress, sample } from '#kernel/estimate/index';
import { lbfgs } from '#kernel/estimate/optimise/lbfgs';
import { newton } from '#kernel/estimate/optimise/newton';
import type { Objective, Optimiser } from '#kernel/estimate/optimise/objective';
import { Displayable, jupyterDisplay } from '#kernel/host/display';
import { model } from '#kernel/model/index';

const line = model()
  .data({ y: [1, 2, 3] })
  .parameters({ mu: normal(0, 10) })
  .derived(({ mu }) => ({ twice: mu.mul(2) }))
  .observe(({ mu }) => ({ y: normal(mu, 1) }));

const small = { chains: 2, warmup: 50, draws: 50 };
const estimators = {
  mle: { run: (options: object) => mle(line, options) },
  map: { run: (options: object) => map(line, options) },
  sample: { run: (options: object) => sample(line, { ...small, ...options }) },
};

describe.each(Object.entries(estimators))('%s', (name, { run }) => {
  it('takes seed, signal, onProgress and init, and refuses other names', async () => {
    const told: Progress[] = [];
    await run({
      seed: 3,
      signal: new AbortController().signal,
      onProgress: (p: Progress) => told.push(p),
      init: { mu: 1 },
    });
    expect(told.at(-1)).toMatchObject({
      done: expect.any(Number),
      total: expect.any(Number),
      text: expect.any(String),
    });
    await expect(run({ sede: 3 })).rejects.toThrow(`${name}: no option called 'sede'; there are: `);
    await expect(run({ seed: -1 })).rejects.toThrow(RangeError);
    await expect(run({ init: { nu: 1 } })).rejects.toThrow(`${name}: init has 'nu'`);
  });

  it('gives a result that draws itself, with names, warnings, ending, model and time', async () => {
    const result = await run({ seed: 3 });
    expect(result).toBeInstanceOf(Displayable);
    expect(result.names).toEqual(['mu', 'twice']);
    expect(Array.isArray(result.warnings)).toBe(true);
    expect(['converged', 'complete']).toContain(result.ending);
    expect(result.model).toBe(line);
    expect(result.seconds).toBeGreaterThanOrEqual(0);
    expect(result.interval(0.5).map((i) => i.name)).toEqual(['mu', 'twice']);
    expect(result.summary().rows.map((r) => r.name)).toEqual(['mu', 'twice']);
    expect(await result[jupyterDisplay]()).toHaveProperty('text/plain');
  });

  it('is deterministic in its seed', async () => {
    const text = async () => String(await run({ seed: 9 })).replace(/, [\d.e-]+ s/, '');
    expect(await text()).toBe(await text());
  });

  it('stops on a signal with what it has', async () => {
    const controller = new AbortController();
    controller.abort();
    const result = await run({ signal: controller.signal });
    expect(result.ending).toBe('interrupted');
    expect(result.warnings.join()).toContain('Interrupted');
  });
});

describe('optimisers', () => {
  const bowl: Objective = {
    dimension: 2,
    value: (x) => (x[0]! - 1) ** 2 + (x[1]! + 2) ** 2,
    valueAndGradient(x, g) {
      g[0] = 2 * (x[0]! - 1);
      g[1] = 2 * (x[1]! + 2);
      return (x[0]! - 1) ** 2 + (x[1]! + 2) ** 2;
    },
  };

  it.each([lbfgs(bowl) as Optimiser, newton(bowl) as Optimiser])('$name: init and step keep one shape', (optimiser) => {
    const state = optimiser.init(Float64Array.of(5, 5));
    expect(state).toMatchObject({ iteration: 0, value: 65 });
    expect([...state.gradient]).toEqual([8, 14]);
    const [next, info] = optimiser.step(state);
    expect(next.value).toBeLessThan(state.value);
    expect(Object.keys(info).sort()).toEqual(['ending', 'evaluations', 'gradientNorm', 'stepLength']);
    expect(typeof optimiser.name).toBe('string');
  });
});
