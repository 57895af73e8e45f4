import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExpression, parseFormula } from '#kernel/regression/formula/parse';
import { FormulaError, namesIn, print } from '#kernel/regression/formula/syntax';
import { expandTerms } from '#kernel/regression/formula/terms';

const labels = (text: string, columns: string[] = []) =>
  expandTerms(parseFormula(text), columns).terms.map(({ label }) => label);

describe('formula', () => {
  it('prints parts as R does', () => {
    expect(print(parseExpression('I( 2*wt+x ^2/ z )'))).toBe('I(2 * wt + x^2/z)');
    expect(print(parseExpression('poly(x,2,raw=TRUE)'))).toBe('poly(x, 2, raw = TRUE)');
    expect(print(parseExpression('`body mass` ** 2'))).toBe('`body mass`^2');
    expect(print(parseExpression("-(a %in% 'b')"))).toBe('-(a %in% "b")');
  });

  it('binds operators as R does', () => {
    expect(labels('y ~ a + b:c')).toEqual(['a', 'b', 'c'].slice(0, 1).concat('b:c'));
    expect(labels('y ~ a * b:c')).toEqual(['a', 'b:c', 'a:b:c']);
    expect(print(parseExpression('-x^2'))).toBe('-x^2');
    expect(parseExpression('-x^2').type).toBe('unary');
    expect(print(parseExpression('!x > 2 & y %% 2 == 0 | z'))).toBe('!x > 2 & y%%2 == 0 | z');
    expect(parseExpression('!x > 2')).toMatchObject({ type: 'unary', operand: { type: 'binary' } });
    expect(parseExpression('a | b & c')).toMatchObject({ operator: '|', right: { operator: '&' } });
  });

  it('expands products, powers, nesting and removal', () => {
    expect(labels('y ~ a * b * c')).toEqual(['a', 'b', 'c', 'a:b', 'a:c', 'b:c', 'a:b:c']);
    expect(labels('y ~ (a + b + c)^2')).toEqual(['a', 'b', 'c', 'a:b', 'a:c', 'b:c']);
    expect(labels('y ~ a/b/c')).toEqual(['a', 'a:b', 'a:b:c']);
    expect(labels('y ~ (a + b)/c')).toEqual(['a', 'b', 'a:b:c']);
    expect(labels('y ~ a * b * c - a:b:c - c')).toEqual(['a', 'b', 'a:b', 'a:c', 'b:c']);
    expect(labels('y ~ a + a + a:a')).toEqual(['a']);
  });

  it('reads intercepts and the dot', () => {
    const intercept = (text: string) => expandTerms(parseFormula(text), ['y', 'a', 'b']).intercept;
    expect(
      ['y ~ a', 'y ~ a - 1', 'y ~ 0 + a', 'y ~ a + 0', 'y ~ -1 + a', 'y ~ a - 1 + 1', 'y ~ a - 0'].map(intercept),
    ).toEqual([true, false, false, false, false, true, true]);
    expect(labels('log(y) ~ .', ['y', 'a', 'b'])).toEqual(['a', 'b']);
    expect(labels('y ~ .^2 - a', ['y', 'a', 'b'])).toEqual(['b', 'a:b']);
  });

  it('finds the columns a part needs', () => {
    expect(namesIn(parseExpression('log(x + y) * x'))).toEqual(['x', 'y']);
    expect(namesIn(parseExpression('C(g, sum)'))).toEqual(['g']);
  });

  it.each([
    ['y ~ a +', 7, /expected a name, a number or a bracket, got the end of the formula/],
    ['y a', 2, /expected '~' between the response and the terms, got 'a'/],
    ['y ~ a b', 6, /expected an operator such as \+ or the end of the formula, got 'b'/],
    ['y ~ (a + b', 10, /expected an operator or '\)', got the end/],
    ['y ~ a $ b', 6, /expected a name, a number or an operator, got '\$'/],
    ['y ~ 2 * x', 4, /expected a term, got the number 2/],
    ['y ~ x + 2', 8, /only 0 and 1 stand alone; write arithmetic inside I\(…\)/],
    ['y ~ x^z', 6, /whole number from 1 as the power/],
    ['y ~ x + (1 | g)', 9, /\(1 \| g\) is fitted by lmer/],
    ['y ~ "a"', 4, /expected the name of a column, got "a"/],
    ['y ~ log(x', 9, /expected ',' or '\)', got the end/],
  ])('%s is refused at position %i', (text, position, message) => {
    try {
      expandTerms(parseFormula(text), []);
    } catch (error) {
      expect(error).toBeInstanceOf(FormulaError);
      expect((error as FormulaError).position).toBe(position);
      expect((error as FormulaError).message).toMatch(message);
      expect((error as FormulaError).message.split('\n')[2]).toBe(`  ${' '.repeat(position)}^`);
      return;
    }
    expect.unreachable('no error');
  });

  it('reads back what it prints, and fails only with its own error', () => {
    const name = fc.constantFrom('a', 'b', 'x1', 'log(x)', '(a + b)', 'I(x^2)');
    const operator = fc.constantFrom(' + ', ':', '*', '/', ' - ', ' ~ ', '(', '^2 + ');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, operator), { minLength: 1, maxLength: 6 }), (parts) => {
        const text = parts.map(([left, middle], i) => left + (i < parts.length - 1 ? middle : '')).join('');
        try {
          const node = parseExpression(text);
          expect(print(parseExpression(print(node)))).toBe(print(node));
        } catch (error) {
          expect(error).toBeInstanceOf(FormulaError);
        }
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  it('wants text', () => {
    // @ts-expect-error a formula is text
    expect(() => parseFormula(3)).toThrow(/expected text such as 'y ~ x', got number/);
  });
});
