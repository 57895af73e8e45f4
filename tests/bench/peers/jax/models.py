"""The models of the gradient bench in JAX, and the answers to questions about one of them.

Arguments: name of the model, data file (JSON, as Stan reads it), positions file (one a line, numbers separated by
spaces). Questions on standard input, one a line:
  value        the log density, constants dropped, and its gradient at every position, as JSON
  time REPS    CPU microseconds an evaluation, over REPS of them inside one compiled loop
Parameters have the order and the transforms of the Stan programs in ../stan.
"""

import json
import os
import sys
import time

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
softplus = jax.nn.softplus


def array(data, name):
    return jnp.asarray(np.array(data[name], dtype=float))


def codes(data, name):
    return jnp.asarray(np.array(data[name]) - 1)


def normal(y, mean, sd):
    """Sum of normal log densities, without constants, of one standard deviation."""
    return -0.5 * jnp.sum(((y - mean) / sd) ** 2) - np.size(y) * jnp.log(sd)


def cauchy(x, scale):
    return -jnp.log1p((x / scale) ** 2)


def logistic_jacobian(u):
    return -softplus(-u) - softplus(u)


def eight(data):
    y, sigma = array(data, "y"), array(data, "sigma")

    def density(q):
        mu, u, t = q[0], q[1], q[2:]
        tau = jnp.exp(u)
        prior = u - 0.5 * (mu / 5) ** 2 + cauchy(tau, 5) - 0.5 * jnp.sum(t**2)
        return prior - 0.5 * jnp.sum(((y - mu - tau * t) / sigma) ** 2)

    return density


def logit(data):
    x, y = array(data, "X"), array(data, "y")

    def density(q):
        eta = q[0] + x @ q[1:]
        return -0.5 * (q[0] / 2) ** 2 - 0.5 * jnp.sum(q[1:] ** 2) + jnp.sum(y * eta - softplus(eta))

    return density


def radon(data):
    g, fl, y, groups = codes(data, "g"), array(data, "fl"), array(data, "y"), data["J"]

    def density(q):
        ma, mb, scales = q[0], q[1], jnp.exp(q[2:5])
        ar, br = q[5 : 5 + groups], q[5 + groups :]
        al, be = ma + scales[0] * ar, mb + scales[1] * br
        prior = jnp.sum(q[2:5]) - 0.005 * (ma**2 + mb**2) - 0.5 * jnp.sum(scales**2)
        return prior - 0.5 * (jnp.sum(ar**2) + jnp.sum(br**2)) + normal(y, al[g] + fl * be[g], scales[2])

    return density


def gp(data):
    x, k, n = array(data, "x"), array(data, "k"), data["n"]
    distance = (x[:, None] - x[None]) ** 2

    def density(q):
        rho, alpha, f = jnp.exp(q[0]), jnp.exp(q[1]), q[2:]
        kernel = alpha**2 * jnp.exp(-0.5 * distance / rho**2) + 1e-10 * jnp.eye(n)
        rate = jnp.linalg.cholesky(kernel) @ f
        prior = q[0] + q[1] + 24 * q[0] - 4 * rho - 0.5 * (alpha / 2) ** 2 - 0.5 * jnp.sum(f**2)
        return prior + jnp.sum(k * rate - jnp.exp(rate))

    return density


def garch(data):
    y, first = array(data, "y"), data["sigma1"] ** 2

    def density(q):
        mu, a0, a1 = q[0], jnp.exp(q[1]), jax.nn.sigmoid(q[2])
        b1 = (1 - a1) * jax.nn.sigmoid(q[3])
        jacobian = q[1] + logistic_jacobian(q[2]) + logistic_jacobian(q[3]) + jnp.log(1 - a1)

        def step(before, e):
            after = a0 + a1 * e + b1 * before
            return after, after

        squares = (y - mu) ** 2
        _, variance = jax.lax.scan(step, first, squares[:-1])
        return jacobian - 0.5 * jnp.sum(squares[1:] / variance + jnp.log(variance)) - 0.5 * squares[0] / first

    return density


def mix(data):
    y = array(data, "y")

    def density(q):
        mu = jnp.stack([q[0], q[0] + jnp.exp(q[1])])
        s, th = jnp.exp(q[2:4]), jax.nn.sigmoid(q[4])
        jacobian = q[1] + q[2] + q[3] + logistic_jacobian(q[4])
        prior = -0.125 * (jnp.sum(mu**2) + jnp.sum(s**2)) + 4 * (jnp.log(th) + jnp.log1p(-th))
        part = lambda k, weight: jnp.log(weight) - jnp.log(s[k]) - 0.5 * ((y - mu[k]) / s[k]) ** 2
        return jacobian + prior + jnp.sum(jnp.logaddexp(part(0, th), part(1, 1 - th)))

    return density


def kid(data):
    y = array(data, "y")
    x = jnp.stack([jnp.ones_like(y), array(data, "hs"), array(data, "iq")], 1)

    def density(q):
        s = jnp.exp(q[3])
        return q[3] + cauchy(s, 2.5) + normal(y, x @ q[:3], s)

    return density


def irt(data):
    v, item, person = array(data, "v"), codes(data, "item"), codes(data, "person")
    items, persons = data["I"], data["J"]

    def density(q):
        at = 0

        def take(n):
            nonlocal at
            at += n
            return q[at - n : at]

        (u_theta,), theta, (u_a,), log_a = take(1), take(persons), take(1), take(items)
        (mu_b,), (u_b,), b = take(1), take(1), take(items)
        sd_theta, sd_a, sd_b = jnp.exp(u_theta), jnp.exp(u_a), jnp.exp(u_b)
        scales = u_theta + u_a + u_b + cauchy(sd_theta, 2) + cauchy(sd_a, 2) + cauchy(sd_b, 2)
        prior = normal(theta, 0, sd_theta) + normal(log_a, 0, sd_a) + normal(b, mu_b, sd_b) - 0.5 * (mu_b / 5) ** 2
        eta = jnp.exp(log_a)[item] * (theta[person] - b[item])
        return scales + prior + jnp.sum(v * eta - softplus(eta))

    return density


def regression(data):
    x, y = array(data, "X"), array(data, "y")

    def density(q):
        beta, sigma = q[:-1], jnp.exp(q[-1])
        return q[-1] - 0.005 * jnp.sum(beta**2) - 0.005 * sigma**2 + normal(y, x @ beta, sigma)

    return density


def ar5(data):
    order, y = data["K"], array(data, "y")
    lag = jnp.stack([y[order - 1 - k : len(y) - 1 - k] for k in range(order)], 1)

    def density(q):
        alpha, beta, sigma = q[0], q[1 : 1 + order], jnp.exp(q[-1])
        prior = q[-1] - 0.005 * (alpha**2 + jnp.sum(beta**2)) + cauchy(sigma, 2.5)
        return prior + normal(y[order:], alpha + lag @ beta, sigma)

    return density


def hmm(data):
    y = array(data, "y")

    def density(q):
        p = jax.nn.sigmoid(q[:2])
        low = jnp.exp(q[2])
        mu = jnp.stack([low, low + jnp.exp(q[3])])
        jacobian = jnp.sum(logistic_jacobian(q[:2])) + q[2] + q[3]
        transition = jnp.stack([jnp.log(p), jnp.log1p(-p)], 1)  # (from, to)
        emission = -0.5 * (y[:, None] - mu) ** 2  # (N, 2)

        def step(before, now):
            return jnp.logaddexp(before[0] + transition[0], before[1] + transition[1]) + now, None

        last, _ = jax.lax.scan(step, emission[0], emission[1:])
        return jacobian - 0.5 * ((mu[0] - 3) ** 2 + (mu[1] - 10) ** 2) + jnp.logaddexp(last[0], last[1])

    return density


def main():
    name, data_file, positions_file = sys.argv[1:]
    with open(data_file) as file:
        density = globals()[name](json.load(file))
    positions = jnp.asarray(np.loadtxt(positions_file, ndmin=2))
    evaluate = jax.value_and_grad(density)

    @jax.jit
    def loop(reps):
        def body(i, sums):
            value, gradient = evaluate(positions[i % len(positions)])
            return sums[0] + value, sums[1] + gradient

        return jax.lax.fori_loop(0, reps, body, (0.0, jnp.zeros(positions.shape[1])))

    for line in sys.stdin:
        question, *given = line.split()
        if question == "value":
            found = [jax.jit(evaluate)(position) for position in positions]
            answer = [{"value": float(value), "gradient": np.asarray(gradient).tolist()} for value, gradient in found]
        else:
            reps = int(given[0])
            jax.block_until_ready(loop(1))
            start = time.process_time()
            jax.block_until_ready(loop(reps))
            answer = {"us": 1e6 * (time.process_time() - start) / reps}
        print(json.dumps(answer), flush=True)


main()
