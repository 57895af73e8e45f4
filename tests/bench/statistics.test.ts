import { describe, expect, it } from 'vitest';
import { key, Stream } from '#kernel/numeric/random';
import { report } from './report.ts';
import { geometricMean, median, type Pair, ratioOf } from './statistics.ts';

const pairs = (ratios: readonly number[], us = 2): Pair[] => ratios.map((ratio) => ({ us, peer: us * ratio }));

describe('median', () => {
  it('is the middle, or the mean of the two middles', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow(RangeError);
  });
  it('leaves its argument in order', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('the ratio of interleaved pairs', () => {
  it('is the median of the pairs’ own ratios', () => {
    const ratios = Array.from({ length: 21 }, (_, i) => 1 + i / 10);
    expect(ratioOf(pairs(ratios)).median).toBeCloseTo(2, 12);
  });
  it('has the order-statistics interval: of 21 pairs the 6th smallest and largest, of 15 the 4th', () => {
    // P(X ≤ k) ≤ 0.025 for X ~ binomial(n, ½): up to k = 5 of 21 (0.0133, then 0.0392), up to k = 3 of 15 (0.0176, then
    // 0.0592). Python: sum(math.comb(n, i) for i in range(k + 1)) / 2**n
    const of = (n: number) => ratioOf(pairs(Array.from({ length: n }, (_, i) => i + 1)));
    expect([of(21).lower, of(21).upper]).toEqual([6, 16]);
    expect([of(15).lower, of(15).upper]).toEqual([4, 12]);
  });
  it('does not move with a machine that slows both', () => {
    const slow = Array.from({ length: 21 }, (_, i) => ({ us: 1 + i, peer: 3 * (1 + i) }));
    expect(ratioOf(slow)).toEqual({ median: 3, lower: 3, upper: 3 });
  });
  it('covers the true ratio in at least 95 % of benches (4 standard errors allowed)', () => {
    const stream = new Stream(key(3));
    const benches = 2000;
    let covered = 0;
    for (let b = 0; b < benches; b++) {
      const noise = () => Math.exp(0.2 * stream.normal());
      const found = ratioOf(Array.from({ length: 21 }, () => ({ us: noise(), peer: 1.5 * noise() })));
      if (found.lower <= 1.5 && 1.5 <= found.upper) covered++;
    }
    const error = Math.sqrt((0.95 * 0.05) / benches);
    expect(covered / benches).toBeGreaterThan(0.95 - 4 * error);
  });
  it('refuses fewer than 15 pairs, and times that are not positive', () => {
    expect(() => ratioOf(pairs(Array(14).fill(1)))).toThrow(/at least 15 pairs, got 14/);
    expect(() => ratioOf([...pairs(Array(15).fill(1)), { us: 0, peer: 1 }])).toThrow(/longer blocks/);
    expect(() => ratioOf([...pairs(Array(15).fill(1)), { us: Number.NaN, peer: 1 }])).toThrow(RangeError);
  });
});

describe('geometricMean', () => {
  it('weighs twice as fast and twice as slow alike', () => expect(geometricMean([2, 0.5])).toBeCloseTo(1, 15));
  it('refuses what has none', () => {
    expect(() => geometricMean([])).toThrow(RangeError);
    expect(() => geometricMean([1, 0])).toThrow(RangeError);
  });
});

describe('a report', () => {
  const fast = { name: 'fast', pairs: pairs(Array(15).fill(4)) };
  const slow = { name: 'slow', pairs: pairs(Array(15).fill(0.5), 150) };

  it('reaches a bar with the lower end of the interval, not with the median', () => {
    const spread = { name: 'spread', pairs: pairs([...Array(5).fill(1), ...Array(16).fill(3)]) };
    expect(report('b', 'peer', [spread], { spread: 2 }).missed).toEqual([]);
    const wide = { name: 'wide', pairs: pairs([...Array(7).fill(1), ...Array(14).fill(3)]) };
    expect(report('b', 'peer', [wide], { wide: 2 }).missed).toEqual(['wide']);
  });
  it('names every missed bar, the overall one too', () => {
    const found = report('gradient', 'Stan', [fast, slow], { fast: 5, slow: 0.4, 'geometric mean': 2 });
    expect(found.missed).toEqual(['fast', 'geometric mean']);
    expect(found.rows.map(({ ending }) => ending)).toEqual(['missed', 'reached']);
  });
  it('says when a case has no bar', () => {
    expect(report('b', 'peer', [fast], {}).rows[0]!.ending).toBe('no bar');
  });
  it('is one row a case and one summary line', () => {
    expect(report('gradient', 'Stan', [fast, slow], { fast: 3, slow: 1 }).text.split('\n')).toEqual([
      'case             µs, us     µs, Stan           ratio [95 %]     bar',
      'fast               2.00         8.00      4.00 [4.00, 4.00]    3.00',
      'slow                150         75.0   0.500 [0.500, 0.500]    1.00   missed',
      'gradient: 2 cases, geometric mean of peer / us 1.41; missed: slow',
    ]);
  });
});
