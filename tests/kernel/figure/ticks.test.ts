import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatFixed, formatNumber, tickLabels, ticks } from '#kernel/figure/ticks';

describe('ticks', () => {
  it('stand at multiples of 1, 2 or 5', () => {
    expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticks(-7, 23, 6)).toEqual([-5, 0, 5, 10, 15, 20]);
    expect(ticks(3, 3, 5)).toEqual([3]);
  });

  it('stay inside the range, are few, and have labels that differ', () => {
    const number = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(number, fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (from, span) => {
        const values = ticks(from, from + span, 5);
        const labels = tickLabels(values);
        const slack = 1e-6 * (Math.abs(from) + span);
        return (
          values.length <= 10 &&
          values.every((v) => v >= from - slack && v <= from + span + slack) &&
          (span < 1e-4 * Math.abs(from) || new Set(labels).size === values.length)
        );
      }),
    );
  });

  it('are labelled with the same decimals, a true minus, and powers where digits would be long', () => {
    expect(tickLabels([-0.5, 0, 0.5])).toEqual(['−0.5', '0.0', '0.5']);
    expect(tickLabels([0, 2e6, 4e6])).toEqual(['0', '2e6', '4e6']);
    expect(tickLabels([-2e-5, 0, 2e-5])).toEqual(['−2e−5', '0', '2e−5']);
  });
});

describe('numbers', () => {
  it.each([
    [1234.567, '1235'],
    [12.34567, '12.35'],
    [0.123456, '0.1235'],
    [0.00123456, '0.001235'],
    [0.999967, '1.000'],
    [999.96, '1000'],
    [-0.00001, '−1.00e−5'],
    [123456789, '1.23e+8'],
    [0, '0'],
    [Number.NaN, '–'],
    [null, '–'],
    [Number.NEGATIVE_INFINITY, '−∞'],
  ])('%s is written %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('may have fixed decimals', () => {
    expect([formatFixed(0.99996, 3), formatFixed(-2, 1), formatFixed(null, 3)]).toEqual(['1.000', '−2.0', '–']);
  });
});
