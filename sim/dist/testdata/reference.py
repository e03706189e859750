# Makes reference.txt: quantiles to 20 digits, by bracketing on the distribution functions
# that series in mpmath (1.2.1) give with at least 40 digits. Run: python3 reference.py > reference.txt
#
# Each line: distribution, its parameters, p as a hexadecimal float64, the quantile. The p
# are exact: 1-1e-12 stands for the float64 nearest to it.
from mpmath import mp, mpf, log, exp, erfc, sqrt, loggamma, beta, findroot

mp.dps = 40
P = [2.0**-53, 1e-15, 1e-12, 1e-9, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.1, 0.2, 0.3, 0.45, 0.5,
     0.55, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1 - 1e-4, 1 - 1e-5, 1 - 1e-6, 1 - 1e-9, 1 - 1e-12, 1 - 1e-15, 1 - 2.0**-53]


def bracket(f, lo, hi):
    """The w in [lo, hi] at which the increasing f is 0."""
    flo, fhi = f(lo), f(hi)
    assert flo < 0 < fhi, (flo, fhi)
    while hi - lo > mpf(10)**-6:
        mid = (lo + hi) / 2
        if f(mid) > 0:
            hi = mid
        else:
            lo = mid
    return findroot(f, (lo, hi), solver='anderson', tol=mpf(10)**-50, verify=False)


def tails(cdf, sf, p, q, lo, hi):
    if p <= q:
        return bracket(lambda w: log(cdf(exp(w))) - log(p), lo, hi)
    return bracket(lambda w: log(q) - log(sf(exp(w))), lo, hi)


def igamma(a, x):
    """P(a, x), by its series of positive terms."""
    t = s = mpf(1)
    n = 0
    while t > s * mpf(10)**-75:
        n += 1
        t *= x / (a + n)
        s += t
    return s * exp(a * log(x) - x - loggamma(a + 1))


def qgamma(a, r, p, q):
    lead = (log(p) + loggamma(a + 1)) / a
    if lead < -60:
        return exp(lead) / r
    old = mp.dps
    mp.dps = 80
    x = exp(tails(lambda x: igamma(a, x), lambda x: 1 - igamma(a, x), p, q, lead - 1, log(a + 10 * sqrt(a) + 60)))
    mp.dps = old
    return x / r


def ibeta(a, b, x):
    """I_x(a, b) for x <= 1/2, by the power series in x."""
    t = s = 1 / a
    n = 0
    c = mpf(1)
    while True:
        n += 1
        c *= (n - b) * x / n
        t = c / (a + n)
        s += t
        if abs(t) < abs(s) * mpf(10)**-45 and n > b:
            break
    return s * exp(a * log(x)) / beta(a, b)


def unit(a, b, p, q):
    """x and 1-x."""
    old = mp.dps
    mp.dps = old + int(max(a, b)) + 10   # the series alternates for b > 1
    if p > ibeta(a, b, mpf(1) / 2):
        y, x = lower(b, a, q)
    else:
        x, y = lower(a, b, p)
    mp.dps = old
    return x, y


def lower(a, b, p):
    """x and 1-x for x <= 1/2."""
    lead = (log(p) + log(a * beta(a, b))) / a
    if lead < -80:
        return exp(lead), 1 - exp(lead)
    w = bracket(lambda w: log(ibeta(a, b, exp(w))) - log(p), lead - 5 - b, log(mpf(1) / 2) + mpf(10)**-3)
    return exp(w), 1 - exp(w)


def qbeta(a, b, lo, hi, p, q):
    x, y = unit(a, b, p, q)
    return lo + (hi - lo) * x if x < y else hi - (hi - lo) * y


def qstudent(df, loc, scale, p, q):
    r = min(p, q)
    if r == mpf(1) / 2:
        return loc
    y, z = unit(mpf(1) / 2, df / 2, 1 - 2 * r, 2 * r)
    t = sqrt(df * y / z)
    return loc + scale * (t if p > q else -t)


def hazard(p, q):
    return -log(q)


def qnormal(m, s, p, q):
    r = min(p, q)
    if r == mpf(1) / 2:
        return m
    z = bracket(lambda z: log(r) - log(erfc(z / sqrt(mpf(2))) / 2), mpf(0), mpf(10))
    return m + s * (z if p > q else -z)


def qtriangular(a, c, b, p, q):
    if p * (b - a) <= c - a:
        return a + sqrt(p * (b - a) * (c - a))
    return b - sqrt(q * (b - a) * (b - c))


def qpert(a, c, b, p, q):
    w = b - a
    return qbeta(1 + 4 * (c - a) / w, 1 + 4 * (b - c) / w, a, b, p, q)


CASES = [
    ('normal', qnormal, [(0, 1), (-3, 0.25)]),
    ('lognormal', lambda m, s, p, q: exp(qnormal(m, s, p, q)), [(0, 1), (3, 0.5), (-2, 4)]),
    ('uniform', lambda a, b, p, q: a + (b - a) * p, [(0, 1), (-2, 5), (-7, 0)]),
    ('triangular', qtriangular, [(0, 1, 2), (0, 0, 1), (-1, 0, 0), (3, 3.5, 10)]),
    ('pert', qpert, [(0, 1, 4), (0, 0, 1), (-2, 0, 0), (0.25, 0.5, 1), (10, 39, 40), (-1, 0.5, 1)]),
    ('beta', lambda a, b, p, q: qbeta(a, b, mpf(0), mpf(1), p, q), [(2, 5), (0.5, 0.5), (20, 30), (1, 1), (1, 3), (0.125, 3), (3, 0.125), (0.0625, 0.0625), (0.25, 40), (80, 2), (200, 300)]),
    ('beta', qbeta, [(2, 0.5, -1, 0), (0.25, 3, 0, 100), (2, 3, -5, 5)]),
    ('gamma', qgamma, [(0.0625, 1), (0.1, 2), (0.5, 1), (1, 1), (2, 1), (7.5, 0.1), (50, 1), (1000, 1), (50000, 1)]),
    ('exponential', lambda r, p, q: hazard(p, q) / r, [(1,), (0.05,)]),
    ('weibull', lambda k, s, p, q: s * hazard(p, q)**(1 / k), [(0.25, 1), (1, 2), (1.5, 8), (5, 1), (40, 1)]),
    ('student', qstudent, [(0.25, 0, 1), (1, 0, 1), (2, 0, 1), (3, 0, 1), (4, 0, 1), (2.5, 1, 3), (30, 0, 1), (300, 0, 1)]),
]

for name, f, params in CASES:
    for args in params:
        for p in P:
            x = f(*[mpf(v) for v in args], mpf(p), 1 - mpf(p))
            print(name, ','.join(repr(float(v)) for v in args), p.hex(), mp.nstr(x, 20), flush=True)
