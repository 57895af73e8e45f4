"""The peers of the sampling bench, and the judge: one process, asked line by line on standard input.

nutpie 0.16.8 (diagonal and low-rank metric) on PyMC models, NumPyro 0.22; the draws of all, ours among them, are judged
by ArviZ 0.23.4. The models are those of models.ts, in the same parametrisation and under the same names.
"""
import json
import os
import sys
import time
import warnings

warnings.filterwarnings("ignore")
os.environ.setdefault("XLA_FLAGS", "--xla_force_host_platform_device_count=4")

import numpy as np  # noqa: E402

CHAINS = 4


def pymc_model(name, d):
    import pymc as pm
    import pytensor
    import pytensor.tensor as pt

    with pm.Model() as model:
        if name == "eight":
            mu, tau = pm.Normal("mu", 0, 5), pm.HalfCauchy("tau", 5)
            t = pm.Normal("t", 0, 1, shape=d["J"])
            pm.Normal("y", mu + tau * t, np.array(d["sigma"], float), observed=d["y"])
        elif name == "ar5":
            alpha, beta = pm.Normal("alpha", 0, 10), pm.Normal("beta", 0, 10, shape=d["K"])
            sigma = pm.HalfCauchy("sigma", 2.5)
            pm.Normal("out", alpha + np.array(d["X"]) @ beta, sigma, observed=d["out"])
        elif name == "kid":
            beta, sigma = pm.Flat("beta", shape=4), pm.HalfCauchy("sigma", 2.5)
            pm.Normal("y", np.array(d["X"], float) @ beta, sigma, observed=d["y"])
        elif name == "nes":
            beta, sigma = pm.Flat("beta", shape=9), pm.HalfFlat("sigma")
            pm.Normal("y", np.array(d["X"], float) @ beta, sigma, observed=d["y"])
        elif name == "sblri":
            beta, sigma = pm.Normal("beta", 0, 10, shape=5), pm.HalfNormal("sigma", 10)
            pm.Normal("y", np.array(d["X"]) @ beta, sigma, observed=d["y"])
        elif name == "mix":
            ordered = pm.distributions.transforms.ordered
            mu = pm.Normal("mu", 0, 2, shape=2, transform=ordered, initval=[-1.0, 1.0])
            s, th = pm.HalfNormal("s", 2, shape=2), pm.Beta("th", 5, 5)
            y = np.array(d["y"])
            a = pm.logp(pm.Normal.dist(mu[0], s[0]), y) + pt.log(th)
            b = pm.logp(pm.Normal.dist(mu[1], s[1]), y) + pt.log1p(-th)
            pm.Potential("likelihood", pt.logaddexp(a, b).sum())
        elif name == "garch":
            y = np.array(d["y"])
            mu, a0, a1 = pm.Flat("mu"), pm.HalfFlat("a0"), pm.Uniform("a1", 0, 1)
            b1 = pm.Uniform("b1", 0, 1 - a1)
            # Flat on (0, 1 - a1): the constant of the uniform is taken out.
            pm.Potential("flat", pt.log(1 - a1))
            squares = (y[:-1] - mu) ** 2
            rest, _ = pytensor.scan(
                lambda e, v, a0, a1, b1: a0 + a1 * e + b1 * v,
                sequences=[squares],
                outputs_info=[pt.as_tensor(np.float64(d["sigma1"] ** 2))],
                non_sequences=[a0, a1, b1],
            )
            sd = pt.sqrt(pt.concatenate([[d["sigma1"] ** 2], rest]))
            pm.Normal("y", mu, sd, observed=y)
        elif name == "radon":
            g, fl = np.array(d["g"]), np.array(d["fl"], float)
            ma, mb = pm.Normal("ma", 0, 10), pm.Normal("mb", 0, 10)
            sa, sb, s = pm.HalfNormal("sa", 1), pm.HalfNormal("sb", 1), pm.HalfNormal("s", 1)
            ar, br = pm.Normal("ar", 0, 1, shape=d["J"]), pm.Normal("br", 0, 1, shape=d["J"])
            al, be = ma + sa * ar, mb + sb * br
            pm.Normal("y", al[g] + fl * be[g], s, observed=d["y"])
        elif name == "irt":
            item, person = np.array(d["item"]), np.array(d["person"])
            sd_theta = pm.HalfCauchy("sd_theta", 2)
            theta = pm.Normal("theta", 0, sd_theta, shape=d["J"])
            sd_a = pm.HalfCauchy("sd_a", 2)
            a = pm.LogNormal("a", 0, sd_a, shape=d["I"])
            mu_b, sd_b = pm.Normal("mu_b", 0, 5), pm.HalfCauchy("sd_b", 2)
            b = pm.Normal("b", mu_b, sd_b, shape=d["I"])
            pm.Bernoulli("v", logit_p=a[item] * (theta[person] - b[item]), observed=d["v"])
        else:
            return None
    return model


def numpyro_model(name, d):
    import jax
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist

    sample, factor = numpyro.sample, numpyro.factor
    flat, half_flat = dist.ImproperUniform(dist.constraints.real, (), ()), dist.constraints.positive
    wide = lambda n: dist.ImproperUniform(dist.constraints.real, (), (n,))
    X = jnp.array(d["X"], float) if "X" in d else None
    y = jnp.array(d["y"], float) if "y" in d else None

    def eight():
        mu, tau = sample("mu", dist.Normal(0, 5)), sample("tau", dist.HalfCauchy(5))
        t = sample("t", dist.Normal(0, 1).expand([d["J"]]))
        sample("y", dist.Normal(mu + tau * t, jnp.array(d["sigma"], float)), obs=y)

    def ar5():
        alpha, beta = sample("alpha", dist.Normal(0, 10)), sample("beta", dist.Normal(0, 10).expand([5]))
        sigma = sample("sigma", dist.HalfCauchy(2.5))
        sample("out", dist.Normal(alpha + X @ beta, sigma), obs=jnp.array(d["out"]))

    def kid():
        sample("y", dist.Normal(X @ sample("beta", wide(4)), sample("sigma", dist.HalfCauchy(2.5))), obs=y)

    def nes():
        sigma = sample("sigma", dist.ImproperUniform(half_flat, (), ()))
        sample("y", dist.Normal(X @ sample("beta", wide(9)), sigma), obs=y)

    def sblri():
        beta, sigma = sample("beta", dist.Normal(0, 10).expand([5])), sample("sigma", dist.HalfNormal(10))
        sample("y", dist.Normal(X @ beta, sigma), obs=y)

    def mix():
        mu = sample("mu", dist.ImproperUniform(dist.constraints.ordered_vector, (), (2,)))
        factor("prior", dist.Normal(0, 2).log_prob(mu).sum())
        s, th = sample("s", dist.HalfNormal(2).expand([2])), sample("th", dist.Beta(5, 5))
        a = dist.Normal(mu[0], s[0]).log_prob(y) + jnp.log(th)
        b = dist.Normal(mu[1], s[1]).log_prob(y) + jnp.log1p(-th)
        factor("likelihood", jnp.logaddexp(a, b).sum())

    def garch():
        mu, a0 = sample("mu", flat), sample("a0", dist.ImproperUniform(half_flat, (), ()))
        a1 = sample("a1", dist.Uniform(0, 1))
        b1 = sample("b1", dist.Uniform(0, 1 - a1))
        factor("flat", jnp.log(1 - a1))
        first = d["sigma1"] ** 2

        def step(v, e):
            v = a0 + a1 * e + b1 * v
            return v, v

        _, rest = jax.lax.scan(step, first, (y[:-1] - mu) ** 2)
        sample("y", dist.Normal(mu, jnp.sqrt(jnp.concatenate([jnp.array([first]), rest]))), obs=y)

    def hmm():
        p1, p2 = sample("p1", dist.Uniform(0, 1)), sample("p2", dist.Uniform(0, 1))
        mu = sample("mu", dist.ImproperUniform(dist.constraints.positive_ordered_vector, (), (2,)))
        factor("prior", dist.Normal(jnp.array([3.0, 10.0]), 1).log_prob(mu).sum())
        rows = jnp.stack([p1, p2])
        transition = jnp.stack([jnp.log(rows), jnp.log1p(-rows)], axis=1)
        emission = dist.Normal(mu, 1).log_prob(y[:, None])

        def step(before, now):
            return jax.nn.logsumexp(transition + before[:, None], axis=0) + now, None

        last, _ = jax.lax.scan(step, emission[0], emission[1:])
        factor("likelihood", jax.nn.logsumexp(last))

    def radon():
        g, fl = jnp.array(d["g"]), jnp.array(d["fl"], float)
        ma, mb = sample("ma", dist.Normal(0, 10)), sample("mb", dist.Normal(0, 10))
        sa, sb = sample("sa", dist.HalfNormal(1)), sample("sb", dist.HalfNormal(1))
        s = sample("s", dist.HalfNormal(1))
        ar = sample("ar", dist.Normal(0, 1).expand([d["J"]]))
        br = sample("br", dist.Normal(0, 1).expand([d["J"]]))
        sample("y", dist.Normal((ma + sa * ar)[g] + fl * (mb + sb * br)[g], s), obs=y)

    def irt():
        item, person = jnp.array(d["item"]), jnp.array(d["person"])
        sd_theta = sample("sd_theta", dist.HalfCauchy(2))
        theta = sample("theta", dist.Normal(0, sd_theta).expand([d["J"]]))
        sd_a = sample("sd_a", dist.HalfCauchy(2))
        a = sample("a", dist.LogNormal(0, sd_a).expand([d["I"]]))
        mu_b, sd_b = sample("mu_b", dist.Normal(0, 5)), sample("sd_b", dist.HalfCauchy(2))
        b = sample("b", dist.Normal(mu_b, sd_b).expand([d["I"]]))
        sample("v", dist.Bernoulli(logits=a[item] * (theta[person] - b[item])), obs=jnp.array(d["v"]))

    return locals()[name]


class Nutpie:
    def __init__(self, name, data, low_rank):
        import nutpie

        began = time.perf_counter()
        model = pymc_model(name, data)
        self.compiled = None if model is None else nutpie.compile_pymc_model(model)
        self.build = time.perf_counter() - began
        self.options = {"low_rank_modified_mass_matrix": True} if low_rank else {}

    def sample(self, seed, draws):
        import nutpie

        if self.compiled is None:
            return None
        began = time.perf_counter()
        trace = nutpie.sample(
            self.compiled, draws=draws, tune=draws, chains=CHAINS, cores=2, seed=seed, progress_bar=False, **self.options
        )
        seconds = time.perf_counter() - began
        values = {name: trace.posterior[name].values for name in trace.posterior if not name.endswith("__")}
        # Steps of the warm-up are not kept by default.
        leapfrogs = int(trace.sample_stats["n_steps"].sum())
        return seconds, values, trace.sample_stats["logp"].values, leapfrogs


class NumPyro:
    def __init__(self, name, data):
        import jax
        import numpyro
        from numpyro.infer import MCMC, NUTS

        jax.config.update("jax_enable_x64", True)
        self.model, self.MCMC, self.NUTS, self.random = numpyro_model(name, data), MCMC, NUTS, jax.random
        self.mcmc, self.build = None, 0.0

    def sample(self, seed, draws):
        if self.mcmc is None:
            self.mcmc = self.MCMC(
                self.NUTS(self.model),
                num_warmup=draws,
                num_samples=draws,
                num_chains=CHAINS,
                chain_method="parallel",
                progress_bar=False,
                jit_model_args=False,
            )
            began = time.perf_counter()
            self.run(0)  # compiles
            first = time.perf_counter() - began
            again = time.perf_counter()
            self.run(0)
            self.build = first - (time.perf_counter() - again)
        began = time.perf_counter()
        self.run(seed)
        seconds = time.perf_counter() - began
        values = {k: np.asarray(v) for k, v in self.mcmc.get_samples(group_by_chain=True).items()}
        extra = self.mcmc.get_extra_fields(group_by_chain=True)
        return seconds, values, -np.asarray(extra["potential_energy"]), int(np.asarray(extra["num_steps"]).sum())

    def run(self, seed):
        import jax

        self.mcmc.run(self.random.PRNGKey(seed), extra_fields=("potential_energy", "num_steps"))
        jax.block_until_ready(self.mcmc.get_samples())


def columns(values, density):
    names, parts = [], []
    for name, array in values.items():
        flat = array.reshape(array.shape[0], array.shape[1], -1)
        shape = array.shape[2:]
        names += [name] if not shape else [f"{name}[{','.join(map(str, i))}]" for i in np.ndindex(*shape)]
        parts.append(flat)
    parts.append(density[..., None])
    return names + ["log density"], np.concatenate(parts, axis=2)


def judge(path, names, draws):
    """The smallest effective sample size: bulk, tail, and of squared draws; means, sds and their errors by name."""
    import arviz as az

    all_draws = np.fromfile(path).reshape(CHAINS, draws, len(names))
    smallest, figures = np.inf, {}
    for k, name in enumerate(names):
        x = all_draws[:, :, k]
        smallest = min(smallest, az.ess(x, method="bulk"), az.ess(x, method="tail"), az.ess(x**2, method="bulk"))
        if name != "log density":
            n = az.ess(x, method="sd")  # as ArviZ's mcse, which this numpy stops
            sd = x.std()
            of_sd = sd * np.sqrt(np.exp(1) * (1 - 1 / n) ** (n - 1) - 1)
            figures[name] = [float(v) for v in (x.mean(), sd, sd / np.sqrt(az.ess(x, method="mean")), of_sd)]
    rhat = max(float(az.rhat(all_draws[:, :, k])) for k in range(len(names)))
    return {"ess": float(smallest), "rhat": rhat, "figures": figures}


def main():
    made, warm = {}, set()
    for line in sys.stdin:
        q = json.loads(line)
        if q["op"] == "judge":
            answer = judge(q["file"], q["names"], q["draws"])
        else:
            key = (q["peer"], q["model"])
            if key not in made:
                kind = q["peer"]
                made[key] = NumPyro(q["model"], q["data"]) if kind == "NumPyro" else Nutpie(q["model"], q["data"], kind != "nutpie")
            peer = made[key]
            if q["draws"] and key not in warm:
                peer.sample(0, q["draws"])  # what compiles at the first call has compiled
                warm.add(key)
            before = time.process_time()
            result = peer.sample(q["seed"], q["draws"])
            if result is None:
                answer = {"missing": True}
            else:
                seconds, values, density, leapfrogs = result
                names, table = columns(values, density)
                np.ascontiguousarray(table, dtype=float).tofile(q["out"])
                answer = {"seconds": seconds, "cpu": time.process_time() - before, "build": peer.build, "leapfrogs": leapfrogs, "names": names}
        print(json.dumps(answer), flush=True)


main()
