import { describe, expect, it } from 'vitest';
import { factor } from '#kernel/data/factor';
import { design } from '#kernel/regression/formula/design';
import { FormulaError } from '#kernel/regression/formula/syntax';
import { lm } from '#kernel/regression/lm';

const data = {
  y: [1, 2, 3, 4, 5.5, 6],
  x: [1, 2, 3, 4, 5, 7],
  z: [2, 1, 4, 3, 6, 5],
  income: [1, 3, 2, 5, 4, 6],
  g: ['a', 'b', 'a', 'b', 'a', 'b'],
  same: ['u', 'u', 'u', 'u', 'u', 'u'],
  t: [true, false, true, true, false, true],
};

describe('a broken formula', () => {
  it.each([
    ['', 0, 'expected a name, a number or a bracket, got the end of the formula'],
    ['y', 1, "expected '~' between the response and the terms, got the end of the formula"],
    ['y = x', 2, "expected '~' between the response and the terms, got '='"],
    ['y ~', 3, 'got the end of the formula'],
    ['y ~ x ~ z', 6, "expected an operator such as + or the end of the formula, got '~'"],
    ['y ~ x +', 7, 'got the end of the formula'],
    ['y ~ * x', 4, "expected a name, a number or a bracket, got '*'"],
    ['y ~ (x', 6, "expected an operator or ')', got the end of the formula"],
    ['y ~ x)', 5, "got ')'"],
    ['y ~ x, z', 5, "got ','"],
    ['y ~ 2x', 5, "got 'x'"],
    ['y ~ x^1.5', 6, 'expected a whole number from 1 as the power of a term; write arithmetic inside I(…)'],
    ['y ~ x + 3', 8, 'only 0 and 1 stand alone'],
    ["y ~ 'x", 4, "expected another ' that ends what begins here"],
    ['y ~ `x', 4, 'expected another ` that ends what begins here'],
    ['y ~ x %foo% z', 6, "expected a name, a number or an operator, got '%'"],
    ['y ~ x$z', 5, "got '$'"],
    ['y ~ x[1]', 5, "got '['"],
    ['y ~ log()', 4, 'expected one argument in log(…)'],
    ['y ~ I(x, z)', 4, 'expected one argument in I(…)'],
    ['y ~ offset()', 4, 'expected one argument in offset(…)'],
    ['y ~ poly(x, degre = 2)', 20, 'expected poly(x, degree, raw), got degre'],
    ['y ~ scale(x, foo = 1)', 19, 'expected scale(x, center, scale), got foo'],
    ['y ~ scale(x, scale = 2)', 21, 'expected TRUE or FALSE, got 2'],
    ['y ~ factor(g, labels = 3)', 23, 'expected 2 labels, one a level, got 1'],
    ['y ~ factor(g, levels = "a")', 23, "expected all levels of 'g', got none that is 'b'"],
    ['y ~ relevel(g)', 4, 'expected relevel(x, ref), got no ref'],
    ['y ~ relevel(g, "c")', 15, `expected a level of 'g', got 'c'; did you mean 'a'?`],
    ['y ~ C(g, foo)', 9, 'expected C(factor, contrast) with one of treatment, sum, helmert, poly'],
    ['y ~ cut(x)', 4, 'expected cut(x, breaks), got no breaks'],
    ['y ~ ifelse(x > 1, 2)', 4, 'expected ifelse(test, yes, no)'],
    ['y ~ pmax(x)', 4, 'expected two or more arguments in pmax(…)'],
    ['y ~ interaction(g)', 4, 'expected two or more factors in interaction(…)'],
    ['y ~ I(g == "c")', 6, `expected a level of 'g', got "c"`],
    ['y ~ I(x == "a")', 6, 'expected a factor to compare with "a", got x'],
    ['y ~ I(x > "a")', 10, 'expected numbers, got the text "a"'],
    ['y ~ log(g)', 8, 'expected numbers, got a factor in g'],
    ['y ~ offset(g)', 11, 'expected numbers, got a factor in g'],
    ['y ~ y', 4, "expected terms that explain the response, got the response 'y' itself"],
    [
      'y ~ incom',
      4,
      "expected the name of a column, got 'incom'; did you mean 'income'? There are: y, x, z, income, g",
    ],
    ['Y ~ x', 0, "got 'Y'; did you mean 'y'?"],
    ['y ~ lgo(x)', 4, "expected a function that formulas know, got 'lgo'; did you mean 'log'?"],
  ])('%j is refused at %i: %s', (formula, position, message) => {
    try {
      lm(formula, data);
    } catch (error) {
      expect(error).toBeInstanceOf(FormulaError);
      expect((error as FormulaError).message).toContain(message);
      expect((error as FormulaError).position).toBe(position);
      expect((error as FormulaError).message).toContain(`, at position ${position}\n`);
      return;
    }
    expect.unreachable('no error');
  });

  it('is shown on one line with a mark below the place', () => {
    expect(() => lm('y ~ x\n  +', data)).toThrow(/at position 9\n {2}y ~ x {3}\+\n {11}\^$/);
  });

  it.each([
    ['y ~ poly(x, 9)', /degree must be a whole number from 1 and below the number of distinct points \(6\), got 9/],
    ['y ~ bs(x, df = 2)', /df must be a whole number from 3, got 2/],
    ['y ~ bs(x, Boundary.knots = 3)', /two ascending Boundary.knots expected/],
    ['y ~ bs(x, knots = 100)', /knots between the boundary's 1 and 7 expected, got 100/],
    ['y ~ cut(x, c(0, 3))', /cut: 4 lies in none of the intervals from 0 to 3; widen them/],
    ['y ~ cut(x, c(3, 0))', /two or more ascending breaks expected, got 3, 0/],
    ['y ~ cut(x, c(0, 3, 9), labels = "low")', /2 labels expected, one an interval, got 1/],
  ])('%s says what its numbers must be', (formula, message) => {
    expect(() => lm(formula, data)).toThrow(message);
  });
});

describe('data that do not fit', () => {
  it.each([
    [undefined, /columns expected as data, as \{ x: \[1, 2, 3\], y: \[2, 4, 7\] \}, got undefined/],
    [null, /got null/],
    [[{ y: 1, x: 2 }], /got an array/],
    [3, /got 3/],
  ])('%j is no data set', (given, message) => {
    expect(() => lm('y ~ x', given as never)).toThrow(message);
  });

  it.each([
    ['y ~ same', {}, /the factor 'same' has one level, 'u', in the rows used; leave it out/],
    ['y ~ same - 1', {}, /has one level/],
    ['y ~ x:same', {}, /has one level/],
    ['y ~ x', { y: [1, 2, 3] }, /equally long; 'y' has 3 rows, 'x' has 6/],
    ['y ~ x', { y: [1, 'two', 3, 4, 5, 6] }, /'y' holds numbers, but "two" in row 1/],
    ['y ~ x', { x: [1, [2], 3, 4, 5, 6] }, /'x' holds numbers, but \[2\] in row 1/],
    ['y ~ x', { x: [1, Infinity, 3, 4, 5, 6] }, /'x' is Infinity in row 1; leave such rows out/],
    ['log(z - 1) ~ x', {}, /'log\(z - 1\)' is -Infinity in row 1/],
    ['y ~ x', { y: [NaN, NaN, NaN, NaN, NaN, NaN] }, /no row is complete in y, x: every one of 6 has a missing value/],
    ['g ~ x', {}, /the response 'g' must be numbers, got a factor/],
  ])('%s with %o', (formula, changed, message) => {
    expect(() => lm(formula, { ...data, ...changed })).toThrow(message);
  });

  it.each([
    [{ weights: [1, 1, -1, 1, 1, 1] }, /weights must be finite and not negative, got -1 in row 2/],
    [{ weights: [1, 1, NaN, 1, 1, 1] }, /got NaN in row 2/],
    [{ weights: [1, 1, Infinity, 1, 1, 1] }, /got Infinity in row 2/],
    [{ weights: [0, 0, 0, 0, 0, 0] }, /every weight is 0, so no row counts/],
    [{ weights: [1, 1] }, /6 weights expected, one a row; got 2/],
    [{ weights: 3 }, /6 weights expected, one a row; got 3/],
    [{ weights: 'incom' }, /got 'incom'; did you mean 'income'\?.*\n {2}incom\n {2}\^/],
    [{ weights: 'g' }, /expected numbers, got a factor in g/],
    [{ offset: [1, NaN, 1, 1, 1, 1] }, /offsets must be finite, got NaN in row 1/],
    [{ offset: [1, Infinity, 1, 1, 1, 1] }, /offsets must be finite, got Infinity in row 1/],
    [{ contrasts: { g: 'foo' } }, /contrasts: one of treatment, sum, helmert, poly expected for 'g', got 'foo'/],
    [{ contrasts: { income2: 'sum' } }, /contrasts: no factor 'income2'; did you mean 'income'/],
  ])('options %o', (options, message) => {
    expect(() => lm('y ~ x + g', data, options as never)).toThrow(message);
  });
});

describe('new data that do not fit', () => {
  const made = design('y ~ x + g + t', data);
  it.each([
    [{ x: [1], g: ['q'], t: [true] }, /'g' has the level 'q', which the fit has not seen; there are: a, b/],
    [{ x: [1], g: factor(['q']), t: [true] }, /has the level 'q'/],
    [{ x: [1], g: [1], t: [true] }, /'g' was text or a factor at the fit, and is numbers here/],
    [{ x: [1], g: [true], t: [true] }, /'g' was text or a factor at the fit, and is logical here/],
    [{ x: ['1'], g: ['a'], t: [true] }, /'x' was numbers at the fit, and is text or a factor here/],
    [{ x: [1], g: ['a'], t: [1] }, /'t' was logical at the fit, and is numbers here/],
    [{ x: [1], g: ['a'] }, /predict: the new data lack the column 't'; .*There are: x, g/],
    [{ X: [1], g: ['a'], t: [true] }, /lack the column 'x'; did you mean 'X'\?/],
    [{ x: [1, NaN], g: ['a', 'a'], t: [true, true] }, /1 of 2 rows have a missing value; drop them first/],
    [{ x: [1, 2], g: ['a'], t: [true] }, /equally long; 'x' has 2 rows, 'g' has 1/],
  ])('%o', (fresh, message) => {
    expect(() => made.on(fresh as never)).toThrow(message);
  });

  it('need not have columns that were taken out again', () => {
    const without = design('y ~ . - income', { y: data.y, x: data.x, income: data.income });
    expect([...without.on({ x: [3] }).matrix]).toEqual([1, 3]);
  });

  it('keep an offset given as numbers on the rows of the fit, and are refused where it says nothing', () => {
    const offset = [1, 2, 3, 4, 5, 6];
    const shifted = design('y ~ x + offset(z)', data, { offset });
    expect([...shifted.on(data).offset!]).toEqual([...shifted.offset!]);
    expect(() => shifted.on({ x: [1], z: [2] })).toThrow(/an offset of 6 numbers, which says nothing of 1 new rows/);
  });
});

describe('columns made by functions', () => {
  const columns = (formula: string) => design(formula, data).columns;
  it('take another level for the reference', () => {
    expect(columns('y ~ relevel(g, ref = "b")')).toEqual(['(Intercept)', 'relevel(g, ref = "b")a']);
    expect(columns('y ~ factor(x, levels = c(3, 1, 2, 4, 5, 7))').slice(0, 2)).toEqual([
      '(Intercept)',
      'factor(x, levels = c(3, 1, 2, 4, 5, 7))1',
    ]);
  });

  it('rename levels and cut numbers into intervals', () => {
    expect(columns('y ~ factor(g, labels = c("first", "second"))').at(-1)).toMatch(/second$/);
    expect(columns('y ~ cut(x, c(0, 2, 4.25, 9))').slice(1)).toEqual([
      'cut(x, c(0, 2, 4.25, 9))(2,4.25]',
      'cut(x, c(0, 2, 4.25, 9))(4.25,9]',
    ]);
    expect(columns('y ~ cut(x, c(0, 2.0001, 2.0002, 9))').at(-1)).toMatch(/\(2\.0002,9\]$/);
  });

  it('round halves to the even number, as R does', () => {
    expect([...design('~ round(h) - 1', { h: [0.5, 1.5, 2.5, -0.5, 2.4, -1.5] }).matrix].map((v) => v + 0)).toEqual([
      0, 2, 2, 0, 2, -2,
    ]);
  });

  it('print numbers as R does', () => {
    expect(columns('y ~ I(x/100000) + I(x/1000) + I(x * 0.00012) + I(x * 0.001)').slice(1)).toEqual([
      'I(x/1e+05)',
      'I(x/1000)',
      'I(x * 0.00012)',
      'I(x * 0.001)',
    ]);
  });
});
