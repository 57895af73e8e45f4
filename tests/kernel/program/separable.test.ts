/**
 * Hessians put together from the parts of likelihoods over rows: against products with unit vectors, and what they cost.
 */
import { describe, expect, it } from 'vitest';
import {
  bernoulliLogit,
  binomialLogit,
  gamma,
  negativeBinomialLog,
  normal,
  poissonLog,
  studentT,
} from '#kernel/distributions/index';
import { key, Stream } from '#kernel/numeric/random';
import { nodeOf } from '#kernel/program/arguments';
import { compile, compileLogDensity, noRewrites } from '#kernel/program/compile';
import { variable } from '#kernel/program/expression';
import { matmul } from '#kernel/program/functions';
import { hessianVectorProduct } from '#kernel/program/second-derivatives';
import { separate } from '#kernel/program/separable';
import type { Expr, LogDensity } from '#kernel/program/types';

const rows = 90;
const stream = new Stream(key(7));
const normals = (n: number) => Array.from({ length: n }, () => stream.normal());
const design = Array.from({ length: rows }, () => [1, ...normals(2)]);
const second = Array.from({ length: rows }, () => normals(2));
const weights = Array.from({ length: rows }, () => 0.5 + stream.uniform());
const binary = Array.from({ length: rows }, () => Number(stream.uniform() < 0.4));
const counts = Array.from({ length: rows }, () => stream.integer(6));
const reals = normals(rows);
const positive = Array.from({ length: rows }, () => 0.1 + stream.exponential());
const shortDesign = design.slice(0, 20);

interface Story {
  readonly d: number;
  readonly value: (u: Expr) => Expr;
}
const total = (e: unknown): Expr => (e as Expr).sum() as Expr;

/** Likelihoods that are sums over rows of functions of what is linear. */
const separable: Readonly<Record<string, Story>> = {
  logistic: { d: 3, value: (u) => total(bernoulliLogit(matmul(design, u)).logDensity(binary)) },
  poisson: { d: 3, value: (u) => total(poissonLog(matmul(design, u)).logDensity(counts)) },
  'poisson with an offset and weights': {
    d: 3,
    value: (u) => total(poissonLog(matmul(design, u).add(weights)).logDensity(counts).mul(weights)),
  },
  'binomial with a prior': {
    d: 3,
    value: (u) =>
      total(binomialLogit(6, matmul(design, u)).logDensity(counts)).add(total(normal(0, 2).logDensity(u))) as Expr,
  },
  'an intercept of its own': {
    d: 3,
    value: (u) => total(bernoulliLogit(matmul(second, u.slice(0, 2)).add(u.at(2))).logDensity(binary)),
  },
  'negative binomial': {
    d: 4,
    value: (u) => total(negativeBinomialLog(matmul(design, u.slice(0, 3)), u.at(3).exp()).logDensity(counts)),
  },
  'student t with its scale and degrees of freedom': {
    d: 5,
    value: (u) => total(studentT(u.at(4).exp().add(1), matmul(design, u.slice(0, 3)), u.at(3).exp()).logDensity(reals)),
  },
  'gamma with a logarithmic link': {
    d: 4,
    value: (u) => {
      const shape = u.at(3).exp();
      return total(gamma(shape, shape.div(matmul(design, u.slice(0, 3)).exp())).logDensity(positive));
    },
  },
  'a mean and a scale by designs': {
    d: 5,
    value: (u) => total(normal(matmul(design, u.slice(0, 3)), matmul(second, u.slice(3)).exp()).logDensity(reals)),
  },
  'coefficients in units of their own': {
    d: 3,
    value: (u) => total(poissonLog(matmul(design, u.mul([0.5, 2, -1]).add([1, 0, 0.1]))).logDensity(counts)),
  },
  'a factor of a sum over rows': {
    d: 4,
    value: (u) => total(matmul(design, u.slice(0, 3)).sub(reals).pow(4)).mul(u.at(3).exp().neg()) as Expr,
  },
  'two likelihoods over other rows': {
    d: 3,
    value: (u) =>
      total(bernoulliLogit(matmul(design, u)).logDensity(binary)).add(
        total(poissonLog(matmul(design.slice(0, 70), u)).logDensity(counts.slice(0, 70))),
      ) as Expr,
  },
  'what stands in a column': {
    d: 3,
    value: (u) =>
      total((matmul(design, u) as Expr).reshape(rows, 1).softplus().reshape(rows).mul(weights)).neg() as Expr,
  },
};

/** What is not of this form: the Hessian is there, one product a coordinate. */
const others: Readonly<Record<string, Story>> = {
  'few rows': { d: 3, value: (u) => total(bernoulliLogit(matmul(shortDesign, u)).logDensity(binary.slice(0, 20))) },
  'no design': { d: 2, value: (u) => total(normal(u.at(0), u.at(1).exp()).logDensity(reals)) },
  'coefficients that are curved': {
    d: 3,
    value: (u) => total(poissonLog(matmul(design, u.mul(u.at(0)))).logDensity(counts)),
  },
  'rows that meet': { d: 3, value: (u) => (matmul(design, u) as Expr).mul(0.1).logSumExp() as Expr },
  'a curved function of a sum over rows': {
    d: 3,
    value: (u) =>
      total((matmul(design, u) as Expr).exp())
        .log()
        .neg() as Expr,
  },
  'a product of sums over rows': {
    d: 3,
    value: (u) => {
      const sum = total((matmul(design, u) as Expr).exp());
      return sum.mul(sum).neg() as Expr;
    },
  },
  'every row against every other': {
    d: 3,
    value: (u) => {
      const eta = matmul(design, u) as Expr;
      return total(eta.reshape(rows, 1).sub(eta).square().exp()).neg() as Expr;
    },
  },
  'a coordinate a row': {
    d: 3 + rows,
    value: (u) => total(poissonLog(matmul(design, u.slice(0, 3)).add(u.slice(3))).logDensity(counts)),
  },
};

const densityOf = ({ d, value }: Story, rewritten = true): LogDensity => {
  const position = variable('position', [d]) as Expr;
  return compileLogDensity({ position, value: value(position), ...(rewritten ? {} : { rewrites: noRewrites }) });
};
const pointOf = (d: number) => Float64Array.from({ length: d }, (_, i) => 0.4 * Math.sin(i + 1));
const hessianOf = (density: LogDensity, at: Float64Array) => {
  const result = new Float64Array(at.length ** 2).fill(Number.NaN);
  density.hessian!(at, result);
  return result;
};

/** Products with unit vectors of the expression as it was told. // (d, d) */
function byProducts({ d, value }: Story, at: Float64Array): Float64Array {
  const position = variable('position', [d]) as Expr;
  const direction = variable('direction', [d]) as Expr;
  const inputs = ['position', 'direction'].map((name) => ({ name, shape: [d] }));
  const program = compile({ inputs, outputs: [hessianVectorProduct(value(position), position, direction)] });
  const result = new Float64Array(d * d);
  for (let j = 0; j < d; j++) {
    const unit = Float64Array.from({ length: d }, (_, i) => Number(i === j));
    program.run({ position: at, direction: unit })[0]!.forEach((v, i) => {
      result[i * d + j] = v;
    });
  }
  return result;
}

function expectSame(a: Float64Array, b: Float64Array, d: number): void {
  const size = Array.from({ length: d }, (_, i) => Math.sqrt(Math.abs(b[i * d + i]!)) || 1);
  a.forEach((v, k) => {
    const unit = size[Math.floor(k / d)]! * size[k % d]!;
    expect(Math.abs(v - b[k]!) / unit, `element ${Math.floor(k / d)}, ${k % d}`).toBeLessThan(1e-11);
  });
}

describe('a Hessian of likelihoods over rows', () => {
  for (const [name, story] of Object.entries(separable)) {
    it(`is that of the products with unit vectors: ${name}`, () => {
      const at = pointOf(story.d);
      for (const rewritten of [true, false]) {
        const density = densityOf(story, rewritten);
        expect(density.hasQuickHessian).toBe(true);
        const found = hessianOf(density, at);
        expectSame(found, byProducts(story, at), story.d);
        for (let i = 0; i < story.d; i++) {
          for (let j = 0; j < i; j++) expect(found[i * story.d + j]).toBe(found[j * story.d + i]);
        }
      }
    });
  }

  for (const [name, story] of Object.entries(others)) {
    it(`takes a product a coordinate where it is not of that form: ${name}`, () => {
      const density = densityOf(story);
      expect(density.hasQuickHessian).toBe(false);
      const at = pointOf(story.d);
      expectSame(hessianOf(density, at), byProducts(story, at), story.d);
    });
  }

  it('has the same bits wherever it was before', () => {
    const density = densityOf(separable['negative binomial']!);
    const once = hessianOf(density, pointOf(4));
    hessianOf(density, new Float64Array(4));
    expect(hessianOf(density, pointOf(4))).toEqual(once);
  });

  it('is not finite where the density is not', () => {
    const at = Float64Array.of(Number.NaN, 0, 0);
    expect(hessianOf(densityOf(separable.poisson!), at).some(Number.isNaN)).toBe(true);
  });
});

describe('separate', () => {
  const apart = ({ d, value }: Story) => {
    const position = variable('position', [d]) as Expr;
    return separate(nodeOf(value(position)), nodeOf(position), nodeOf(variable('direction', [d]) as Expr));
  };

  it('finds which coordinates enter the rows by themselves', () => {
    expect(apart(separable.logistic!)!.others).toEqual([]);
    expect(apart(separable['negative binomial']!)!.others).toEqual([3]);
    expect(apart(separable['student t with its scale and degrees of freedom']!)!.others).toEqual([3, 4]);
    expect(apart(separable['a factor of a sum over rows']!)!.others).toEqual([3]);
  });

  it('takes one product of a design with itself for each that bends, and one for each pair that meets', () => {
    const pairs = (name: string) => apart(separable[name]!)!.blocks.map(({ k, l }) => [k, l]);
    expect(pairs('poisson')).toEqual([[0, 0]]);
    expect(pairs('a mean and a scale by designs')).toEqual([
      [0, 0],
      [0, 1],
      [1, 1],
    ]);
    expect(pairs('two likelihoods over other rows')).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });
});
