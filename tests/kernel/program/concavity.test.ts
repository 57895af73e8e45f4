/**
 * Rules by which an expression is known to be concave: what they take, what they leave, and Jensen's inequality.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bernoulli,
  bernoulliLogit,
  binomialLogit,
  cauchy,
  laplace,
  normal,
  poissonLog,
  studentT,
} from '#kernel/distributions/index';
import { nodeOf } from '#kernel/program/arguments';
import { compileLogDensity } from '#kernel/program/compile';
import { bendsOf, isConcave } from '#kernel/program/concavity';
import { constant, variable } from '#kernel/program/expression';
import { concatenate, logSumExp, matmul, where } from '#kernel/program/functions';
import type { Expr } from '#kernel/program/types';

fc.configureGlobal({ seed: 20261122 });

const x = variable('x', [3]) as Expr;
const design = [
  [1, 0.5, -2],
  [1, -1, 0.3],
  [1, 2, 1.1],
  [1, 0, -0.4],
];
const eta = matmul(design, x) as Expr;
const counts = [0, 3, 1, 2];

/** What is concave, and told by the rules. */
const concave: Readonly<Record<string, Expr>> = {
  'a logistic likelihood': bernoulliLogit(eta).logDensity([0, 1, 1, 0]).sum() as Expr,
  'a binomial one by its logit': binomialLogit(4, eta).logDensity(counts).sum() as Expr,
  'a Poisson likelihood by its logarithm': poissonLog(eta).logDensity(counts).sum() as Expr,
  'a probit likelihood': eta.mul([1, -1, 1, -1]).normalLogCdf().sum() as Expr,
  'a Gaussian likelihood of known scale': normal(eta, 2).logDensity(counts).sum() as Expr,
  'a likelihood with normal priors': poissonLog(eta)
    .logDensity(counts)
    .sum()
    .add(normal(0, 2).logDensity(x).sum()) as Expr,
  'a likelihood with Laplace priors': bernoulliLogit(eta)
    .logDensity([1, 1, 0, 0])
    .sum()
    .add(laplace(0, 1).logDensity(x).sum()) as Expr,
  'a multinomial likelihood': x.at(1).sub(logSumExp(x.at(0), x.at(1), x.at(2))) as Expr,
  'a weighted sum': eta.exp().mul([1, 2, 0, 3]).sum().neg() as Expr,
  'the smallest of several': x.min() as Expr,
  'a logarithm of what is affine': x.at(0).add(3).log() as Expr,
  'what is affine': x.sum().mul(-2).add(1) as Expr,
  'rows chosen beforehand': where(constant([1, 0, 1]).gt(0.5), x.square().neg(), x).sum() as Expr,
  'what stands side by side': concatenate([x.exp().neg(), x.slice(0, 1)]).sum() as Expr,
};

/** What is not, or what the rules cannot tell. */
const others: Readonly<Record<string, Expr>> = {
  'an exponential': x.exp().sum() as Expr,
  'a Gaussian likelihood of unknown scale': normal(x.at(0), x.at(1).exp()).logDensity(counts).sum() as Expr,
  'a Student t likelihood': studentT(4, eta, 1).logDensity(counts).sum() as Expr,
  'a Cauchy likelihood': cauchy(x.at(0), 1).logDensity(counts).sum() as Expr,
  'a Bernoulli likelihood by its probability': bernoulli(x.at(0).sigmoid()).logDensity([0, 1]).sum() as Expr,
  'weights of both signs': eta.exp().mul([-1, -2, 1, -3]).sum() as Expr,
  'a product of two': x.at(0).mul(x.at(1)).neg() as Expr,
  'a choice that depends on what is chosen': where(x.at(0).gt(0), x.at(0), x.at(0).mul(2)) as Expr,
  'a square of a square': x.square().square().sum().neg() as Expr,
  'a division by what varies': x.at(0).div(x.at(1)) as Expr,
  'a recurrence of its own': x.at(0).sin() as Expr,
};

describe('isConcave', () => {
  for (const [name, expression] of Object.entries(concave)) {
    it(`knows ${name}, and the values agree`, () => {
      expect(isConcave(nodeOf(expression))).toBe(true);
      const density = compileLogDensity({ position: x, value: expression });
      const coordinate = fc.double({ min: -2.5, max: 2.5, noNaN: true });
      const point = fc.tuple(coordinate, coordinate, coordinate);
      fc.assert(
        fc.property(point, point, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, share) => {
          const between = Float64Array.from(a, (value, i) => share * value + (1 - share) * b[i]!);
          const [fa, fb] = [density.value(Float64Array.from(a)), density.value(Float64Array.from(b))];
          const chord = share * fa + (1 - share) * fb;
          expect(density.value(between)).toBeGreaterThanOrEqual(chord - 1e-9 * (1 + Math.abs(chord)));
        }),
        { numRuns: 40 },
      );
    });
  }

  for (const [name, expression] of Object.entries(others)) {
    it(`does not say it of ${name}`, () => {
      expect(isConcave(nodeOf(expression))).toBe(false);
    });
  }

  it('is what a log density says of itself, before and after its rewrites', () => {
    const told = (value: Expr) => compileLogDensity({ position: x, value }).isConcave;
    expect(told(concave['a Poisson likelihood by its logarithm']!)).toBe(true);
    expect(told(others['a Cauchy likelihood']!)).toBe(false);
  });
});

describe('bendsOf', () => {
  it('says how each element bends', () => {
    const bend = (expression: Expr) => bendsOf([nodeOf(expression)]).get(nodeOf(expression));
    expect(bend(constant([1, 2]) as never)).toBe('constant');
    expect(bend(x.slice(1).mul(3) as Expr)).toBe('affine');
    expect(bend(x.square() as Expr)).toBe('convex');
    expect(bend(x.square().neg() as Expr)).toBe('concave');
    expect(bend(x.square().sub(x.exp()) as Expr)).toBe('unknown');
    expect(bend(x.square().exp() as Expr)).toBe('convex'); // an increasing function of what bends upwards
    expect(bend(x.square().neg().exp() as Expr)).toBe('unknown');
    expect(bend(x.at([2, 0, 0]) as Expr)).toBe('affine');
    expect(bend(x.exp().div(-2) as Expr)).toBe('concave');
    expect(bend(x.maximum(0).add(x.abs()) as Expr)).toBe('convex');
  });
});
