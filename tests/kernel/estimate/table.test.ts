import { describe, expect, it } from 'vitest';
import { formatNumber, Table, warningLines } from '#kernel/estimate/table';
import { jupyterDisplay } from '#kernel/host/display';

describe('numbers as a person would write them', () => {
  it.each([
    [1234.567, 4, '1235'],
    [0.0123456, 4, '0.01235'],
    [999.97, 4, '1000'],
    [12.3456, 2, '12'],
    [1e9, 4, '1.000e+9'],
    [-0.00001234, 3, '-1.23e-5'],
    [0, 4, '0'],
    [Number.NaN, 4, '–'],
    [Number.POSITIVE_INFINITY, 4, '∞'],
    [Number.NEGATIVE_INFINITY, 4, '-∞'],
  ])('%d in %d digits is %s', (value, digits, text) => {
    expect(formatNumber(value, digits)).toBe(text);
  });
});

describe('a table', () => {
  const table = new Table(
    [
      { key: 'mean', label: 'mean' },
      { key: 'sd', label: 'sd', digits: 2 },
    ],
    [
      { name: 'mu', mean: 4.41234, sd: 3.3 },
      { name: 'theta[0]', mean: -12, sd: Number.NaN },
    ],
    ['two rows'],
  );

  it('aligns names to the left and figures to the right', () => {
    expect(String(table).split('\n')).toEqual([
      '            mean   sd',
      'mu         4.412  3.3',
      'theta[0]  -12.00    –',
      'two rows',
    ]);
  });

  it('gives its rows by name', () => {
    expect(table.row('mu').sd).toBe(3.3);
    expect(() => table.row('tau')).toThrow("no row called 'tau'; there are: mu, theta[0]");
  });

  it('shows itself as text where nothing draws it', async () => {
    expect(await table[jupyterDisplay]()).toHaveProperty('text/plain');
  });

  it('keeps warnings one a line', () => {
    expect(warningLines(['a', 'b'])).toBe('⚠ a\n⚠ b');
  });
});
