/**
 * NUTS against reference posteriors: posteriordb (stan-dev/posteriordb), Stan, 10 chains × 1000 thinned draws; data
 * and figures in fixtures/, parameters numbered from 1 there.
 */
import { describe, expect, it } from 'vitest';
import {
  beta,
  flat,
  gamma,
  halfCauchy,
  halfNormal,
  normal,
  ordered,
  positiveOrdered,
  simplex,
} from '#kernel/distributions/index';
import { type Posterior, sample } from '#kernel/estimate/index';
import { model } from '#kernel/model/index';
import {
  cholesky,
  concatenate,
  constant,
  diagonal,
  diagonalMatrix,
  type Expr,
  logMix,
  logSumExp,
  scan,
  stack,
  triangularSolve,
} from '#kernel/program/index';
import '#kernel/diagnose/index';
import arK from './fixtures/arK.json' with { type: 'json' };
import blr from './fixtures/blr.json' with { type: 'json' };
import eightSchools from './fixtures/eight_schools_noncentered.json' with { type: 'json' };
import garch from './fixtures/garch11.json' with { type: 'json' };
import gp from './fixtures/gp_regr.json' with { type: 'json' };
import hmm from './fixtures/hmm_example.json' with { type: 'json' };
import interaction from './fixtures/kidscore_interaction.json' with { type: 'json' };
import kidscore from './fixtures/kidscore_momiq.json' with { type: 'json' };
import mixture from './fixtures/low_dim_gauss_mix.json' with { type: 'json' };
import nes from './fixtures/nes.json' with { type: 'json' };

type Reference = Readonly<Record<string, { mean: number; sd: number; mean_mcse: number }>>;

/**
 * Each mean and sd within 4 combined Monte Carlo standard errors (false alarms: 6e-5 a figure if both are right). The
 * reference's 10,000 thinned draws are nearly independent, so its sd has error sd/√20,000.
 */
function expectAgreement(posterior: Posterior, reference: Reference, floor = 400): void {
  for (const [name, { mean, sd, mean_mcse: mcse }] of Object.entries(reference)) {
    const row = posterior.summary().row(name.replace(/\[(\d+)\]/, (_, i) => `[${Number(i) - 1}]`));
    expect(Math.min(row.essBulk, row.essTail), `${name}: effective sample size`).toBeGreaterThan(floor);
    expect(row.rHat, `${name}: R-hat`).toBeLessThan(1.01);
    expect(Math.abs(row.mean - mean) / Math.hypot(row.mcseMean, mcse), `${name}: mean`).toBeLessThan(4);
    expect(Math.abs(row.sd - sd) / Math.hypot(row.mcseSd, sd / Math.sqrt(20_000)), `${name}: sd`).toBeLessThan(4);
  }
}

describe('NUTS against reference posteriors', () => {
  it('eight schools, non-centred', async () => {
    const { y, sigma } = eightSchools.data;
    const schools = model()
      .data({ y, sigma })
      .parameters({ mu: normal(0, 5), tau: halfCauchy(0, 5), z: normal(0, 1).size(8) })
      .derived(({ mu, tau, z }) => ({ theta: mu.add(tau.mul(z)) }))
      .observe(({ theta, sigma }) => ({ y: normal(theta, sigma) }));
    expectAgreement(await sample(schools, { seed: 1, targetAcceptance: 0.95 }), eightSchools.reference);
  });

  it('kid score on mother’s IQ, not centred: strongly correlated', async () => {
    const { kid_score: score, mom_iq: iq } = kidscore.data;
    const line = model()
      .data({ score, iq })
      .parameters({ beta: flat().size(2), sigma: halfCauchy(0, 2.5) })
      .observe(({ beta, sigma, iq }) => ({ score: normal(beta.at(0).add(beta.at(1).mul(iq)), sigma) }));
    expectAgreement(await sample(line, { seed: 1 }), kidscore.reference);
  });

  it('mixture of two normals, ordered means', async () => {
    const { y } = mixture.data;
    const mix = model()
      .data({ y })
      .parameters({ mu: ordered(normal(0, 2).size(2)), sigma: halfNormal(0, 2).size(2), theta: beta(5, 5) })
      .logDensity(({ mu, sigma, theta, y }) =>
        logMix(theta, normal(mu.at(0), sigma.at(0)).logDensity(y), normal(mu.at(1), sigma.at(1)).logDensity(y)),
      );
    expectAgreement(await sample(mix, { seed: 1, warmup: 500, draws: 500 }), mixture.reference);
  });

  it('autoregression of order 5', async () => {
    const { K, T, y } = arK.data;
    const lags = Array.from({ length: K }, (_, k) => y.slice(K - k - 1, T - k - 1)); // lag k + 1: (K, T − K)
    const design = y.slice(K).map((_, t) => lags.map((lag) => lag[t]!)); // (T − K, K)
    const ar = model()
      .data({ y: y.slice(K), design })
      .parameters({ alpha: normal(0, 10), beta: normal(0, 10).size(5), sigma: halfCauchy(0, 2.5) })
      .observe(({ alpha, beta, sigma, design }) => ({ y: normal(design.matmul(beta).add(alpha), sigma) }));
    expectAgreement(await sample(ar, { seed: 1 }), arK.reference);
  });

  it('linear regression on five predictors', async () => {
    const { y, X } = blr.data;
    const regression = model()
      .data({ y, X })
      .parameters({ beta: normal(0, 10).size(5), sigma: halfNormal(0, 10) })
      .observe(({ beta, sigma, X }) => ({ y: normal(X.matmul(beta), sigma) }));
    expectAgreement(await sample(regression, { seed: 1 }), blr.reference);
  });

  it('GARCH(1, 1): a recurrence, and a bound that depends on another parameter', async () => {
    const { y, sigma1 } = garch.data;
    const returns = model()
      .data({ y, before: y.slice(0, -1) })
      .parameters({
        mu: flat(),
        alpha0: flat().bounded({ lower: 0 }),
        alpha1: flat().bounded({ lower: 0, upper: 1 }),
      })
      .parameters(({ alpha1 }) => ({ beta1: flat().bounded({ lower: 0, upper: constant(1).sub(alpha1) }) }))
      .observe(({ mu, alpha0, alpha1, beta1, before }) => {
        const shocks = before.sub(mu).square(); // (T − 1,)
        const variance = scan(
          (last, shock) => alpha0.add(alpha1.mul(shock)).add(beta1.mul(last)),
          constant(sigma1 ** 2),
          shocks,
        );
        return { y: normal(mu, concatenate([constant([sigma1]), variance.sqrt()])) };
      });
    expectAgreement(await sample(returns, { seed: 1, warmup: 500, draws: 500 }), garch.reference);
  });

  it('kid score with an interaction, not centred: very strongly correlated', async () => {
    const { kid_score: score, mom_iq: iq, mom_hs: hs } = interaction.data;
    const line = model()
      .data({ score, design: iq.map((q, i) => [1, hs[i]!, q, q * hs[i]!]) })
      .parameters({ beta: flat().size(4), sigma: halfCauchy(0, 2.5) })
      .observe(({ beta, sigma, design }) => ({ score: normal(design.matmul(beta), sigma) }));
    expectAgreement(await sample(line, { seed: 1 }), interaction.reference);
  });

  it('party identification on nine predictors, flat priors', async () => {
    const { partyid7, real_ideo, race_adj, age_discrete, educ1, gender, income } = nes.data;
    const rows = partyid7.map((_, i) => [
      1,
      real_ideo[i]!,
      race_adj[i]!,
      ...[2, 3, 4].map((age) => (age_discrete[i] === age ? 1 : 0)),
      educ1[i]!,
      gender[i]!,
      income[i]!,
    ]);
    const regression = model()
      .data({ y: partyid7, X: rows })
      .parameters({ beta: flat().size(9), sigma: flat().bounded({ lower: 0 }) })
      .observe(({ beta, sigma, X }) => ({ y: normal(X.matmul(beta), sigma) }));
    expectAgreement(await sample(regression, { seed: 1, warmup: 500, draws: 500 }), nes.reference);
  });

  it('Gaussian process regression through a Cholesky factor', async () => {
    const { x, y } = gp.data;
    const squares = x.map((a) => x.map((b) => (a - b) ** 2)); // (n, n)
    const process = model()
      .data({ y, squares })
      .parameters({ rho: gamma(25, 4), alpha: halfNormal(0, 2), sigma: halfNormal(0, 1) })
      .logDensity(({ rho, alpha, sigma, squares, y }) => {
        const kernel = squares.div(rho.square().mul(-2)).exp().mul(alpha.square());
        const factor = cholesky(kernel.add(diagonalMatrix(sigma.mul(new Float64Array(x.length).fill(1)))));
        const whitened = triangularSolve(factor, y);
        return whitened.square().sum().mul(-0.5).sub(diagonal(factor).log().sum());
      });
    expectAgreement(await sample(process, { seed: 1 }), gp.reference);
  });

  it('hidden Markov model by the forward algorithm, two simplexes and ordered means', async () => {
    const { y } = hmm.data;
    const markov = model()
      .data({ y })
      .parameters({ theta1: simplex(2), theta2: simplex(2), mu: positiveOrdered(normal([3, 10], 1)) })
      .logDensity(({ theta1, theta2, mu, y }) => {
        const emission = (k: number) => normal(mu.at(k), 1).logDensity(y); // (T,)
        const [first, second] = [emission(0), emission(1)];
        const log = [theta1.log(), theta2.log()] as const;
        const forward = scan(
          (before: { a: Expr; b: Expr }, e0: Expr, e1: Expr) => ({
            a: logSumExp(stack([before.a.add(log[0].at(0)), before.b.add(log[1].at(0))])).add(e0),
            b: logSumExp(stack([before.a.add(log[0].at(1)), before.b.add(log[1].at(1))])).add(e1),
          }),
          { a: first.at(0), b: second.at(0) },
          first.slice(1),
          second.slice(1),
        );
        return logSumExp(stack([forward.a.at(-1), forward.b.at(-1)]));
      });
    expectAgreement(await sample(markov, { seed: 1, warmup: 500, draws: 500 }), hmm.reference);
  });
});
