"""Writes bootstrap.json: BCa intervals of ratios of sums over clusters.

The interval and the standard error are those of scipy.stats.bootstrap (method BCa), given the
resamples that SplitMix64 at seed 20210504 draws instead of scipy's own; where a replicate has no
denominator, which scipy does not allow, they are computed here with numpy and scipy.special from the
replicates that have one. The two are asserted to agree where both exist. Counts come from SplitMix64
at seed 5.

    pip install numpy==2.4.6 scipy==1.17.1
    python bootstrap.py > bootstrap.json
"""

import json
import sys
import warnings

import numpy as np
import scipy
import scipy.stats._resampling as resampling
from scipy.special import ndtr, ndtri

from splitmix64 import SplitMix64

N_CLUSTERS, REPLICATES, SEED = 37, 800, 20210504
CONFIDENCES = [0.95, 0.5, 0.999]

draws = SplitMix64(SEED)
resamples = np.array([[draws.below(N_CLUSTERS) for _ in range(N_CLUSTERS)] for _ in range(REPLICATES)])

random = SplitMix64(5)


def counts(few, rate):
    """Numerators and denominators: `few` in ten clusters have any, and each its own rate."""
    denominators = [random.below(400) if random.below(10) < few else 0 for _ in range(N_CLUSTERS)]
    numerators = [random.below(int(rate * n) + 1) for n in denominators]
    return np.array(numerators, float), np.array(denominators, float)


CELLS = [counts(10, 1.0), counts(10, 0.05), counts(10, 0.01), counts(9, 0.3), counts(2, 0.9), counts(1, 1.0)]
# A single cluster with any, one large cluster, and nothing in the class.
single = np.zeros(N_CLUSTERS)
single[3] = 8.0
CELLS.append((single / 4, single))
large = np.full(N_CLUSTERS, 10.0)
large[5] = 5000.0
CELLS.append((np.where(large > 10, 4000.0, 1.0 + np.arange(N_CLUSTERS) % 2), large))
CELLS.append((np.zeros(N_CLUSTERS), large))


def ratio(cell, index):
    numerators, denominators = cell
    with np.errstate(all="ignore"):
        return numerators[index].sum(axis=-1) / denominators[index].sum(axis=-1)


def by_hand(value, replicates, without, confidence):
    kept = replicates[np.isfinite(replicates)]
    if len(kept) < 0.9 * len(replicates):
        return None
    if (kept == kept[0]).all():
        return [kept[0], kept[0], 0.0]
    bias = ndtri(((kept < value).mean() + (kept <= value).mean()) / 2)
    under = np.nanmean(without) - without[np.isfinite(without)]
    a = (under**3).sum() / (6 * (under**2).sum() ** 1.5)
    tails = bias + ndtri(np.array([1 - confidence, 1 + confidence]) / 2)
    ends = np.quantile(kept, ndtr(bias + tails / (1 - a * tails)))
    return [*ends, kept.std(ddof=1)]


def estimates(statistic):
    """Of a function of indices into the clusters."""
    everything = np.arange(N_CLUSTERS)
    value = statistic(everything)
    replicates = statistic(resamples)
    without = statistic(np.array([np.delete(everything, i) for i in everything]))
    results = []
    for confidence in CONFIDENCES:
        estimate = by_hand(value, replicates, without, confidence)
        if estimate and estimate[2] and np.isfinite(replicates).all():
            scipys = scipy.stats.bootstrap(
                (everything,), lambda index, axis=-1: statistic(index), n_resamples=REPLICATES,
                confidence_level=confidence, method="BCa", vectorized=True,
            )
            ends = scipys.confidence_interval
            found = [ends.low, ends.high, scipys.standard_error]
            np.testing.assert_allclose(found, estimate, rtol=1e-12)
            estimate = found
        results.append(estimate and [float(number) for number in estimate])
    return {"value": float(value), "undefined": int((~np.isfinite(replicates)).sum()), "estimates": results}


resampling.rng_integers = lambda rng, low, high, size: resamples.reshape(size)
warnings.simplefilter("ignore")
json.dump(
    {
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__},
        "n_clusters": N_CLUSTERS,
        "replicates": REPLICATES,
        "seed": SEED,
        "confidences": CONFIDENCES,
        "first_weights": np.bincount(resamples[0], minlength=N_CLUSTERS).tolist(),
        "last_weights": np.bincount(resamples[-1], minlength=N_CLUSTERS).tolist(),
        "numerators": [cell[0].tolist() for cell in CELLS],
        "denominators": [cell[1].tolist() for cell in CELLS],
        "ratios": [estimates(lambda index, cell=cell: ratio(cell, index)) for cell in CELLS],
        # Each cell less the next.
        "differences": [
            estimates(lambda index, a=a, b=b: ratio(a, index) - ratio(b, index))
            for a, b in zip(CELLS, CELLS[1:] + CELLS[:1])
        ],
    },
    sys.stdout,
)
print()
