"""Dense linear algebra by numpy and scipy (OpenBLAS, one thread), and the answers to questions about one case.

Arguments: name of the case, data file (JSON: the sizes), positions file (not read). Questions on standard input:
  value        a checksum of the result, as JSON: the sum of its elements times cos(0.37 i), row-major
  time REPS    CPU microseconds a call, over REPS of them
Matrices are sin(1.3 i + 0.1) and cos(0.7 i - 0.2) by row-major position, as ours.
"""

import json
import os
import sys
import time

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
from scipy import linalg


def left(rows, columns, kind):
    return np.sin(1.3 * np.arange(rows * columns) + 0.1).astype(kind).reshape(rows, columns)


def right(rows, columns, kind):
    return np.cos(0.7 * np.arange(rows * columns) - 0.2).astype(kind).reshape(rows, columns)


def product(data, kind):
    a, b = left(data["m"], data["k"], kind), right(data["k"], data["n"], kind)
    out = np.empty((data["m"], data["n"]), kind)
    return lambda: np.matmul(a, b, out=out)


def cholesky(data):
    gap = np.abs(np.subtract.outer(np.arange(data["n"]), np.arange(data["n"])))
    covariance = np.exp(-gap / 10) + np.where(gap == 0, 0.1, 0)
    return lambda: linalg.cholesky(covariance, lower=True, check_finite=False)


KINDS = {
    "cholesky": cholesky,
    "single": lambda data: product(data, np.float32),
    "double": lambda data: product(data, np.float64),
}


def main():
    kind = sys.argv[1]
    with open(sys.argv[2]) as file:
        work = KINDS[kind](json.load(file))
    for line in sys.stdin:
        words = line.split()
        if words[0] == "value":
            found = np.asarray(work(), dtype=float).ravel()
            value = float(np.sum(found * np.cos(0.37 * np.arange(found.size))))
            answer = [{"value": value, "gradient": []}]
        else:
            reps = int(words[1])
            start = time.process_time()
            for _ in range(reps):
                work()
            answer = {"us": (time.process_time() - start) * 1e6 / reps}
        print(json.dumps(answer), flush=True)


main()
