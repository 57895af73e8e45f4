/**
 * Rates of 40 epochs against PyTorch 2.13.0's `lr_scheduler` (`optimisers/torch_figures.py` says how).
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  cosineDecay,
  exponentialDecay,
  multiStepDecay,
  oneCycle,
  plateau,
  type Schedule,
  type ScheduleState,
  stepDecay,
  warmUp,
} from '#kernel/nets/schedules';

const figures: Readonly<Record<string, readonly number[]>> = JSON.parse(
  readFileSync(new URL('./optimisers/torch-figures.json', import.meta.url), 'utf8'),
).schedules;

const base = 0.4;
/** What `plateau_rates` of the generator watches. */
const watched = (i: number) => Math.max(0.5, 1 - 0.1 * i) + 0.01 * ((i * 7) % 5);

/** Rates of 40 epochs or steps. */
function rates(schedule: Schedule, values: (i: number) => number = watched): number[] {
  let state: ScheduleState = {};
  return Array.from({ length: 40 }, (_, i) => {
    const rate = schedule.rate(i, base, state);
    state = schedule.observe?.(state, values(i)) ?? state;
    return rate;
  });
}

const schedules: Readonly<Record<string, Schedule>> = {
  step: stepDecay({ every: 7, factor: 0.3 }),
  'multi-step': multiStepDecay({ milestones: [3, 10, 25], factor: 0.5 }),
  exponential: exponentialDecay({ factor: 0.93 }),
  cosine: cosineDecay({ period: 20, least: 0.01 }),
  'cosine, restarts': cosineDecay({ period: 8, restarts: true }),
  'cosine, growing restarts': cosineDecay({ period: 5, growth: 2, least: 0.02, restarts: true }),
  'warm-up': warmUp({ over: 6 }),
  'warm-up, cosine': warmUp({ over: 10, from: 0.1, before: cosineDecay({ period: 30 }) }),
  'one cycle': oneCycle({ greatest: 0.9, over: 40 }),
  'one cycle, linear': oneCycle({ greatest: 0.9, over: 40, shape: 'linear', rise: 0.4, start: 10 }),
  'one cycle, three phases': oneCycle({ greatest: 0.9, over: 40, threePhase: true, end: 100 }),
  plateau: plateau({ patience: 3, factor: 0.5 }),
  'plateau, options': plateau({ patience: 2, factor: 0.2, rest: 3, least: 0.01, threshold: 0.05 }),
};

describe('rates are those of PyTorch', () => {
  it.each(Object.entries(schedules))('%s', (name, schedule) => {
    const found = rates(schedule);
    figures[name]!.forEach((rate, i) => {
      expect(Math.abs(found[i]! - rate)).toBeLessThan(1e-12);
    });
  });
  it('every schedule with figures is tried', () => {
    expect(Object.keys(schedules).sort()).toEqual(Object.keys(figures).sort());
  });
});

describe('what schedules count', () => {
  it.each([
    [stepDecay({ every: 3 }), 'epoch'],
    [stepDecay({ every: 3, per: 'step' }), 'step'],
    [oneCycle({ greatest: 1, over: 10 }), 'step'],
    [warmUp({ over: 3 }), 'step'],
    [warmUp({ over: 3, before: exponentialDecay({ factor: 0.5 }) }), 'epoch'],
    [plateau(), 'epoch'],
  ] as const)('%#: %s', (schedule, per) => {
    expect(schedule.per).toBe(per);
  });
  it('a rise and what follows must count the same', () => {
    expect(() => warmUp({ over: 3, per: 'step', before: plateau() })).toThrow(
      'warmUp counts steps and what follows epochs; give both the same per',
    );
  });
});

describe('plateau', () => {
  it('with larger values better waits for a rise', () => {
    const falling = rates(plateau({ better: 'larger', patience: 4 }), (i) => 1 - i);
    expect(falling.slice(0, 6)).toEqual([0.4, 0.4, 0.4, 0.4, 0.4, 0.4]);
    expect(falling[6]).toBeCloseTo(0.04);
    const rising = rates(plateau({ better: 'larger', patience: 4 }), (i) => 1 + i);
    expect(new Set(rising)).toEqual(new Set([0.4]));
  });
  it('counts a value that is not a number as no gain', () => {
    const found = rates(plateau({ patience: 1 }), () => Number.NaN);
    expect(found[0]).toBe(0.4);
    expect(found[2]).toBeCloseTo(0.04);
  });
  it('goes on after a rise', () => {
    const schedule = warmUp({ over: 2, from: 0, before: plateau({ patience: 1 }) });
    expect(schedule.observe).toBeDefined();
    const found = rates(schedule, () => 1);
    expect(found.slice(0, 2)).toEqual([0, 0.2]);
    expect(found.at(-1)).toBeLessThan(0.04);
  });
});

describe('after the end', () => {
  it('one cycle stays at its last rate', () => {
    const schedule = oneCycle({ greatest: 1, over: 10 });
    expect(schedule.rate(500, 1, {})).toBeCloseTo(1 / 25 / 1e4, 15);
  });
});

describe('options out of range are refused', () => {
  it.each([
    [() => stepDecay({ every: 0 }), 'stepDecay: every must be a whole number ≥ 1, got 0'],
    [() => stepDecay({ every: 2, factor: Number.NaN }), 'stepDecay: factor must be a number > 0, got NaN'],
    [() => multiStepDecay({ milestones: [1.5] }), 'multiStepDecay: milestones[0] must be a whole number ≥ 0, got 1.5'],
    [() => multiStepDecay({ milestones: [1], factor: 0 }), 'multiStepDecay: factor'],
    [() => exponentialDecay({ factor: 0 }), 'exponentialDecay: factor must be a number > 0'],
    [() => cosineDecay({ period: 0 }), 'cosineDecay: period'],
    [() => cosineDecay({ period: 2, growth: 0 }), 'cosineDecay: growth'],
    [() => cosineDecay({ period: 2, least: -1 }), 'cosineDecay: least must be a number ≥ 0'],
    [() => warmUp({ over: 0 }), 'warmUp: over'],
    [() => warmUp({ over: 1, from: 2 }), 'warmUp: from must lie in [0, 1], got 2'],
    [() => oneCycle({ greatest: 0, over: 10 }), 'oneCycle: greatest'],
    [() => oneCycle({ greatest: 1, over: 1 }), 'oneCycle: over must be a whole number ≥ 2'],
    [() => oneCycle({ greatest: 1, over: 10, start: 0 }), 'oneCycle: start'],
    [() => oneCycle({ greatest: 1, over: 10, end: 0 }), 'oneCycle: end'],
    [() => oneCycle({ greatest: 1, over: 10, rise: 2 }), 'oneCycle: rise must lie in [0, 1]'],
    [() => plateau({ factor: 1 }), 'plateau: factor must lie in (0, 1), got 1'],
    [() => plateau({ patience: -1 }), 'plateau: patience'],
    [() => plateau({ rest: 0.5 }), 'plateau: rest'],
    [() => plateau({ threshold: -1 }), 'plateau: threshold'],
    [() => plateau({ least: Number.NaN }), 'plateau: least'],
  ] as const)('%s', (make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });
});
