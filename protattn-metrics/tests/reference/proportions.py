"""Writes proportions.json: intervals, tests and adjusted p-values over a grid of counts.

statsmodels' proportion_confint (methods normal and wilson), proportions_ztest and multipletests
(bonferroni and fdr_bh), and scipy's false_discovery_control. The normal's tail is mpmath's, as scipy's
is 0 beneath the smallest normal number. No randomness, so no seed.

    pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0 mpmath==1.4.1
    python proportions.py > proportions.json
"""

import json
import math
import sys
import warnings

import mpmath
import numpy as np
import scipy
import statsmodels
from scipy.stats import false_discovery_control
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint, proportions_ztest

GRID = [
    (count, n)
    for n in [1, 2, 7, 100, 2312, 10**6, 4_000_000_007, 10**15]
    for count in sorted({0, 1, n // 1000, n // 3, n // 2, n - 1, n})
]
ALPHAS = [0.32, 0.05, 0.05 / 480, 1e-12]
BACKGROUNDS = [(3462, 109242), (1, 17), (30_000_000_001, 120_000_000_007)]
TAILS = [36.0, 36.9, 37.0, 37.3, 37.5, 38.0, 38.4, 39.0, 100.0]

# P-values with ties, zero, one, values near the smallest number, and undefined ones.
TESTS = [
    [0.01, 0.04, 0.03, 0.5],
    [0.02, 0.02, 0.02],
    [1.0, 0.0, 1e-300, 3e-300, 1e-8, 0.049, 0.05, 0.05, 0.2, 0.99],
    [None, 0.03, None, 0.001, 0.2, None],
    [None],
    [0.3],
    [],
    [10 ** (-300 * (i * 37 % 101) / 100) for i in range(101)],
]


def intervals(count, n, alpha):
    ends = {}
    for name, method in [("wald", "normal"), ("wilson", "wilson")]:
        low, high = proportion_confint(count, n, alpha=alpha, method=method)
        ends[name] = [float(low), float(high)]
    return {"count": count, "n": n, "alpha": alpha, **ends}


def z_test(count, n, background_count, background_n):
    z, p_value = proportions_ztest([count, background_count], [n, background_n])
    if not math.isfinite(z):
        return None
    return {
        "count": count, "n": n, "background_count": background_count, "background_n": background_n,
        "z": float(z), "p_value": float(p_value),
    }


def adjusted(p_values):
    tests = [p for p in p_values if p is not None]
    bonferroni = benjamini_hochberg = []
    if tests:
        bonferroni = multipletests(tests, method="bonferroni")[1]
        benjamini_hochberg = multipletests(tests, method="fdr_bh")[1]
        np.testing.assert_allclose(false_discovery_control(tests, method="bh"), benjamini_hochberg, rtol=1e-14)

    def spread(values):
        values = iter(values)
        return [None if p is None else float(next(values)) for p in p_values]

    return {
        "p_values": p_values,
        "bonferroni": spread(bonferroni),
        "benjamini_hochberg": spread(benjamini_hochberg),
    }


mpmath.mp.dps = 50
warnings.simplefilter("ignore")
json.dump(
    {
        "versions": {module.__name__: module.__version__ for module in (mpmath, np, scipy, statsmodels)},
        "intervals": [intervals(count, n, alpha) for count, n in GRID for alpha in ALPHAS],
        "z_tests": [
            test for count, n in GRID for background in BACKGROUNDS if (test := z_test(count, n, *background))
        ],
        "tails": [[z, float(mpmath.erfc(z / mpmath.sqrt(2)))] for z in TAILS],
        "adjusted": [adjusted(p_values) for p_values in TESTS],
    },
    sys.stdout,
    indent=None,
    separators=(",", ":"),
)
print()
