"""Writes scores.json, which tests/tests/scores.rs compares with.

Made with Python 3.11, scikit-learn 1.9.1 and NumPy 2.4.6:

    python scores.py

Scores are multiples of 1/8 in some cases, so that there are ties between and within the classes.
"""

import json
import pathlib

import numpy as np
from sklearn import metrics

SEED = 20260115


def ranked(rng, n, share, levels):
    truth = rng.random(n) < share
    scores = rng.normal(size=n) + 0.8 * truth
    if levels:
        scores = np.round(scores * levels) / levels
    predicted = scores > 0.4
    return {
        "scores": scores.tolist(),
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "average_precision": metrics.average_precision_score(truth, scores),
        "roc_auc": metrics.roc_auc_score(truth, scores),
        "f1": metrics.f1_score(truth, predicted),
        "precision": metrics.precision_score(truth, predicted),
        "recall": metrics.recall_score(truth, predicted),
        "accuracy": metrics.accuracy_score(truth, predicted),
        "matthews": metrics.matthews_corrcoef(truth, predicted),
    }


def classified(rng, n, k):
    truth = rng.integers(k, size=n)
    predicted = np.where(rng.random(n) < 0.5, truth, rng.integers(k, size=n))
    return {
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "accuracy": metrics.accuracy_score(truth, predicted),
        "matthews": metrics.matthews_corrcoef(truth, predicted),
        "f1": metrics.f1_score(truth, predicted, average=None).tolist(),
    }


def main():
    rng = np.random.default_rng(SEED)
    out = {
        "ranked": [
            ranked(rng, n, share, levels)
            for n, share, levels in [
                (40, 0.5, 0), (200, 0.1, 0), (200, 0.1, 8), (300, 0.4, 2), (500, 0.03, 1)
            ]
        ],
        "classified": [classified(rng, n, k) for n, k in [(60, 2), (200, 4), (300, 9)]],
    }
    path = pathlib.Path(__file__).with_name("scores.json")
    path.write_text(json.dumps(out) + "\n")


if __name__ == "__main__":
    main()
