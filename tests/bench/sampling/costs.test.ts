import { describe, expect, it } from 'vitest';
import { costReport, type LeapfrogCost } from './costs.ts';

const cost = (model: string, gradient: number, ratio: number): LeapfrogCost => {
  return { model, gradient, leapfrog: gradient * ratio, ratio };
};
const bars = { 'leapfrog over gradient': 1.3, 'memory over idle': 250 };
const memory = { idle: 100, highest: 200 };

describe('the costs of the sampling bench', () => {
  it('reach their bars', () => {
    const { text, missed } = costReport([cost('hmm', 29, 1.05), cost('irt', 19, 1.3)], memory, bars);
    expect(missed).toEqual([]);
    expect(text).toContain('hmm        gradient    29.00 µs, leapfrog    30.45 µs, ratio 1.05');
    expect(text).toContain('100 MB over idle');
    expect(text.split('\n').at(-1)).toBe('sampling costs: every bar reached');
  });

  it('miss them where a leapfrog is dear, or where that cannot be said', () => {
    expect(costReport([cost('hmm', 29, 1.4)], memory, bars).missed).toEqual(['hmm']);
    expect(costReport([cost('hmm', 29, Number.NaN)], memory, bars).missed).toEqual(['hmm']);
    expect(costReport([cost('hmm', 29, 1)], { idle: 100, highest: 400 }, bars).missed).toEqual(['memory']);
  });

  it('have no bar where a gradient takes less than 5 µs', () => {
    const { text, missed } = costReport([cost('eight', 0.1, 5)], memory, bars);
    expect(missed).toEqual([]);
    expect(text).toContain('no bar below 5 µs');
  });
});
