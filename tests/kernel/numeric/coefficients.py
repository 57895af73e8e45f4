"""Prints the polynomial coefficients used in kernel/src/numeric/elementary.ts and special/*.ts.

Each polynomial interpolates the function at Chebyshev points in 60 digits (near-minimax: the error is at most
a small factor over the best polynomial's), and is printed in rising powers, rounded to doubles, with its largest
error on the interval. Only the degree and the interval are chosen by hand.

    python coefficients.py        (Python 3.11.7, mpmath 1.4.1)
"""
from mpmath import mp, mpf, chebyfit, exp, log, atanh, erf, erfc, loggamma, sqrt, cos, sin, pi, quad, linspace, taylor

mp.dps = 60


def show(name, f, interval, terms, note=""):
    coefficients, error = chebyfit(f, interval, terms, error=True)
    print(f"{name}: {terms} terms on [{float(interval[0])}, {float(interval[1])}], error {float(error):.1e} {note}")
    for c in reversed(coefficients):
        print("  ", repr(float(c)), ",", sep="")


def safe(f, at_zero):
    return lambda x: at_zero if abs(x) < mpf(10) ** -25 else f(x)


half_log2 = log(2) / 2 * mpf("1.001")

# exp(r) = 1 + r + r² E(r)
show("EXP", safe(lambda r: (exp(r) - 1 - r) / r**2, mpf(1) / 2), [-half_log2, half_log2], 12)

# log(1 + f) with s = f / (2 + f), z = s²: 2 atanh(s) = 2 s + s z L(z)
z_max = ((sqrt(2) - 1) / (sqrt(2) + 1)) ** 2 * mpf("1.001")
show("LOG", safe(lambda z: (2 * atanh(sqrt(z)) - 2 * sqrt(z)) / (z * sqrt(z)), mpf(2) / 3), [0, z_max], 8)

# erf(x) = x P(x²) on |x| ≤ 1
show("ERF", safe(lambda z: erf(sqrt(z)) / sqrt(z), 2 / sqrt(pi)), [0, 1], 15)

# lgamma(2 + z) = z G(z) on |z| ≤ 1/2
show("LGAMMA", safe(lambda z: loggamma(2 + z) / z, 1 - mp.euler), [mpf(-1) / 2, mpf(1) / 2], 20)

# Chebyshev series of (1 + 2x) exp(x²) erfc(x), x ≥ 0, in t = (x − K) / (x + K)  (Shepherd & Laframboise 1981)
K = mpf("3.75")


def scaled(t):
    if 1 - t < mpf(10) ** -30:
        return 2 / sqrt(pi)
    x = K * (1 + t) / (1 - t)
    if x > 300:  # asymptotic series (Abramowitz & Stegun 7.1.23)
        term, total, m = mpf(1), mpf(1), 0
        while abs(term) > mpf(10) ** -50 and m < 40:
            m += 1
            term *= -(2 * m - 1) / (2 * x * x)
            total += term
        return (1 + 2 * x) / (x * sqrt(pi)) * total
    return (1 + 2 * x) * exp(x * x) * erfc(x)


points = 200
values = [scaled(cos(pi * (j + mpf(1) / 2) / points)) for j in range(points)]
print("ERFCX: Chebyshev coefficients in t, first one halved")
for k in range(32):
    c = 2 * sum(values[j] * cos(pi * k * (j + mpf(1) / 2) / points) for j in range(points)) / points
    print("  ", repr(float(c / 2 if k == 0 else c)), ",", sep="")

# sin(r) = r + r³ S(r²), cos(r) = 1 − r²/2 + r⁴ C(r²) on |r| ≤ π/4
z_max = (pi / 4) ** 2 * mpf("1.001")
show("SIN", safe(lambda z: (sin(sqrt(z)) - sqrt(z)) / (z * sqrt(z)), mpf(-1) / 6), [0, z_max], 7)
show("COS", safe(lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2, mpf(1) / 24), [0, z_max], 7)

# atan(t) = t + t³ A(t²) on |t| ≤ 7/16
show("ATAN", safe(lambda z: (mp.atan(sqrt(z)) - sqrt(z)) / (z * sqrt(z)), mpf(-1) / 3), [0, (mpf(7) / 16) ** 2 * mpf("1.001")], 12)

# π/2 in parts of 33, 33 and 53 bits; atan of the break points in two parts; 2/π to 1200 bits
half_pi, scale = pi / 2, mpf(2) ** 32
first = mp.floor(half_pi * scale) / scale
second = mp.floor((half_pi - first) * scale * 2**33) / (scale * 2**33)
mp.dps = 400
half_pi = mp.pi / 2
print("PIO2", [repr(float(x)) for x in (first, second, half_pi - first - second)])
print("PIO2 in two doubles", repr(float(half_pi)), repr(float(half_pi - mpf(float(half_pi)))))
for c in (mpf(1) / 2, mpf(1), mpf(3) / 2):
    print("ATAN", float(c), repr(float(mp.atan(c))), repr(float(mp.atan(c) - mpf(float(mp.atan(c))))))
print("2/pi", hex(int(mp.floor(2 / mp.pi * mpf(2) ** 1200))))
