import { describe, expect, it } from 'vitest';
import { bernoulli, beta, flat, gamma, normal, poisson, uniform } from '#kernel/distributions/index';
import { map, mle } from '#kernel/estimate/index';
import { model } from '#kernel/model/index';
import { cholesky, choleskySolve } from '#kernel/numeric/linalg/cholesky';

const x1 = [1.2, -0.4, 0.3, 2.2, -1.7, 0.9, -0.1, 1.4];
const x2 = [0.5, 1.1, -0.9, 0.2, -1.3, 0.8, 1.9, -0.6];
const y = [2.9, 0.4, 1.8, 4.6, -1.4, 2.2, 0.1, 3.7];

/** Intercept and slopes of min ‖y − α − Xβ‖² + λ‖β‖², by the normal equations. */
function ridge(lambda: number): Float64Array {
  const columns = [y.map(() => 1), x1, x2];
  const inner = (a: number[], b: number[]) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
  const gram = Float64Array.from(
    columns.flatMap((a, i) => columns.map((b, j) => inner(a, b) + (i === j && i > 0 ? lambda : 0))),
  );
  return choleskySolve(
    cholesky(gram, 3),
    3,
    Float64Array.from(columns, (a) => inner(a, y)),
  );
}

describe('maximum a posteriori', () => {
  it('under a zero-mean normal prior on slopes, known σ and a flat intercept is ridge with λ = σ²/τ²', async () => {
    const [sigma, tau] = [0.7, 0.5];
    const fit = await map(
      model()
        .data({ x1, x2, y })
        .parameters({ alpha: flat(), beta1: normal(0, tau), beta2: normal(0, tau) })
        .observe(({ alpha, beta1, beta2, x1, x2 }) => ({
          y: normal(alpha.add(beta1.mul(x1)).add(beta2.mul(x2)), sigma),
        })),
    );
    ridge(sigma ** 2 / tau ** 2).forEach((v, i) => {
      expect(Math.abs(fit.values[i]! / v - 1)).toBeLessThan(1e-10);
    });
  });

  it('with λ → 0, a prior ever wider, becomes the MLE', async () => {
    const wide = (tau: number) =>
      model()
        .data({ x1, y })
        .parameters({ alpha: flat(), beta1: normal(0, tau) })
        .observe(({ alpha, beta1, x1 }) => ({ y: normal(alpha.add(beta1.mul(x1)), 1) }));
    const fit = await mle(wide(1));
    const far = Math.abs((await map(wide(1))).estimates.beta1 - fit.estimates.beta1);
    const near = Math.abs((await map(wide(100))).estimates.beta1 - fit.estimates.beta1);
    expect(near).toBeLessThan(far / 5000);
  });

  it('under a uniform prior with an interior optimum is the MLE, to 1e-8 standard errors', async () => {
    const bounded = model()
      .data({ y: [1, 0, 1, 1, 0, 1, 1] })
      .parameters({ p: uniform(0, 1) })
      .observe(({ p }) => ({ y: bernoulli(p) }));
    const [byMap, byMle] = [await map(bounded), await mle(bounded)];
    expect(byMle.estimates.p).toBeCloseTo(5 / 7, 12);
    expect(Math.abs(byMap.estimates.p - byMle.estimates.p)).toBeLessThan(1e-8 * byMle.standardErrors.p);
    // √(p(1 − p)/n)
    expect(byMap.standardErrors.p).toBeCloseTo(Math.sqrt(((5 / 7) * (2 / 7)) / 7), 9);
  });

  const heads = model()
    .data({ y: [1, 0, 1, 1, 0, 1, 1, 0, 1, 1] })
    .parameters({ p: beta(2, 3) })
    .observe(({ p }) => ({ y: bernoulli(p) }));

  it('of a probability has the beta posterior’s mode on the natural scale by default', async () => {
    // beta(2 + 7, 3 + 3): mode (a − 1)/(a + b − 2) = 8/13
    const fit = await map(heads);
    expect(fit.estimates.p).toBeCloseTo(8 / 13, 12);
    expect(fit.jacobian).toBe(false);
  });

  it('with jacobian: true has the mode of the unconstrained position, which here is the mean', async () => {
    // Density of logit p: p^a (1 − p)^b has its mode at a/(a + b) = 9/15.
    const fit = await map(heads, { jacobian: true });
    expect(fit.estimates.p).toBeCloseTo(9 / 15, 12);
    expect(String(fit)).toContain('density on the unconstrained scale');
  });

  it('of a rate has the gamma posterior’s mode, and the other convention its own', async () => {
    const counts = model()
      .data({ y: [3, 1, 4, 1, 5] })
      .parameters({ rate: gamma(2, 0.5) })
      .observe(({ rate }) => ({ y: poisson(rate) }));
    // gamma(2 + 14, 0.5 + 5): mode 15/5.5; of log rate: 16/5.5
    expect((await map(counts)).estimates.rate).toBeCloseTo(15 / 5.5, 11);
    expect((await map(counts, { jacobian: true })).estimates.rate).toBeCloseTo(16 / 5.5, 11);
  });

  it('works without any data: the mode of the prior', async () => {
    const fit = await map(model().parameters({ p: beta(3, 2), m: normal(1, 2) }));
    expect(fit.estimates.p).toBeCloseTo(2 / 3, 11);
    expect(fit.estimates.m).toBeCloseTo(1, 11);
    expect(fit.bic).toBeNaN();
  });

  it('takes a start by name', async () => {
    const fit = await map(heads, { init: { p: 0.99 }, starts: 1 });
    expect(fit.estimates.p).toBeCloseTo(8 / 13, 12);
  });
});
