/**
 * Bayes factors of linear models against the intercept alone, with Cauchy priors on standardised effects: analysis of
 * variance (Rouder, Morey, Speckman & Province 2012, J. Math. Psychol. 56, 356–374) and regression (Liang, Paulo,
 * Molina, Clyde & Berger 2008; Rouder & Morey 2012, Multivar. Behav. Res. 47, 877–903).
 */
import { mean as meanOf } from '../../data/moments.ts';
import { checkNames } from '../../estimate/options.ts';
import { exp, log, log1p } from '../../numeric/elementary.ts';
import { cholesky, choleskyLogDeterminant } from '../../numeric/linalg/cholesky.ts';
import { solveTriangular } from '../../numeric/linalg/triangular.ts';
import { LinearFit } from '../../regression/lm.ts';
import { type Groups, groupsOf } from '../groups.ts';

import { logIntegral } from './log-integral.ts';
import { BayesianTest } from './result.ts';

/** log g is integrated over this range on both sides: e^±40. */
const widest = 40;

/** log density of an inverse gamma variable of shape ½ at g = e^u, with the Jacobian of u. */
const inverseGamma = (u: number, rate: number) => 0.5 * log(rate) - 0.5 * log(Math.PI) - 0.5 * u - rate / exp(u);

function checkScale(caller: string, scale: number): number {
  if (scale > 0 && scale < Infinity) return scale;
  throw new RangeError(`${caller}: scale must be a positive number, got ${scale}`);
}

/**
 * Test whether the means of several groups are equal, by a Bayes factor.
 *
 * @param groups the samples by name, or values and a factor; as `analysisOfVariance` takes them
 * @param options.scale width of the Cauchy prior of the effects in standard deviations; default ½, R's "medium"
 * @throws RangeError for fewer than two groups, or values that do not vary
 * @example bayesianAnalysisOfVariance({ a: [1, 2, 3], b: [2, 4, 5], c: [7, 6, 8] }).bayesFactor
 */
export function bayesianAnalysisOfVariance(groups: Groups, options: { readonly scale?: number } = {}): BayesianTest {
  checkNames('bayesianAnalysisOfVariance', options, ['scale']);
  const scale = checkScale('bayesianAnalysisOfVariance', options.scale ?? 0.5);
  const samples = groupsOf('bayesianAnalysisOfVariance', groups);
  const k = samples.length;
  const all = samples.flatMap(({ values }) => [...values]);
  const n = all.length;
  const mean = meanOf(all);
  const total = all.reduce((sum, y) => sum + (y - mean) ** 2, 0);
  const within = samples.reduce((sum, { values }) => {
    const centre = meanOf(values);
    return values.reduce((s, y) => s + (y - centre) ** 2, sum);
  }, 0);
  if (!(within > 1e-15 * total))
    throw new RangeError('bayesianAnalysisOfVariance: the values do not vary within groups');
  // Effects that sum to 0: columns of an orthonormal basis, the same prior in all directions (their equation 8).
  const d = k - 1;
  const basis = (i: number, j: number) => (i <= j ? 1 : i === j + 1 ? -(j + 1) : 0) / Math.sqrt((j + 1) * (j + 2));
  const sizes = samples.map(({ values }) => values.length);
  const sums = samples.map(({ values }) => values.reduce((sum, y) => sum + (y - mean), 0));
  const cross = new Float64Array(d * d); // XᵀX of the centred columns
  const right = new Float64Array(d); // Xᵀy
  for (let a = 0; a < d; a++) {
    const middle = sizes.reduce((sum, size, i) => sum + size * basis(i, a), 0) / n;
    for (let b = 0; b < d; b++) {
      for (let i = 0; i < k; i++) cross[a * d + b]! += sizes[i]! * (basis(i, a) - middle) * basis(i, b);
    }
    for (let i = 0; i < k; i++) right[a]! += basis(i, a) * sums[i]!;
  }
  const evidence = (u: number) => {
    const g = exp(u);
    const widened = cross.map((value, at) => value + Number(at % (d + 1) === 0) / g);
    const l = cholesky(widened, d);
    const half = solveTriangular(l, d, right);
    const explained = half.reduce((sum, value) => sum + value * value, 0);
    return (
      -0.5 * (choleskyLogDeterminant(l, d) + d * u) -
      0.5 * (n - 1) * log1p(-explained / total) +
      inverseGamma(u, (scale * scale) / 2)
    );
  };
  return new BayesianTest({
    method: 'Bayesian analysis of variance',
    hypothesis: 'all means are equal',
    prior: `standardised effects ~ cauchy(0, ${Number(scale.toPrecision(3))})`,
    logBayesFactor: logIntegral(evidence, -widest, widest),
  });
}

/**
 * The Bayes factor of a linear model over the intercept alone.
 *
 * @param fit from `lm`, with an intercept and without weights; predictors that are numbers
 * @param options.scale width of the Cauchy prior of standardised slopes; default √2/4, R's "medium"
 * @throws RangeError for a fit without an intercept or predictors, or with weights
 * @example bayesFactorOfRegression(lm('dist ~ speed', cars)).bayesFactor
 */
export function bayesFactorOfRegression(fit: LinearFit, options: { readonly scale?: number } = {}): BayesianTest {
  checkNames('bayesFactorOfRegression', options, ['scale']);
  const scale = checkScale('bayesFactorOfRegression', options.scale ?? Math.SQRT2 / 4);
  if (!(fit instanceof LinearFit)) throw new TypeError('bayesFactorOfRegression: a fit of lm expected');
  const p = fit.rank - 1;
  if (!fit.design.intercept || p < 1 || fit.weights) {
    throw new RangeError('bayesFactorOfRegression: a fit with an intercept, predictors and no weights expected');
  }
  const n = fit.observations;
  const rest = 1 - fit.rSquared;
  return new BayesianTest({
    method: 'Bayes factor of a regression',
    hypothesis: 'all slopes are 0',
    prior: `standardised slopes ~ multivariate cauchy(0, ${Number(scale.toPrecision(3))})`,
    logBayesFactor: logIntegral(
      (u) => {
        const g = exp(u);
        return (
          0.5 * (n - p - 1) * log1p(g) - 0.5 * (n - 1) * log1p(g * rest) + inverseGamma(u, (n * scale * scale) / 2)
        );
      },
      -widest,
      widest,
    ),
  });
}
