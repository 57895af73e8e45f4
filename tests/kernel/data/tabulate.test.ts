import { describe, expect, it } from 'vitest';
import { tabulate } from '#kernel/data/tabulate';
import { jupyterDisplay } from '#kernel/host/display';

describe('a table of one’s own rows', () => {
  const table = tabulate([
    { method: 'MLE', slope: 698.66420879, exact: true },
    { method: 'MAP', slope: 1 / 3, exact: false },
  ]);

  it('keeps the rows to compute with, and shows numbers in five digits', () => {
    expect(table.rows[0]!.slope).toBe(698.66420879);
    expect(String(table)).toBe(
      ['method    slope  exact', 'MLE      698.66   true', 'MAP     0.33333  false'].join('\n'),
    );
  });

  it('is text and Markdown in a notebook', () => {
    const bundle = table[jupyterDisplay]();
    expect(Object.keys(bundle)).toEqual(['text/plain', 'text/markdown']);
    expect(bundle['text/markdown']).toBe(
      '| method | slope | exact |\n|:---|---:|---:|\n| MLE | 698.66 | true |\n| MAP | 0.33333 | false |',
    );
  });

  it('leaves a cell empty where a row lacks a heading, and takes any name', () => {
    const rows: Record<string, number>[] = [{ a: 1 }, { toString: 2 }];
    expect(String(tabulate(rows))).toBe(['a  toString', '1', '          2'].join('\n'));
    expect(String(tabulate([]))).toBe('');
  });

  it('shows as many digits as asked, and what is not finite', () => {
    expect(String(tabulate([{ x: Math.PI }], { digits: 2 }))).toBe('x\n3.1');
    expect(String(tabulate([{ x: -Infinity }]))).toBe('x\n-Infinity');
    expect(() => tabulate([], { digits: 0 })).toThrow('digits is a whole number from 1 to 15; got 0');
  });
});
