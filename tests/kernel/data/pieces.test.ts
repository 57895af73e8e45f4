import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBoolean, toNumber } from '#kernel/data/convert';
import { parseCsv } from '#kernel/data/csv';
import { editDistance, nearestName } from '#kernel/data/names';
import { endOfPiece } from '#kernel/data/records';
import { findSeparator } from '#kernel/data/separator';

/** A field as a writer of CSV must write it. */
const written = (field: string) => `"${field.replaceAll('"', '""')}"`;

describe('what is written', () => {
  it('is read back, whatever characters a field has', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', ' ', 'é', '😀', '\t') });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 20 }), async (rows) => {
        const text = `x,y\n${rows.map((row) => row.map(written).join(',')).join('\n')}\n`;
        const { x, y } = await parseCsv(text, { x: 'string', y: 'string' }, { missing: [] });
        expect(rows.map((_, i) => [x[i], y[i]])).toEqual(rows);
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it('as numbers is the same number', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.double({ noNaN: true }), { minLength: 1 }), async (numbers) => {
        const { x } = await parseCsv(`x\n${numbers.join('\n')}\n`, { x: 'number' });
        expect([...x]).toEqual(numbers.map((value) => Number(String(value))));
      }),
      { numRuns: 100, seed: 2 },
    );
  });
});

describe('a piece', () => {
  it('ends after a row, never inside quotes', () => {
    const text = '1,"a\nb"\n2,c\n3,d';
    expect(endOfPiece(text, 0, 1)).toBe(text.indexOf('2,c'));
    expect(endOfPiece(text, 8, 1)).toBe(text.indexOf('3,d'));
    expect(endOfPiece(text, 12, 1)).toBe(text.length);
    expect(endOfPiece('1,"never\nclosed\n', 0, 1)).toBe(16);
  });
});

describe('the separator', () => {
  it.each([
    ['a,b', '.', ','],
    ['a;b;"c,d,e,f"\n1,2,3,4,5', '.', ';'],
    ['a\tb', '.', '\t'],
    ['a|b', '.', '|'],
    ['"a;b",c', '.', ','],
    ['single', '.', ','],
    ['single', ',', ';'],
    ['x;y', ',', ';'],
    ['\n\na;b', '.', ';'],
  ] as const)('of %j with decimal %s is %j', (text, decimal, separator) => {
    expect(findSeparator(text, decimal)).toBe(separator);
  });
});

describe('a field', () => {
  it('is a number in decimal notation only', () => {
    expect(['1', '-1.5', '.5', '5.', '1e3', '+2E-2', 'inf', '-Infinity'].map((text) => toNumber(text, '.'))).toEqual([
      1,
      -1.5,
      0.5,
      5,
      1000,
      0.02,
      Infinity,
      -Infinity,
    ]);
    for (const text of ['', '.', 'e3', '1,5', '1 2', '0x1', '1_000', '12a', '--1', 'infinite']) {
      expect(toNumber(text, '.')).toBeUndefined();
    }
    expect(toNumber('1,5', ',')).toBe(1.5);
    expect(toNumber('1.5', ',')).toBeUndefined();
    expect(toNumber('1,5,2', ',')).toBeUndefined();
  });

  it('is a truth value in the usual words', () => {
    expect(['TRUE', 'f', 'Yes', 'N', '1', '0'].map(toBoolean)).toEqual([true, false, true, false, true, false]);
    expect(['', '2', 'oui'].map(toBoolean)).toEqual([undefined, undefined, undefined]);
  });
});

describe('the nearest name', () => {
  it('is within a third of its letters', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('lwo', 'low')).toBe(1);
    expect(editDistance('ca', 'abc')).toBe(3);
    expect(nearestName('Speceis', ['species', 'island'])).toBe('species');
    expect(nearestName('weight', ['species', 'island'])).toBeUndefined();
  });
});
