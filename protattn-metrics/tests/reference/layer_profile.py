"""Writes layer_profile.json: mean proportions by layer and their centre of gravity.

numpy's masked arrays, as the original analysis uses them, on counts drawn from SplitMix64 at seed 4.
One layer has no scored head.

    pip install numpy==2.4.6
    python layer_profile.py > layer_profile.json
"""

import json
import sys

import numpy as np

from splitmix64 import SplitMix64

N_LAYERS, N_HEADS, MIN_ARCS = 6, 8, 100

random = SplitMix64(4)
total = np.array([[random.below(400) for _ in range(N_HEADS)] for _ in range(N_LAYERS)])
total[2] %= MIN_ARCS
in_class = np.array([[random.below(int(n) + 1) * (layer + 1) // N_LAYERS for n in row] for layer, row in enumerate(total)])
masked = np.ma.masked_array(in_class / total, mask=total < MIN_ARCS)
means = masked.mean(-1)
layers = np.ma.masked_array(np.arange(N_LAYERS), mask=means.mask)

json.dump(
    {
        "versions": {"numpy": np.__version__},
        "n_heads": N_HEADS,
        "min_arcs": MIN_ARCS,
        "arcs_in_class": in_class.ravel().tolist(),
        "arcs_total": total.ravel().tolist(),
        "means": [None if mean is np.ma.masked else float(mean) for mean in means],
        "scored_heads": (~masked.mask).sum(-1).tolist(),
        "centre_of_gravity": float((layers * means).sum() / means.sum()),
    },
    sys.stdout,
)
print()
