import { describe, expect, it } from 'vitest';
import { interleave, repetitions } from './measure.ts';

const busy = () => {
  let sum = 0;
  for (let i = 0; i < 20_000; i++) sum += Math.sqrt(i);
  return sum;
};

describe('interleaved measuring', () => {
  it('asks the peer in turn, with blocks of the same length', async () => {
    const asked: number[] = [];
    const found = await interleave(
      busy,
      async (reps) => {
        asked.push(reps);
        return 10;
      },
      { pairs: 15, block: 500 },
    );
    expect(found).toHaveLength(15);
    expect(asked.slice(0, 2)).toEqual([1, 50]); // first a look, then a warm block
    expect(asked.slice(2)).toEqual(Array(15).fill(50));
    expect(found.every(({ us, peer }) => us > 0 && peer === 10)).toBe(true);
  });
  it('repeats a short work until a block is full', () => {
    expect(repetitions(busy, 2000)).toBeGreaterThan(1);
    expect(repetitions(busy, 0)).toBeGreaterThanOrEqual(1);
  });
});
