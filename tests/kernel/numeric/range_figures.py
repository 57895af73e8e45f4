"""Writes fixtures/range.json: figures at random arguments over the whole range of doubles, subnormal ones among them.

    python tests/kernel/numeric/range_figures.py > tests/kernel/numeric/fixtures/range.json     (Python 3.11.7, mpmath 1.4.1)

Seed 7. Arguments are exact doubles; values have 25 digits, computed at 50 digits and again at 80, which must agree to 1e-20;
arguments where mpmath finds no value at that precision are left out, and so are zeros (of a derivative, where mpmath cancels).
"""

import json, math, random
from mpmath import mp, mpf

random.seed(7)
N = 32
out = {}


def lu(a, b):
    """Log-uniform between 10^a and 10^b."""
    return 10 ** random.uniform(a, b)


def sg(x):
    return x if random.random() < 0.5 else -x


def den():
    """A subnormal number."""
    return random.getrandbits(random.randint(1, 52)) * 5e-324


def gen(*fs):
    return [random.choice(fs)() for _ in range(N)]


def add(name, f, points):
    rows = []
    for point in points:
        point = point if isinstance(point, tuple) else (point,)
        try:
            values = []
            for digits in (50, 80):
                mp.dps = digits
                values.append(f(*[mpf(a) for a in point]))
            a, b = values
            if not mp.isfinite(b) or b == 0 or abs(a - b) > mpf(10) ** -20 * abs(b) + mpf(10) ** -330:
                continue
            rows.append([*map(float, point), mp.nstr(b, 25)])
        except (ValueError, ZeroDivisionError, TypeError, mp.NoConvergence):
            pass
    out[name] = rows


add(
    "exp",
    mp.exp,
    gen(
        lambda: random.uniform(-746, 710),
        lambda: random.uniform(-745.2, -708),
        lambda: sg(lu(-320, 0)),
        lambda: random.uniform(-2, 2),
    ),
)
add(
    "expm1",
    mp.expm1,
    gen(lambda: random.uniform(-50, 710), lambda: sg(lu(-323, 1)), lambda: sg(den()), lambda: random.uniform(-1, 1)),
)
add("log", mp.log, gen(lambda: lu(-323, 308), den, lambda: random.uniform(0.5, 2), lambda: 1 + sg(lu(-16, -1))))
add(
    "log1p",
    mp.log1p,
    gen(
        lambda: lu(-323, 308),
        lambda: -1 + lu(-16, 0),
        lambda: sg(lu(-323, 0)),
        lambda: sg(den()),
        lambda: random.uniform(-0.9, 1),
    ),
)
add("tanh", mp.tanh, gen(lambda: sg(lu(-323, 1.4)), lambda: random.uniform(-3, 3), lambda: sg(den())))


def pw():
    r = random.random()
    if r < 0.3:
        x = lu(-323, 308)
        t = random.uniform(-745, 710)
        return (x, t / math.log(x)) if x != 1 else (2.0, 0.3)
    if r < 0.5:
        return (lu(-3, 3), random.uniform(-60, 60))
    if r < 0.65:
        return (1 + sg(lu(-15, -1)), sg(lu(0, 16)))
    if r < 0.8:
        return (den(), random.uniform(-1, 1))
    if r < 0.9:
        x = lu(-3, 3)
        return (-x, float(random.randint(-60, 60)))
    x = lu(-3, 3)
    t = random.uniform(-745, -705)
    return (x, t / math.log(x))


add("pow", lambda x, y: mp.power(x, y), [pw() for _ in range(2 * N)])
for nm, f in (("sin", mp.sin), ("cos", mp.cos), ("tan", mp.tan)):
    add(
        nm,
        f,
        gen(
            lambda: sg(lu(-323, 300)),
            lambda: random.uniform(-100, 100),
            lambda: random.randint(1, 1000000) * math.pi / 2,
            lambda: sg(den()),
        ),
    )
add("atan", mp.atan, gen(lambda: sg(lu(-323, 300)), lambda: random.uniform(-5, 5)))
add(
    "sigmoid",
    lambda x: 1 / (1 + mp.exp(-x)),
    gen(lambda: random.uniform(-745, 745), lambda: random.uniform(-10, 10), lambda: sg(lu(-323, 2))),
)
add(
    "softplus",
    lambda x: mp.log1p(mp.exp(x)),
    gen(lambda: random.uniform(-745, 745), lambda: random.uniform(-40, 40), lambda: sg(lu(-323, 2))),
)
add(
    "logit",
    lambda p: mp.log(p) - mp.log1p(-p),
    gen(lambda: random.random(), lambda: lu(-323, 0), lambda: 0.5 + sg(lu(-16, -1)), lambda: 1 - lu(-15, 0), den),
)
for nm, f, g in (("asin", mp.asin, None), ("acos", mp.acos, None), ("atanh", mp.atanh, None)):
    add(nm, f, gen(lambda: random.uniform(-1, 1), lambda: sg(lu(-323, 0)), lambda: sg(1 - lu(-15, 0))))
for nm, f in (("sinh", mp.sinh), ("cosh", mp.cosh)):
    add(nm, f, gen(lambda: random.uniform(-710, 710), lambda: sg(lu(-323, 2)), lambda: random.uniform(-30, 30)))
add("asinh", mp.asinh, gen(lambda: sg(lu(-323, 308)), lambda: random.uniform(-10, 10)))
add("acosh", mp.acosh, gen(lambda: lu(0, 308), lambda: 1 + lu(-15, 2)))
add("cbrt", lambda x: mp.sign(x) * mp.cbrt(abs(x)), gen(lambda: sg(lu(-323, 308)), lambda: sg(den())))
add("log2", lambda x: mp.log(x) / mp.log(2), gen(lambda: lu(-323, 308), den, lambda: 1 + sg(lu(-16, -1))))
add("log10", mp.log10, gen(lambda: lu(-323, 308), den, lambda: 1 + sg(lu(-16, -1))))
add("log1mexp", lambda x: mp.log(-mp.expm1(x)), gen(lambda: -lu(-323, 2.8)))
add("erf", mp.erf, gen(lambda: sg(lu(-323, 1)), lambda: random.uniform(-6, 6), lambda: sg(den())))
add("erfc", mp.erfc, gen(lambda: sg(lu(-323, 1)), lambda: random.uniform(-6, 27.5)))
add("erfcx", lambda x: mp.exp(x * x) * mp.erfc(x), gen(lambda: lu(-323, 5), lambda: random.uniform(0, 30)))
add("normalCdf", mp.ncdf, gen(lambda: random.uniform(-38.5, 9), lambda: sg(lu(-323, 1)), lambda: random.uniform(-2, 2)))
add(
    "normalLogCdf",
    lambda x: (mp.log(mp.erfc(-x / mp.sqrt(2)) / 2) if x < 5 else mp.log1p(-mp.erfc(x / mp.sqrt(2)) / 2)),
    gen(lambda: -lu(-3, 150), lambda: random.uniform(-10, 38), lambda: sg(lu(-323, 1))),
)


def nq(p):
    if p < mpf(10) ** -20:
        x = -mp.sqrt(-2 * mp.log(p))
        g = lambda x: mp.log(mp.erfc(-x / mp.sqrt(2)) / 2) - mp.log(p)
        return mp.findroot(g, (x, x * mpf(".98")), tol=1e-80, maxsteps=100, verify=False)
    return mp.sqrt(2) * mp.erfinv(2 * p - 1)


add(
    "normalQuantile",
    nq,
    gen(lambda: lu(-300, 0), random.random, lambda: 1 - lu(-15, 0), den, lambda: 0.5 + sg(lu(-15, -1))),
)


def lg(x):
    return mp.log(abs(mp.gamma(x))) if abs(x) < 1e6 else mp.loggamma(x).real


add(
    "lgamma",
    lg,
    gen(
        lambda: lu(-323, 300),
        lambda: random.uniform(0, 10),
        lambda: -random.uniform(0, 30),
        lambda: 1 + sg(lu(-16, -1)),
        lambda: 2 + sg(lu(-16, -1)),
        lambda: sg(den()),
    ),
)
add(
    "digamma",
    mp.digamma,
    gen(
        lambda: lu(-300, 300),
        lambda: random.uniform(0, 12),
        lambda: -random.uniform(0, 30),
        lambda: 1.4616321449683622 + sg(lu(-15, -1)),
        lambda: sg(lu(-300, 0)),
    ),
)
add(
    "trigamma",
    lambda x: mp.psi(1, x),
    gen(lambda: lu(-150, 150), lambda: random.uniform(0, 12), lambda: -random.uniform(0, 30), lambda: sg(lu(-150, 0))),
)
add(
    "polygamma",
    lambda n, x: mp.psi(int(n), x),
    [
        (float(random.randint(2, 8)), random.choice([lu(-20, 8), random.uniform(0, 30), -random.uniform(0, 10)]))
        for _ in range(N)
    ],
)
add(
    "logBeta",
    lambda a, b: mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b),
    [
        (
            (lu(-300, 15), lu(-300, 15))
            if random.random() < 0.3
            else (lu(-3, 6), lu(-3, 6)) if random.random() < 0.6 else (random.uniform(0, 20), random.uniform(0, 20))
        )
        for _ in range(N)
    ],
)
add("besselI0", lambda x: mp.besseli(0, x), gen(lambda: sg(lu(-300, 2.84)), lambda: random.uniform(-30, 30)))
add("besselI1", lambda x: mp.besseli(1, x), gen(lambda: sg(lu(-300, 2.84)), lambda: random.uniform(-30, 30)))
add(
    "besselI0Scaled",
    lambda x: mp.exp(-abs(x)) * mp.besseli(0, x),
    gen(lambda: sg(lu(-300, 8)), lambda: random.uniform(-50, 50)),
)
add(
    "besselI1Scaled",
    lambda x: mp.exp(-abs(x)) * mp.besseli(1, x),
    gen(lambda: sg(lu(-300, 8)), lambda: random.uniform(-50, 50)),
)
add("logBesselI0", lambda x: mp.log(mp.besseli(0, x)), gen(lambda: lu(-8, 8), lambda: random.uniform(0, 50)))
add(
    "besselRatio",
    lambda x: mp.besseli(1, x) / mp.besseli(0, x),
    gen(lambda: lu(-300, 8), lambda: random.uniform(0, 50)),
)


def P(a, x):
    return mp.gammainc(a, 0, x, regularized=True)


def Q(a, x):
    return mp.gammainc(a, x, mp.inf, regularized=True)


def I(a, b, x):
    return mp.betainc(a, b, 0, x, regularized=True)


def gp():
    r = random.random()
    if r < 0.25:
        a = lu(-6, 4)
        return (a, a * lu(-2, 1.2))
    if r < 0.5:
        a = lu(0, 4)
        return (a, max(1e-300, a + random.uniform(-6, 6) * math.sqrt(a)))
    if r < 0.7:
        return (lu(-10, 1), lu(-300, 2))
    if r < 0.85:
        return (lu(-2, 1.5), lu(-2, 2))
    a = lu(4, 6)
    return (a, a + random.uniform(-5, 5) * math.sqrt(a))


G = [gp() for _ in range(N)]
add("gammaP", P, G)
add("gammaQ", Q, G)
add("gammaPa", lambda a, x: mp.diff(lambda s: P(s, x), a), G)
add("gammaPaa", lambda a, x: mp.diff(lambda s: P(s, x), a, 2), G)


def bp():
    r = random.random()
    if r < 0.3:
        return (lu(-3, 3), lu(-3, 3), random.random())
    if r < 0.6:
        a, b = lu(0, 4), lu(0, 4)
        m = a / (a + b)
        s = math.sqrt(m * (1 - m) / (a + b + 1))
        return (a, b, min(1 - 1e-12, max(1e-300, m + random.uniform(-6, 6) * s)))
    if r < 0.8:
        return (lu(-1, 1.5), lu(-1, 1.5), lu(-250, 0))
    return (lu(-1, 1.5), lu(-1, 1.5), 1 - lu(-15, -1))


B = [bp() for _ in range(N)]
add("betaI", I, B)
add("betaIa", lambda a, b, x: mp.diff(lambda s: I(s, b, x), a), B)
add("betaIb", lambda a, b, x: mp.diff(lambda s: I(a, s, x), b), B)

print("{")
print(
    ' "source": "mpmath 1.4.1 (Python 3.11.7): python tests/kernel/numeric/range_figures.py > tests/kernel/numeric/fixtures/range.json",'
)
print(' "functions": {')
print(
    ",\n".join(
        f'  "{name}": [\n' + ",\n".join("   " + json.dumps(row) for row in rows) + "\n  ]" for name, rows in out.items()
    )
)
print(" }\n}")
