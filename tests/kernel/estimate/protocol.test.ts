/** Every estimator and optimiser keeps one shape: the same options mean the same, the same fields are there. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import '#kernel/diagnose/index';
import { normal } from '#kernel/distributions/index';
import { map, mle, type Progress, sample } from '#kernel/estimate/index';
import type { Objective, Optimiser } from '#kernel/estimate/optimise/objective';
import { optimisers } from '#kernel/estimate/optimise/registry';
import { minimise } from '#kernel/estimate/optimise/shared';
import { EventLog } from '#kernel/estimate/step';
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
  const { gradients, values, composite, residuals, information, halves } = optimisers;
  /** The bowl in the form each kind asks for. */
  const made: Record<string, (log: EventLog) => Optimiser> = {
    ...mapped(gradients, (make) => (log) => make(bowl, { log }) as Optimiser),
    ...mapped(values, (make) => (log) => make(bowl, { log }) as Optimiser),
    ...mapped(composite, (make) => (log) => make({ smooth: bowl, penalty: new Float64Array(2) }, { log }) as Optimiser),
    ...mapped(residuals, (make) => (log) => {
      const problem = {
        dimension: 2,
        count: 2,
        evaluate(x: Float64Array, r: Float64Array, jacobian?: Float64Array) {
          r.set([Math.SQRT2 * (x[0]! - 1), Math.SQRT2 * (x[1]! + 2)]);
          jacobian?.set([Math.SQRT2, 0, 0, Math.SQRT2]);
        },
      };
      return make(problem, { log }) as Optimiser;
    }),
    ...mapped(information, (make) => (log) => make(bowl, () => Float64Array.of(2, 0, 0, 2), { log })),
    ...mapped(halves, (make) => (log) => {
      const expect = (x: Float64Array) => x;
      const maximise = (x: Float64Array) => Float64Array.of((x[0]! + 1) / 2, (x[1]! - 2) / 2);
      return make(bowl, { expect, maximise }, { log });
    }),
  };

  it.each(Object.entries(made))('%s: init and step keep one shape, and lead to the minimum', (_, make) => {
    const log = new EventLog(5000);
    const optimiser = make(log);
    const start = Float64Array.of(5, 5);
    let state = optimiser.init(start);
    expect(state).toMatchObject({ iteration: 0 });
    // A population has other members, which may lie better than the start.
    expect(state.value).toBeLessThanOrEqual(65 + 1e-10);
    expect(state.gradient).toHaveLength(2);
    const before = structuredClone(state);
    let [next, info] = optimiser.step(state);
    expect(state).toEqual(before);
    expect(optimiser.step(state)).toEqual([next, info]);
    expect([...start]).toEqual([5, 5]);
    expect(Object.keys(info).sort()).toEqual(['ending', 'evaluations', 'gradientNorm', 'stepLength']);
    expect(typeof optimiser.name).toBe('string');
    for (let i = 0; i < 1000 && info.ending === 'running'; i++) {
      state = next;
      [next, info] = optimiser.step(state);
    }
    expect(info.ending).toBe('converged');
    expect(next.value).toBeLessThan(1e-9);
    expect(next.position[0]).toBeCloseTo(1, 4);
    expect(next.position[1]).toBeCloseTo(-2, 4);
    expect(log.events().every((event) => event.type === 'iterate')).toBe(true);
    expect(log.length).toBeGreaterThan(1);
  });

  it.each(Object.entries(made))('%s says when the start is not finite', (name, make) => {
    // A simplex or a population has other members, which may be finite.
    const lost = Float64Array.of(Number.NaN, Number.NaN);
    const optimiser = make(new EventLog(10));
    const ending = optimiser.step(optimiser.init(lost))[1].ending;
    expect(ending, name).toBe('not finite');
  });

  it.each(Object.entries(made))('%s refuses a start that does not fit', (_, make) => {
    const optimiser = make(new EventLog(10));
    const spaced = (name: string) => name.replace(/[- ]/g, '.');
    const says = (what: string) =>
      new RegExp(`^${spaced(optimiser.name)}: the start must be 2 numbers, one a coordinate, got ${what}`);
    expect(() => optimiser.init(Float64Array.of(5))).toThrow(says('1: \\[5\\]'));
    expect(() => optimiser.init(Float64Array.of(5, 5, 5))).toThrow(says('3: \\[5, 5, 5\\]'));
    expect(() => optimiser.init(undefined as never)).toThrow(says('undefined'));
    expect(() => optimiser.init('12' as never)).toThrow(says('12'));
    expect(minimise(optimiser, [5, 5], { iterations: 5000 }).state.value).toBeLessThan(1e-9);
  });

  it.each(Object.entries({ ...gradients, ...values }))('%s refuses options it does not know', (_, make) => {
    const own = make as (objective: Objective, options: object) => Optimiser;
    expect(() => own(bowl, { toleranc: 1 })).toThrow(/no option called 'toleranc'; there are: .*tolerance, log/);
    for (const tolerance of [Number.NaN, -1, '1', Number.POSITIVE_INFINITY]) {
      expect(() => own(bowl, { tolerance })).toThrow('tolerance must be a number ≥ 0, got');
    }
  });

  it('minimise stops at its limit and on a signal, with what it has', () => {
    const controller = new AbortController();
    let seen = 0;
    const counted: Objective = {
      ...bowl,
      valueAndGradient(x, g) {
        if (++seen === 3) controller.abort();
        return bowl.valueAndGradient(x, g);
      },
    };
    const slow = gradients.gradientDescent(counted, { rate: 1e-3 });
    const stopped = minimise(slow, [5, 5], { signal: controller.signal });
    expect(stopped.ending).toBe('interrupted');
    expect(stopped.state.iteration).toBe(2);
    expect(stopped.state.value).toBeLessThan(65);
    expect(minimise(slow, [5, 5], 0)).toMatchObject({ ending: 'iterations', state: { iteration: 0, value: 65 } });
    expect(minimise(slow, [5, 5], { iterations: 7 }).state.iteration).toBe(7);
    expect(() => minimise(slow, [5, 5], -1)).toThrow('minimise: iterations must be a whole number from 0');
    expect(() => minimise(slow, [5, 5], Number.NaN)).toThrow('got NaN');
    expect(() => minimise(slow, [5, 5], { steps: 3 } as never)).toThrow("minimise: no option called 'steps'");
  });

  it('are all in the registry', () => {
    const names = Object.values(optimisers).flatMap((group) => Object.keys(group));
    expect(new Set(names).size).toBe(names.length);
    expect(names.sort()).toEqual(Object.keys(made).sort());
    const files = readdirSync(new URL('../../../kernel/src/estimate/optimise/', import.meta.url));
    const helpers = ['composite', 'hessian', 'line-search', 'objective', 'registry', 'shared', 'variable-projection'];
    const algorithms = files.map((file) => file.replace('.ts', '')).filter((file) => !helpers.includes(file));
    expect(algorithms.sort()).toEqual(names.map((n) => n.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)).sort());
  });
});

/** The same keys, other values. */
function mapped<T, U>(from: Readonly<Record<string, T>>, make: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, make(value)]));
}
