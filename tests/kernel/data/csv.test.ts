import { describe, expect, it } from 'vitest';
import { parseCsv } from '#kernel/data/csv';
import { DataError } from '#kernel/data/error';
import { labelsOf } from '#kernel/data/factor';
import { installHost } from '#kernel/host/host';

/** The error parsing ends with. */
async function failure(text: string, columns = {}, options = {}): Promise<DataError> {
  const error = await parseCsv(text, columns, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  return error as DataError;
}

describe('typed columns', () => {
  const text = 'iq,sex,name,flag\n98.5,female,Ann,true\n107,male,"Bob, Jr",no\n-1e2,female,,1\n';

  it('are numbers, factors, strings and booleans as asked', async () => {
    const data = await parseCsv(text, { iq: 'number', sex: 'factor', name: 'string', flag: 'boolean' });
    expect(data.iq).toEqual(Float64Array.of(98.5, 107, -100));
    expect(data.sex.levels).toEqual(['female', 'male']);
    expect([...data.sex.codes]).toEqual([0, 1, 0]);
    expect(data.name).toEqual(['Ann', 'Bob, Jr', null]);
    expect(data.flag).toEqual([true, false, true]);
  });

  it('are only those named, in the order named', async () => {
    expect(Object.keys(await parseCsv(text, { sex: 'factor', iq: 'number' }))).toEqual(['sex', 'iq']);
  });

  it('ignore spaces around a field, which would make a second level of a factor', async () => {
    const { sex } = await parseCsv('x, sex\n1, male\n2,male \n', { sex: 'factor' });
    expect(sex.levels).toEqual(['male']);
  });

  it('have levels in an order that does not depend on the rows or the language of the machine', async () => {
    const { a } = await parseCsv('a\nz\nÄ\nZ\na\n', { a: 'factor' });
    expect(a.levels).toEqual(['Z', 'a', 'z', 'Ä']);
  });

  it('read infinities, exponents and signs, but no hexadecimal and no thousands separators', async () => {
    const { x } = await parseCsv('x\nInf\n-inf\n+.5\n1.\n2E-3\n', { x: 'number' });
    expect([...x]).toEqual([Infinity, -Infinity, 0.5, 1, 0.002]);
    expect((await failure('x\n0x10\n', { x: 'number' })).message).toContain("'0x10'");
    expect((await failure('x;y\n1 000;2\n', { x: 'number' })).message).toContain("'1 000'");
  });
});

describe('missing values', () => {
  it('are kept: NaN, code −1, null', async () => {
    const text = 'x,f,s,b\n1,a,p,true\nNA,NA,NA,NA\n,,,\nNaN,NaN,NaN,NaN\n';
    const data = await parseCsv(text, { x: 'number', f: 'factor', s: 'string', b: 'boolean' });
    expect([...data.x]).toEqual([1, Number.NaN, Number.NaN, Number.NaN]);
    expect([...data.f.codes]).toEqual([0, -1, -1, -1]);
    expect(labelsOf(data.f)).toEqual(['a', null, null, null]);
    expect(data.s).toEqual(['p', null, null, null]);
    expect(data.b).toEqual([true, null, null, null]);
  });

  it('are the marks one says', async () => {
    const { x } = await parseCsv('x\n-99\n1\n.\n', { x: 'number' }, { missing: ['-99', '.'] });
    expect([...x]).toEqual([Number.NaN, 1, Number.NaN]);
    const { s } = await parseCsv('s,t\nNA,1\n', { s: 'string' }, { missing: [''] });
    expect(s).toEqual(['NA']);
  });
});

describe('forms of CSV', () => {
  const columns = { a: 'number', b: 'string' } as const;

  it.each([
    ['a byte order mark', '\uFEFFa,b\n1,x\n'],
    ['CRLF', 'a,b\r\n1,x\r\n'],
    ['lone CR', 'a,b\r1,x\r'],
    ['mixed line ends', 'a,b\r\n1,x\n'],
    ['no last line end', 'a,b\n1,x'],
    ['blank lines', '\n\na,b\n\n1,x\n\n'],
    ['semicolons', 'a;b\n1;x\n'],
    ['tabs', 'a\tb\n1\tx\n'],
    ['bars', 'a|b\n1|x\n'],
    ['quoted names', '"a","b"\n1,"x"\n'],
  ])('%s', async (_, text) => {
    const { a, b } = await parseCsv(text, columns);
    expect([...a]).toEqual([1]);
    expect(b).toEqual(['x']);
  });

  it('quoted separators, quotes and line breaks', async () => {
    const { b } = await parseCsv('a,b\r\n1,"x, ""y""\r\nz"\r\n', columns);
    expect(b).toEqual(['x, "y"\nz']);
  });

  it('a decimal comma, with which a comma no longer separates', async () => {
    const { x, y } = await parseCsv('x;y\n1,5;2\n-0,25;3,0\n', { x: 'number', y: 'number' }, { decimal: ',' });
    expect([...x, ...y]).toEqual([1.5, -0.25, 2, 3]);
    const { z } = await parseCsv('z\n1,5\n', { z: 'number' }, { decimal: ',' });
    expect([...z]).toEqual([1.5]);
  });

  it('no header line, lines before it, and comments', async () => {
    const headless = await parseCsv('1,x\n2,y\n', columns, { header: ['a', 'b'] });
    expect([...headless.a]).toEqual([1, 2]);
    const later = await parseCsv('made by hand\n"\na,b\n1,x # fine\n# out\n2,y\n', columns, {
      skipLines: 2,
      comment: '#',
    });
    expect(later.b).toEqual(['x', 'y']);
  });

  it('many rows, across the pieces the parser is given', async () => {
    const rows = Array.from({ length: 120_000 }, (_, i) => `${i},"text ${i}\n""quoted"", 12345"`);
    const { a, b } = await parseCsv(`a,b\n${rows.join('\n')}\n`, columns);
    expect(a.length).toBe(120_000);
    expect(a.every((value, i) => value === i)).toBe(true);
    expect(b[119_999]).toBe('text 119999\n"quoted", 12345');
  });

  it('a huge field', async () => {
    const { b } = await parseCsv(`a,b\n1,"${'long '.repeat(600_000)}"\n`, columns);
    expect(b[0]!.length).toBe(3_000_000);
  });
});

describe('names that JavaScript knows', () => {
  it('are columns like others and harm nothing', async () => {
    const text = '__proto__,constructor,toString,hasOwnProperty\n1,2,3,4\n';
    const columns = {
      ['__proto__']: 'number',
      constructor: 'number',
      toString: 'number',
      hasOwnProperty: 'number',
    } as const;
    const data = await parseCsv(text, columns);
    expect(Object.keys(data)).toEqual(['__proto__', 'constructor', 'toString', 'hasOwnProperty']);
    expect([...(Object.values(data) as Float64Array[])].map((column) => column[0])).toEqual([1, 2, 3, 4]);
    expect(Object.getPrototypeOf(data)).toBeNull();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  it('are not there when the file does not have them', async () => {
    const data = await parseCsv('a\n1\n', { a: 'number' });
    expect('constructor' in data || '__proto__' in data).toBe(false);
    expect((await failure('a\n1\n', { constructor: 'number' })).message).toContain("no column 'constructor'");
  });
});

describe('a malformed file', () => {
  it('names line, column, value and remedy for what is not a number', async () => {
    const error = await failure('id,iq\n1,98\n\n2,"a\nb"\n3,97\n', { id: 'number', iq: 'number' });
    expect(error).toMatchObject({ line: 4, column: "'iq' (field 2)" });
    expect(error.message).toBe(
      "text, line 4, column 'iq' (field 2): expected a number in row 2 of the data, found 'a\\nb'; " +
        "correct it, or, if it stands for a missing value, pass { missing: ['', 'NA', 'NaN', 'a\\nb'] }",
    );
  });

  it('suggests the decimal comma where that would make it a number', async () => {
    expect((await failure('x;y\n1,5;2\n', { x: 'number' })).message).toContain("pass { decimal: ',' }");
  });

  it('names what is neither true nor false', async () => {
    const error = await failure('b\ntrue\nmaybe\n', { b: 'boolean' });
    expect(error.line).toBe(3);
    expect(error.message).toContain("expected true or false in row 2 of the data, found 'maybe'");
  });

  it('names line and column of too few and of too many fields', async () => {
    const few = await failure('a,b,c\n1,2,3\n4,5\n', { a: 'number' });
    expect(few).toMatchObject({ line: 3, column: "'c' (field 3)" });
    expect(few.message).toContain(
      'expected 3 fields as in the header, found 2; a missing value still needs its separator',
    );
    const many = await failure('a,b\n1,2\n"x\ny",2\n4,5,6\n', { b: 'number' });
    expect(many).toMatchObject({ line: 5, column: "'b' (field 2)" });
    expect(many.message).toContain("found 3; a field that contains ',' belongs in quotes; the row is '4,5,6'");
  });

  it('names the row in which a quote is opened and never closed', async () => {
    const error = await failure('a,b\n1,2\n\n3,"x\n5,6\n7,8\n', { a: 'number' });
    expect(error).toMatchObject({ line: 4, column: '2' });
    expect(error.message).toContain("opened in this row and never closed; the row begins '3,\"x'");
  });

  it('names a quote inside a field, and text after a closing quote', async () => {
    const inside = await failure('a,b\n1,2\n3,x"y\n', { a: 'number' });
    expect(inside).toMatchObject({ line: 3, column: '2' });
    expect(inside.message).toContain('in the middle of a field');
    const after = await failure('a,b\n1,2\n3,"x"y\n', { a: 'number' });
    expect(after).toMatchObject({ line: 3, column: '2' });
    expect(after.message).toContain('after the closing quote');
  });

  it('is found at the right line in a later piece of a large file', async () => {
    const rows = Array.from({ length: 200_000 }, (_, i) => `${i},"two\nlines"`);
    rows[190_000] = '1,2,3';
    const error = await failure(`a,b\n${rows.join('\n')}\n`, { a: 'number' });
    expect(error.line).toBe(2 + 2 * 190_000);
    rows[190_000] = '1,"never closed';
    const open = await failure(`a,b\n${rows.join('\n')}\n`, { a: 'number' });
    expect(open.line).toBe(2 + 2 * 190_000);
  });

  it('is a row longer than any row should be', async () => {
    const error = await failure(`a,b\n1,2\n3,"${'endless '.repeat(2_100_000)}`, { a: 'number' });
    expect(error).toMatchObject({ line: 3, column: '2' });
  });

  it('counts the lines passed over', async () => {
    expect((await failure('one\ntwo\na\nx\n', { a: 'number' }, { skipLines: 2 })).line).toBe(4);
  });

  it.each([
    ['empty', '', {}],
    ['blank', ' \n\n', {}],
    ['passed over whole', 'a\n1\n', { skipLines: 5 }],
  ])('is one that is %s', async (_, text, options) => {
    expect((await failure(text, { a: 'number' }, options)).message).toContain('the file is empty');
  });

  it('is one with only a header, whose names it lists', async () => {
    expect((await failure('a,b\n', { a: 'number' })).message).toContain('no rows, only a header (a, b)');
  });

  it('says which columns there are, and which may have been meant', async () => {
    const error = await failure('flipper_length,mass\n1,2\n', { fliper_length: 'number' });
    expect(error.message).toBe(
      "text: there is no column 'fliper_length'; did you mean 'flipper_length'? There are: flipper_length, mass",
    );
    expect((await failure('a b c\n1 2 3\n', { a: 'number' })).message).toContain('see { separator }');
  });

  it('refuses a column that occurs twice, if it is wanted', async () => {
    expect((await failure('a,b,a\n1,2,3\n', { a: 'number' })).message).toContain("called 'a' (1 and 3)");
    expect([...(await parseCsv('a,b,a\n1,2,3\n', { b: 'number' })).b]).toEqual([2]);
    const renamed = await parseCsv('a,b,a\n1,2,3\n', { c: 'number' }, { header: ['a', 'b', 'c'], skipLines: 1 });
    expect([...renamed.c]).toEqual([3]);
  });

  it('refuses wrong arguments', async () => {
    await expect(parseCsv('a\n1', {})).rejects.toThrow('name at least one column');
    await expect(parseCsv('a\n1', { a: 'float' as 'number' })).rejects.toThrow("got 'float'");
    await expect(parseCsv('a\n1', { a: 'number' }, { separator: ',,' })).rejects.toThrow('separator is one character');
    await expect(parseCsv('a\n1', { a: 'number' }, { skipLines: Number.NaN })).rejects.toThrow('skipLines is a count');
  });
});

describe('an interrupt', () => {
  it('stops a large parse between two pieces, with the reason given', async () => {
    const rows = Array.from({ length: 300_000 }, (_, i) => `${i},"two\nlines"`);
    const controller = new AbortController();
    const parsing = parseCsv(`a,b\n${rows.join('\n')}\n`, { a: 'number' }, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('stopped by hand')), 0);
    await expect(parsing).rejects.toThrow('stopped by hand');
  });

  it("is by default that of the notebook's cell", async () => {
    installHost({ display: () => ({ update: () => undefined }), signal: () => AbortSignal.abort(new Error('cell')) });
    try {
      await expect(parseCsv('a\n1\n', { a: 'number' })).rejects.toThrow('cell');
    } finally {
      installHost(undefined);
    }
  });

  it('is not needed for the time to end', async () => {
    const rows = Array.from({ length: 300_000 }, (_, i) => `${i},"two\nlines"`);
    await expect(parseCsv(`a,b\n${rows.join('\n')}\n`, { a: 'number' }, { timeout: 1 })).rejects.toThrow(
      'not read within 0.001 s; allow more with { timeout: milliseconds }',
    );
  });
});
