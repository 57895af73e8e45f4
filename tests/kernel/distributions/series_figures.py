"""Writes fixtures/series.json: Gaussian processes by scikit-learn, hidden Markov models by hmmlearn, ARMA by statsmodels.

    python series_figures.py > fixtures/series.json
    (Python 3.11, scikit-learn 1.9.1, hmmlearn 0.3.3, statsmodels 0.15.0, scipy 1.17.1)
"""
import json
import sys
import warnings

import hmmlearn
import numpy as np
import sklearn
import statsmodels
from hmmlearn import hmm
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process import kernels as k
from statsmodels.tsa.arima.model import ARIMA

warnings.simplefilter("ignore")  # statsmodels warns of series that it was told not to check

x = [0.0, 0.3, 1.0, 1.2, 2.5, 4.0]
y = [0.1, 0.5, -0.2, -0.4, 1.0, 0.3]
plane = [[0.0, 1.0], [0.3, -0.5], [1.0, 0.2], [1.2, 2.0], [2.5, 1.1], [4.0, 0.0]]
new = [0.5, 2.0, 10.0]
newPlane = [[0.5, 0.0], [2.0, 1.0], [10.0, 3.0]]
noise = 0.2

C = k.ConstantKernel
KERNELS = {
    "squaredExponential": (C(1.3**2) * k.RBF(0.7), x),
    "squaredExponential, tight": (C(1e-2) * k.RBF(20.0), x),
    "exponential": (C(1.3**2) * k.Matern(0.7, nu=0.5), x),
    "matern32": (C(1.3**2) * k.Matern(0.7, nu=1.5), x),
    "matern52": (C(1.3**2) * k.Matern(0.7, nu=2.5), x),
    "rationalQuadratic": (C(1.3**2) * k.RationalQuadratic(0.7, 0.4), x),
    # exp(-2 sin²(π d / p) / l²), as ours
    "periodic": (C(1.3**2) * k.ExpSineSquared(0.7, 1.7), x),
    "linear": (C(1.3**2) * k.DotProduct(0.0), x),
    "constant": (C(1.3**2), x),
    "whiteNoise": (C(1.3**2) * k.RBF(0.7) + k.WhiteKernel(0.3**2), x),
    "sum of product": (C(1.3**2) * k.RBF(0.7) * k.ExpSineSquared(1.1, 1.7) + C(0.4**2) * k.Matern(2.0, nu=1.5), x),
    "two coordinates": (C(1.3**2) * k.RBF([0.7, 2.0]), plane),
    "two coordinates, matern52": (C(1.3**2) * k.Matern([0.7, 2.0], nu=2.5), plane),
}

gaussianProcesses = {}
for name, (kernel, points) in KERNELS.items():
    regressor = GaussianProcessRegressor(kernel, alpha=noise**2, optimizer=None).fit(np.reshape(points, (6, -1)), y)
    mean, covariance = regressor.predict(np.reshape(newPlane if points is plane else new, (3, -1)), return_cov=True)
    gaussianProcesses[name] = {
        "logDensity": regressor.log_marginal_likelihood_value_,
        "mean": mean.tolist(),
        "covariance": covariance.tolist(),
    }

series = [0.3, -0.2, 4.8, 5.3, 5.1, 0.4, -1.0, 0.2, 4.1, 2.6]
start = [0.6, 0.4]
transition = [[0.9, 0.1], [0.25, 0.75]]
gaussian = hmm.GaussianHMM(2, "full")
gaussian.startprob_, gaussian.transmat_ = np.array(start), np.array(transition)
gaussian.means_, gaussian.covars_ = np.array([[0.0], [5.0]]), np.array([[[0.49]], [[1.44]]])
counts = [3, 1, 0, 12, 9, 14, 2, 1]
poisson = hmm.PoissonHMM(3)
poisson.startprob_ = np.array([0.2, 0.5, 0.3])
poisson.transmat_ = np.array([[0.8, 0.2, 0.0], [0.1, 0.7, 0.2], [0.0, 0.4, 0.6]])
poisson.lambdas_ = np.array([[1.0], [4.0], [11.0]])
codes = [0, 2, 1, 1, 2, 0, 0]
categorical = hmm.CategoricalHMM(2)
categorical.startprob_, categorical.transmat_ = np.array(start), np.array(transition)
categorical.emissionprob_ = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]])

hiddenMarkov = {}
for name, model, values in [
    ("gaussian", gaussian, series),
    ("poisson", poisson, counts),
    ("categorical", categorical, codes),
]:
    column = np.reshape(values, (-1, 1))
    density, probabilities = model.score_samples(column)
    best, path = model.decode(column)
    hiddenMarkov[name] = {
        "y": values,
        "logDensity": density,
        "probabilities": probabilities.tolist(),
        "path": path.tolist(),
        "pathLogDensity": best,
    }

rng = np.random.default_rng(1)
noisy = np.round(np.cumsum(rng.normal(size=30)) * 0.3 + 1, 3).tolist()
ARMA = [
    ([0.6], []),
    ([0.5, -0.3], []),
    ([1.2, -0.5, 0.1, -0.2], []),
    ([0.99], []),
    ([], [0.4]),
    ([], [2.0]),
    ([], [0.4, -0.3, 0.2]),
    ([0.6], [0.4]),
    ([0.5, -0.3], [0.7, 0.2]),
    ([0.3], [0.5, 0.1, -0.2]),
    ([1.6, -0.64], [0.9]),
]
arma = []
for ar, ma in ARMA:
    model = ARIMA(noisy, order=(len(ar), 0, len(ma)), trend="c", enforce_invertibility=False)
    arma.append({"ar": ar, "ma": ma, "logDensity": model.loglike([1.1, *ar, *ma, 0.7**2])})

source = (
    f"scikit-learn {sklearn.__version__}, hmmlearn {hmmlearn.__version__}, statsmodels {statsmodels.__version__}, "
    f"Python {sys.version.split()[0]}: python series_figures.py"
)
print(
    json.dumps(
        {
            "source": source,
            "gaussianProcesses": gaussianProcesses,
            "hiddenMarkov": hiddenMarkov,
            "arma": {"y": noisy, "mean": 1.1, "sd": 0.7, "cases": arma},
        },
        indent=1,
    )
)
