/** Four models to calibrate on: a regression, a hierarchy, a mixture and an ordinal one, each with proper priors. */
import { beta, halfNormal, mixture, normal, ordered, orderedLogistic, simplex } from '#kernel/distributions/index';
import { model } from '#kernel/model/index';
import { key, Stream } from '#kernel/numeric/random';
import type { Calibrated } from './ranks.ts';

const stream = new Stream(key(1));
const n = 25;
const x = Array.from({ length: n }, () => stream.normal());
const group = Int32Array.from({ length: n }, (_, i) => i % 5);

const regression = model()
  .data({ x, y: new Float64Array(n) })
  .parameters({ alpha: normal(0, 2), slope: normal(0, 1), sigma: halfNormal(0, 1) })
  .observe(({ alpha, slope, sigma, x }) => ({ y: normal(alpha.add(slope.mul(x)), sigma) }));

const hierarchy = model()
  .data({ group: { codes: group, levels: ['a', 'b', 'c', 'd', 'e'] }, y: new Float64Array(n) })
  .parameters({ mu: normal(0, 1), tau: halfNormal(0, 1), z: normal(0, 1).size(5) })
  .observe(({ mu, tau, z, group }) => ({ y: normal(mu.add(tau.mul(z)).at(group), 0.7) }));

const twoGroups = model()
  .data({ y: new Float64Array(n) })
  .parameters({ w: simplex(2), mu: ordered(normal(0, 3).size(2)), sigma: halfNormal(0, 1) })
  .observe(({ w, mu, sigma }) => ({ y: mixture(w, [normal(mu.at(0), sigma), normal(mu.at(1), sigma)]) }));

const ordinal = model()
  .data({ x, y: new Float64Array(n) })
  .parameters({ slope: normal(0, 1), cuts: ordered(normal(0, 2).size(3)), share: beta(2, 2) })
  .observe(({ slope, cuts, x, share }) => ({ y: orderedLogistic(slope.mul(x).mul(share), cuts) }));

export const calibrated: Readonly<Record<string, Calibrated>> = {
  regression: { model: regression, names: ['alpha', 'slope', 'sigma'] },
  hierarchy: { model: hierarchy, names: ['mu', 'tau', 'z[0]'] },
  mixture: { model: twoGroups, names: ['w[0]', 'mu[0]', 'mu[1]', 'sigma'] },
  ordinal: { model: ordinal, names: ['slope', 'cuts[0]', 'cuts[2]'] },
};
