import { describe, expect, it } from 'vitest';
import { halfNormal, normal } from '#kernel/distributions/index';
import { type SampleOptions, sample } from '#kernel/estimate/index';
import { nuts } from '#kernel/estimate/nuts/nuts';
import { average, averagedStepSize, guessStepSize, startAveraging } from '#kernel/estimate/nuts/step-size';
import { adapt, adapted, metricUpdates, startWarmup } from '#kernel/estimate/nuts/warmup';
import { EventLog } from '#kernel/estimate/step';
import { model } from '#kernel/model/index';
import { key, Stream } from '#kernel/numeric/random';
import { density, normals, run } from './densities.ts';

describe('the iterations after which the metric is learned', () => {
  it('begin at ten, grow by half, and leave the last tenth to the step size', () => {
    expect(metricUpdates(1000)).toEqual([10, 15, 23, 35, 53, 80, 120, 180, 270, 405, 900]);
    expect(metricUpdates(30)).toEqual([10, 15, 27]);
  });

  it('are none in a warm-up too short to learn from', () => {
    expect(metricUpdates(19)).toEqual([]);
    expect(metricUpdates(0)).toEqual([]);
  });

  it.each([20, 77, 149, 333, 1000, 12_345])('of a warm-up of %d rise and end before it', (length) => {
    const updates = metricUpdates(length);
    expect(updates).toEqual([...new Set(updates)].sort((a, b) => a - b));
    expect(updates.at(-1)).toBeLessThan(length);
    expect(updates.at(-1)).toBeGreaterThanOrEqual(0.85 * length);
  });
});

describe('the metric', () => {
  const unit = { variance: Float64Array.of(1) };

  it('is √(variance of draws / variance of gradients) over the later half: exact on a normal', () => {
    let warmup = startWarmup(100, 1, 0.8, unit);
    const stream = new Stream(key(1));
    for (let i = 0; i < 90; i++) {
      const x = 5 + 3 * stream.normal();
      warmup = adapt(warmup, Float64Array.of(x), Float64Array.of(-(x - 5) / 9), 0.8);
    }
    expect(adapted(warmup).metric.variance[0]).toBeCloseTo(9, 10);
  });

  it('changes at its updates alone, and forgets what it no longer needs', () => {
    let warmup = startWarmup(40, 1, 0.8, unit);
    const stream = new Stream(key(2));
    const changes: number[] = [];
    for (let i = 1; i <= 40; i++) {
      const before = warmup.metric;
      const x = stream.normal();
      warmup = adapt(warmup, Float64Array.of(x), Float64Array.of(-x), 0.8);
      if (warmup.metric !== before) changes.push(i);
    }
    expect(changes).toEqual(warmup.updates);
    expect(warmup.positions).toEqual({ blocks: [], recent: [] });
  });

  it('is learned from the later half alone, and long warm-ups keep no more than that', () => {
    let warmup = startWarmup(400, 1, 0.8, unit);
    for (let i = 1; i <= 360; i++) {
      // The first half lies elsewhere, and would be a variance of millions.
      const x = (i <= 180 ? 5000 : 0) + (i % 2 === 0 ? 1 : -1);
      warmup = adapt(warmup, Float64Array.of(x), Float64Array.of(i % 2 === 0 ? -1 : 1), 0.8);
      const rows = warmup.positions.blocks.flat().length + warmup.positions.recent.length;
      expect(rows).toBeLessThan(i / 2 + 60);
    }
    expect(warmup.metric.variance[0]).toBeCloseTo(1, 10);
  });

  it('is left as it began where there is no update', () => {
    const metric = { variance: Float64Array.of(2, 3) };
    let warmup = startWarmup(10, 0.3, 0.8, metric);
    for (let i = 0; i < 10; i++) warmup = adapt(warmup, Float64Array.of(i, -i), Float64Array.of(1, 1), 0.9);
    expect(adapted(warmup).metric).toBe(metric);
  });

  it('is adapted purely: the state before is not changed, and positions are copied', () => {
    const before = startWarmup(100, 1, 0.8, unit);
    const copy = structuredClone(before);
    const position = Float64Array.of(3);
    const after = adapt(before, position, Float64Array.of(1), 0.5);
    position[0] = 99;
    expect(before).toEqual(copy);
    expect(after.positions.recent[0]![0]).toBe(3);
  });
});

describe('the acceptance a warm-up aims at', () => {
  const unit = { variance: Float64Array.of(1) };

  /** A warm-up of 100 in which these iterations diverge. */
  const target = (given: number | 'auto', divergent: readonly number[]) => {
    let warmup = startWarmup(100, 1, given, unit);
    for (let i = 1; i <= 100; i++) {
      warmup = adapt(warmup, Float64Array.of(i % 7), Float64Array.of(i % 5), 0.8, divergent.includes(i));
    }
    return warmup.target;
  };

  it('is 0.8, and 0.9 once a trajectory has diverged', () => {
    expect(target('auto', [])).toBe(0.8);
    expect(target('auto', [40])).toBe(0.9);
    expect(target('auto', [40, 60, 99])).toBe(0.9);
  });

  it('takes no notice of divergences while the metric is rough', () => {
    expect(target('auto', [1, 10, 15])).toBe(0.8);
    expect(target('auto', [16])).toBe(0.9);
  });

  it('is what was asked for where that was said', () => {
    expect(target(0.8, [40])).toBe(0.8);
    expect(target(0.95, [40])).toBe(0.95);
  });

  it('takes away the divergences of scales known from few data, and costs other models little', async () => {
    const told = model()
      .data({ y: [2.1, 4.4, 1.7, 5.2, 0.9] })
      .parameters({ mu: normal(0, 10), sigma: halfNormal(0, 5) })
      .observe(({ mu, sigma }) => ({ y: normal(mu, sigma) }));
    const divergences = async (targetAcceptance: number | 'auto') => {
      let count = 0;
      for (const seed of [1, 2, 3, 4]) {
        const posterior = await sample(told, { seed, workers: 0, targetAcceptance });
        count += posterior.statistics.divergent.reduce((a, b) => a + b, 0);
      }
      return count;
    };
    const [usual, auto] = [await divergences(0.8), await divergences('auto')];
    expect(usual).toBeGreaterThan(8);
    expect(auto).toBeLessThan(usual / 4);
    const line = model()
      .data({ x: [1, 2, 3, 4, 5, 6, 7, 8], y: [2, 1, 4, 3, 6, 5, 8, 7] })
      .parameters({ a: normal(0, 5), b: normal(0, 5) })
      .observe(({ a, b, x }) => ({ y: normal(a.add(b.mul(x)), 1) }));
    const cost = async (options: SampleOptions) =>
      (await sample(line, { seed: 1, ...options })).sampling.reduce((sum, { gradients }) => sum + gradients, 0);
    expect(await cost({})).toBeLessThan(1.15 * (await cost({ targetAcceptance: 0.8 })));
  });
});

describe('dual averaging', () => {
  it('finds the step size whose acceptance is the target', () => {
    // Acceptance e^(−ε): the target 0.8 is met at ε = −log 0.8 = 0.2231.
    let state = startAveraging(1);
    for (let i = 0; i < 2000; i++) state = average(state, Math.exp(-state.stepSize), 0.8);
    expect(averagedStepSize(state)).toBeCloseTo(-Math.log(0.8), 2);
  });

  it('follows the first step by hand', () => {
    // m = 1, η = 1/11, H̄ = (0.8 − 0.5)/11, log ε = log(10) − H̄ √1 / 0.05, weight 1.
    const state = average(startAveraging(1), 0.5, 0.8);
    expect(Math.log(state.stepSize)).toBeCloseTo(Math.log(10) - 0.3 / 11 / 0.05, 12);
    expect(averagedStepSize(state)).toBeCloseTo(state.stepSize, 12);
  });

  it('keeps the first guess when nothing was averaged, and takes NaN for a rejection', () => {
    expect(averagedStepSize(startAveraging(0.7))).toBe(0.7);
    expect(average(startAveraging(1), Number.NaN, 0.8)).toEqual(average(startAveraging(1), 0, 0.8));
  });
});

describe('the first guess of the step size', () => {
  /** Run to the end, whatever the pauses. */
  const settle = (search: ReturnType<typeof guessStepSize>) => {
    let next = search.next();
    while (!next.done) next = search.next();
    return next.value;
  };
  const guess = (sd: number, start = 1) => {
    const target = normals([0], [sd]);
    const state = nuts(target).init(Float64Array.of(sd / 2));
    return settle(guessStepSize(target, key(1), state, { stepSize: start, variance: Float64Array.of(1) }));
  };

  it('scales with the target, from whatever it starts', () => {
    for (const start of [1e-6, 1, 1e6]) {
      for (const sd of [1e-3, 1, 1e3]) {
        const { ending, stepSize } = guess(sd, start);
        expect(ending).toBe('found');
        expect(stepSize / sd).toBeGreaterThan(0.2);
        expect(stepSize / sd).toBeLessThan(5);
      }
    }
  });

  it('says when the density is flat, and when no step is small enough', () => {
    const flat = density(1, (_, g) => {
      g[0] = 0;
      return 0;
    });
    const unit = { stepSize: 1, variance: Float64Array.of(1) };
    expect(settle(guessStepSize(flat, key(1), nuts(flat).init(Float64Array.of(0)), unit)).ending).toBe('too large');
    let calls = 0;
    const falls = density(1, (_, g) => {
      g[0] = 0;
      return calls++ === 0 ? 0 : -1e9;
    });
    expect(settle(guessStepSize(falls, key(1), nuts(falls).init(Float64Array.of(0)), unit)).ending).toBe('too small');
  });
});

describe('a chain’s event log', () => {
  it('has the step size after each warm-up iteration', () => {
    const log = new EventLog(10_000);
    const { warmup } = run(normals([0], [1]), 1, { warmup: 30, draws: 5, log });
    const adaptations = log.events().filter((e) => e.type === 'adaptation');
    expect(adaptations).toHaveLength(30);
    expect(adaptations.at(-1)).toMatchObject({ iteration: 29, stepSize: warmup.stepSize });
    expect(log.events().filter((e) => e.type === 'trajectory')).toHaveLength(35);
  });
});
