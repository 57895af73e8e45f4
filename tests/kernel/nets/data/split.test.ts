/**
 * Examples in parts and on one scale.
 */
import { describe, expect, it } from 'vitest';
import { digits } from '#kernel/data/index';
import { splitData, standardisation } from '#kernel/nets/data/index';

const rows = Array.from({ length: 50 }, (_, i) => [i, 10 * i]);
const labels = rows.map((_, i) => (i < 10 ? 1 : 0));

describe('a split', () => {
  it('has every example once, with its target', () => {
    const { training, test } = splitData({ x: rows, y: labels }, { share: 0.3, seed: 4 });
    expect([training.y.length, test.y.length]).toEqual([35, 15]);
    const first = [...training.x, ...test.x].filter((_, i) => i % 2 === 0);
    expect(first.sort((a, b) => a - b)).toEqual(rows.map(([i]) => i));
    for (const part of [training, test]) {
      part.y.forEach((label, i) => {
        expect(part.x[2 * i + 1]).toBe(10 * part.x[2 * i]!);
        expect(label).toBe(part.x[2 * i]! < 10 ? 1 : 0);
      });
    }
  });
  it('is the same for the same seed', () => {
    const of = (seed: number) => [...splitData({ x: rows, y: labels }, { seed }).test.x];
    expect(of(1)).toEqual(of(1));
    expect(of(2)).not.toEqual(of(1));
  });
  it('keeps the proportions of classes where asked', () => {
    const { digit, pixels } = digits();
    const { test } = splitData({ x: pixels, y: digit }, { share: 0.25, stratify: true });
    expect(test.y).toBeInstanceOf(Int32Array);
    for (let k = 0; k < 10; k++) {
      const all = digit.codes.filter((code) => code === k).length;
      expect(test.y.filter((code) => code === k)).toHaveLength(Math.round(0.25 * all));
    }
  });
  it.each([
    [() => splitData({ x: rows, y: labels }, { share: 1 }), 'share must lie between 0 and 1, got 1'],
    [() => splitData({ x: [1, 2, 3], y: [1, 2] }), '3 numbers in x do not make 2 examples'],
    [() => splitData({ x: [1, 2], y: [1, 2] }, { share: 0.01 }), 'leaves one part empty'],
  ])('%#: what cannot be is said', (make, message) => {
    expect(make).toThrow(message);
  });
});

describe('a standardisation', () => {
  const scale = standardisation([1, 7, 3, 7, 5, 7], 2);
  it('is learned from one set and holds for another', () => {
    expect([...scale.mean]).toEqual([3, 7]);
    expect(scale.sd[0]).toBeCloseTo(Math.sqrt(8 / 3), 12);
    const own = scale.apply([1, 7, 3, 7, 5, 7]).filter((_, i) => i % 2 === 0);
    expect(own.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12);
    expect(own.reduce((sum, value) => sum + value * value, 0) / 3).toBeCloseTo(1, 12);
    expect(scale.apply([3, 9])).toEqual(Float64Array.of(0, 2));
  });
  it('only shifts a feature that never changes', () => {
    expect(scale.apply([3, 7])[1]).toBe(0);
  });
  it.each([
    [() => standardisation([1, 2, 3], 2), '3 numbers do not make rows of 2 features'],
    [() => standardisation([1, Number.NaN], 2), 'feature 1 has a value that is missing'],
    [() => scale.apply([1, 2, 3]), '3 numbers do not make rows of 2 features'],
    [() => standardisation([], 2), 'do not make rows'],
  ])('%#: what cannot be is said', (make, message) => {
    expect(make).toThrow(message);
  });
});
