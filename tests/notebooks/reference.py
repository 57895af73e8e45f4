"""Reference figures for the two notebooks, from programs other than ours.

    pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0 palmerpenguins==0.1.6
    python tests/notebooks/reference.py > tests/notebooks/reference.json

Penguins: ordinary least squares by statsmodels; ridge by its closed form; the posterior by the conjugate
(Gaussian) posterior of (alpha, beta) given sigma, integrated over sigma by quadrature on a fine grid, so with no
Monte Carlo error. Eight schools: the marginal likelihood maximised by scipy, and the posterior with theta
integrated out exactly and (mu, tau) on a fine grid.
"""

import json
import platform

import numpy as np
import palmerpenguins
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import optimize, stats

frame = palmerpenguins.load_penguins().dropna(subset=["flipper_length_mm", "body_mass_g"])
flipper = frame.flipper_length_mm.to_numpy(float)
mass = frame.body_mass_g.to_numpy(float)
n = len(mass)
x = (flipper - flipper.mean()) / flipper.std(ddof=1)
design = np.column_stack([np.ones(n), x])


def penguins_ols():
    fit = sm.OLS(mass, design).fit()
    sse = float(fit.ssr)
    sigma = np.sqrt(sse / n)  # maximum likelihood divides by n
    scale = sigma / np.sqrt(fit.scale)  # statsmodels' standard errors use sse / (n - 2)
    return {
        "rows": n,
        "mean": flipper.mean(),
        "sd": flipper.std(ddof=1),
        "alpha": fit.params[0],
        "beta": fit.params[1],
        "sigma": sigma,
        "standard_error_alpha": fit.bse[0] * scale,
        "standard_error_beta": fit.bse[1] * scale,
        "standard_error_sigma": sigma / np.sqrt(2 * n),
        "ols_standard_error_alpha": fit.bse[0],
        "ols_standard_error_beta": fit.bse[1],
        "log_likelihood": fit.llf,
        "sigma_mode_on_log_scale": np.sqrt(sse / (n - 1)),
    }


def penguins_map(tau):
    """Mode in (alpha, beta, sigma): alpha and sigma > 0 flat, beta ~ normal(0, tau)."""
    sxx = float(x @ x)
    sigma2 = 400.0**2
    for _ in range(10_000):
        beta = float(x @ mass) / (sxx + sigma2 / tau**2)
        sigma2 = float(((mass - mass.mean() - beta * x) ** 2).sum()) / n
    return {"alpha": mass.mean(), "beta": beta, "sigma": np.sqrt(sigma2), "lambda": sigma2 / tau**2}


def weighted_quantile(values, weights, p):
    order = np.argsort(values)
    cumulative = np.cumsum(weights[order])
    return float(np.interp(p, cumulative / cumulative[-1], values[order]))


def penguins_posterior(tau):
    """alpha flat, sigma flat on (0, inf), beta ~ normal(0, tau) or flat where tau is infinite."""
    sxx = float(x @ x)
    precision = 0.0 if np.isinf(tau) else 1 / tau**2
    least = float(x @ mass) / sxx
    sse = float(((mass - mass.mean() - least * x) ** 2).sum())
    sigma = np.linspace(300, 520, 200_001)
    variance = 1 / (sxx / sigma**2 + precision)  # of beta given sigma
    centre = variance * least * sxx / sigma**2
    # log of: likelihood at the least squares x the integral over alpha and beta
    log_weight = -n * np.log(sigma) - sse / (2 * sigma**2) + np.log(sigma / np.sqrt(n)) + 0.5 * np.log(variance)
    log_weight += 0.5 * centre**2 / variance - 0.5 * least**2 * sxx / sigma**2
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()

    def summary(mean, sd, quantile):
        return {"mean": mean, "sd": sd, "q5": quantile(0.05), "median": quantile(0.5), "q95": quantile(0.95)}

    def mixture(centres, sds):
        """Of a Gaussian mixed over sigma."""
        mean = float(weight @ centres)
        sd = float(np.sqrt(weight @ (sds**2 + (centres - mean) ** 2)))
        few = slice(None, None, 50)
        w = weight[few] / weight[few].sum()
        cdf = lambda q: float(w @ stats.norm.cdf(q, centres[few], sds[few]))
        quantile = lambda p: optimize.brentq(lambda q: cdf(q) - p, mean - 8 * sd, mean + 8 * sd, xtol=1e-9)
        return summary(mean, sd, quantile)

    mean_sigma = float(weight @ sigma)
    return {
        "alpha": mixture(np.full_like(sigma, mass.mean()), sigma / np.sqrt(n)),
        "beta": mixture(centre, np.sqrt(variance)),
        "sigma": summary(
            mean_sigma,
            float(np.sqrt(weight @ (sigma - mean_sigma) ** 2)),
            lambda p: weighted_quantile(sigma, weight, p),
        ),
    }


def penguins_species():
    """Exercise: one intercept a species, one common slope."""
    dummies = np.column_stack([(frame.species == s).to_numpy(float) for s in ["Adelie", "Chinstrap", "Gentoo"]])
    fit = sm.OLS(mass, np.column_stack([dummies, x])).fit()
    return {"alpha": list(fit.params[:3]), "beta": fit.params[3], "sigma": float(np.sqrt(fit.ssr / n))}


effect = np.array([28.0, 8, -3, 7, -1, 1, 18, 12])
se = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])


def schools_pooled():
    weights = 1 / se**2
    return {"mu": float((weights * effect).sum() / weights.sum()), "standard_error": float(weights.sum() ** -0.5)}


def schools_marginal():
    """Maximum of the likelihood with theta integrated out: effect ~ normal(mu, sqrt(tau^2 + se^2))."""

    def profile(tau):
        w = 1 / (tau**2 + se**2)
        mu = (w * effect).sum() / w.sum()
        return stats.norm.logpdf(effect, mu, np.sqrt(tau**2 + se**2)).sum(), mu

    taus = np.linspace(0, 30, 3001)
    values = np.array([profile(t)[0] for t in taus])
    best = int(values.argmax())
    return {
        "tau": taus[best],
        "mu": float(profile(taus[best])[1]),
        "log_likelihood": values[best],
        "profile": {str(t): profile(float(t))[0] for t in [0, 2, 5, 10, 20]},
    }


def schools_posterior():
    """mu ~ normal(0, 5), tau ~ half-Cauchy(0, 5): theta integrated out exactly, (mu, tau) on a grid."""
    mu = np.linspace(-20, 30, 1001)[:, None]
    t = (np.arange(6000) + 0.5) / 6000  # tau = 5 tan(pi t / 2): uniform under the half-Cauchy
    tau = (5 * np.tan(np.pi * t / 2))[None, :]
    log_weight = stats.norm.logpdf(mu, 0, 5) + np.zeros_like(tau)
    for y, s in zip(effect, se):
        log_weight = log_weight + stats.norm.logpdf(y, mu, np.sqrt(tau**2 + s**2))
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()

    def moments(first, second):
        mean = float((weight * first).sum())
        return {"mean": mean, "sd": float(np.sqrt((weight * second).sum() - mean**2))}

    out = {"mu": moments(mu + 0 * tau, mu**2 + 0 * tau), "tau": moments(tau + 0 * mu, tau**2 + 0 * mu)}
    tau_weight = weight.sum(0)
    out["tau"] |= {f"q{p}": weighted_quantile(tau[0], tau_weight, p / 100) for p in (5, 50, 95)}
    for j, (y, s) in enumerate(zip(effect, se)):
        shrink = tau**2 / (tau**2 + s**2)
        centre = shrink * y + (1 - shrink) * mu
        out[f"theta[{j}]"] = moments(centre, centre**2 + shrink * s**2)
    return out


print(
    json.dumps(
        {
            "made_by": {
                "command": "python tests/notebooks/reference.py",
                "python": platform.python_version(),
                "numpy": np.__version__,
                "scipy": scipy.__version__,
                "statsmodels": statsmodels.__version__,
                "palmerpenguins": "0.1.6",
            },
            "penguins": {
                "ols": penguins_ols(),
                "map": {"500": penguins_map(500.0), "50": penguins_map(50.0)},
                "posterior": {
                    "flat": penguins_posterior(np.inf),
                    "500": penguins_posterior(500.0),
                    "50": penguins_posterior(50.0),
                },
                "species": penguins_species(),
            },
            "schools": {
                "pooled": schools_pooled(),
                "marginal": schools_marginal(),
                "posterior": schools_posterior(),
            },
        },
        indent=2,
        default=float,
    )
)
