import { describe, expect, it } from 'vitest';
import { CodeError } from '#kernel/jupyter/repl/code-error';
import { follow } from '#kernel/jupyter/repl/positions';
import { strip } from '#kernel/jupyter/repl/strip';

describe('strip', () => {
  it('blanks types out in place', () => {
    const source = 'const x: number = 1;\nimport type { A } from "b";\nlet y = x as any;';
    const { code, map } = strip(source);
    expect(map).toBeUndefined();
    expect(code).toHaveLength(source.length);
    expect(code.split('\n')).toHaveLength(3);
    expect(code).toMatch(/^const x\s+= 1;/);
  });

  it('leaves JavaScript as it is', () => {
    const source = 'using a = b; for await (const x of y) { x ??= /(?i:a)/v }';
    expect(strip(source)).toEqual({ code: source });
  });

  it.each([
    ['an enum', 'enum Color { Red }'],
    ['a namespace', 'namespace N { export const a = 1 }'],
    ['a parameter property', 'class P { constructor(private x: number) {} }'],
    ['an old type assertion', 'const a = <number>b;'],
  ])('compiles %s, with a map', (_, source) => {
    const { code, map } = strip(source);
    expect(code).not.toContain('sourceMappingURL');
    expect(map?.mappings).toBeTruthy();
  });

  it('maps compiled code back to its lines', () => {
    const source = 'enum E {\n  A,\n  B,\n}\n\nboom();';
    const { code, map } = strip(source);
    const line = code.split('\n').findIndex((text) => text.includes('boom')) + 1;
    expect(follow([map!])({ line, column: 0 })).toEqual({ line: 6, column: 0 });
  });

  it.each([
    ['let y = ;', 1, 8],
    ['const a = 1;\nlet y = ;', 2, 8],
    ['const a: number = 1;\n\n  foo(', 3, 6],
    ['enum E { A }\nlet y = ;', 2, 8],
    ['const a = 1;\n\tlet y = ;', 2, 9],
    ['const s = `a\nb', 1, 12],
  ])('tells where %j is wrong', (source, line, column) => {
    expect.assertions(2);
    try {
      strip(source);
    } catch (error) {
      expect(error).toBeInstanceOf(CodeError);
      expect((error as CodeError).place).toEqual({ line, column });
    }
  });
});
