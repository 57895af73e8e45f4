/**
 * A model written with operators, through the rewriter, is the model written with methods: bit for bit.
 */
import { describe, expect, it } from 'vitest';
import * as distributions from '#kernel/distributions/index';
import { bernoulliLogit, halfCauchy, normal } from '#kernel/distributions/index';
import { compileModel, model } from '#kernel/model/index';
import type { AnyModel } from '#kernel/model/types';
import { key, Stream } from '#kernel/numeric/index';
import * as program from '#kernel/program/index';
import { where } from '#kernel/program/index';
import { rewriteExpressions } from '#kernel/program/rewrite/index';

const names = { ...distributions, ...program, model };

/** What a cell with this text gives. */
function cell<T>(source: string, operators = true): T {
  const code = operators ? rewriteExpressions(source).code : source;
  return new Function(...Object.keys(names), `return (${code})`)(...Object.values(names)) as T;
}

const kid = {
  score: [65, 98, 85, 83, 115, 98, 69, 106],
  iq: [121.1, 89.4, 115.4, 99.4, 92.7, 107.9, 138.9, 125.1],
  finished: [1, 1, 1, 1, 1, 0, 1, 1],
};
const schools = { effect: [28, 8, -3, 7, -1, 1, 18, 12], se: [15, 10, 16, 11, 9, 11, 10, 18] };

const pairs: readonly (readonly [name: string, operators: string, methods: AnyModel])[] = [
  [
    'a regression on the blackboard',
    `model().data(${JSON.stringify(kid)})
      .parameters({ alpha: normal(0, 50), beta: normal(0, 10), gamma: normal(0, 10), sigma: halfCauchy(0, 5) })
      .derived(({ alpha, beta }) => ({ atAverage: alpha - -beta * 0 }))
      .observe(({ alpha, beta, gamma, sigma, iq, finished }) => ({
        score: normal(alpha + beta * (iq - 100) / 15 + gamma * finished, Math.sqrt(sigma ** 2 + 1)),
      }))`,
    model()
      .data(kid)
      .parameters({ alpha: normal(0, 50), beta: normal(0, 10), gamma: normal(0, 10), sigma: halfCauchy(0, 5) })
      .derived(({ alpha, beta }) => ({ atAverage: alpha.sub(beta.neg().mul(0)) }))
      .observe(({ alpha, beta, gamma, sigma, iq, finished }) => ({
        score: normal(alpha.add(beta.mul(iq.sub(100)).div(15)).add(gamma.mul(finished)), sigma.pow(2).add(1).sqrt()),
      })),
  ],
  [
    'eight schools, not centred',
    `model().data(${JSON.stringify(schools)})
      .parameters({ mu: normal(0, 5), tau: halfCauchy(0, 5), z: normal(0, 1).size(8) })
      .derived(({ mu, tau, z }) => { const theta = mu + tau * z; return { theta }; })
      .observe(({ theta, se }) => ({ effect: normal(theta, se) }))`,
    model()
      .data(schools)
      .parameters({ mu: normal(0, 5), tau: halfCauchy(0, 5), z: normal(0, 1).size(8) })
      .derived(({ mu, tau, z }) => ({ theta: mu.add(tau.mul(z)) }))
      .observe(({ theta, se }) => ({ effect: normal(theta, se) })),
  ],
  [
    'a term of one’s own, with a loop, a comparison and where',
    `model().data(${JSON.stringify({ finished: kid.finished })})
      .parameters({ a: normal(0, 1), b: normal(0, 1) })
      .observe(({ a }) => ({ finished: bernoulliLogit(2 * a) }))
      .logDensity(({ a, b }) => {
        let total = 0;
        for (let power = 1; power <= 3; power++) total += (a - b) ** power / power;
        total -= where(a > b, Math.exp(-b), Math.abs(b));
        return total;
      })`,
    model()
      .data({ finished: kid.finished })
      .parameters({ a: normal(0, 1), b: normal(0, 1) })
      .observe(({ a }) => ({ finished: bernoulliLogit(a.mul(2)) }))
      .logDensity(({ a, b }) => {
        const gap = a.sub(b);
        const powers = gap.add(gap.pow(2).div(2)).add(gap.pow(3).div(3));
        return powers.sub(where(a.gt(b), b.neg().exp(), b.abs()));
      }),
  ],
];

describe('operators and methods', () => {
  it.each(pairs)('%s: the same values and gradients, bit for bit', (_, source, methods) => {
    const [written, expected] = [compileModel(cell<AnyModel>(source)), compileModel(methods)];
    expect(written.names).toEqual(expected.names);
    const options = { prior: true, jacobian: true };
    const [ours, theirs] = [written.density(options), expected.density(options)];
    const stream = new Stream(key(5));
    for (let repeat = 0; repeat < 20; repeat++) {
      const position = written.initial(stream);
      const [slope, expectedSlope] = [new Float64Array(ours.dimension), new Float64Array(ours.dimension)];
      expect(ours.valueAndGradient(position, slope)).toBe(theirs.valueAndGradient(position, expectedSlope));
      expect(slope).toEqual(expectedSlope);
      expect(written.evaluateDerived(position)).toEqual(expected.evaluateDerived(position));
    }
  });

  it('without the rewriter the directive is named', () => {
    expect(() => cell(pairs[0]![1], false)).toThrow(/functions that begin with 'use expression'/);
  });

  it('a helper with the directive may be called from a stage', () => {
    const source = `(() => {
      function logistic(x) { 'use expression'; return 1 / (1 + Math.exp(-x)); }
      return { plain: logistic(0), traced: model().parameters({ a: normal(0, 1) }).derived(({ a }) => ({ p: logistic(a) })) };
    })()`;
    const { plain, traced } = cell<{ plain: number; traced: AnyModel }>(source);
    expect(plain).toBe(0.5);
    expect(compileModel(traced).evaluateDerived(Float64Array.of(0))).toEqual(Float64Array.of(0.5));
  });

  it('a choice by an expression is refused and names where', () => {
    const source = 'model().parameters({ mu: normal(0, 1) }).derived(({ mu }) => ({ d: mu ? 1 : 2 }))';
    expect(() => cell(source)).toThrow(/where\(condition, a, b\)/);
  });
});
