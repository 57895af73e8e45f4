import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CodeError } from '#kernel/jupyter/repl/code-error';
import { Sources } from '#kernel/jupyter/repl/sources';
import { headline, stackPreparer } from '#kernel/jupyter/repl/stack';
import { excerpt, failureOf } from '#kernel/jupyter/repl/traceback';

const text = 'const a = 1;\nfunction f() {\n\tthrow new Error("x");\n}\nf()';
const find = (label: string) => (label === 'cell[3]' ? text : undefined);
const shown = (thrown: unknown) => stripVTControlCharacters(failureOf(thrown, find).traceback.join('\n'));

function errorAt(...frames: string[]): Error {
  const error = new Error('x');
  error.stack = ['Error: x', ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
}

describe('an excerpt', () => {
  it('marks the line and puts a caret under the column', () => {
    const lines = stripVTControlCharacters(excerpt('a\nbb\nccc\ndd\ne\nf', { line: 3, column: 1 }, 'cell[1]')).split(
      '\n',
    );
    expect(lines).toEqual(['cell[1]:3:2', '  1 │ a', '  2 │ bb', '> 3 │ ccc', '    │  ^', '  4 │ dd', '  5 │ e']);
  });

  it('keeps tabs before the caret', () => {
    const lines = stripVTControlCharacters(excerpt(text, { line: 3, column: 1 }, 'c')).split('\n');
    expect(lines[4]).toBe('    │ \t^');
  });

  it('cuts very long lines', () => {
    const lines = excerpt(`${'x'.repeat(5000)}`, { line: 1, column: 4000 }, 'c').split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(300);
  });

  it('aligns line numbers of different lengths', () => {
    const many = Array.from({ length: 12 }, (_, i) => `line ${i + 1}`).join('\n');
    const lines = stripVTControlCharacters(excerpt(many, { line: 10, column: 0 }, 'c')).split('\n');
    expect(lines[1]).toBe('   8 │ line 8');
    expect(lines[3]).toBe('> 10 │ line 10');
  });
});

describe('a failure', () => {
  it('shows message, line, caret and the frames that are the user’s', () => {
    const engine = fileURLToPath(new URL('../../../../kernel/src/jupyter/repl/y.js', import.meta.url));
    const error = errorAt('f (cell[3]:3:8)', 'cell[3]:5:1', 'node:internal/timers:1:2', `x (${engine}:1:1)`);
    expect(shown(error)).toBe(
      [
        'Error: x',
        'cell[3]:3:8',
        '  1 │ const a = 1;',
        '  2 │ function f() {',
        '> 3 │ \tthrow new Error("x");',
        '    │ \t      ^',
        '  4 │ }',
        '  5 │ f()',
        '    at f (cell[3]:3:8)',
        '    at cell[3]:5:1',
      ].join('\n'),
    );
  });

  it('folds the library’s frames into one line below the user’s', () => {
    const file = (name: string) => fileURLToPath(new URL(`../../../../kernel/src/model/${name}.js`, import.meta.url));
    const error = errorAt(`f (${file('a')}:1:2)`, 'cell[3]:1:1', `async g (${file('b')}:3:4)`, 'h (cell[3]:5:1)');
    const lines = shown(error).split('\n');
    expect(lines.slice(-3)).toEqual([
      '    at cell[3]:1:1',
      '    at h (cell[3]:5:1)',
      '    … 2 frames inside estimand, from f (estimand/model/a.js:1:2); ESTIMAND_TRACE=full shows all',
    ]);
  });

  it('shows all frames in their order where that is asked for', () => {
    const file = fileURLToPath(new URL('../../../../kernel/src/model/a.js', import.meta.url));
    process.env.ESTIMAND_TRACE = 'full';
    try {
      const lines = shown(errorAt(`f (${file}:1:2)`, 'cell[3]:1:1')).split('\n');
      expect(lines.slice(-2)).toEqual(['    at f (estimand/model/a.js:1:2)', '    at cell[3]:1:1']);
    } finally {
      delete process.env.ESTIMAND_TRACE;
    }
  });

  it('finds the innermost frame whose text is known', () => {
    expect(shown(errorAt('g (/lib/x.js:9:9)', 'async cell[3]:2:1'))).toContain('> 2 │ function f() {');
  });

  it('of a cell that cannot be run shows the place', () => {
    expect(shown(new CodeError('bad', { line: 5, column: 1 }).inside('cell[3]'))).toContain('> 5 │ f()\n    │  ^');
  });

  it('has the name and message of the error', () => {
    expect(failureOf(new TypeError('m'), find)).toMatchObject({ ename: 'TypeError', evalue: 'm' });
    class Own extends Error {
      override name = 'Own';
    }
    expect(failureOf(new Own('m'), find).ename).toBe('Own');
  });

  it('follows causes and parts, but not for ever', () => {
    const error = new Error('a', { cause: new Error('b', { cause: 'c' }) });
    expect(shown(error)).toMatch(/Error: a[\s\S]*Caused by:\nError: b[\s\S]*Caused by: 'c'/);
    expect(shown(new AggregateError([new Error('one'), new Error('two')], 'both'))).toMatch(/one[\s\S]*two/);
    const loop = new Error('loop');
    loop.cause = loop;
    expect(shown(loop).match(/Error: loop/g)!.length).toBeLessThan(10);
  });

  it.each([
    ['text', 'string', "'text'"],
    [5, 'number', '5'],
    [null, 'null', 'null'],
    [undefined, 'undefined', 'undefined'],
    [{ a: 1 }, 'object', '{ a: 1 }'],
  ])('of %j tells the value', (thrown, ename, evalue) => {
    expect(failureOf(thrown, find)).toMatchObject({ ename, evalue });
  });

  it('survives errors whose fields throw', () => {
    const error = new Error('x');
    for (const field of ['message', 'name', 'stack', 'toString']) {
      Object.defineProperty(error, field, {
        get() {
          throw new Error('no');
        },
      });
    }
    expect(() => failureOf(error, find)).not.toThrow();
    expect(headline(error)).toBe('<error>');
  });

  it('cuts long stacks', () => {
    const frames = Array.from({ length: 500 }, (_, i) => `f (cell[3]:1:${i + 1})`);
    expect(shown(errorAt(...frames)).split('\n').length).toBeLessThan(50);
  });
});

describe('stacks', () => {
  const sources = new Sources();
  sources.add('cell[1]', { label: 'cell[1]', text: 'a\nb' }, () => ({ line, column }) => ({
    line: line + 10,
    column: column + 1,
  }));
  const prepare = stackPreparer(sources);
  const site = (name: string, line: number, column: number, file = name) =>
    ({
      toString: () => `f (${name}:${line}:${column})`,
      getFileName: () => file,
      getScriptNameOrSourceURL: () => name,
      getLineNumber: () => line,
      getColumnNumber: () => column,
    }) as unknown as NodeJS.CallSite;

  it('are led back to what was written', () => {
    expect(prepare(new Error('x'), [site('cell[1]', 1, 5)])).toBe('Error: x\n    at f (cell[1]:11:6)');
  });

  it('end where the evaluation begins', () => {
    const sites = [site('cell[1]', 1, 1), site('node:inspector', 1, 1), site('file:///kernel.js', 1, 1)];
    expect(prepare(new Error('x'), sites).split('\n')).toHaveLength(2);
  });

  it('show files by their paths, and others as they are', () => {
    expect(prepare(new Error('x'), [site('file:///a%20b/c.js', 2, 3)])).toContain('f (/a b/c.js:2:3)');
    expect(prepare(new Error('x'), [site('node:fs', 2, 3)])).toContain('f (node:fs:2:3)');
  });

  it('forget the oldest sources when there are very many', () => {
    const many = new Sources();
    for (let i = 0; i < 6000; i++)
      many.add(`cell[${i}]`, { label: `cell[${i}]`, text: String(i) }, () => (place) => place);
    expect(many.text('cell[0]')).toBeUndefined();
    expect(many.text('cell[5999]')).toBe('5999');
    expect(many.find('cell[5999]', { line: 1, column: 0 })?.source.text).toBe('5999');
    expect(many.find('cell[0]', { line: 1, column: 0 })).toBeUndefined();
  });
});
