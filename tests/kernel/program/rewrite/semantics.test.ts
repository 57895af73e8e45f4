import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant, variable } from '#kernel/program/index';
import { operators } from '#kernel/program/operators';
import { rewriteExpressions } from '#kernel/program/rewrite/index';
import { plainOperators } from '#kernel/program/rewrite/plain';
import type { Operators } from '#kernel/program/types';

/** Result, or name of the error; with the trace of what was evaluated, in order. */
type Outcome = { readonly value: unknown } | { readonly error: string };

/** Run the body of a function of a, b, c and `t(x)`, which notes x and gives it back. */
function run(body: string, values: readonly unknown[], rewritten?: Operators): [Outcome, unknown[]] {
  const source = `(function (a, b, c, t, o) { 'use expression'; ${body} })`;
  const code = rewritten ? rewriteExpressions(source, { operators: '$' }).code : source;
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
    return [{ value: make(rewritten)(...values, note, object) }, trace];
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
  fc.constantFrom<unknown>('', '1', 'x', null, undefined, 0n, 7n, new Date(5)),
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
  it.each([
    ['the operators of the library', operators],
    ['those before it is imported', plainOperators],
  ])('gives the same value, error and order of evaluation as the original, by %s', (_, implementation) => {
    fc.assert(
      fc.property(statement, fc.tuple(value, value, value), (body, values) => {
        expect(run(body, values, implementation)).toEqual(run(body, values));
      }),
      { numRuns: 2000, seed: 20261122 },
    );
  });

  it('evaluates the object and the key of a compound assignment once, before the right side', () => {
    const body = "o.self[t('x')] += t(5); return o.inner.x";
    expect(run(body, [1, 2, 3], operators)).toEqual([{ value: 6 }, ['self', 'x', 5]]);
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
    const generator = make(operators, () => target)(Promise.resolve(4));
    expect((await generator.next()).value).toBe(1);
    expect((await generator.next(10)).value).toBe(14);
    expect(target.x).toBe(5);
  });
});

describe('rewritten code on expressions', () => {
  /** Run one expression of a, b, x inside a stage; the stage's argument is the scope. */
  const inStage = (source: string, scope: object): unknown => {
    const { code } = rewriteExpressions(`stage.derived(({ a, b, x }) => (${source}))`, { operators: '$' });
    const stage = { derived: (build: (scope: object) => unknown) => build(scope) };
    return (new Function('$', 'stage', `return ${code}`) as (...inputs: unknown[]) => unknown)(operators, stage);
  };
  const scope = { a: variable('a', []), b: variable('b', [3]), x: constant([1, 2, 3], 'x') };
  const { a, b, x } = scope;

  it.each([
    ['a + b * (x - 100) / 15', a.add(b.mul(x.sub(100)).div(15))],
    ['2 - -a', constant(2).sub(a.neg())],
    ['(a - x) ** 2', a.sub(x).pow(2)],
    ['Math.exp(-a) + Math.max(a, 0, b)', a.neg().exp().add(a.maximum(0).maximum(b))],
    ['a < b', a.lt(b)],
    ['a === 1', a.eq(1)],
    ['[1, 2].reduce((sum, k) => sum + a ** k, 0)', constant(0).add(a.pow(1)).add(a.pow(2))],
    ['a === undefined ? 1 : +a', a],
    ['true && a', a],
  ])('%s is what the methods give', (source, expected) => {
    expect((inStage(source, scope) as { node: unknown }).node).toEqual((expected as unknown as { node: unknown }).node);
  });

  it('a running total with += is a sum', () => {
    const source = '(() => { let total = 0; for (let i = 0; i < 3; i++) total += a * i; return total; })()';
    expect(inStage(source, scope)).toMatchObject({ shape: [] });
  });

  it.each(['a ? 1 : 2', 'a && 1', 'a || 1', 'a > 0 ? 1 : 2', '(() => { if (a > 1) return 1; })()'])(
    '%s names `where`',
    (source) => {
      expect(() => inStage(source, scope)).toThrow(/where\(condition, a, b\)/);
    },
  );

  it('a switch on an expression names `where` too, for no case could ever be taken', () => {
    expect(() => inStage('(() => { switch (a) { default: return 1; } })()', scope)).toThrow(/where/);
    expect(() => inStage('(() => { switch (true) { case a > 1: return 1; } })()', scope)).toThrow(/where/);
  });
});
