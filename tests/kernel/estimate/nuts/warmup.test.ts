import { describe, expect, it } from 'vitest';
import { nuts } from '#kernel/estimate/nuts/nuts';
import { average, averagedStepSize, guessStepSize, startAveraging } from '#kernel/estimate/nuts/step-size';
import { adapt, adapted, restart, startWarmup, warmupWindows } from '#kernel/estimate/nuts/warmup';
import { EventLog } from '#kernel/estimate/step';
import { key, Stream } from '#kernel/numeric/random';
import { density, normals, run } from './densities.ts';

describe('warm-up windows', () => {
  it('are Stan’s: 75 iterations, then 25, 50, 100, 200, the rest, then 50', () => {
    expect(warmupWindows(1000)).toEqual({ start: 75, ends: [100, 150, 250, 450, 950] });
    expect(warmupWindows(500)).toEqual({ start: 75, ends: [100, 150, 250, 450] });
    expect(warmupWindows(150)).toEqual({ start: 75, ends: [100] });
  });

  it('keep Stan’s proportions when short, and are none when very short', () => {
    expect(warmupWindows(100)).toEqual({ start: 15, ends: [90] });
    expect(warmupWindows(19)).toEqual({ start: 19, ends: [] });
    expect(warmupWindows(0)).toEqual({ start: 0, ends: [] });
  });

  it.each([20, 77, 149, 150, 151, 333, 1000, 12_345])('of a warm-up of %d rise and end before it', (length) => {
    const { start, ends } = warmupWindows(length);
    const all = [start, ...ends, length];
    expect(all).toEqual([...all].sort((a, b) => a - b));
    expect(new Set(ends).size).toBe(ends.length);
    expect(ends.at(-1)).toBeLessThan(length);
  });
});

describe('the metric', () => {
  it('is the regularised variance of the window: n/(n+5) s² + 1e-3 · 5/(n+5)', () => {
    let warmup = startWarmup(1, 100, 1, 0.8); // window from 15 to 90
    const stream = new Stream(key(1));
    const seen: number[] = [];
    for (let i = 0; i < 90; i++) {
      const x = 5 + 3 * stream.normal();
      if (i >= 15) seen.push(x);
      warmup = adapt(warmup, Float64Array.of(x), 0.8);
      expect(warmup.metricChanged).toBe(i === 89);
    }
    const n = 75;
    const mean = seen.reduce((a, b) => a + b) / n;
    const s2 = seen.reduce((a, b) => a + (b - mean) ** 2, 0) / (n - 1);
    expect(adapted(warmup).variance[0]).toBeCloseTo((n / (n + 5)) * s2 + (1e-3 * 5) / (n + 5), 12);
  });

  it('is left at 1 where there is no window', () => {
    let warmup = startWarmup(2, 10, 0.3, 0.8);
    for (let i = 0; i < 10; i++) warmup = adapt(warmup, Float64Array.of(i, -i), 0.9);
    expect([...adapted(warmup).variance]).toEqual([1, 1]);
  });

  it('is adapted purely: the state before is not changed', () => {
    const before = startWarmup(1, 100, 1, 0.8);
    const copy = structuredClone(before);
    adapt(before, Float64Array.of(3), 0.5);
    restart(before, 0.1);
    expect(before).toEqual(copy);
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
