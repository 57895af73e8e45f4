import { describe, expect, it } from 'vitest';
import { typesLine } from '#kernel/jupyter/engine/types-line';

describe('the line that says what type errors do', () => {
  it.each([
    ['%types strict\n1 + 1', { code: '             \n1 + 1', mode: 'strict' }],
    ['\n  %types off ;', { code: `\n${' '.repeat(14)}`, mode: 'off' }],
    ['%types wait\nx', { code: '           \nx', mode: 'wait' }],
    ['%types on', { code: '         ', mode: 'on' }],
    ['%types on\n%types off\nx', { code: '         \n          \nx', mode: 'off' }],
    ['%types', { code: '      ', asked: true }],
    ['%types loud', { code: '           ', unknown: 'loud' }],
  ])('reads %j', (code, read) => {
    expect(typesLine(code)).toEqual(read);
    expect(typesLine(code).code).toHaveLength(code.length);
  });

  it.each(['1 %types', 'const a = 1;\n%types strict', '%typescript', '// %types off'])('leaves %j alone', (code) => {
    expect(typesLine(code)).toEqual({ code });
  });
});
