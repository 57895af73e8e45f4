import { SourceMap } from 'node:module';
import { describe, expect, it } from 'vitest';
import { defaultOperators, rewriteExpressions } from '#kernel/program/rewrite/index';

/** Rewritten text, `$` standing for the operators. */
const rewrite = (code: string): string => rewriteExpressions(code, { operators: '$' }).code;
/** The same for one expression inside a stage. */
const inStage = (expression: string): string => {
  const [before, after] = ['m.derived((s) => (', '))'];
  const code = rewrite(before + expression + after);
  expect(code.startsWith(before)).toBe(true);
  return code.slice(before.length, -after.length).replaceAll(/\s+,/g, ',');
};
/** The same for statements in a function with the directive. */
const inFunction = (body: string): string => {
  const code = rewrite(`function f(a, b) { 'use expression'; ${body} }`);
  return code.slice("function f(a, b) { 'use expression'; ".length, -2).replaceAll(/\s+,/g, ',');
};

describe('which text is rewritten', () => {
  it.each(['parameters', 'derived', 'observe', 'logDensity'])(
    'a function given to .%s, arrow or not, async or not',
    (stage) => {
      expect(rewrite(`m.${stage}(({ a }) => ({ b: a * 2 }))`)).toBe(`m.${stage}(({ a }) => ({ b: $.mul(a , 2) }))`);
      expect(rewrite(`m.${stage}(function (s) { return s.a * 2 })`)).toContain('$.mul(s.a , 2)');
      expect(rewrite(`m?.${stage}?.(async (s) => s.a * 2)`)).toContain('$.mul(s.a , 2)');
      expect(rewrite(`m\n  .data(d)\n  .${stage}((s) => s.a * 2)`)).toContain('$.mul(s.a , 2)');
    },
  );

  it.each([
    "function f(a) { 'use expression'; return a * 2 }",
    'function f(a) { "use strict"; "use expression"; return a * 2 }',
    "const f = (a) => { 'use expression'; return a * 2 }",
    "const o = { f(a) { 'use expression'; return a * 2 } }",
    "class C { f(a) { 'use expression'; return a * 2 } }",
    "const f = async function* (a) { 'use expression'; return a * 2 }",
    "function f(a, b = a * 2) { 'use expression'; return b }",
    "function f(a) { 'use expression'; return () => [1].map((x) => a * 2) }",
  ])('a function with the directive, and the functions inside it: %s', (code) => {
    expect(rewrite(code)).toContain('$.mul(a , 2)');
  });

  it.each([
    'a * 2',
    'const f = (a) => a * 2; m.observe(f)',
    "function f(a) { a; 'use expression'; return a * 2 }",
    "'use expression'; const f = (a) => a * 2",
    "const s = 'use expression' + 1",
    'm.parameters({ a: normal(0, 5 * 2) })',
    'm.observe(1 + 2)',
    'observe((a) => a * 2)',
    'm.observed((a) => a * 2)',
    'm["observe"]((a) => a * 2)',
    'm.derived((a) => a.mul(2))',
    'm.derived(({ a }) => ({ b: a.at(-1), c: typeof a, d: a & 1, e: `x` }))',
  ])('nothing else, byte for byte: %s', (code) => {
    expect(rewriteExpressions(code)).toEqual({ code, changed: false });
  });

  it('code around a stage keeps its plain operators', () => {
    expect(rewrite('let n = 1 + 2; m.data(1 + n).derived((s) => s.a + n); n += 3')).toBe(
      'let n = 1 + 2; m.data(1 + n).derived((s) => $.add(s.a , n)); n += 3',
    );
  });

  it('a text that does not parse comes back as it is, for the engine to report', () => {
    const code = "m.observe((s) => s.a * ) 'use expression'";
    expect(rewriteExpressions(code)).toEqual({ code, changed: false });
    expect(rewriteExpressions('m.observe((a) => -a ** 2)').changed).toBe(false);
  });

  it('cells: await at the top, imports anywhere, sloppy mode', () => {
    expect(rewrite("await m; import x from 'y'; m.derived((a) => -a)")).toContain('$.neg(a)');
    expect(rewrite('with (o) { m.derived((a) => -a) }')).toContain('$.neg(a)');
    expect(rewrite('#!/usr/bin/env node\nm.derived((a) => -a)')).toContain('$.neg(a)');
  });
});

describe('what the operators become', () => {
  it.each([
    ['a + b - c', '$.sub($.add(a, b), c)'],
    ['a * b / c % d', '$.mod($.div($.mul(a, b), c), d)'],
    ['a ** b ** c', '$.pow(a, $.pow(b, c))'],
    ['(-a) ** 2', '$.pow(($.neg(a)), 2)'],
    ['(a + b) * (c + d)', '$.mul(($.add(a, b)), ($.add(c, d)))'],
    ['((a)) + ((b, c))', '$.add(((a)), ((b, c)))'],
    ['a /* + */ + /* - */ b', '$.add(a /* + */, /* - */ b)'],
    ['a / /x/.source', '$.div(a, /x/.source)'],
    ['a < b', '$.lt(a, b)'],
    ['a <= b', '$.le(a, b)'],
    ['a > b', '$.gt(a, b)'],
    ['a >= b', '$.ge(a, b)'],
    ['a == b', '$.looseEq(a, b)'],
    ['a != b', '$.looseNe(a, b)'],
    ['a === b', '$.eq(a, b)'],
    ['a !== b', '$.ne(a, b)'],
    ['-a', '$.neg(a)'],
    ['+a', '$.plus(a)'],
    ['!a', '$.not(a)'],
    ['- -a', '$.neg( $.neg(a))'],
    ['-5 * a', '$.mul(-5, a)'],
    ['a?.b + c?.[0]', '$.add(a?.b, c?.[0])'],
    [`\`\${a + b}\``, `\`\${$.add(a, b)}\``],
    ['[...a].map((x) => x * 2)', '[...a].map((x) => $.mul(x, 2))'],
    ['{ [a + b]: c }.d', '{ [$.add(a, b)]: c }.d'],
  ])('%s → %s', (source, expected) => {
    expect(inStage(source.startsWith('{') ? `(${source})` : source)).toBe(
      source.startsWith('{') ? `(${expected})` : expected,
    );
  });

  it.each([
    ['Math.exp(a)', '$.math.exp(a)'],
    ['Math.max(...a, Math.abs(b))', '$.math.max(...a, $.math.abs(b))'],
    ['a.map(Math.log)', 'a.map($.math.log)'],
    ['Math.PI * a', '$.mul(Math.PI, a)'],
    ['a.Math.exp(b) + Math["exp"](b)', '$.add(a.Math.exp(b), Math["exp"](b))'],
  ])('functions of Math, not its constants: %s → %s', (source, expected) => {
    expect(inStage(source)).toBe(expected);
  });

  it.each([
    ['a ? b : c', '$.test(a) ? b : c'],
    ['a && b', '$.test(a) && b'],
    ['a || b && c', '$.test(a) || $.test(b) && c'],
    ['a ?? b', 'a ?? b'],
    ['(a, b) ? c : d', '(a, $.test(b)) ? c : d'],
    ['(a = b) && c', '($.test(a = b)) && c'],
    ['a < b ? c : d', '$.test($.lt(a, b)) ? c : d'],
  ])('conditions are tested: %s → %s', (source, expected) => {
    expect(inStage(source)).toBe(expected);
  });

  it.each([
    ['if (a) b(); else c()', 'if ($.test(a)) b(); else c()'],
    ['if (a, b) c()', 'if (a, $.test(b)) c()'],
    ['while (a < 1) b()', 'while ($.test($.lt(a, 1))) b()'],
    ['do b(); while (a)', 'do b(); while ($.test(a))'],
    ['for (let i = 0; i < a; i++) b()', 'for (let i = 0; $.test($.lt(i, a)); i++) b()'],
    ['for (;;) break', 'for (;;) break'],
    ['switch (a) { case b: break; default: }', 'switch ($.test(a)) { case $.test(b): break; default: }'],
  ])('statements that decide are tested: %s → %s', (source, expected) => {
    expect(inFunction(source)).toBe(expected);
  });

  it.each([
    ['a += b', 'a = $.add(a, b)'],
    ['a **= b', 'a = $.pow(a, b)'],
    ['a <<= b', 'a <<= b'],
    ['o.x -= b', 'o.x = $.sub(o.x, b)'],
    ['o /* here */ .x -= b', 'o /* here */ .x = $.sub(o.x, b)'],
    ['o[i] *= b', 'o[i] = $.mul(o[i], b)'],
    ['(a) += b', '(a) = $.add(a, b)'],
    ['a &&= b', '$.test(a) && (a = b)'],
    ['o.x ||= b', '$.test(o.x) || (o.x = b)'],
    ['a ??= b', 'a ??= b'],
  ])('assignments: %s → %s', (source, expected) => {
    expect(inFunction(source)).toBe(expected);
  });

  it.each(['x === undefined', 'null == x', 'x !== null'])(
    'a question whether there is a value stays plain: %s',
    (source) => {
      expect(inStage(source)).toBe(source);
    },
  );

  it.each([
    ['return-a', 'return $.neg(a)'],
    ['return(a)+b', 'return $.add((a),b)'],
    ['throw!a', 'throw $.not(a)'],
  ])('a keyword before an operator stays a word of its own: %s → %s', (source, expected) => {
    expect(inFunction(source)).toBe(expected);
  });

  it('a line without a semicolon is not continued by the next one', () => {
    const body = 'const q = 1\nf().x += 2\nreturn q';
    expect(inFunction(body)).toMatch(/const q = 1\ntrue && /);
  });

  it('the default reads the global symbol and needs no binding', () => {
    expect(rewriteExpressions('m.derived((a) => -a)').code).toBe(`m.derived((a) => ${defaultOperators}.neg(a))`);
  });
});

describe('positions', () => {
  const code = [
    'const m = model()',
    '  .parameters({ a: normal(0, 1) })',
    '  .observe(({ a, x }) => ({',
    '    y: normal(a * x / 2, broken(a + x)),',
    '    z: f().',
    '      g += x, // last',
    '  }));',
    'after(m);',
  ].join('\n');

  it('lines do not move', () => {
    const lines = rewrite(code).split('\n');
    expect(lines).toHaveLength(8);
    expect(lines[3]).toContain('broken(');
    expect(lines[7]).toBe('after(m);');
  });

  it('the source map leads from a rewritten column to the original one', () => {
    const { code: rewritten, map } = rewriteExpressions(code, { source: 'cell.ts' });
    const column = (text: string): number => (text.split('\n')[3] as string).indexOf('broken');
    const payload = JSON.parse(JSON.stringify(map)) as ConstructorParameters<typeof SourceMap>[0];
    const position = new SourceMap(payload).findEntry(3, column(rewritten)); // lines from 0
    expect(position).toMatchObject({ originalLine: 3, originalColumn: column(code), originalSource: 'cell.ts' });
    expect(map?.sourcesContent).toEqual([code]);
  });
});
