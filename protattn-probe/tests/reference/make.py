"""Writes logistic.json, the reference solutions that tests/tests/scikit_learn.rs compares with.

Made with Python 3, scikit-learn 1.9.1, NumPy 2.4.6 and SciPy 1.17.1:

    python make.py

Features are single precision, as the crate reads them; scikit-learn gets the same numbers in
double precision. Its Newton solver is used because it reaches the optimum to about 1e-12, where
its L-BFGS stops earlier; both have the same objective. With absolute values in the penalty only
SAGA is left, whose tolerance is on the change of the coefficients.
"""

import json
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

SEED = 20240607
N_SAMPLES, N_FEATURES = 90, 5


def features(rng):
    """Correlated features on unequal scales; column 2 far from zero, column 3 constant."""
    x = rng.normal(size=(N_SAMPLES, N_FEATURES))
    x[:, 1] += 0.8 * x[:, 0]
    x *= [1.0, 0.05, 2.0, 0.0, 30.0]
    x += [0.0, 0.3, 40.0, 7.0, -5.0]
    return np.round(x, 3).astype(np.float32)


def labels(rng, x, n_classes):
    """Classes of unequal size, drawn from a linear model."""
    z = (x - x.mean(0)) / np.maximum(x.std(0), 1e-6)
    scores = z @ rng.normal(size=(N_FEATURES, n_classes)) - np.arange(n_classes) * 0.7
    return np.argmax(scores + rng.gumbel(size=scores.shape), axis=1)


def solve(x, y, c, standardize, weights, l1_ratio):
    """Coefficients and intercepts in feature units, objective, probabilities of 3 samples."""
    scaler = StandardScaler(with_mean=standardize, with_std=standardize).fit(x)
    z = scaler.transform(x)
    if l1_ratio > 0.0:
        solver = {"solver": "saga", "tol": 1e-14, "max_iter": 3_000_000, "random_state": 0}
    else:
        solver = {"solver": "newton-cholesky", "tol": 1e-13, "max_iter": 1000}
    model = LogisticRegression(
        C=c, class_weight=weights, l1_ratio=l1_ratio, **solver
    ).fit(z, y)
    coef, intercept = model.coef_.copy(), model.intercept_.copy()
    counts = np.bincount(y)
    per_class = {
        None: np.ones(len(counts)),
        "balanced": len(y) / (len(counts) * counts),
    }.get(weights if not isinstance(weights, dict) else "given")
    if per_class is None:
        per_class = np.array([weights[k] for k in range(len(counts))])
    log_p = model.predict_log_proba(z)[np.arange(len(y)), y]
    objective = c * np.sum(per_class[y] * -log_p)
    objective += l1_ratio * np.abs(coef).sum() + (1 - l1_ratio) / 2 * np.sum(coef**2)
    if standardize:
        coef = coef / scaler.scale_
        intercept = intercept - coef @ scaler.mean_
    if len(intercept) > 1:
        # Only the differences matter, and SAGA's drift.
        intercept = intercept - intercept.mean()
    return {
        "coefficients": coef.tolist(),
        "intercepts": intercept.tolist(),
        "objective": float(objective),
        "probabilities": model.predict_proba(z[:3]).tolist(),
    }


def main():
    rng = np.random.default_rng(SEED)
    x = features(rng)
    double = x.astype(np.float64)
    problems = {str(k): labels(rng, x, k) for k in (2, 4)}
    squares = [
        (2, 1.0, True, None),
        (2, 1.0, False, None),
        (2, 0.01, True, None),
        (2, 50.0, True, "balanced"),
        (2, 1.0, True, {0: 0.5, 1: 3.0}),
        (4, 1.0, True, None),
        (4, 1.0, False, None),
        (4, 20.0, True, None),
        (4, 0.3, False, "balanced"),
        (4, 1.0, True, {0: 1.0, 1: 2.0, 2: 0.25, 3: 5.0}),
    ]
    absolutes = [
        (2, 0.1, True, None, 1.0),
        (2, 0.08, True, "balanced", 1.0),
        (2, 1.0, True, None, 0.5),
        (4, 0.2, True, None, 0.5),
        (4, 0.1, True, {0: 1.0, 1: 2.0, 2: 0.25, 3: 5.0}, 0.9),
        (4, 0.15, True, None, 1.0),
    ]
    settings = [case + (0.0,) for case in squares] + absolutes
    cases = []
    for n_classes, c, standardize, weights, l1_ratio in settings:
        case = {
            "n_classes": n_classes,
            "c": c,
            "standardize": standardize,
            "l1_ratio": l1_ratio,
            "weights": list(weights.values()) if isinstance(weights, dict) else weights,
        }
        case |= solve(double, problems[str(n_classes)], c, standardize, weights, l1_ratio)
        cases.append(case)
    out = {
        "features": [[float(str(v)) for v in row] for row in x],
        "labels": {k: v.tolist() for k, v in problems.items()},
        "cases": cases,
    }
    path = pathlib.Path(__file__).with_name("logistic.json")
    path.write_text(json.dumps(out) + "\n")


if __name__ == "__main__":
    main()
