"""Writes attention.json, which tests/tests/contact.rs compares with.

Made with Python 3.11, scikit-learn 1.9.1 and NumPy 2.4.6:

    python attention.py

Attention of three made-up proteins in which one head of two layers follows contacts; the features
are computed in double precision from single-precision attention, and the regression is solved by
SAGA on all pairs at least 6 apart.
"""

import json
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression

SEED = 20210505
N_LAYERS, N_HEADS = 2, 3
LENGTHS = [18, 23, 30]
MIN_SEPARATION = 6
C = 8.0


def protein(rng, n):
    contacts = np.triu(rng.random((n, n)) < 0.15, MIN_SEPARATION)
    contacts |= contacts.T
    scores = rng.normal(size=(N_LAYERS, N_HEADS, n, n))
    scores[1, 0] += 1.5 * contacts
    scores[0, 2] += 0.7 * contacts
    attention = np.exp(scores)
    attention /= attention.sum(-1, keepdims=True)
    return contacts, np.round(attention, 5).astype(np.float32)


def apc(x):
    return x - x.sum(-1, keepdims=True) * x.sum(-2, keepdims=True) / x.sum((-2, -1), keepdims=True)


def main():
    rng = np.random.default_rng(SEED)
    proteins = [protein(rng, n) for n in LENGTHS]
    features, labels, maps = [], [], []
    for contacts, attention in proteins:
        x = attention.astype(np.float64)
        x = apc(x + x.swapaxes(-1, -2)).reshape(N_LAYERS * N_HEADS, *contacts.shape)
        i, j = np.triu_indices(len(contacts), MIN_SEPARATION)
        features.append(x[:, i, j].T)
        labels.append(contacts[i, j])
        maps.append(x)
    model = LogisticRegression(
        C=C, l1_ratio=1.0, solver="saga", tol=1e-14, max_iter=1_000_000, random_state=0
    ).fit(np.concatenate(features), np.concatenate(labels))
    scores = np.einsum("f,fij->ij", model.coef_[0], maps[0]) + model.intercept_[0]
    out = {
        "c": C,
        "min_separation": MIN_SEPARATION,
        "proteins": [
            {
                "contacts": contacts.astype(int).tolist(),
                "attention": [[float(str(v)) for v in layer.ravel()] for layer in attention],
            }
            for contacts, attention in proteins
        ],
        "apc_of_first_head": apc(proteins[0][1][0, 0].astype(np.float64)).tolist(),
        "coefficients": model.coef_.reshape(N_LAYERS, N_HEADS).tolist(),
        "intercept": float(model.intercept_[0]),
        "probabilities_of_first": (1 / (1 + np.exp(-scores))).tolist(),
    }
    path = pathlib.Path(__file__).with_name("attention.json")
    path.write_text(json.dumps(out) + "\n")


if __name__ == "__main__":
    main()
