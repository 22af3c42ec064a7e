"""Writes similarity.json: how alike amino acids are to attention, against BLOSUM62.

Counts are drawn from SplitMix64 at seed 20210504; correlations are numpy's and scipy's, BLOSUM62 is
Biopython's, and the test of Mantel is written here, with the shuffles of SplitMix64 at seed 7.

    pip install numpy==2.4.6 scipy==1.17.1 biopython==1.88
    python similarity.py > similarity.json
"""

import json
import sys

import Bio
import numpy as np
import scipy
from Bio.Align import substitution_matrices
from scipy.stats import pearsonr

from splitmix64 import SplitMix64

CLASSES = "ACDEFGHIKLMNPQRSTVWYXBJOUZ"
N_LAYERS, N_HEADS, MIN_ARCS = 4, 12, 100
PERMUTATIONS, SEED = 999, 7
GROUPS = {letter: group for group, letters in enumerate(["ILVM", "FWY", "KRH", "DENQ", "STAG"]) for letter in letters}

random = SplitMix64(20210504)
arcs = np.zeros((N_LAYERS * N_HEADS, len(CLASSES)), dtype=int)
for head in range(len(arcs)):
    # Every seventh head has few arcs; heads like some groups more than others; C does not occur.
    scale = 2 if head % 7 == 3 else 60
    likes = [8 + random.below(5) for _ in range(6)]
    for c, letter in enumerate(CLASSES[:21]):
        arcs[head, c] = 0 if letter == "C" else random.below(scale) * likes[GROUPS.get(letter, 5)] // 8

totals = arcs.sum(axis=1)
scored = totals >= MIN_ARCS
assert scored.any() and not scored.all()
blosum = substitution_matrices.load("BLOSUM62")
letters = [letter for letter in CLASSES[:20] if arcs[scored][:, CLASSES.index(letter)].any()]
profiles = np.array([(arcs[scored][:, CLASSES.index(letter)] / totals[scored]) for letter in letters])
correlations = np.corrcoef(profiles)
scores = np.array([[float(blosum[a][b]) for b in letters] for a in letters])
lower = np.tril_indices(len(letters), -1)
agreement = pearsonr(correlations[lower], scores[lower])

shuffler, order, as_far = SplitMix64(SEED), list(range(len(letters))), 0
for _ in range(PERMUTATIONS):
    shuffler.shuffle(order)
    r = pearsonr(correlations[lower], scores[np.ix_(order, order)][lower]).statistic
    as_far += abs(r) >= abs(agreement.statistic) - 1e-12

json.dump(
    {
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "biopython": Bio.__version__},
        "layers": list(range(N_LAYERS)),
        "n_heads": N_HEADS,
        "min_arcs": MIN_ARCS,
        "arcs_in_class": arcs.ravel().tolist(),
        "arcs_total": totals.tolist(),
        "letters": letters,
        "correlations": correlations[lower].tolist(),
        "r": float(agreement.statistic),
        "p_value": float(agreement.pvalue),
        "permutations": PERMUTATIONS,
        "seed": SEED,
        "mantel_p_value": (1 + as_far) / (1 + PERMUTATIONS),
    },
    sys.stdout,
)
print()
