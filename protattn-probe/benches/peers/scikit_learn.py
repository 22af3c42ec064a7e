"""Compares a fit with scikit-learn's: time, objective, coefficients.

    cargo build --release -p protattn-probe --example fit_npy
    python protattn-probe/benches/peers/scikit_learn.py target/release/examples/fit_npy [CASE...]

needs scikit-learn 1.9, NumPy, threadpoolctl and safetensors, 4 GB of memory and 1 GB of disk for
temporary files. CASE is KIND:CLASSES:WEIGHTS, as in hidden:2:balanced. Both get the same features,
200,000 x 1024 singles made from a seed (another shape: SHAPE=20000x256); scikit-learn gets them in
double precision as well, without which it does not reach its optimum. Its time is that of `fit`
alone, with features already converted. Run it on two idle cores: its threads wait for each other.

Two kinds of features: `plain` are independent, with unequal scales; `hidden` are what hidden states
are like, correlated, with a part that is shared by all and variances that fall off.

Ours is run at tol 1e-10, whose objective is the one to meet, and at 1e-6, whose time is compared;
streamed features must give the same bits.

scikit-learn is run with tol 1e-4 and smaller until it meets our objective to 1e-8, which is the time
to compare, and at tol 1e-10, with whose coefficients ours are compared. It stops before that
tolerance where its objective changes no more; for two classes its Newton solver does not.
"""

import os

for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)
os.environ["OPENBLAS_NUM_THREADS"] = "2"

import pathlib
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
from safetensors.numpy import load_file
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_info

SEED = 1
N_SAMPLES, N_FEATURES = (int(n) for n in os.environ.get("SHAPE", "200000x1024").split("x"))
C = 1.0


def make(kind, n_classes):
    rng = np.random.default_rng(SEED)
    x = rng.standard_normal((N_SAMPLES, N_FEATURES), dtype=np.float32)
    if kind == "hidden":
        x *= (1.0 / (1.0 + np.arange(N_FEATURES) / 50.0)).astype(np.float32)
        mixing = rng.standard_normal((N_FEATURES, 32), dtype=np.float32) / 4
        for start in range(0, N_SAMPLES, 10_000):
            part = x[start : start + 10_000]
            part += rng.standard_normal((len(part), 32), dtype=np.float32) @ mixing.T
        x += 1.0
    else:
        x *= np.linspace(0.5, 2.0, N_FEATURES, dtype=np.float32)
    w = rng.standard_normal((N_FEATURES, n_classes)).astype(np.float32)
    scores = x @ w
    scores = 2.0 * (scores - scores.mean(0)) / scores.std(0)
    scores -= np.arange(n_classes) * 0.5
    y = np.argmax(scores + rng.gumbel(size=scores.shape), axis=1).astype(np.int64)
    return x, y


def objective(x, y, coef, intercept, weights):
    """The objective, in double precision."""
    k = len(np.unique(y))
    scores = x @ coef.T + intercept
    if k == 2:
        losses = np.logaddexp(0, np.where(y == 1, -1, 1) * scores[:, 0])
    else:
        top = scores.max(1, keepdims=True)
        log_sum = top[:, 0] + np.log(np.exp(scores - top).sum(1))
        losses = log_sum - scores[np.arange(len(y)), y]
    w = len(y) / (k * np.bincount(y)) if weights == "balanced" else np.ones(k)
    return C * np.sum(w[y] * losses) + 0.5 * np.sum(coef**2)


def theirs(x, y, weights, tol, solver="lbfgs"):
    class_weight = None if weights == "uniform" else weights
    model = LogisticRegression(
        C=C, solver=solver, tol=tol, max_iter=100_000, class_weight=class_weight
    )
    start = time.perf_counter()
    model.fit(x, y)
    return time.perf_counter() - start, model


def ours(binary, folder, weights, memory, tol):
    command = [binary, "x.npy", "y.npy", str(C), memory, weights, str(tol), "probe.safetensors"]
    out = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
    seconds, _, iterations, converged, _ = out.split()
    return float(seconds), int(iterations), converged, load_file(folder / command[-1])


def compare(binary, folder, kind, n_classes, weights):
    x, y = make(kind, n_classes)
    np.save(folder / "x.npy", x)
    np.save(folder / "y.npy", y)
    doubles = x.astype(np.float64)
    print(f"\n{kind}, {N_SAMPLES} x {N_FEATURES}, {n_classes} classes, {weights} weights")
    best = None
    for tol, memory in [(1e-10, "memory"), (1e-6, "memory"), (1e-6, "stream")]:
        seconds, steps, converged, probe = ours(binary, folder, weights, memory, tol)
        value = objective(doubles, y, probe["coefficients"], probe["intercepts"], weights)
        if best is None:
            best, coef, intercept = value, probe["coefficients"], probe["intercepts"]
        if memory == "memory":
            to_beat, in_memory = seconds, probe
        else:
            assert all(np.array_equal(probe[name], in_memory[name]) for name in probe)
        print(f"ours, {memory}        {seconds:6.2f} s  objective {value:.10g} "
              f"({value / best - 1:+.1e})  tol {tol:g}, {steps} steps, converged: {converged}",
              flush=True)
    for label, features, tols in [
        ("singles", x, [1e-4]),
        ("doubles", doubles, [1e-4, 1e-6, 1e-8, 1e-10]),
    ]:
        met = False
        for tol in tols:
            if met and tol != 1e-10:
                continue
            theirs_seconds, model = theirs(features, y, weights, tol)
            w, b = model.coef_.astype(np.float64), model.intercept_.astype(np.float64)
            value = objective(doubles, y, w, b, weights)
            excess = value / best - 1
            print(f"scikit-learn, {label} {theirs_seconds:6.2f} s  objective {value:.10g} "
                  f"({excess:+.1e})  tol {tol:g}, {model.n_iter_[0]} steps, "
                  f"{theirs_seconds / to_beat:.1f} times ours", flush=True)
            met = met or excess <= 1e-8
    check("L-BFGS, tol 1e-10", coef, intercept, w, b)
    if n_classes == 2:
        _, model = theirs(doubles, y, weights, 1e-10, "newton-cholesky")
        check("Newton", coef, intercept, model.coef_, model.intercept_)


def check(solver, coef, intercept, w, b):
    if len(b) > 1:
        b, intercept = b - b.mean(), intercept - intercept.mean()
    large = np.abs(w) > 1e-3 * np.abs(w).max()
    print(
        f"coefficients against {solver}: norm-wise {np.linalg.norm(coef - w) / np.linalg.norm(w):.1e}"
        f", entry-wise {np.max(np.abs(coef / np.where(large, w, 1) - 1)[large]):.1e}"
        f", intercept {np.max(np.abs(intercept - b)) / np.max(np.abs(b)):.1e}",
        flush=True,
    )


def main():
    warnings.filterwarnings("ignore", category=FutureWarning)
    np.ones((500, 500)) @ np.ones((500, 500))
    for pool in threadpool_info():
        print(pool["internal_api"], pool.get("architecture"), pool["num_threads"], "threads")
        assert pool["num_threads"] == 2
    binary = str(pathlib.Path(sys.argv[1]).resolve())
    cases = sys.argv[2:] or [
        "plain:2:uniform",
        "plain:4:uniform",
        "plain:4:balanced",
        "hidden:2:uniform",
        "hidden:4:uniform",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for case in cases:
            kind, n_classes, weights = case.split(":")
            compare(binary, pathlib.Path(folder), kind, int(n_classes), weights)


if __name__ == "__main__":
    main()
