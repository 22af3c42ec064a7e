"""Writes statistics.json: intervals and tests as the original analysis computes them.

statsmodels' proportion_confint(method="normal") and proportions_ztest, and scipy's normal tail, on
counts chosen so that p-values run from near 1 to near 1e-300. No randomness, so no seed.

    python statistics.py > statistics.json
"""

import json
import sys

import scipy
import statsmodels
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint, proportions_ztest

# Arcs in the class, all arcs, background in the class, background in all, number of scored heads.
CASES = [
    (37, 100, 4512, 107478, 1),
    (37, 100, 37000, 100000, 144),
    (130, 867, 3462, 109242, 12),
    (1, 250, 17605, 354947, 480),
    (0, 120, 2733, 354947, 480),
    (120, 120, 2733, 354947, 480),
    (99, 2312, 3000, 61000, 480),
    (4411, 9923, 3462, 109242, 144),
    (510, 10000, 5000, 107478, 30),
    (1700, 15000, 5000, 107478, 30),
    (1794, 15000, 5000, 107478, 30),
    (1812, 15000, 5000, 107478, 30),
    (999_999_937, 4_000_000_007, 30_000_000_001, 120_000_000_007, 480),
]
TAILS = [0.0, 1e-9, 0.1, 1.0, 1.959963984540054, 5.0, 8.3, 12.5, 20.0, 27.7, 33.0, 37.0, 37.4, -3.2]


def case(count, n, background_count, background_n, m):
    low, high = proportion_confint(count, n, alpha=0.05 / m, method="normal")
    # The head first, so that positive is above the background; the original has it second.
    z, p_value = proportions_ztest([count, background_count], [n, background_n])
    return {
        "count": count, "n": n, "background_count": background_count, "background_n": background_n,
        "m": m, "low": float(low), "high": float(high), "z": float(z), "p_value": float(p_value),
    }


json.dump(
    {
        "versions": {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
        "cases": [case(*numbers) for numbers in CASES],
        "tails": [[z, float(2 * norm.sf(abs(z)))] for z in TAILS],
    },
    sys.stdout,
    indent=1,
)
print()
