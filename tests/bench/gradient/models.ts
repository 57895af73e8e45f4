/**
 * The models of the gradient bench, as a user would write them; the same as peers/stan/*.stan, parameters in the same
 * order, so that positions are the same vectors.
 */
import {
  bernoulliLogit,
  beta,
  flat,
  gamma,
  halfCauchy,
  halfNormal,
  logNormal,
  normal,
  ordered,
  poissonLog,
  positiveOrdered,
  uniform,
} from '#kernel/distributions/index';
import { type AnyModel, model } from '#kernel/model/index';
import { cholesky, concatenate, constant, type Expr, logMix, matmul, scan, stack } from '#kernel/program/index';
import * as data from './data.ts';

/** A model, and its data as the Stan program reads them. */
export interface BenchModel {
  readonly model: AnyModel;
  readonly stan: object;
}

function eight(): BenchModel {
  const { y, sigma, J } = data.eight();
  const told = model()
    .data({ y, sigma })
    .parameters({ mu: normal(0, 5), tau: halfCauchy(0, 5), t: normal(0, 1).size(J) })
    .observe(({ mu, tau, t, sigma }) => ({ y: normal(mu.add(tau.mul(t)), sigma) }));
  return { model: told, stan: data.eight() };
}

function logit(): BenchModel {
  const { X, y, d } = data.logit();
  const told = model()
    .data({ X, y })
    .parameters({ a: normal(0, 2), b: normal(0, 1).size(d) })
    .observe(({ X, a, b }) => ({ y: bernoulliLogit(a.add(matmul(X, b))) }));
  return { model: told, stan: { ...data.logit() } };
}

function radon(): BenchModel {
  const { g, fl, y, J, n } = data.radon();
  const told = model()
    .data({ g, fl, y })
    .parameters({
      ma: normal(0, 10),
      mb: normal(0, 10),
      sa: halfNormal(0, 1),
      sb: halfNormal(0, 1),
      s: halfNormal(0, 1),
      ar: normal(0, 1).size(J),
      br: normal(0, 1).size(J),
    })
    .observe(({ ma, mb, sa, sb, s, ar, br, g, fl }) => {
      const al = ma.add(sa.mul(ar)) as Expr;
      const be = mb.add(sb.mul(br)) as Expr;
      return { y: normal(al.at(g).add(fl.mul(be.at(g))), s) };
    });
  return { model: told, stan: { n, J, g: g.map((j) => j + 1), fl, y } };
}

function gp(): BenchModel {
  const { x, k, n } = data.gp();
  const distance = x.map((a) => x.map((b) => (a - b) ** 2)); // (n, n)
  const nugget = x.map((_, i) => x.map((_, j) => (i === j ? 1e-10 : 0))); // (n, n)
  const told = model()
    .data({ k, distance, nugget })
    .parameters({ rho: gamma(25, 4), alpha: halfNormal(0, 2), f: normal(0, 1).size(n) })
    .observe(({ rho, alpha, f, distance, nugget }) => {
      const kernel = distance.mul(rho.square().reciprocal().mul(-0.5)).exp().mul(alpha.square()).add(nugget);
      return { k: poissonLog(matmul(cholesky(kernel), f)) };
    });
  return { model: told, stan: data.gp() };
}

function garch(): BenchModel {
  const { y, sigma1 } = data.garch();
  const told = model()
    .data({ y })
    .parameters({ mu: flat(), a0: flat().bounded({ lower: 0 }), a1: uniform(0, 1) })
    .parameters(({ a1 }) => ({ b1: flat().bounded({ lower: 0, upper: constant(1).sub(a1) }) }))
    .observe(({ mu, a0, a1, b1, y }) => {
      const squares = y.sub(mu).square().slice(0, -1);
      const first = sigma1 ** 2;
      const variance = scan((before: Expr, e: Expr) => a0.add(a1.mul(e)).add(b1.mul(before)), first, squares);
      return { y: normal(mu, concatenate([[first], variance]).sqrt()) };
    });
  return { model: told, stan: data.garch() };
}

function mix(): BenchModel {
  const { y } = data.mix();
  const told = model()
    .data({ y })
    .parameters({ mu: ordered(normal(0, 2).size(2)), s: halfNormal(0, 2).size(2), th: beta(5, 5) })
    .logDensity(({ y, mu, s, th }) =>
      logMix(th, normal(mu.at(0), s.at(0)).logDensity(y), normal(mu.at(1), s.at(1)).logDensity(y)).sum(),
    );
  return { model: told, stan: data.mix() };
}

function kid(): BenchModel {
  const { hs, iq, y } = data.kid();
  const told = model()
    .data({ hs, iq, y })
    .parameters({ b: flat().size(3), s: halfCauchy(0, 2.5) })
    .observe(({ b, s, hs, iq }) => ({ y: normal(b.at(0).add(b.at(1).mul(hs)).add(b.at(2).mul(iq)), s) }));
  return { model: told, stan: data.kid() };
}

function irt(): BenchModel {
  const { I, J, N, v, item, person } = data.irt();
  const told = model()
    .data({ v, item, person })
    .parameters({ sd_theta: halfCauchy(0, 2) })
    .parameters(({ sd_theta }) => ({ theta: normal(0, sd_theta).size(J), sd_a: halfCauchy(0, 2) }))
    .parameters(({ sd_a }) => ({ a: logNormal(0, sd_a).size(I), mu_b: normal(0, 5), sd_b: halfCauchy(0, 2) }))
    .parameters(({ mu_b, sd_b }) => ({ b: normal(mu_b, sd_b).size(I) }))
    .observe(({ theta, a, b, item, person }) => ({
      v: bernoulliLogit(a.at(item).mul(theta.at(person).sub(b.at(item)))),
    }));
  const from1 = (codes: readonly number[]) => codes.map((code) => code + 1);
  return { model: told, stan: { I, J, N, v, item: from1(item), person: from1(person) } };
}

function regression(): BenchModel {
  const { X, y, D } = data.regression();
  const told = model()
    .data({ X, y })
    .parameters({ beta: normal(0, 10).size(D), sigma: halfNormal(0, 10) })
    .observe(({ X, beta, sigma }) => ({ y: normal(matmul(X, beta), sigma) }));
  return { model: told, stan: data.regression() };
}

function ar5(): BenchModel {
  const { K, T, y } = data.ar5();
  const lag = Array.from({ length: T - K }, (_, t) => Array.from({ length: K }, (_, k) => y[t + K - 1 - k]!));
  const told = model()
    .data({ lag, out: y.slice(K) })
    .parameters({ alpha: normal(0, 10), beta: normal(0, 10).size(K), sigma: halfCauchy(0, 2.5) })
    .observe(({ lag, alpha, beta, sigma }) => ({ out: normal(alpha.add(matmul(lag, beta)), sigma) }));
  return { model: told, stan: data.ar5() };
}

function hmm(): BenchModel {
  const { y } = data.hmm();
  const told = model()
    .data({ y })
    .parameters({ p1: uniform(0, 1), p2: uniform(0, 1), mu: positiveOrdered(flat().size(2)) })
    .logDensity(({ y, p1, p2, mu }) => {
      const rows = stack([p1, p2]);
      const transition = stack([rows.log(), rows.neg().log1p()]).transpose(); // (from, to)
      const emission = normal(mu, 1).logDensity(y.reshape(-1, 1)); // (N, 2)
      const forward = scan(
        (before: Expr, now: Expr) => transition.add(before.reshape(2, 1)).logSumExp(0).add(now),
        emission.at(0),
        emission.slice(1),
      );
      const prior = normal([3, 10], 1).logDensity(mu).sum();
      return forward.at(-1).logSumExp().add(prior);
    });
  return { model: told, stan: data.hmm() };
}

export const models: Readonly<Record<string, () => BenchModel>> = {
  eight,
  logit,
  radon,
  gp,
  garch,
  mix,
  kid,
  irt,
  regression,
  ar5,
  hmm,
};
