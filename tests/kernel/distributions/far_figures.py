"""Writes fixtures/far.json: log densities far in the tails by scipy, and moments of truncated and censored distributions.

    python far_figures.py > fixtures/far.json        (Python 3.11.7, scipy 1.17.1, mpmath 1.4.1)

Families and parameters are those of scipy_figures.py. Points where scipy gives NaN (Fréchet next to 0) or where the log
density itself overflows are left out. Moments are mpmath's integrals, to 30 digits, of the textbook densities.
"""
import json
import math
import sys
import warnings

import mpmath as mp
import scipy
from scipy import stats
from scipy_figures import FAMILIES, number

warnings.simplefilter("ignore")  # overflow on the way to a density of 0
mp.mp.dps = 30


def far_points(d):
    middle, width = float(d.median()), float(d.ppf(0.75) - d.ppf(0.25)) or 1.0
    low, high = map(float, d.support())
    if isinstance(d.dist, stats.rv_discrete):
        xs = [round(middle + k) for k in (100, 1e4, 1e6, 1e9)] + [round(middle - k) for k in (10, 1e3)] + [low, low + 1]
        xs += [high] if math.isfinite(high) else []
    else:
        xs = [middle + s * width * k for s in (1, -1) for k in (30, 1e3, 1e8, 1e100)]
        xs += [low + width * k for k in (1e-10, 1e-150, 1e-300)] if math.isfinite(low) else []
        xs += [high - width * 1e-10] if math.isfinite(high) else []
    return sorted({float(x) for x in xs if low <= x <= high and math.isfinite(x)})


far = {}
for name, (make, sets, _) in FAMILIES.items():
    far[name] = []
    for values in sets:
        d = make(*values)
        discrete = isinstance(d.dist, stats.rv_discrete)
        points = [[x, number(d.logpmf(x) if discrete else d.logpdf(x))] for x in far_points(d)]
        points = [p for p in points if not isinstance(p[1], str)]
        far[name].append({"parameters": list(values), "points": points})


def normal(mu, sigma):
    return lambda x: mp.npdf(x, mu, sigma)


def student(nu):
    nu = mp.mpf(nu)
    return lambda x: mp.gamma((nu + 1) / 2) / mp.gamma(nu / 2) / mp.sqrt(nu * mp.pi) * (1 + x * x / nu) ** (-(nu + 1) / 2)


def gamma(shape, rate):
    return lambda x: mp.mpf(rate) ** shape / mp.gamma(shape) * x ** (mp.mpf(shape) - 1) * mp.exp(-rate * x)


# base, parameters, density, ends of its support, bounds
CONTINUOUS = [
    ("normal", [0, 1], normal(0, 1), None, [-0.5, 2]),
    ("normal", [0, 1], normal(0, 1), None, [None, -1]),
    ("normal", [0, 1], normal(0, 1), None, [30, None]),
    ("normal", [0, 1], normal(0, 1), None, [8, 9]),
    ("normal", [1, 2], normal(1, 2), None, [-1e6, 1e6]),
    ("studentT", [4, 0, 1], student(4), None, [0.5, None]),
    ("studentT", [2.5, 0, 1], student(2.5), None, [-1, 40]),
    ("gamma", [0.5, 2], gamma(0.5, 2), 0, [None, 1.5]),
    ("gamma", [3, 0.1], gamma(3, 0.1), 0, [100, None]),
    ("cauchy", [0, 1], student(1), None, [-2, 7]),
]
moments = []
for family, parameters, density, start, (lower, upper) in CONTINUOUS:
    low = mp.mpf(lower) if lower is not None else (mp.mpf(start) if start is not None else -mp.inf)
    high = mp.mpf(upper) if upper is not None else mp.inf
    ends = sorted({low, high, *(mp.mpf(x) for x in (-10, -3, -1, 0, 1, 3, 10, 31, 120, 300) if low < x < high)})
    # quad stops at an absolute error: far in a tail the density is scaled up to about 1
    largest = max(density(x) for x in ends if mp.isfinite(x) and x != start)
    integral = lambda f: mp.quad(lambda x: f(x) / largest, ends) * largest
    mass = integral(density)
    mean = integral(lambda x: x * density(x)) / mass
    variance = integral(lambda x: (x - mean) ** 2 * density(x)) / mass
    row = {"family": family, "parameters": parameters, "lower": lower, "upper": upper}
    row["truncated"] = [mp.nstr(mean, 18), mp.nstr(variance, 18)]
    # capped: what lies beyond a bound sits on it
    outer = [-mp.inf if start is None else mp.mpf(start), mp.inf]
    below = mp.quad(density, [outer[0], *(x for x in (-300, -10, -1) if outer[0] < x < low), low]) if lower is not None else 0
    above = mp.quad(density, [high, *(x for x in (10, 31, 120, 300) if x > high), mp.inf]) if upper is not None else 0
    first = integral(lambda x: x * density(x)) + (below * low if below else 0) + (above * high if above else 0)
    second = integral(lambda x: (x - first) ** 2 * density(x))
    second += below * (low - first) ** 2 if below else 0
    second += above * (high - first) ** 2 if above else 0
    row["censored"] = [mp.nstr(first, 18), mp.nstr(second, 18)]
    moments.append(row)

DISCRETE = [("poisson", [3], stats.poisson(3), [2, 6]), ("poisson", [200], stats.poisson(200), [230, None])]
DISCRETE += [("geometric", [0.01], stats.geom(0.01, loc=-1), [None, 150]), ("binomial", [30, 0.4], stats.binom(30, 0.4), [20, None])]
for family, parameters, d, (lower, upper) in DISCRETE:
    ks = range(lower or 0, (upper if upper is not None else 2000) + 1)
    weights = [mp.mpf(float(d.pmf(k))) for k in ks]
    mass = mp.fsum(weights)
    mean = mp.fsum(k * w for k, w in zip(ks, weights)) / mass
    variance = mp.fsum((k - mean) ** 2 * w for k, w in zip(ks, weights)) / mass
    row = {"family": family, "parameters": parameters, "lower": lower, "upper": upper}
    moments.append({**row, "truncated": [mp.nstr(mean, 15), mp.nstr(variance, 15)]})

source = f"scipy {scipy.__version__}, mpmath {mp.__version__}, Python {sys.version.split()[0]}: python far_figures.py"
print('{"source": ' + json.dumps(source) + ', "far": {')
print(",\n".join(f" {json.dumps(name)}: [\n  " + ",\n  ".join(map(json.dumps, sets)) + "]" for name, sets in far.items()))
print('}, "moments": [\n ' + ",\n ".join(map(json.dumps, moments)) + "\n]}")
