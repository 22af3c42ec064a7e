"""What the probes of binding sites must find: hidden states of transformers, StandardScaler and
LogisticRegression of scikit-learn on them. Made with Python 3.11, PyTorch 2.15.0, transformers 5.23.0,
scikit-learn 1.9.1 and lmdb; lbfgs draws nothing, so there is no seed.

    python binding_sites.py SHARED > binding_sites.json

SHARED holds reference/models/bert and data/provis/binding_site_valid.lmdb. Records 0-299 train, 300-399
judge. Sequences of over 198 residues are cut, as the model has 200 positions. The precision at L/20 is the
share of true ones among the round(L / 20) most probable residues of each protein, those of all proteins
together, as salesforce/provis counts it; with features that tell residues apart there are no ties for the
last place.
"""

import json
import pickle
import sys
import warnings
from pathlib import Path

import lmdb
import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from transformers import BertModel

TOKENS = 200
SHARED = Path(sys.argv[1])
FOLDER = SHARED / "reference/models/bert"
VOCABULARY = {token: i for i, token in enumerate((FOLDER / "vocab.txt").read_text().split())}


def records(numbers):
    environment = lmdb.open(str(SHARED / "data/provis/binding_site_valid.lmdb"), readonly=True, lock=False)
    with environment.begin() as transaction:
        for number in numbers:
            yield pickle.loads(transaction.get(str(number).encode()))


def passed(model, record):
    """Hidden states [layer + 1, residue, width], and whether each residue is a binding site."""
    letters = record["primary"].translate(str.maketrans("UZOB", "XXXX"))[: TOKENS - 2]
    ids = [VOCABULARY[t] for t in ["[CLS]", *letters, "[SEP]"]]
    with torch.inference_mode():
        states = model(torch.tensor([ids]), output_hidden_states=True).hidden_states
    sites = set(record["sites"])
    labels = [position in sites for position in record["positions"][: TOKENS - 2]]
    return torch.stack([state[0, 1:-1] for state in states]).numpy(), np.array(labels)


def precision_at_l20(probabilities, proteins):
    hits = total = 0
    for p, (_, labels) in zip(probabilities, proteins):
        k = round(len(labels) / 20)
        best = np.argsort(-p, kind="stable")[:k]
        hits, total = hits + labels[best].sum(), total + k
    return hits / total


def main():
    warnings.simplefilter("error")
    model = BertModel.from_pretrained(FOLDER, attn_implementation="eager").eval()
    train = [passed(model, record) for record in records(range(300))]
    judge = [passed(model, record) for record in records(range(300, 400))]
    labels = np.concatenate([y for _, y in train])
    truth = np.concatenate([y for _, y in judge])
    found = {}
    for weight in (None, "balanced"):
        rows = []
        for layer in range(train[0][0].shape[0]):
            x = np.concatenate([states[layer] for states, _ in train]).astype(np.float64)
            probe = LogisticRegression(C=1, tol=1e-10, max_iter=10000, class_weight=weight)
            probe = make_pipeline(StandardScaler(), probe).fit(x, labels)
            p = [probe.predict_proba(states[layer].astype(np.float64))[:, 1] for states, _ in judge]
            scores = np.concatenate(p)
            rows.append(
                {
                    "f1": f1_score(truth, scores > 0.5, zero_division=0),
                    "precision_at_k": precision_at_l20(p, judge),
                    "average_precision": average_precision_score(truth, scores),
                    "roc_auc": roc_auc_score(truth, scores),
                }
            )
        found["balanced" if weight else "uniform"] = rows
    found["samples"] = {"n_train": len(labels), "n_eval": len(truth)}
    json.dump(found, sys.stdout, indent=1)
    print()


main()
