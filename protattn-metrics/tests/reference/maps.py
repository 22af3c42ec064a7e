"""Statistics of whole attention maps, by NumPy, for tests/maps.rs.

Python 3.11, numpy 2.4.6; nothing is drawn. Run: python protattn-metrics/tests/reference/maps.py

The maps and the protein are formulas, so that both sides make the same: two heads over 60 residues,
softmax of scores of which a part is cut off as special tokens are, and contacts on a helix-like curve.
"""

import numpy as np

N, HEADS = 60, 2


def maps():
    h, i, j = np.meshgrid(np.arange(HEADS), np.arange(N), np.arange(N), indexing="ij")
    scores = 2.0 * np.sin(0.37 * (i + 1) * (j + 2) + 1.3 * h) + np.cos(0.05 * (i - j) ** 2)
    scores = scores + 1.5 * h * contacts()
    weights = np.exp(scores)
    weights = weights / (weights.sum(axis=2, keepdims=True) * (1.0 + 0.1 * np.sin(i)[:, :, :1] ** 2))
    return weights.astype(np.float32)


def contacts():
    i = np.arange(N)
    points = np.stack([9 * np.cos(0.9 * i), 9 * np.sin(0.7 * i), 1.1 * (i % 17)], axis=1).astype(np.float32)
    distance = np.linalg.norm(points[:, None].astype(float) - points[None].astype(float), axis=2)
    return distance < 8.0


def ranges(first, last):
    return [(a, b) for a in range(N) for b in range(a + first, min(N, a + last + 1))]


def main():
    attention = maps().astype(np.float64)
    contact = contacts()
    separation = np.abs(np.arange(N)[:, None] - np.arange(N)[None])
    eligible = separation >= 6
    site = np.arange(N) % 7 == 2
    for h, a in enumerate(attention):
        total = a.sum()
        print(f"head {h}")
        print("  mass contact", repr((a * (contact & eligible)).sum() / a[eligible].sum()))
        print("  mass site   ", repr(a[:, site].sum() / total))
        s = a.sum(axis=1, keepdims=True)
        p = a / s
        print("  entropy     ", repr(float(np.mean(-(p * np.log2(p)).sum(axis=1)))))
        print("  distance    ", repr(float((a * separation).sum() / total)))
        sym = a + a.T
        apc = sym - sym.sum(axis=1, keepdims=True) * sym.sum(axis=0, keepdims=True) / sym.sum()
        print("  apc [3, 40] ", repr(float(apc[3, 40])), "[20, 26]", repr(float(apc[20, 26])))
        for name, first, last in [("short", 6, 11), ("medium", 12, 23), ("long", 24, N)]:
            pairs = ranges(first, last)
            ranked = sorted(pairs, key=lambda pair: -apc[pair])
            hits = []
            for divisor in (1, 2, 5):
                best = ranked[: max(1, round(N / divisor))]
                hits.append(float(np.mean([contact[pair] for pair in best])))
            print(f"  {name:6}", hits)
    print("agreement", repr(float(np.corrcoef(attention[0].ravel(), attention[1].ravel())[0, 1])))

    # A ratio over three proteins, and its linearised standard error.
    v, w = np.array([3.5, 2.0, 4.0]), np.array([10.0, 4.0, 7.0])
    ratio = v.sum() / w.sum()
    error = np.sqrt(3 / 2 * ((v - ratio * w) ** 2).sum()) / w.sum()
    print("ratio", repr(float(ratio)), "standard error", repr(float(error)))


if __name__ == "__main__":
    main()
