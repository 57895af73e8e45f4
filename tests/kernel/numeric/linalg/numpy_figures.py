"""Writes fixtures/numpy.json: matrices and what numpy makes of them.

    python numpy_figures.py > fixtures/numpy.json        (Python 3.11.7, numpy 2.4.6)
"""
import json
import numpy as np

rng = np.random.default_rng(20261122)
cases = []
for n in (1, 2, 3, 5, 8):
    a = rng.normal(size=(n + 3, n))
    s = a.T @ a
    s = (s + s.T) / 2
    b = rng.normal(size=(n, 2))
    q, r = np.linalg.qr(a)
    sign = np.sign(np.diag(r))
    y = rng.normal(size=n + 3)
    symmetric = (m := rng.normal(size=(n, n))) + m.T
    cases.append(
        {
            "n": n,
            "a": a.ravel().tolist(),
            "s": s.ravel().tolist(),
            "b": b.ravel().tolist(),
            "y": y.tolist(),
            "cholesky": np.linalg.cholesky(s).ravel().tolist(),
            "solve": np.linalg.solve(s, b).ravel().tolist(),
            "inverse": np.linalg.inv(s).ravel().tolist(),
            "logDeterminant": float(np.linalg.slogdet(s)[1]),
            "q": (q * sign).ravel().tolist(),
            "r": (r * sign[:, None]).ravel().tolist(),
            "leastSquares": np.linalg.lstsq(a, y, rcond=None)[0].tolist(),
            "symmetric": symmetric.ravel().tolist(),
            "eigenvalues": np.linalg.eigvalsh(symmetric).tolist(),
        }
    )
print(json.dumps({"source": f"numpy {np.__version__}: python numpy_figures.py", "cases": cases}))
