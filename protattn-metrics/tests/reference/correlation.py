"""Writes correlation.json: Pearson's r, its p-value and Fisher's interval.

scipy's pearsonr, and mpmath in 50 digits from the same values, which are drawn from SplitMix64 by
sums and products that are the same in any language: x is uniform, y is slope x + noise (another
uniform) with the offset added to both.

    pip install numpy==2.4.6 scipy==1.17.1 mpmath==1.4.1
    python correlation.py > correlation.json
"""

import json
import sys

import mpmath
import numpy as np
import scipy
from mpmath import mpf
from scipy.stats import pearsonr

from splitmix64 import SplitMix64

mpmath.mp.dps = 50

# Seed, pairs, slope, noise, offset.
CASES = [
    (1, 2, 1.0, 1.0, 0.0),
    (2, 3, 1.0, 1.0, 0.0),
    (3, 4, -1.0, 0.5, 0.0),
    (4, 10, 0.0, 1.0, 0.0),
    (5, 25, -0.25, 1.0, 100.0),
    (6, 190, 0.5, 1.0, 0.0),
    (7, 190, -4.0, 1.0, 0.0),
    (8, 190, 1.0, 0.03125, 0.0),
    (9, 480, 0.0, 1.0, 1.0),
    (10, 480, 1.0, 1.0, 0.0),
    (11, 480, 2.0, 1.0, 0.0),
    (12, 5000, 0.03125, 1.0, 0.0),
    (13, 5000, 0.25, 1.0, 0.0),
    (14, 100000, 0.0, 1.0, 0.0),
    (15, 100000, 0.015625, 1.0, 0.0),
    (16, 100000, 0.0625, 1.0, 0.0),
    # Nearly or wholly in line, where r alone has too few digits for p.
    (17, 6, 1.0, 2.0**-20, 0.0),
    (18, 20, -1.0, 2.0**-20, 0.0),
    (19, 12, 1.0, 2.0**-24, 0.0),
]
ALPHAS = [0.05, 1e-6]


def beta_reg(a, b, x):
    """The regularised incomplete beta function, by its series in x, whose terms are positive."""
    scale = a * mpmath.log(x) + b * mpmath.log(1 - x) - mpmath.log(a)
    scale += mpmath.loggamma(a + b) - mpmath.loggamma(a) - mpmath.loggamma(b)
    term, total, k = mpf(1), mpf(1), 0
    while term > total * mpf(10) ** -30:
        term *= x * (a + b + k) / (a + 1 + k)
        total += term
        k += 1
    return mpmath.exp(scale) * total


def exact(x, y):
    n = len(x)
    x, y = [[mpf(value) for value in values] for values in (x, y)]
    means = [mpmath.fsum(values) / n for values in (x, y)]
    x, y = [[value - mean for value in values] for values, mean in zip((x, y), means)]
    xx, yy, xy = [mpmath.fsum(a * b for a, b in zip(u, v)) for u, v in ((x, x), (y, y), (x, y))]
    r = xy / mpmath.sqrt(xx * yy)
    if n == 2:
        return r, mpf(1)
    # The integral of Student's density beyond t, from the side where the series is short.
    half, square = mpf(n - 2) / 2, r * r
    if n * square < 50 and square < 0.5:
        return r, 1 - beta_reg(mpf(1) / 2, half, square)
    return r, beta_reg(half, mpf(1) / 2, 1 - square)


def case(seed, n, slope, noise, offset):
    random = SplitMix64(seed)
    x, y = [], []
    for _ in range(n):
        u, v = random.unit(), random.unit()
        x.append(u + offset)
        y.append(slope * u + noise * v + offset)
    r, p_value = exact(x, y)
    result = pearsonr(x, y)
    intervals = [result.confidence_interval(1 - alpha) for alpha in ALPHAS] if n > 3 else []
    return {
        "seed": seed, "n": n, "slope": slope, "noise": noise, "offset": offset,
        "r": float(r), "p_value": float(p_value),
        "scipy_r": float(result.statistic), "scipy_p_value": float(result.pvalue),
        "scipy_intervals": [
            [alpha, float(ends.low), float(ends.high)] for alpha, ends in zip(ALPHAS, intervals)
        ],
    }


json.dump(
    {
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "mpmath": mpmath.__version__},
        "cases": [case(*numbers) for numbers in CASES],
    },
    sys.stdout,
    indent=1,
)
print()
