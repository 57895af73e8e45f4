import { describe, expect, it } from 'vitest';
import { factor } from '#kernel/data/factor';
import { type Contrast, contrasts } from '#kernel/regression/formula/contrasts';
import { design } from '#kernel/regression/formula/design';
import { evaluateSplines, splineBasis } from '#kernel/regression/formula/splines';
import { casesOf, columnsOf, expectClose } from '../reference.ts';

// R 4.2.2, stats and splines: model.matrix, contr.*, bs, ns; each call stands in its case.
const cases = casesOf(new URL('../fixtures/r-formulas.json', import.meta.url));

describe('model matrix', () => {
  it.each(cases.filter(({ kind }) => kind === 'model.matrix'))('$call as R has it', ({ id, call, data, results }) => {
    const { columns, contrasts: ordered } = columnsOf(data);
    const formula = /model\.matrix\((.*?), data = d/.exec(call)![1]!;
    const chosen: Record<string, Contrast> =
      id === 'sum-contrasts' ? { a: 'sum', b: 'sum' } : id === 'helmert-poly' ? { b: 'helmert', a: 'poly' } : ordered;
    const made = design(formula, columns, { contrasts: chosen });
    expect(made.columns).toEqual(results.columns);
    expect(made.assign).toEqual(results.assign);
    expect(made.terms).toEqual(results.terms);
    expect(made.intercept).toBe(results.intercept === 1);
    expectClose(made.matrix, results.values.values.flat(), 1e-13);
    if (results.offset) expectClose(made.offset!, results.offset, 1e-14);
    // The same columns on the first rows alone, where levels and ranges differ.
    const again = made.on(columnsOf(Object.fromEntries(Object.entries(data))).columns);
    expect([...again.matrix]).toEqual([...made.matrix]);
  });

  it.each(cases.filter(({ kind, id }) => kind === 'contrasts' && !/SAS|scores/.test(id)))(
    '$call',
    ({ id, results }) => {
      const [name, count] = id.split('-') as [Contrast, string];
      const levels = Array.from({ length: Number(count) }, (_, i) => `l${i}`);
      const got = contrasts(name, levels).values;
      results.values.flat().forEach((value: number, i: number) => {
        expect(Math.abs(got[i]! - value)).toBeLessThan(1e-15 * 8);
      });
    },
  );

  it.each(cases.filter(({ kind }) => kind === 'spline-basis'))('$call', ({ call, data, results }) => {
    const x = Float64Array.from(data.x as number[]);
    const knots = /knots = c\(([^)]*)\)/.exec(call)?.[1]?.split(',').map(Number);
    const [df, degree] = [/df = (\d+)/.exec(call)?.[1], /degree = (\d+)/.exec(call)?.[1]];
    const basis = splineBasis(call.startsWith('bs') ? 'bs' : 'ns', x, {
      ...(knots && { knots }),
      ...(df && { df: Number(df) }),
      ...(degree && { degree: Number(degree) }),
      intercept: call.includes('intercept = TRUE'),
    });
    const { columns, values } = evaluateSplines(x, basis);
    const want: number[][] = results.basis.values;
    expect(columns).toBe(want[0]!.length);
    want.flat().forEach((value, i) => {
      expect(Math.abs(values[i]! - value), `${i}`).toBeLessThan(1e-13);
    });
  });
});

describe('design', () => {
  const data = {
    y: Float64Array.of(1, 2, 3, Number.NaN, 5, 6),
    x: Float64Array.of(1, 4, 9, 16, 25, 36),
    g: factor(['a', 'b', 'c', 'a', 'b', null]),
  };

  it('drops rows with a missing value in a column that is used, and says how many', () => {
    const made = design('y ~ x + g', data);
    expect(made.rows).toEqual([0, 1, 2, 4]);
    expect(made.note).toBe('2 of 6 rows dropped: a value is missing');
    expect(design('x ~ 1', data).note).toBeUndefined();
  });

  it('keeps levels, knots and polynomials of the fit on new data', () => {
    const made = design('x ~ g + poly(x, 2) + ns(x, df = 2)', data);
    const fresh = made.on({ x: Float64Array.of(25, 50), g: factor(['b', 'c']) });
    const width = made.columns.length;
    expect([...fresh.matrix.slice(0, width)]).toEqual([...made.matrix.slice(4 * width, 5 * width)]);
    expect(() => made.on({ x: Float64Array.of(1), g: factor(['z']) })).toThrow(/'z', which the fit has not seen/);
    expect(() => made.on({ x: Float64Array.of(Number.NaN), g: factor(['a']) })).toThrow(/missing value/);
  });

  it('continues a natural spline as a straight line beyond the data', () => {
    const made = design('~ ns(x, df = 3) - 1', data);
    const { matrix } = made.on({ x: Float64Array.of(40, 50, 60) });
    for (let j = 0; j < 3; j++) {
      expect(matrix[j]! - 2 * matrix[3 + j]! + matrix[6 + j]!).toBeCloseTo(0, 12);
    }
  });

  it('takes weights and offsets by name, by expression and as numbers', () => {
    expect([...design('x ~ 1', data, { weights: 'sqrt(x)' }).weights!]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...design('x ~ 1 + offset(x)', data, { offset: [1, 1, 1, 1, 1, 1] }).offset!]).toEqual([
      2, 5, 10, 17, 26, 37,
    ]);
    expect([...design('x ~ 1', data, { offset: 'x' }).offset!]).toEqual([...data.x]);
    expect(() => design('x ~ 1', data, { weights: [1, 2] })).toThrow(/6 weights expected, one a row; got 2/);
    expect(() => design('x ~ 1', data, { weights: '0 - x' })).toThrow(
      /weights must be finite and not negative, got -1 in row 0/,
    );
  });

  it('names what is wrong with the data', () => {
    expect(() => design('y ~ height', data)).toThrow(/expected the name of a column, got 'height'.*There are: y, x, g/);
    expect(() => design('y ~ o', { y: [1, 2], o: factor(['u', 'u']) })).toThrow(/the factor 'o' has one level, 'u'/);
    expect(() => design('y ~ 1', { y: [Number.NaN, Number.NaN] })).toThrow(/no row is complete in y/);
    expect(() => design('y ~ log(x)', { y: [1, 2], x: [1, -1] })).toThrow(/'log\(x\)' is NaN in row 1/);
    expect(() => design('y ~ poly(x, 3)', { y: [1, 2, 3], x: [1, 2, 2] })).toThrow(/distinct points \(2\), got 3/);
  });

  it('takes text and logical columns as factors, and drops levels that do not occur', () => {
    const made = design('y ~ s + t', { y: [1, 2, 3], s: ['q', 'p', 'q'], t: [true, false, true] });
    expect(made.columns).toEqual(['(Intercept)', 'sq', 'tTRUE']);
    const sub = design('y ~ g', { y: [1, 2, 3], g: factor(['c', 'a', 'c'], { levels: ['a', 'b', 'c'] }) });
    expect(sub.columns).toEqual(['(Intercept)', 'gc']);
  });

  it('codes a factor by C(…), ordered(…), and standardises by scale(…)', () => {
    expect(design('y ~ C(g, sum)', data).columns).toEqual(['(Intercept)', 'C(g, sum)1', 'C(g, sum)2']);
    expect(design('x ~ ordered(x)', { x: [3, 1, 2] }).columns).toEqual(['(Intercept)', 'ordered(x).L', 'ordered(x).Q']);
    expect([...design('~ scale(x) - 1', { x: [1, 2, 3] }).matrix]).toEqual([-1, 0, 1]);
  });
});
