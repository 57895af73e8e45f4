import { describe, expect, it } from 'vitest';
import { failureOf } from '#kernel/jupyter/repl/traceback';
import { refusal } from '#kernel/jupyter/tslab-engine/errors';

const at = (line: number, character: number) => ({ start: { line, character } });
const text = 'const a = 1;\nconst n: number = "x";';
const find = (label: string) => (label === 'cell[4]' ? text : undefined);

describe('what the compiler objects to', () => {
  it('is a type error at its place, and no frame leads to us', () => {
    const error = refusal([{ ...at(1, 6), messageText: 'It does not fit.', code: 2322 }], 'cell[4]');
    expect(error.name).toBe('TypeCheckError');
    expect(error.place).toEqual({ line: 2, column: 6 });
    const { ename, evalue, traceback } = failureOf(error, find);
    expect([ename, evalue]).toEqual(['TypeCheckError', 'It does not fit. (TS2322)']);
    expect(traceback).toHaveLength(2);
    expect(traceback[1]).toContain('const n: number = "x";');
  });

  it('is a syntax error below number 2000', () => {
    expect(refusal([{ ...at(0, 0), messageText: 'Expression expected.', code: 1109 }], 'cell[4]').name).toBe(
      'SyntaxError',
    );
  });

  it('is one thing where one place has several reasons, and else all of them', () => {
    const error = refusal(
      [
        { ...at(0, 0), messageText: 'Not assignable.', code: 2345 },
        { ...at(0, 0), messageText: 'A property is missing.', code: 2741 },
        { ...at(1, 6), messageText: 'It does not fit.', code: 2322 },
      ],
      'cell[4]',
    );
    expect(error.message).toBe('Not assignable.\nA property is missing. (TS2345)');
    expect(error.errors?.map(({ message }) => message)).toEqual(['It does not fit. (TS2322)']);
    expect(failureOf(error, find).traceback.join('\n')).toContain('One of the errors:');
  });

  it('in another file names that file', () => {
    const error = refusal(
      [{ ...at(2, 4), messageText: 'It does not fit.', code: 2322, fileName: 'shapes.ts' }],
      'cell[4]',
    );
    expect(error.message).toBe('shapes.ts:3:5: It does not fit. (TS2322)');
    expect(error.place).toBeUndefined();
  });

  it('must be something', () => {
    expect(() => refusal([], 'cell[4]')).toThrow(RangeError);
  });
});
