/**
 * One text, run twice: on numbers as it stands, and on traced expressions after the rewriter, compiled and evaluated
 * at those numbers. Both must agree.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asExpression, compile, type Expr, variable } from '#kernel/program/index';
import { operators } from '#kernel/program/operators';
import { rewriteExpressions } from '#kernel/program/rewrite/index';

type Fn = (...inputs: unknown[]) => unknown;

/** The body of a function of a, b and c. */
function onNumbers(body: string, values: readonly number[]): number {
  return (new Function('a', 'b', 'c', body) as Fn)(...values) as number;
}

function onExpressions(body: string, values: readonly number[]): number {
  const { code } = rewriteExpressions(`(function (a, b, c) { 'use expression'; ${body} })`, { operators: '$' });
  const names = ['a', 'b', 'c'];
  const inputs = names.map((name) => ({ name, shape: [] }));
  const traced = (new Function('$', `return ${code}`) as (...inputs: unknown[]) => Fn)(operators);
  const result = asExpression(traced(...names.map((name) => variable(name, []))) as Expr) as unknown as Expr;
  const given = Object.fromEntries(names.map((name, i) => [name, Float64Array.of(values[i]!)]));
  return compile({ inputs, outputs: [result] }).run(given)[0]![0]!;
}

const { arithmetic } = fc.letrec<{ arithmetic: string }>((tie) => {
  const part = tie('arithmetic');
  const leaf = fc.constantFrom('a', 'b', 'c', '2', '-0.5', '7', '(-3)');
  const binary = fc
    .tuple(part, fc.constantFrom('+', '-', '*', '/'), part)
    .map(([left, operator, right]) => `(${left}) ${operator} (${right})`);
  const chain = fc
    .tuple(leaf, fc.constantFrom('+', '-', '*', '/'), leaf, fc.constantFrom('+', '-', '*'), leaf)
    .map((tokens) => tokens.join(' '));
  const square = part.map((x) => `(${x}) ** 2`);
  const sign = fc.tuple(fc.constantFrom('-', '+'), part).map(([operator, x]) => `${operator}(${x})`);
  const math = fc.tuple(fc.constantFrom('max', 'min'), part, part).map(([name, x, y]) => `Math.${name}(${x}, ${y})`);
  const root = part.map((x) => `Math.sqrt(Math.abs(${x}))`);
  const called = part.map((x) => `((q, r = q * 2) => q - r)(${x})`);
  return { arithmetic: fc.oneof({ maxDepth: 4 }, leaf, binary, chain, square, sign, math, root, called) };
});
const number = fc.double({ min: -4, max: 4, noNaN: true }).map((x) => Math.round(x * 64) / 64);

/** Equal, NaN to NaN; the sign of zero is not kept by x + 0 → x. */
function expectSame(found: number, expected: number): void {
  if (Number.isNaN(expected)) expect(found).toBeNaN();
  else if (!Number.isFinite(expected)) expect(found).toBe(expected);
  else expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(expected)));
}

describe('a text on numbers and on expressions', () => {
  it('agrees for random arithmetic', () => {
    fc.assert(
      fc.property(arithmetic, fc.tuple(number, number, number), (source, values) => {
        const expected = onNumbers(`return ${source}`, values);
        // Where a division by zero decides, the sign of a zero may: 1 / −0.
        fc.pre(Number.isFinite(expected));
        expectSame(onExpressions(`return ${source}`, values), expected);
      }),
      { numRuns: 500, seed: 20261122 },
    );
  });

  it.each([
    ['a running total', 'let total = 0; for (let i = 0; i < 4; i++) total += a * i - b; return total;'],
    [
      'compound assignment to members',
      'const o = { x: a, y: [b] }; o.x *= 2; o.y[0] -= c; o["x"] **= 2; return o.x + o.y[0];',
    ],
    [
      'an object evaluated once',
      'let n = 0; const o = { x: a }; const f = () => (n++, o); f().x += b; f()["x"] /= 2; return o.x * n;',
    ],
    ['swapping by destructuring', 'let [p, q] = [a, b]; [p, q] = [q, p]; return p - 2 * q;'],
    ['default values', 'const f = ({ x = a + 1, y = b * x } = {}) => x * y; return f() + f({ y: c });'],
    [
      'closures and recursion',
      'const power = (x, n) => (n === 0 ? 1 : x * power(x, n - 1)); return power(a, 4) + power(b - c, 3);',
    ],
    ['arrays', 'return [a, b, c].map((x, i) => x * (i + 1)).reduce((s, x) => s + x);'],
    ['a comparison as a number', 'return (a < b) * 3 + (a >= b) * 5 + (a === a) - (a !== a);'],
    ['generators', 'function* g() { yield a * 2; yield -b; } let s = 0; for (const x of g()) s += x; return s;'],
    [
      'classes',
      'class P { x = a * 2; get y() { return this.x - b; } static z(q) { return q + 1; } } return P.z(new P().y);',
    ],
    ['try and finally', 'let s = a; try { s = s * 2; } finally { s -= b; } return s;'],
    [
      'labels and breaks',
      'let s = 0; outer: for (let i = 0; i < 9; i++) { for (;;) { if (i > 2) break outer; s += a; break; } } return s;',
    ],
    ['a remainder', 'return (a % 2) + (7 % 4);'],
  ])('agrees for %s', (_, body) => {
    for (const values of [
      [0.5, -1.25, 2],
      [2, 2, -3],
      [-1, 0.25, 0.75],
    ]) {
      expectSame(onExpressions(body, values), onNumbers(body, values));
    }
  });

  const functions = Object.getOwnPropertyNames(Math).filter((name) => typeof Math[name as keyof Math] === 'function');
  it.each(functions)('Math.%s agrees, or says that there is none on expressions', (name) => {
    const call = `return Math.${name}(a, b)`;
    let refused: unknown;
    for (const values of [
      [0.5, 2, 0],
      [-0.3, 3, 0],
      [2.5, -1, 0],
    ]) {
      try {
        expectSame(onExpressions(call, values), onNumbers(call, values));
      } catch (error) {
        refused = error;
      }
    }
    if (refused !== undefined)
      expect(String(refused)).toContain(`TypeError: Math.${name} is not defined on expressions`);
  });
});
