"""Fits by scipy, scikit-learn and statsmodels (one thread), and the answers to questions about one case.

Arguments: name of the case, data file (JSON), positions file (not read). Every way to the fit that reaches the tolerance
is timed once at the start; questions go to the fastest. Questions on standard input:
  value        [{"value": largest gradient, "gradient": coefficients, "name": which way}], as JSON
  time REPS    CPU microseconds a call, over REPS of them
"""

import json
import os
import sys
import time
import warnings

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
import statsmodels.api as sm
from scipy import linalg, optimize, special
from sklearn.linear_model import LogisticRegression, PoissonRegressor, lars_path, lasso_path

warnings.simplefilter("ignore")


def with_ones(x):
    return np.column_stack([np.ones(len(x)), x])


def logistic_parts(x, y):
    def value(b):
        eta = x @ b
        return np.logaddexp(0, eta).sum() - y @ eta, x.T @ (special.expit(eta) - y)

    def curvature(b):
        p = special.expit(x @ b)
        return (x * (p * (1 - p))[:, None]).T @ x

    return value, curvature


def poisson_parts(x, y):
    def value(b):
        eta = x @ b
        mean = np.exp(eta)
        return mean.sum() - y @ eta, x.T @ (mean - y)

    def curvature(b):
        return (x * np.exp(x @ b)[:, None]).T @ x

    return value, curvature


def newton(x, y, weights, tolerance, start):
    """Logistic, by hand: what one writes where the packages take most of their time around the fit."""
    b = start.copy()
    for _ in range(30):
        mu = special.expit(x @ b)
        gradient = x.T @ (weights * (y - mu))
        if np.abs(gradient).max() <= tolerance:
            break
        curvature = (x * (weights * mu * (1 - mu))[:, None]).T @ x
        b += linalg.solve(curvature, gradient, assume_a="pos", check_finite=False)
    return b


def generalised(kind, data):
    plain, y, tolerance = np.array(data["x"]).T.copy(), np.array(data["y"]), data["tolerance"]
    x = with_ones(plain)
    value, curvature = (logistic_parts if kind == "logistic" else poisson_parts)(x, y)
    zero = np.zeros(x.shape[1])
    small = tolerance / len(y)

    def sklearn(solver):
        if kind == "logistic":
            fit = LogisticRegression(C=np.inf, solver=solver, tol=small, max_iter=500).fit(plain, y)
            return np.concatenate([fit.intercept_, fit.coef_[0]])
        fit = PoissonRegressor(alpha=0, solver=solver, tol=small, max_iter=500).fit(plain, y)
        return np.concatenate([[fit.intercept_], fit.coef_])

    family = sm.families.Binomial() if kind == "logistic" else sm.families.Poisson()
    discrete = sm.Logit if kind == "logistic" else sm.Poisson
    exact = {"jac": True, "hess": curvature}
    ways = {
        "scipy L-BFGS-B": lambda: optimize.minimize(
            value, zero, jac=True, method="L-BFGS-B", options={"ftol": 0, "gtol": tolerance}
        ).x,
        "scipy trust-exact": lambda: optimize.minimize(
            value, zero, method="trust-exact", options={"gtol": tolerance}, **exact
        ).x,
        "scipy Newton-CG": lambda: optimize.minimize(
            value, zero, method="Newton-CG", options={"xtol": 1e-9}, **exact
        ).x,
        "scikit-learn newton-cholesky": lambda: sklearn("newton-cholesky"),
        "scikit-learn lbfgs": lambda: sklearn("lbfgs"),
        "statsmodels GLM": lambda: sm.GLM(y, x, family=family).fit(tol=1e-12).params,
        "statsmodels discrete": lambda: discrete(y, x).fit(disp=0, tol=1e-10).params,
    }
    return ways, lambda b: np.abs(value(b)[1]).max(), tolerance


def least_squares(data):
    x, y = with_ones(np.array(data["x"]).T.copy()), np.array(data["y"])

    def fit(method):
        found = sm.OLS(y, x).fit(method=method)
        found.summary().as_text()
        return found.params

    ways = {f"statsmodels OLS {method}": (lambda method=method: fit(method)) for method in ("pinv", "qr")}
    return ways, lambda b: np.abs(x.T @ (y - x @ b)).max(), data["tolerance"]


def lasso(data):
    plain, y, penalties = np.array(data["x"]).T, np.array(data["y"]), np.array(data["lambda"])
    plain = np.asfortranarray(plain)

    def centred():
        mean = plain.mean(axis=0)
        moved = plain - mean
        scale = np.sqrt((moved**2).mean(axis=0))
        return np.asfortranarray(moved / scale), y - y.mean(), scale

    def descent(precompute):
        x, target, scale = centred()
        path = lasso_path(x, target, alphas=penalties, tol=1e-12, max_iter=100_000, precompute=precompute)[1]
        return (path / scale[:, None]).T.ravel()

    def lars():
        x, target, scale = centred()
        knots, _, path = lars_path(x, target, method="lasso", Gram=x.T @ x)
        order = np.argsort(knots)
        found = np.array([np.interp(penalties, knots[order], row[order]) for row in path])
        return (found / scale[:, None]).T.ravel()

    def worst(path):
        x, target, scale = centred()
        b = path.reshape(len(penalties), -1) * scale
        pull = (x.T @ (target[:, None] - x @ b.T)) / len(y)
        inside = np.where(b.T == 0, np.maximum(np.abs(pull) - penalties, 0), np.abs(pull - penalties * np.sign(b.T)))
        return inside.max()

    ways = {
        "scikit-learn lasso_path": lambda: descent("auto"),
        "scikit-learn lasso_path, rows": lambda: descent(False),
        "scikit-learn lars_path": lars,
    }
    return ways, worst, data["tolerance"]


def bootstrap(data):
    plain, y = np.array(data["x"]).T.copy(), np.array(data["y"])
    x, counts = with_ones(plain), np.array(data["counts"], dtype=float)
    tolerance = data["tolerance"]
    best = newton(x, y, np.ones(len(y)), tolerance, np.zeros(x.shape[1]))

    def sklearn(weights):
        fit = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=tolerance / len(y)).fit(
            plain, y, sample_weight=weights
        )
        return np.concatenate([fit.intercept_, fit.coef_[0]])

    def scipy(weights):
        def value(b):
            eta = x @ b
            return weights @ (np.logaddexp(0, eta) - y * eta), x.T @ (weights * (special.expit(eta) - y))

        return optimize.minimize(
            value, best, jac=True, method="L-BFGS-B", options={"ftol": 0, "gtol": tolerance}
        ).x

    def statsmodels(weights):
        return sm.GLM(y, x, family=sm.families.Binomial(), freq_weights=weights).fit(tol=1e-12, start_params=best).params

    each = {
        "scipy, Newton by hand": lambda w: newton(x, y, w, tolerance, best),
        "scipy L-BFGS-B": scipy,
        "scikit-learn newton-cholesky": sklearn,
        "statsmodels GLM": statsmodels,
    }
    ways = {name: (lambda fit=fit: np.concatenate([fit(w) for w in counts])) for name, fit in each.items()}

    def worst(found):
        b = found.reshape(len(counts), -1)
        return max(np.abs(x.T @ (w * (y - special.expit(x @ row)))).max() for w, row in zip(counts, b))

    return ways, worst, tolerance


KINDS = {
    "logistic": lambda data: generalised("logistic", data),
    "poisson": lambda data: generalised("poisson", data),
    "ols": least_squares,
    "lasso": lasso,
    "bootstrap": bootstrap,
}


def seconds(work):
    start = time.process_time()
    work()
    return time.process_time() - start


def fastest(ways, worst, tolerance):
    """The way that takes least time, of those that reach the tolerance."""
    times = {}
    for name, way in ways.items():
        if worst(way()) <= 10 * tolerance:
            times[name] = min(seconds(way) for _ in range(3))
    return min(times, key=times.get)


def main():
    with open(sys.argv[2]) as file:
        ways, worst, tolerance = KINDS[sys.argv[1]](json.load(file))
    name = fastest(ways, worst, tolerance)
    work = ways[name]
    for line in sys.stdin:
        words = line.split()
        if words[0] == "value":
            found = work()
            answer = [{"value": float(worst(found)), "gradient": found.tolist(), "name": name}]
        else:
            reps = int(words[1])
            answer = {"us": seconds(lambda: [work() for _ in range(reps)]) * 1e6 / reps}
        print(json.dumps(answer), flush=True)


main()
