"""Writes fixtures/scipy.json: log densities, distribution functions, quantiles, means and variances by scipy.

    python scipy_figures.py > fixtures/scipy.json        (Python 3.11.7, scipy 1.17.1, numpy 2.4.6)

Families and parameters carry our names. Points where scipy itself is known to be wrong or to round its answer away
are not asked for (`CDF_FLOOR`); mpmath.json has the far tails.
"""
import json
import math
import sys

import numpy as np
import scipy
from scipy import stats
from scipy.special import expit

CDF_FLOOR = 1e-13
PROBABILITIES = [0.001, 0.05, 0.3, 0.5, 0.8, 0.99]

# family: (constructor of the frozen scipy distribution, parameter sets, points beyond the quantiles)
FAMILIES = {
    "normal": (lambda mean, sd: stats.norm(mean, sd), [(0, 1), (-3.5, 0.2), (1e6, 1e-3), (0, 1e10)], []),
    "halfNormal": (lambda location, scale: stats.halfnorm(location, scale), [(0, 1), (2, 0.5), (-10, 1e4)], []),
    "cauchy": (lambda location, scale: stats.cauchy(location, scale), [(0, 1), (5, 0.01), (-2, 1e5)], [1e12]),
    "halfCauchy": (lambda location, scale: stats.halfcauchy(location, scale), [(0, 1), (0, 5), (3, 0.1)], [1e12]),
    "studentT": (
        lambda nu, location, scale: stats.t(nu, location, scale),
        [(1, 0, 1), (4, 2, 0.5), (0.3, 0, 1), (30, -1, 10), (1e5, 0, 1)],
        [40.0],
    ),
    "exponential": (lambda rate: stats.expon(scale=1 / rate), [(1,), (0.01,), (250,)], [0.0]),
    "gamma": (
        lambda shape, rate: stats.gamma(shape, scale=1 / rate),
        [(1, 1), (2, 3), (0.5, 0.1), (0.05, 2), (30, 1), (1e4, 10)],
        [],
    ),
    "beta": (lambda alpha, beta: stats.beta(alpha, beta), [(1, 1), (2, 3), (0.5, 0.5), (300, 200), (0.1, 8)], []),
    "uniform": (lambda lower, upper: stats.uniform(lower, upper - lower), [(0, 1), (-3, 5), (1e6, 1e6 + 1)], []),
    "logNormal": (lambda mu, sigma: stats.lognorm(sigma, scale=math.exp(mu)), [(0, 1), (2, 0.1), (-5, 3)], []),
    "bernoulli": (lambda probability: stats.bernoulli(probability), [(0.3,), (1e-9,), (0.999,)], []),
    "bernoulliLogit": (lambda logit: stats.bernoulli(expit(logit)), [(0.4,), (-12,), (7,)], []),
    "binomial": (
        lambda trials, probability: stats.binom(trials, probability),
        [(10, 0.3), (1, 0.5), (100, 0.01), (1000, 0.9), (100000, 0.5)],
        [],
    ),
    "binomialLogit": (lambda trials, logit: stats.binom(trials, expit(logit)), [(10, -1), (50, 3), (200, -8)], []),
    "poisson": (lambda rate: stats.poisson(rate), [(3.5,), (0.01,), (200,), (1e5,)], []),
    "poissonLog": (lambda logRate: stats.poisson(np.exp(logRate)), [(0.5,), (-6,), (6,)], []),
    "logistic": (lambda location, scale: stats.logistic(location, scale), [(0, 1), (5, 0.01), (-2, 1e5)], [40.0]),
    "laplace": (lambda location, scale: stats.laplace(location, scale), [(0, 1), (5, 0.01), (-2, 1e5)], [40.0]),
    "gumbel": (lambda location, scale: stats.gumbel_r(location, scale), [(0, 1), (5, 0.01), (-2, 1e5)], [40.0]),
    "skewNormal": (
        lambda location, scale, slant: stats.skewnorm(slant, location, scale),
        [(0, 1, 0), (2, 0.5, 3), (-10, 1e4, -1)],
        [],
    ),
    "inverseGamma": (lambda shape, scale: stats.invgamma(shape, scale=scale), [(3, 2), (0.5, 0.1), (50, 1e3)], []),
    "weibull": (
        lambda shape, scale: stats.weibull_min(shape, scale=scale),
        [(1.5, 2), (0.4, 0.1), (1, 3), (30, 1e3)],
        [],
    ),
    "pareto": (lambda minimum, shape: stats.pareto(shape, scale=minimum), [(1, 3), (0.01, 0.5), (1e3, 30)], []),
    "lomax": (
        lambda location, scale, shape: stats.lomax(shape, location, scale),
        [(0, 1, 3), (-5, 0.01, 0.5), (3, 100, 30)],
        [],
    ),
    "generalisedPareto": (
        lambda location, scale, shape: stats.genpareto(shape, location, scale),
        [(0, 1, 0.2), (3, 0.1, -0.4), (-1, 10, 1.5), (0, 2, 0)],
        [],
    ),
    "chiSquared": (lambda nu: stats.chi2(nu), [(3,), (0.5,), (2,), (500,)], []),
    "inverseChiSquared": (lambda nu: stats.invgamma(nu / 2, scale=0.5), [(5,), (0.5,), (100,)], []),
    "scaledInverseChiSquared": (
        lambda nu, scale: stats.invgamma(nu / 2, scale=nu * scale**2 / 2),
        [(5, 2), (0.5, 0.1), (100, 30)],
        [],
    ),
    "betaProportion": (
        lambda mean, precision: stats.beta(mean * precision, (1 - mean) * precision),
        [(0.3, 5), (0.5, 0.5), (0.9, 1000)],
        [],
    ),
    "vonMises": (lambda location, concentration: stats.vonmises(concentration, location), [(0, 2), (1, 0.1), (-2, 30)], []),
    "fisherF": (lambda nu1, nu2: stats.f(nu1, nu2), [(5, 10), (1, 5), (2, 2), (300, 200)], []),
    "rayleigh": (lambda scale: stats.rayleigh(scale=scale), [(1,), (0.01,), (250,)], []),
    "frechet": (lambda shape, scale: stats.invweibull(shape, scale=scale), [(3, 1), (0.5, 0.1), (30, 1e3)], []),
    "inverseGaussian": (
        lambda mean, shape: stats.invgauss(mean / shape, scale=shape),
        [(1, 1), (3, 0.5), (0.2, 50)],
        [],
    ),
    "expModNormal": (
        lambda mean, sd, rate: stats.exponnorm(1 / (rate * sd), mean, sd),
        [(0, 1, 1), (2, 0.1, 3), (-5, 10, 0.5), (0, 1, 0.01)],
        [],
    ),
    "logLogistic": (lambda scale, shape: stats.fisk(shape, scale=scale), [(1, 3), (0.1, 0.5), (1e3, 30)], []),
    "negativeBinomial": (
        lambda mean, dispersion: stats.nbinom(dispersion, dispersion / (dispersion + mean)),
        [(5, 2), (0.1, 0.5), (200, 10), (30, 1000)],
        [],
    ),
    "negativeBinomialLog": (
        lambda logMean, dispersion: stats.nbinom(dispersion, dispersion / (dispersion + np.exp(logMean))),
        [(1.5, 2), (-2, 0.5), (5, 10)],
        [],
    ),
    "gammaPoisson": (lambda shape, rate: stats.nbinom(shape, rate / (1 + rate)), [(3, 0.7), (0.2, 0.1), (50, 4)], []),
    "negativeBinomialSuccesses": (
        lambda successes, probability: stats.nbinom(successes, probability),
        [(3, 0.4), (0.5, 0.05), (40, 0.9)],
        [],
    ),
    "betaBinomial": (
        lambda trials, alpha, beta: stats.betabinom(trials, alpha, beta),
        [(10, 2, 3), (200, 0.5, 0.5), (30, 40, 10)],
        [],
    ),
    "geometric": (lambda probability: stats.geom(probability, loc=-1), [(0.3,), (0.001,), (0.95,)], []),
    "hypergeometric": (
        lambda draws, marked, unmarked: stats.hypergeom(marked + unmarked, marked, draws),
        [(10, 7, 20), (50, 60, 10), (5, 100, 300)],
        [],
    ),
    "discreteUniform": (lambda lower, upper: stats.randint(lower, upper + 1), [(0, 9), (-5, 5), (1, 1000)], []),
}


def number(x):
    x = float(x)
    return x if math.isfinite(x) else str(x).replace("inf", "Infinity").replace("nan", "NaN")


def main():
    out = {}
    for name, (make, sets, extra) in FAMILIES.items():
        parameter_names = make.__code__.co_varnames
        discrete = isinstance(make(*sets[0]).dist, stats.rv_discrete)
        out[name] = []
        for values in sets:
            d = make(*values)
            xs = sorted({float(d.ppf(p)) for p in PROBABILITIES} | set(extra))
            points = []
            for x in xs:
                density = d.logpmf(x) if discrete else d.logpdf(x)
                if math.isfinite(density):
                    cdf = d.cdf(x)
                    points.append([x, number(density), number(cdf) if cdf > CDF_FLOOR else None])
            quantiles = [[p, number(d.ppf(p))] for p in PROBABILITIES if not discrete or abs(d.cdf(d.ppf(p)) - p) > 1e-9]
            mean, variance = d.stats("mv")
            if name in ("cauchy",) or (name == "studentT" and values[0] <= 1):
                mean, variance = math.nan, math.nan
            if name == "halfCauchy":
                mean, variance = math.inf, math.inf
            # scipy's von Mises has no circular moments, and says NaN where a mean diverges.
            no_figure = name == "vonMises"
            unknown = {"generalisedPareto", "frechet", "logLogistic", "pareto", "lomax"}
            moments = [None if no_figure or (name in unknown and math.isnan(m)) else number(m) for m in (mean, variance)]
            out[name].append(
                {
                    "parameters": dict(zip(parameter_names, values)),
                    "points": points,
                    "quantiles": quantiles,
                    "mean": moments[0],
                    "variance": moments[1],
                }
            )
    source = f"scipy {scipy.__version__}, numpy {np.__version__}, Python {sys.version.split()[0]}: python scipy_figures.py"
    print('{"source": ' + json.dumps(source) + ', "families": {')
    print(",\n".join(f" {json.dumps(name)}: [\n  " + ",\n  ".join(map(json.dumps, sets)) + "]" for name, sets in out.items()))
    print("}}")


if __name__ == "__main__":
    main()
