import { describe, expect, it } from 'vitest';
import {
  categorical,
  censored,
  dirichlet,
  exponential,
  halfNormal,
  inverseWishart,
  lkjCholesky,
  lkjCorrelation,
  mixture,
  multivariateNormal,
  multivariateNormalCholesky,
  normal,
  ordered,
  orderedLogistic,
  poisson,
  truncated,
  zeroInflated,
} from '#kernel/distributions/index';
import { compileModel, model } from '#kernel/model/index';
import { key, Stream } from '#kernel/numeric/index';
import type { Expr } from '#kernel/program/index';

describe('models with vectors and matrices', () => {
  const slopes = () =>
    model()
      .parameters({ factor: lkjCholesky(2, 2), tau: halfNormal(0, 1).size(2) })
      .parameters(({ factor, tau }) => ({
        effects: multivariateNormalCholesky([0, 0], (factor as Expr).mul((tau as Expr).reshape(2, 1))).size(3),
      }));

  it('have coordinates for what is free of a factor, and names for all its elements', () => {
    const compiled = compileModel(slopes());
    expect(compiled.dimension).toBe(1 + 2 + 6);
    expect(compiled.names.slice(0, 5)).toEqual(['factor[0,0]', 'factor[0,1]', 'factor[1,0]', 'factor[1,1]', 'tau[0]']);
    const position = Float64Array.from({ length: 9 }, (_, i) => Math.cos(i));
    const values = compiled.constrain(position);
    compiled.unconstrain(values).forEach((u, i) => void expect(u).toBeCloseTo(position[i]!, 12));
    const density = compiled.density({ prior: true, jacobian: true });
    const gradient = new Float64Array(9);
    const value = density.valueAndGradient(position, gradient);
    expect(Number.isFinite(value)).toBe(true);
    position.forEach((u, i) => {
      const at = (step: number) => density.value(position.with(i, u + step));
      expect(gradient[i]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 6);
    });
  });

  it('draw from their priors, whatever depends on what', () => {
    const draw = compileModel(slopes()).priorDraw(new Stream(key(1)));
    expect(draw.every(Number.isFinite)).toBe(true);
    expect([draw[0], draw[1]]).toEqual([1, 0]);
  });

  it('observe rows of vectors, codes and ratings', () => {
    const compiled = compileModel(
      model()
        .data({
          y: [
            [0.2, 1],
            [1.5, -1],
          ],
          party: [0, 2, 1],
          rating: [0, 1, 3],
          x: [0, 1, 2],
        })
        .parameters({
          sigma: inverseWishart(5, [
            [1, 0],
            [0, 1],
          ]),
          omega: lkjCorrelation(2, 1),
          shares: dirichlet([1, 2, 3]),
          beta: normal(0, 1),
          cutpoints: ordered(normal(0, 3).size(3)),
        })
        .observe(({ sigma, shares, beta, cutpoints, x }) => ({
          y: multivariateNormal([0, 0], sigma),
          party: categorical(shares),
          rating: orderedLogistic((x as Expr).mul(beta), cutpoints),
        })),
    );
    expect(compiled.dimension).toBe(3 + 1 + 2 + 1 + 3);
    const position = new Float64Array(compiled.dimension);
    position.set([-1, 0, 1], 7);
    const gradient = new Float64Array(compiled.dimension);
    const value = compiled.density({ prior: true, jacobian: true }).valueAndGradient(position, gradient);
    expect(Number.isFinite(value) && gradient.every(Number.isFinite)).toBe(true);
    const drawn = compiled.predictive(position, new Stream(key(2)));
    expect([drawn.y!.length, drawn.party!.length, drawn.rating!.length]).toEqual([4, 3, 3]);
    expect(drawn.party!.every((code) => code >= 0 && code <= 2)).toBe(true);
  });

  it('say what a matrix outside its support must be', () => {
    const compiled = compileModel(model().parameters({ omega: lkjCorrelation(2, 1) }));
    expect(() => compiled.unconstrain(Float64Array.of(1, 0.5, 0.2, 1))).toThrow(
      /'omega' must be a symmetric positive definite matrix with a diagonal of 1/,
    );
  });
});

describe('models with distributions made of others', () => {
  const compiled = () =>
    compileModel(
      model()
        .data({ y: [-1.2, 0.3, 4.9, 5.2], count: [0, 0, 3], days: [12, 30], rest: [0.4, 1.5] })
        .parameters({
          w: dirichlet([1, 1]),
          mu: ordered(normal(0, 5).size(2)),
          sigma: halfNormal(0, 2),
          scale: truncated(normal(1, 2), { lower: 0.5 }),
        })
        .observe(({ w, mu, sigma, scale }) => ({
          y: mixture(w, [normal((mu as Expr).at(0), sigma), normal((mu as Expr).at(1), sigma)]),
          count: zeroInflated((w as Expr).at(0), poisson(scale)),
          days: censored(exponential(scale), { upper: 30 }),
          rest: truncated(normal((mu as Expr).at(0), scale), { lower: 0 }),
        })),
    );

  it('have finite densities whose slopes are those of differences', () => {
    const { dimension } = compiled();
    expect(dimension).toBe(1 + 2 + 1 + 1);
    const whole = compiled().density({ prior: true, jacobian: true });
    const position = Float64Array.of(0.3, -1, 1.2, -0.2, -0.4);
    const gradient = new Float64Array(dimension);
    expect(Number.isFinite(whole.valueAndGradient(position, gradient))).toBe(true);
    position.forEach((u, i) => {
      const at = (step: number) => whole.value(position.with(i, u + step));
      expect(gradient[i]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 5);
    });
  });

  it('draw data and priors of their own', () => {
    const made = compiled();
    const values = made.constrain(made.unconstrain(made.priorDraw(new Stream(key(4)))));
    expect(values.at(-1)).toBeGreaterThan(0.5);
    const position = Float64Array.of(0.3, -1, 1.2, -0.2, -0.4);
    const drawn = made.predictive(position, new Stream(key(5)));
    expect(Object.values(drawn).map((column) => column.length)).toEqual([4, 3, 2, 2]);
    expect(drawn.rest!.every((x) => x >= 0) && drawn.days!.every((x) => x <= 30)).toBe(true);
    expect(drawn.count!.every(Number.isInteger)).toBe(true);
  });

  it('call their terms by how they were written', () => {
    const labels = compiled()
      .terms(Float64Array.of(0.3, -1, 1.2, -0.2, -0.4))
      .map(({ label }) => label);
    expect(labels).toContain('scale ~ truncated(normal(1, 2), { lower: 0.5 })');
    expect(labels).toContain('days ~ censored(exponential(scale), { upper: 30 })');
    expect(labels.find((label) => label.startsWith('y ~'))).toMatch(
      /^y ~ mixture\(\[.*\], \[normal\(.*, sigma\), normal\(.*, sigma\)\]\)$/,
    );
  });
});
