/**
 * What every sampler of the registry keeps: one signature, pure runs that do not depend on pauses, stops, resumption,
 * the same result on workers, and errors that say what to do. What is not registered fails.
 */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { normal } from '#kernel/distributions/index';
import { sample } from '#kernel/estimate/index';
import { type SamplerName, samplerNamed, samplers } from '#kernel/estimate/samplers/registry';
import { type ChainResult, finish, type RunOptions, type Target } from '#kernel/estimate/samplers/run';
import { model } from '#kernel/model/index';
import { key } from '#kernel/numeric/random';
import { correlated, density } from '../nuts/densities.ts';
import '#kernel/diagnose/index';

const names = Object.keys(samplers) as SamplerName[];
const target = correlated(0.5);
const everyBlock = {
  blocks: [
    { coordinates: [0], sampler: 'slice' },
    { coordinates: [1], sampler: 'metropolis' },
  ],
};

/** A run with the sampler's default options. */
function start(name: SamplerName, on: Target, seed: number, options: RunOptions) {
  const definition = samplerNamed(name);
  const defaults = Object.fromEntries(Object.entries(definition.options).map(([k, check]) => [k, check(undefined)]));
  return definition.run(on, key(seed), { ...defaults, ...(name === 'gibbs' ? everyBlock : {}), ...options });
}

function run(name: SamplerName, on: Target, seed: number, options: RunOptions, budget = Number.POSITIVE_INFINITY) {
  const chain = start(name, on, seed, options);
  let next = chain.next();
  while (!next.done) next = chain.next({ budget, stop: false });
  return next.value;
}

const short = { warmup: 60, draws: 40 };

/** What a chain leaves behind, without what it needs to go on. */
const kept = ({ checkpoint, ...rest }: ChainResult) => rest;

describe.each(names)('%s', (name) => {
  it('gives one chain in the form all give', () => {
    const result = run(name, target, 1, short);
    expect(result.ending).toBe('complete');
    expect(result.positions).toHaveLength(2 * 40);
    for (const field of ['logDensity', 'acceptance', 'energy', 'treeDepth', 'leapfrogs', 'divergent'] as const) {
      expect(result[field], field).toHaveLength(40);
    }
    result.logDensity.forEach((value, i) => {
      expect(value).toBeCloseTo(target.value(result.positions.slice(2 * i, 2 * i + 2)), 10);
    });
    expect(result.acceptance.every((a) => a >= 0 && a <= 1)).toBe(true);
    expect(result.gradients).toBeGreaterThan(0);
    expect(result.warmup.divergences).toBeGreaterThanOrEqual(0);
  });

  it('is a pure function of key and options, however it is cut into pieces', () => {
    const whole = run(name, target, 2, short);
    expect(run(name, target, 2, short)).toEqual(whole);
    expect(kept(run(name, target, 2, short, 1))).toEqual(kept(whole));
    expect(run(name, target, 3, short).positions).not.toEqual(whole.positions);
  });

  it('stops at any pause, and goes on from there with the same bits', () => {
    const whole = kept(run(name, target, 4, short));
    for (const pauses of [0, 1, 7, 65, 90]) {
      const chain = start(name, target, 4, short);
      let next = chain.next();
      for (let i = 0; i < pauses && !next.done; i++) next = chain.next({ budget: 1, stop: false });
      if (!next.done) next = chain.next({ budget: 1, stop: true });
      if (!next.done) throw new Error('the chain went on');
      const stopped = structuredClone(next.value); // plain data
      expect(['interrupted', 'complete']).toContain(stopped.ending);
      expect(stopped.positions).toHaveLength(2 * stopped.logDensity.length);
      expect(kept(run(name, target, 4, { ...short, from: stopped })), `after ${pauses} pauses`).toEqual(whole);
    }
  });

  it('can be given more draws', () => {
    const some = run(name, target, 5, short);
    const more = { ...short, draws: 70 };
    expect(kept(run(name, target, 5, { ...more, from: some }))).toEqual(kept(run(name, target, 5, more)));
  });

  it('fails with a reason where the log density is nowhere finite', () => {
    const nowhere = density(2, () => Number.NEGATIVE_INFINITY);
    const result = run(name, nowhere, 1, short);
    expect(result.ending).toBe('failed');
    expect(result.failure!.reason).toMatch(/not finite at any of \d+/);
    expect(result.failure!.position).toHaveLength(2);
  });

  it('hands every draw to the sink once, under its number, broken off or not', () => {
    const seen: number[] = [];
    const places: number[] = [];
    const sink: RunOptions['sink'] = (number, position, logDensity) => {
      seen.push(number);
      places.push(...position);
      expect(logDensity).toBeCloseTo(target.value(position), 10);
    };
    const whole = run(name, target, 6, { ...short, sink });
    const inOrder = Array.from({ length: 40 }, (_, i) => 2 * seen.indexOf(i)).flatMap((at) => [
      places[at],
      places[at + 1],
    ]);
    expect(inOrder).toEqual([...whole.positions]);
    expect(seen).toHaveLength(40);

    seen.length = 0;
    let stopped: ChainResult | undefined;
    for (let parts = 0; stopped?.ending !== 'complete' && parts < 1e4; parts++) {
      const chain = start(name, target, 6, { ...short, sink, ...(stopped ? { from: stopped } : {}) });
      let next = chain.next();
      for (let i = 0; i < 30 && !next.done; i++) next = chain.next({ budget: 40, stop: false });
      if (!next.done) next = chain.next({ budget: 1, stop: true });
      if (!next.done) throw new Error('the chain went on');
      stopped = structuredClone(next.value);
    }
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  it('hands out draws while it goes on, not at its end', () => {
    let draws = 0;
    const chain = start(name, target, 6, { ...short, draws: 400, sink: () => draws++ });
    let next = chain.next();
    const pauses: number[] = [];
    while (!next.done) {
      next = chain.next({ budget: 20, stop: false });
      pauses.push(draws);
    }
    expect(draws).toBe(400);
    expect(pauses.filter((n) => n > 0 && n < 400).length).toBeGreaterThan(3);
  });

  it('asks for a gradient only where it says so', () => {
    const plain: Target = { dimension: 2, value: target.value };
    if (samplers[name].gradient) {
      expect(() => run(name, plain, 1, short)).toThrow(
        "this sampler follows the gradient of the log density, and this one has none; use one that does not: sampler: 'slice'",
      );
    } else {
      expect(run(name, plain, 1, short).positions).toEqual(run(name, target, 1, short).positions);
    }
  });

  it('starts where it is told', () => {
    if (name === 'smc' || name === 'pathfinder') return; // they go their own way to the posterior
    const far = density(2, (q, g) => {
      const value = target.valueAndGradient(
        q.map((x) => x - 1000),
        g,
      );
      return value;
    });
    const { positions } = run(name, far, 1, { warmup: 0, draws: 1, init: Float64Array.of(1000, 1000) });
    expect(Math.abs(positions[0]! - 1000)).toBeLessThan(500);
  });

  it('is what sample calls by its name, with the same bits here and on workers', async () => {
    const told = model()
      .data({ y: [1, 2, 4] })
      .parameters({ mu: normal(0, 5), nu: normal(0, 1) })
      .observe(({ mu, nu }) => ({ y: normal(mu.add(nu), 1) }));
    const options = { ...short, chains: 2, seed: 7, sampler: name } as const;
    const here = await sample(told, { ...options, workers: 0 });
    const there = await sample(told, { ...options, workers: 2 });
    expect(here.sampler).toBe(name);
    expect(there.draws).toEqual(here.draws);
    expect(here.draws.mu.shape).toEqual([2, 40]);
    expect(String(here)).toContain('Posterior: 2 chains of 40 draws');
    for (const values of Object.values(here.statistics)) expect(values).toHaveLength(80);
    if (samplers[name].approximates) expect(here.warnings.join()).toContain('not from the posterior');
  });

  it('has a title and options that refuse nonsense', async () => {
    expect(samplers[name].title.length).toBeGreaterThan(10);
    const told = model().parameters({ x: normal(0, 1) });
    for (const option of Object.keys(samplers[name].options)) {
      const given = { ...short, sampler: name, [option]: option === 'blocks' ? [{ parameters: ['y'] }] : -1 } as never;
      await expect(sample(told, given), option).rejects.toThrow(/sample: /);
    }
    await expect(sample(told, { sampler: name, nonsense: 1 } as never)).rejects.toThrow("no option called 'nonsense'");
  });
});

describe('the registry', () => {
  it('holds every sampler there is a file for', () => {
    const folder = new URL('../../../../kernel/src/estimate/samplers/', import.meta.url);
    const helpers = [
      'beginning',
      'collect',
      'dispatch',
      'drive',
      'job',
      'job-entry',
      'markov',
      'registry',
      'run',
      'target',
    ];
    const files = readdirSync(folder).map((file) => file.replace('.ts', ''));
    const algorithms = files.filter((file) => !helpers.includes(file)).sort();
    const registered = names
      .filter((name) => name !== 'nuts')
      .map((n) => n.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`));
    // adaptiveMetropolis and robustMetropolis live in adaptive-metropolis.ts and robust-metropolis.ts.
    expect(registered.sort()).toEqual(algorithms);
  });

  it('names what there is when asked for what there is not', async () => {
    const told = model().parameters({ x: normal(0, 1) });
    await expect(sample(told, { sampler: 'nut' } as never)).rejects.toThrow(
      "sample: no sampler called 'nut'; there are: nuts, hmc, metropolis",
    );
  });

  it('runs to the end without a driver too', () => {
    expect(finish(start('slice', target, 1, short)).ending).toBe('complete');
  });
});
