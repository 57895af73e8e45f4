import { describe, expect, it } from 'vitest';
import { parseCsv } from '#kernel/data/index';
import {
  bernoulli,
  binomial,
  exponential,
  flat,
  halfCauchy,
  normal,
  ordered,
  poisson,
  positiveOrdered,
  uniform,
} from '#kernel/distributions/index';
import { compileModel, model } from '#kernel/model/index';
import type { AnyModel, Model } from '#kernel/model/types';
import type { Expr } from '#kernel/program/index';

/** A model as plain JavaScript sees it: what the type checker would refuse can be told. */
interface Loose {
  data(columns: unknown): Loose;
  parameters(given: unknown): Loose;
  derived(given: unknown): Loose;
  observe(given: unknown): Loose;
  logDensity(given: unknown): Loose;
  with(columns: unknown): Loose;
}
const loose = (given: AnyModel = model()): Loose => given as unknown as Loose;
const untyped = (given: Loose): Model => given as unknown as Model;

const schools = model()
  .data({ effect: [28, 8, -3, 7, -1, 1, 18, 12], se: [15, 10, 16, 11, 9, 11, 10, 18] })
  .parameters({ mu: normal(0, 5), tau: halfCauchy(0, 5) })
  .parameters(({ mu, tau }) => ({ theta: normal(mu, tau).size(8) }))
  .derived(({ theta }) => ({ best: theta.max() }))
  .observe(({ theta, se }) => ({ effect: normal(theta, se) }));

describe('telling a model', () => {
  it('reads as it was told', () => {
    expect(String(schools)).toBe(
      [
        'data: effect[8], se[8]',
        'mu ~ normal(0, 5)',
        'tau ~ halfCauchy(0, 5)',
        'theta ~ normal(mu, tau) of size [8]',
        'best: derived',
        'effect ~ normal(theta, se), observed',
      ].join('\n'),
    );
    const display = (schools as unknown as Record<symbol, () => unknown>)[Symbol.for('Jupyter.display')]!;
    expect(display.call(schools)).toEqual({ 'text/plain': String(schools) });
  });

  it('each stage gives a new model and leaves the old one as it was', () => {
    const one = model().parameters({ a: normal(0, 1) });
    const two = one.parameters({ b: normal(0, 1) });
    expect(compileModel(one).names).toEqual(['a']);
    expect(compileModel(two).names).toEqual(['a', 'b']);
  });

  it('runs each stage once, when it is told', () => {
    let calls = 0;
    const told = model().parameters(() => {
      calls++;
      return { a: normal(0, 1) };
    });
    compileModel(told.logDensity(({ a }) => a)).density({ prior: true, jacobian: true });
    expect(calls).toBe(1);
  });

  it('data may come after parameters, and sizes from data', () => {
    const told = model()
      .parameters({ s: halfCauchy(0, 1) })
      .data({ N: 3, county: { codes: Int32Array.of(0, 1, 1), levels: ['x', 'y'] } })
      .parameters(({ N, s, county }) => ({ a: normal(0, s).size(N, 2), b: normal(0, s).size(county.levels) }));
    expect(compileModel(told).parameters.map(({ shape }) => shape)).toEqual([[], [3, 2], [2]]);
  });

  it('factors index parameters', () => {
    const told = model()
      .data({ county: { codes: Int32Array.of(1, 0, 1), levels: ['x', 'y'] }, y: [1, 2, 3] })
      .parameters({ a: normal(0, 1).size(2) })
      .derived(({ a, county }) => ({ m: a.at(county) }))
      .observe(({ m }) => ({ y: normal(m, 1) }));
    expect(compileModel(told).evaluateDerived(Float64Array.of(10, 20))).toEqual(Float64Array.of(20, 10, 20));
  });

  it.each(['__proto__', 'constructor', 'toString', 'valueOf', 'position', 'weights'])(
    'a column or parameter called %s is one like any other',
    (name) => {
      const columns = Object.fromEntries([[name, [1, 2]]]);
      const told = loose()
        .data(columns)
        .parameters(Object.fromEntries([[`${name}2`, normal(0, 1)]]))
        .observe((scope: Record<string, Expr>) => Object.fromEntries([[name, normal(scope[`${name}2`]!, 1)]]));
      const compiled = compileModel(untyped(told));
      expect(compiled.density({ prior: true, jacobian: true }).value(Float64Array.of(0))).toBeCloseTo(-5.2568155996, 9);
      expect(Object.keys({})).toEqual([]);

      const parameter = compileModel(untyped(loose().parameters(Object.fromEntries([[name, normal(0, 1)]]))));
      expect(parameter.names).toEqual([name]);
      expect(parameter.unconstrain(Float64Array.of(2))).toEqual(Float64Array.of(2));
    },
  );
});

describe('other data', () => {
  it('.with tells the same program again: sizes follow, other names keep theirs', () => {
    const told = model()
      .data({ y: [1, 2, 3], x: [1, 2, 3], N: 3 })
      .parameters({ s: halfCauchy(0, 1) })
      .parameters(({ N, s }) => ({ a: normal(0, s).size(N) }))
      .observe(({ a, s }) => ({ y: normal(a, s) }));
    const shorter = told.with({ y: [5, 6], N: 2 });
    expect(compileModel(shorter).names).toEqual(['s', 'a[0]', 'a[1]']);
    expect(compileModel(told).names).toHaveLength(4);
    expect(String(shorter)).toContain('data: y[2], x[3], N');
  });

  it('errors name what is wrong', () => {
    expect(() => loose(schools).with({ efect: [1] })).toThrow(
      ".with: 'efect' is not in .data; there are: effect, se. Did you mean 'effect'?",
    );
    expect(() => loose(schools).with({ effect: 3 })).toThrow(
      ".with: 'effect' is a vector in .data and a number here; lengths may change, kinds may not",
    );
    expect(() => schools.with({ effect: [1, 2] })).toThrow(/theta has 8|8 .*2|2 .*8/);
  });
});

describe('errors of the builder', () => {
  const base = () =>
    loose(
      model()
        .data({ y: [1, 2, 3], k: [0, 1, 2] })
        .parameters({ mu: normal(0, 1), tau: halfCauchy(0, 1) }),
    );

  it('an unknown name in a stage lists the names there are', () => {
    expect(() => base().observe(({ mi }: Record<string, Expr>) => ({ y: normal(mi!, 1) }))).toThrow(
      ".observe: no parameter, derived quantity or data called 'mi' in this model so far; there are: y, k, mu, tau. Did you mean 'mu'?",
    );
  });

  it('a name twice', () => {
    expect(() => base().parameters({ mu: normal(0, 1) })).toThrow(
      ".parameters: 'mu' is already a name of this model; choose another",
    );
    expect(() => base().parameters({ y: normal(0, 1) })).toThrow("'y' is already a name");
    expect(() => base().data({ tau: [1] })).toThrow(".data: 'tau' is already a name");
    expect(() => base().derived(() => ({ mu: 1 }))).toThrow(".derived: 'mu' is already a name");
  });

  it('a name with brackets', () => {
    expect(() => loose().parameters({ 'a[0]': normal(0, 1) })).toThrow(
      ".parameters: 'a[0]' is no name; brackets and commas are kept for elements, as in theta[0]",
    );
    expect(() => loose().data({ '': [1] })).toThrow(".data: '' is no name");
  });

  it('observing what is not data, or twice', () => {
    expect(() => base().observe(() => ({ z: normal(0, 1) }))).toThrow(".observe: 'z' is not in .data; there are: y, k");
    const once = base().observe(() => ({ y: normal(0, 1) }));
    expect(() => once.observe(() => ({ y: normal(0, 1) }))).toThrow(
      ".observe: 'y' is observed already; one distribution for each name of data",
    );
  });

  it('lengths that differ: both are named', () => {
    expect(() =>
      model()
        .data({ effect: [28, 8, -3], se: [15, 10] })
        .parameters({ mu: normal(0, 5) })
        .observe(({ mu, se }) => ({ effect: normal(mu, se) })),
    ).toThrow(
      ".observe: 'effect' has 3 values, but normal(mu, se) describes 2 values (se has 2 values); give both the same length",
    );
    expect(() =>
      model()
        .data({ y: 3 })
        .parameters({ theta: normal(0, 1).size(8) })
        .observe(({ theta }) => ({ y: normal(theta, 1) })),
    ).toThrow(".observe: 'y' has 1 value, but normal(theta, 1) describes 8 values (theta has 8 values)");
  });

  it.each([
    [
      'a negative count',
      { y: [1, 0, -2] },
      () => ({ y: poisson(1) }),
      /poisson: 'y' must be at least 0, got -2 at \[2\]/,
    ],
    [
      'a fraction of a count',
      { y: [1, 0.5] },
      () => ({ y: poisson(1) }),
      /poisson: 'y' must be whole numbers, got 0\.5 at \[1\]/,
    ],
    [
      '2 for a bernoulli',
      { y: [0, 1, 2] },
      () => ({ y: bernoulli(0.5) }),
      /bernoulli: 'y' must be at most 1, got 2 at \[2\]/,
    ],
    [
      'more successes than trials',
      { y: [3, 5] },
      () => ({ y: binomial([4, 4], 0.5) }),
      /binomial: 'y' must be at most 4, got 5 at \[1\]/,
    ],
    [
      'a negative waiting time',
      {
        y: [
          [1, 2],
          [3, -4],
        ],
      },
      () => ({ y: exponential(1) }),
      /exponential: 'y' must be at least 0, got -4 at \[1,1\]/,
    ],
  ])('data outside the support are told at once, with their row: %s', (_, columns, observe, message) => {
    expect(() => loose().data(columns).observe(observe)).toThrow(message);
  });

  it('missing values, when a stage uses the column', () => {
    const told = loose().data({ y: [1, 2], gap: [1, Number.NaN], label: ['a', 'b'] });
    expect(() => told.observe(() => ({ y: normal(0, 1) }))).not.toThrow();
    const message =
      "data 'gap' has no value (NaN or null) at [1]; keep the complete rows only: dropMissing(data, ['gap']).columns";
    expect(() => told.observe(() => ({ gap: normal(0, 1) }))).toThrow(message);
    expect(() => told.derived(({ gap }: Record<string, Expr>) => ({ d: gap }))).toThrow(message);
    expect(() => told.derived(({ label }: Record<string, Expr>) => ({ d: label }))).toThrow("data 'label' is text");
  });

  it('a discrete parameter', () => {
    expect(() => loose().parameters({ k: poisson(3) })).toThrow(
      ".parameters: 'k' is discrete (poisson(3)), and a parameter must be continuous; sum it out (mixture, hiddenMarkov, or logSumExp in .logDensity), or observe it",
    );
  });

  it.each([
    [3, 'a number'],
    [undefined, 'undefined'],
    [null, 'null'],
    [flat, 'a function (call it: flat())'],
    [{}, 'an object'],
  ])('%s in place of a distribution', (value, got) => {
    expect(() => loose().parameters({ a: value })).toThrow(
      `.parameters: 'a' needs a distribution, such as normal(0, 1), and got ${got}`,
    );
  });

  it('a stage that gives nothing: the parentheses are named', () => {
    expect(() => base().observe(() => undefined)).toThrow(
      '.observe: expected an object of distributions, ({ mu }) => ({ y: normal(mu, 1) }), got undefined (an arrow function that gives an object needs parentheses: () => ({ … }))',
    );
    expect(() => base().data([1, 2])).toThrow('.data: expected an object of columns, { y: [1, 2, 3] }, got object');
    expect(() => base().parameters(null)).toThrow('.parameters: expected an object of distributions');
  });

  it('a stage that is no function, or an asynchronous one', () => {
    expect(() => base().observe({ y: normal(0, 1) })).toThrow(
      '.observe: expected a function of the names so far, ({ mu }) => …, got object',
    );
    expect(() => base().derived(async () => ({ a: 1 }))).toThrow(
      '.derived: the function is asynchronous; await what it needs before, and give a plain function',
    );
  });

  it('a quantity or term that is no number', () => {
    expect(() => base().derived(() => ({ d: 'text' }))).toThrow(/^\.derived: 'd' is not a number or an expression: /);
    expect(() => base().logDensity(() => ({}))).toThrow(/^\.logDensity is not a number or an expression: /);
  });

  it('a rising vector within bounds, for which there is no transform', () => {
    expect(() => loose().parameters({ c: ordered(uniform(0, 1).size(3)) })).toThrow(
      'ordered(uniform(0, 1)): a rising vector has no bounds here but 0 below; use positiveOrdered for positive ones, or order unbounded ones and transform them in .derived',
    );
    expect(() => loose().parameters({ c: ordered(halfCauchy(0, 1).size(3)) })).toThrow('use positiveOrdered');
    expect(() => loose().parameters({ c: positiveOrdered(halfCauchy(0, 1).size(3)) })).not.toThrow();
  });

  it('a table whose columns are not chosen yet', async () => {
    const table = await parseCsv('y\n1\n2\n');
    expect(() => loose().data(table)).toThrow(
      ".data: expected an object of columns, { y: [1, 2, 3] }, got an object of class InferredTable; give its columns, of a table whose types are not known table.select({ y: 'number' })",
    );
    expect(() => loose().data(new Map([['y', [1, 2]]]))).toThrow('got an object of class Map');
  });

  it('a negative scale, in the family itself', () => {
    expect(() => loose().parameters({ a: normal(0, -1) })).toThrow(/normal: sd must be positive, got -1/);
  });

  it('operators where nothing was rewritten: the directive is named', () => {
    expect(() => base().derived(({ mu }: Record<string, Expr>) => ({ d: mu! * 2 }))).toThrow(/'use expression'/);
  });

  it('what is no model', () => {
    expect(() => compileModel({} as AnyModel)).toThrow(
      'expected a model, made with model().data(…).parameters(…).observe(…), got object',
    );
    expect(() => compileModel(Promise.resolve() as AnyModel)).toThrow('got a promise; await it');
    expect(() => compileModel(undefined as unknown as AnyModel)).toThrow('got undefined');
  });
});
