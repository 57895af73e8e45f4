import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rewriteExpressions } from '#kernel/program/rewrite/index';
import type { Operators } from '#kernel/program/types';
import { plainOperators } from './plain.ts';

/** Result, or name of the error; with the trace of what was evaluated, in order. */
type Outcome = { readonly value: unknown } | { readonly error: string };

/** Run the body of a function of a, b, c and `t(x)`, which notes x and gives it back. */
function run(body: string, values: readonly unknown[], operators?: Operators): [Outcome, unknown[]] {
  const source = `(function (a, b, c, t, o) { 'use expression'; ${body} })`;
  const code = operators ? rewriteExpressions(source, { operators: '$' }).code : source;
  const make = new Function('$', `return ${code}`) as (operators?: Operators) => (...inputs: unknown[]) => unknown;
  const trace: unknown[] = [];
  const note = (value: unknown): unknown => {
    trace.push(value);
    return value;
  };
  const object = {
    inner: { x: values[0], y: values[1] },
    get self() {
      trace.push('self');
      return this.inner;
    },
  };
  try {
    return [{ value: make(operators)(...values, note, object) }, trace];
  } catch (error) {
    return [{ error: (error as Error).constructor.name }, trace];
  }
}

const leaf = fc.constantFrom(
  'a',
  'b',
  'c',
  't(a)',
  't(b)',
  '2',
  '-0.5',
  "'7'",
  'o.inner.x',
  "o.self['y']",
  '(a, t(c))',
);
const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const part = tie('expression');
  const operator = fc.constantFrom(...'+ - * / % ** < <= > >= == != === !=='.split(' '));
  const binary = fc.tuple(part, operator, part).map(([l, o, r]) => `(${l}) ${o} (${r})`);
  const loose = fc
    .tuple(part, fc.constantFrom('+', '-', '*', '<', '==='), leaf)
    .map(([l, o, r]) => `${l} ${o} ${r}`)
    .filter((text) => !/[?|&=]\s/.test(text));
  const unary = fc.tuple(fc.constantFrom('-', '+', '!', 'typeof '), part).map(([o, x]) => `${o}(${x})`);
  const choice = fc.tuple(part, part, part).map(([p, x, y]) => `(${p}) ? (${x}) : (${y})`);
  const logic = fc.tuple(part, fc.constantFrom('&&', '||', '??'), part).map(([l, o, r]) => `(${l}) ${o} (${r})`);
  const math = fc
    .tuple(fc.constantFrom('abs', 'max', 'pow', 'floor'), part, part)
    .map(([f, x, y]) => `Math.${f}(${x}, ${y})`);
  const target = fc.constantFrom('a', 'o.inner.x', 'o.self.y', "o.self[t('x')]", "t(o)['inner'][t('y')]");
  const assign = fc
    .tuple(target, fc.constantFrom('=', '+=', '-=', '*=', '/=', '%=', '**=', '&&=', '||='), part)
    .map(([l, o, r]) => `(${l} ${o} (${r}))`);
  const nested = part.map((x) => `((q) => q + (${x}))(t(1))`);
  const text = part.map((x) => `\`<\${${x}}>\``);
  return {
    expression: fc.oneof(
      { maxDepth: 5, depthSize: 'medium' },
      leaf,
      binary,
      loose,
      unary,
      choice,
      logic,
      math,
      assign,
      nested,
      text,
    ),
  };
});
const value = fc.oneof(
  fc.double(),
  fc.integer({ min: -3, max: 3 }),
  fc.boolean(),
  fc.constantFrom('', '1', 'x', null, undefined, 0n, 7n),
);
const statement = fc.oneof(
  expression.map((x) => `return ${x}`),
  expression.map((x) => `return(${x})`),
  fc.tuple(expression, expression).map(([p, x]) => `if (${p}) return ${x}; else { b = t(3) }; return b - a`),
  fc
    .tuple(expression, expression)
    .map(([p, x]) => `switch (${p}) { case ${x}: return 1; case t(b): return 2 } return 3`),
  expression.map((x) => `for (let i = 0, n = 0; i < 3 && n < 9; i += 1, n += 1) { c += ${x} } return c`),
  expression.map((x) => `let k = 0; do { k += 1; a = ${x} } while (k < 3); return [a, k] + ''`),
  fc.tuple(expression, expression).map(([x, y]) => `const q = ${x}\no.self.x += ${y}\nreturn q`),
);

describe('rewritten code on plain values', () => {
  it('gives the same value, error and order of evaluation as the original', () => {
    fc.assert(
      fc.property(statement, fc.tuple(value, value, value), (body, values) => {
        expect(run(body, values, plainOperators)).toEqual(run(body, values));
      }),
      { numRuns: 3000, seed: 20261122 },
    );
  });

  it('evaluates the object and the key of a compound assignment once, before the right side', () => {
    const body = "o.self[t('x')] += t(5); return o.inner.x";
    expect(run(body, [1, 2, 3], plainOperators)).toEqual([{ value: 6 }, ['self', 'x', 5]]);
  });

  it('keeps await and yield inside operands', async () => {
    const source = "(async function* (a) { 'use expression'; o().x += await a; yield (await a) + (yield 1) })";
    const { code, changed } = rewriteExpressions(source, { operators: '$' });
    expect(changed).toBe(true);
    const target = { x: 1 };
    const make = new Function('$', 'o', `return ${code}`) as (
      operators: Operators,
      o: () => object,
    ) => (a: Promise<number>) => AsyncGenerator<number, void, number>;
    const generator = make(plainOperators, () => target)(Promise.resolve(4));
    expect((await generator.next()).value).toBe(1);
    expect((await generator.next(10)).value).toBe(14);
    expect(target.x).toBe(5);
  });
});
