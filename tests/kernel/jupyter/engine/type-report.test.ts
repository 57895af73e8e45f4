import { describe, expect, it } from 'vitest';
import { reportBundle, reportText } from '#kernel/jupyter/engine/type-report';

const objection = { line: 2, column: 6, length: 3, code: 2322, message: 'Not so.\n  For a reason.' };
const code = 'let a;\nconst abc: number = "x";';

describe('a type report', () => {
  it('names the place, shows the line and marks what it is about', () => {
    expect(reportText([objection], code, 'cell[3]').split('\n')).toEqual([
      'cell[3]:2:7 Not so. (TS2322)',
      '  For a reason.',
      '2 │ const abc: number = "x";',
      '  │       ^^^',
    ]);
  });

  it('keeps tabs, so that the marks stand where the text does', () => {
    expect(reportText([{ ...objection, line: 1, column: 2 }], '\t x', 'c')).toContain('1 │ \t x\n  │ \t ^^^');
  });

  it('cuts long lines, and marks nothing that is not shown', () => {
    const long = `${'x'.repeat(500)} wrong`;
    const text = reportText([{ ...objection, line: 1, column: 501 }], long, 'c');
    expect(text).toContain('…');
    expect(text).not.toContain('^');
    expect(text.length).toBeLessThan(300);
  });

  it('counts what it leaves out', () => {
    expect(reportText(Array(12).fill(objection), code, 'c')).toMatch(/… and 2 more$/);
  });

  it('is Markdown whose fence no backtick of the cell can close', () => {
    const bundle = reportBundle([objection], 'a\nconst abc = ````;', 'c');
    expect(bundle['text/markdown']).toMatch(/\n`{5}text\n[\s\S]*\n`{5}$/);
    expect(bundle['text/plain']).toMatch(/^1 type error; the cell runs all the same/);
  });
});
