"""Writes fixtures/more.json: figures of functions that special.json does not have.

    python more_figures.py > fixtures/more.json        (Python 3.11.7, mpmath 1.4.1)

Arguments are exact doubles; values have 25 digits, computed at 50 digits and again at 90, which must agree to 1e-28.
Derivatives are differences at that precision (mpmath.diff).
"""
import json
from mpmath import mp, mpf, inf

def r(x):
    return repr(float(x))

def at(precision, f, args):
    mp.dps = precision
    return f(*[mpf(a) for a in args])

def row(f, *args):
    a, b = at(50, f, args), at(90, f, args)
    assert a == b or abs(a - b) <= mpf(10) ** -26 * abs(b) + mpf(10) ** -400, (f, args, a, b)
    return [*map(r, args), mp.nstr(b, 25)]

signed = [s * x for x in (5e-324, 1e-300, 1e-17, 1e-9, 1e-5, 0.1, 0.3, 0.49, 0.51, 0.9, 1 - 2**-30, 1 - 2**-53) for s in (1, -1)]
wide = [s * x for x in (5e-324, 1e-300, 1e-9, 1e-3, 0.4, 1.0, 2.5, 21.9, 22.1, 300.0, 709.0, 710.2) for s in (1, -1)]
huge = [s * x for x in (5e-324, 1e-300, 1e-9, 1e-3, 0.4, 1.0, 2.5, 1e5, 2.0**28, 2.0**29, 1e100, 1.7e308) for s in (1, -1)]

functions = {
    "asin": [row(mp.asin, x) for x in [*signed, 1.0, -1.0]],
    "acos": [row(mp.acos, x) for x in [*signed, -1.0]],
    "atanh": [row(mp.atanh, x) for x in signed],
    "sinh": [row(mp.sinh, x) for x in wide],
    "cosh": [row(mp.cosh, x) for x in wide],
    "asinh": [row(mp.asinh, x) for x in huge],
    "acosh": [row(mp.acosh, x) for x in (1 + 2**-52, 1 + 2**-30, 1.01, 1.5, 2.0, 3.7, 100.0, 2.0**28, 2.0**29, 1e100, 1.7e308)],
    "cbrt": [row(lambda x: mp.sign(x) * mp.cbrt(abs(x)), x) for x in [*huge, 27.0, -8.0, 3e-310]],
    "polygamma": [row(lambda n, x: mp.psi(int(n), x), n, x) for n in (2, 3, 4, 5, 8, 13, 20)
                  for x in (1e-10, 0.3, 1.0, 1.46, 2.5, 9.9, 14.99, 40.0, 1e3, 1e8, -0.5, -0.3, -1.7, -20.25, -3.999)],
    "bessel_i0_scaled": [row(lambda x: mp.exp(-abs(x)) * mp.besseli(0, x), x) for x in (0.0, 1e-10, 0.3, -2.0, 19.9, 20.1, 100.0, 1e4, 1e10, 1e300)],
    "bessel_i1_scaled": [row(lambda x: mp.exp(-abs(x)) * mp.besseli(1, x), x) for x in (1e-300, 1e-10, 0.3, -2.0, 19.9, 20.1, 100.0, -1e4, 1e10, 1e300)],
}

gamma_points = [(0.01, 0.2), (0.3, 0.1), (0.5, 0.5), (0.5, 3.0), (1.0, 1.0), (2.0, 3.0), (2.5, 0.01), (2.0, 30.0), (7.3, 5.0), (10.0, 10.0),
                (10.0, 25.0), (40.0, 30.0), (100.0, 100.0), (100.0, 130.0), (1000.0, 950.0), (1000.0, 1100.0), (1e-5, 1e-3), (1e-5, 2.0), (1e4, 9.8e3), (1e4, 1.03e4), (0.5, 1e-200)]
P = lambda a, x: mp.gammainc(a, 0, x, regularized=True)
functions["gamma_density"] = [row(lambda a, x: mp.exp((a - 1) * mp.log(x) - x - mp.loggamma(a)), a, x) for a, x in [*gamma_points, (1e-10, 1e-5), (1e4, 1e4), (1e6, 1.001e6), (0.5, 1e-300)]]
functions["gamma_p_daa"] = [row(lambda a, x: mp.diff(lambda s: P(s, x), a, 2), a, x) for a, x in gamma_points]

beta_points = [(0.3, 0.4, 0.2), (0.5, 0.5, 0.5), (1.0, 1.0, 0.3), (2.0, 3.0, 0.4), (2.0, 3.0, 0.9), (0.2, 7.0, 0.01), (12.5, 9.8, 0.55), (30.0, 2.0, 0.97),
               (40.0, 60.0, 0.38), (40.0, 60.0, 0.45), (200.0, 150.0, 0.6), (1e3, 2e3, 0.33), (1e3, 2e3, 0.36), (1e-3, 5.0, 0.2), (0.01, 0.02, 0.7), (2.0, 1e3, 0.002), (500.0, 0.5, 0.999)]
I = lambda a, b, x: mp.betainc(a, b, 0, x, regularized=True)
functions["beta_density"] = [row(lambda a, b, x: mp.exp((a - 1) * mp.log(x) + (b - 1) * mp.log(1 - x) + mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b)), *p)
                             for p in [*beta_points, (1e5, 1e5, 0.5), (1e6, 2e6, 1 / 3), (1e-5, 1e5, 1e-5)]]
functions["beta_i_daa"] = [row(lambda a, b, x: mp.diff(lambda s: I(s, b, x), a, 2), *p) for p in beta_points]
functions["beta_i_dab"] = [row(lambda a, b, x: mp.diff(lambda s, t: I(s, t, x), (a, b), (1, 1)), *p) for p in beta_points]
functions["beta_i_dbb"] = [row(lambda a, b, x: mp.diff(lambda s: I(a, s, x), b, 2), *p) for p in beta_points]

print("{")
print(' "source": "mpmath 1.4.1 (Python 3.11.7): python tests/kernel/numeric/more_figures.py > tests/kernel/numeric/fixtures/more.json",')
print(' "functions": {')
print(",\n".join(f'  "{name}": [\n' + ",\n".join("   " + json.dumps(p) for p in points) + "\n  ]" for name, points in functions.items()))
print(" }\n}")
