"""Four ideal folds as Cα traces: two helix bundles, a β meander and a mixed α/β fold.

A fold is a list of helices and strands, each placed in closed form, and of loops, each an arc
between two of them. What cannot be written down, the phase of a helix about its axis and the
plane of a loop, is taken from a short list of choices: the first that leaves the most room.
"""

from dataclasses import dataclass

import numpy as np

from geometry import HELIX_RISE, STRAND_RISE, arc, helix, place_cb, strand, unit

CONTACT_DISTANCE, CONTACT_SEPARATION = 8.0, 6
# No two Cα but neighbours come nearer than this; next but one, 4.9 keeps the chain's own bend
# at 80 degrees or wider. Cβ may touch, at the 3.2 of two carbons pressed together.
CLASH, CLASH_NEXT_BUT_ONE, CLASH_CB = 4.0, 4.9, 3.2
BEND_DEGREES = 70.0
BUNDLE_SPACING, SHEET_SPACING, SHEET_TO_HELIX = 9.5, 4.8, 10.0


@dataclass
class Element:
    """A helix (H) or strand (E) of n residues, upright at (x, y), running up or down."""

    kind: str
    n: int
    x: float
    y: float
    up: bool

    def trace(self, choice):
        """Its Cα with this phase (helix: twelve of 30 degrees; strand: the side of its first)."""
        rise = HELIX_RISE if self.kind == "H" else STRAND_RISE
        bottom = -rise * (self.n - 1) / 2
        start = (self.x, self.y, bottom if self.up else -bottom)
        if self.kind == "H":
            return helix(self.n, start, self.up, choice * np.pi / 6)
        return strand(self.n, start, self.up, 1 if choice == 0 else -1)


@dataclass
class Fold:
    """A fold: its Cα and Cβ in Å, for each residue H, E, S (a bend) or - (none), and its contacts."""

    name: str
    ca: np.ndarray
    cb: np.ndarray
    dssp: str
    contacts: list

    @property
    def length(self):
        return len(self.dssp)


def distances(points):
    return np.linalg.norm(points[:, None] - points[None], axis=2)


def room(ca, cb):
    """How far the closest pair is above the clash limits (negative: a clash)."""
    i, j = np.triu_indices(len(ca), 2)
    limit = np.where(j - i == 2, CLASH_NEXT_BUT_ONE, CLASH)
    return min((distances(ca)[i, j] - limit).min(), distances(cb)[i, j].min() - CLASH_CB)


def with_loop(chain, kinds, element, n):
    """The chain so far, a loop of n residues and the next element, placed with the most room.

    `kinds` holds H, E or a blank for each residue of the result.
    """
    is_strand = [k == "E" for k in kinds]
    best = None
    for choice in range(12 if element.kind == "H" else 2):
        following = element.trace(choice)
        # A loop bulges away along the axis that it leaves, leaning to one side or the other.
        away = np.array([0.0, 0.0, -1.0 if element.up else 1.0])
        side = np.cross(away, unit(following[0] - chain[-1]))
        for lean in (0.0, -0.4, 0.4, -0.8, 0.8, -1.6, 1.6):
            loop = arc(chain[-1], following[0], n, away + lean * side)
            candidate = np.vstack([chain, loop, following])
            free = round(room(candidate, place_cb(candidate, is_strand)), 6)
            if best is None or free > best[0]:
                best = (free, candidate)
    return best[1]


def bend_or_blank(trace, i):
    """S where the chain turns by more than 70 degrees over i-2, i, i+2 (Kabsch and Sander 1983)."""
    if i < 2 or i + 2 >= len(trace):
        return "-"
    cosine = unit(trace[i] - trace[i - 2]) @ unit(trace[i + 2] - trace[i])
    return "S" if cosine < np.cos(np.deg2rad(BEND_DEGREES)) else "-"


def build(name, elements, loops):
    """The fold of these elements, joined by loops of these lengths."""
    trace = elements[0].trace(0)
    kinds = elements[0].kind * elements[0].n
    for element, n in zip(elements[1:], loops, strict=True):
        kinds += " " * n + element.kind * element.n
        trace = with_loop(trace, kinds, element, n)
    trace = trace - trace.mean(axis=0)
    dssp = "".join(k if k != " " else bend_or_blank(trace, i) for i, k in enumerate(kinds))
    ca, cb = trace.round(3), place_cb(trace, [k == "E" for k in dssp]).round(3)
    return Fold(name, ca, cb, dssp, contacts(ca))


def contacts(ca):
    """All pairs (i, j), i < j, of Cα closer than 8 Å and at least six residues apart."""
    i, j = np.nonzero(np.triu(distances(ca) < CONTACT_DISTANCE, CONTACT_SEPARATION))
    return list(zip(i.tolist(), j.tolist(), strict=True))


def bundle(name, corners, n, loops):
    """Helices of n residues up and down in turn at these corners of a triangle or square."""
    d = BUNDLE_SPACING
    elements = [Element("H", n, d * x, d * y, k % 2 == 0) for k, (x, y) in enumerate(corners)]
    return build(name, elements, loops)


def meander(name, strands, n, loops):
    """Antiparallel strands side by side, joined by hairpins."""
    elements = [Element("E", n, SHEET_SPACING * k, 0.0, k % 2 == 0) for k in range(strands)]
    return build(name, elements, loops)


def mixed(name):
    """Five parallel strands in the order 3 2 1 4 5, a helix behind each crossing.

    Going to -x the helices lie at +y and going to +x at -y, so that every βαβ crossing is
    right-handed, as in nature; helices of one side are two strand spacings apart.
    """
    d, h = SHEET_SPACING, SHEET_TO_HELIX
    strands, helices = (0, -1, -2, 1, 2), ((0, h), (-2, h), (-1, -h), (1, -h))
    elements = [Element("E", 6, 0.0, 0.0, True)]
    for x, (helix_x, helix_y) in zip(strands[1:], helices, strict=True):
        elements += [Element("H", 11, d * helix_x, helix_y, False), Element("E", 6, d * x, 0.0, True)]
    return build(name, elements, [4, 4, 4, 4, 4, 5, 4, 4])


def all_folds():
    """The four folds of the demo, checked."""
    root = np.sqrt(3) / 2
    folds = [
        bundle("bundle3", [(0, 0), (1, 0), (0.5, root)], 26, [5, 6]),
        bundle("bundle4", [(0, 0), (1, 0), (1, 1), (0, 1)], 20, [5, 6, 5]),
        meander("meander", 6, 13, [4, 4, 4, 4, 4]),
        mixed("mixed"),
    ]
    for fold in folds:
        check(fold)
    return folds


def background(fold):
    """The part of all ordered pairs at least six residues apart that are contacts."""
    n = fold.length - CONTACT_SEPARATION
    return len(fold.contacts) / (n * (n + 1) / 2)


def check(fold):
    """Refuses a fold with a step that is not 3.8 ± 0.1 Å, a clash, or too many contacts."""
    steps = np.linalg.norm(np.diff(fold.ca, axis=0), axis=1)
    assert np.all(np.abs(steps - 3.8) < 0.1), (fold.name, steps)
    assert room(fold.ca, fold.cb) > 0, (fold.name, room(fold.ca, fold.cb))
    bonds = np.linalg.norm(fold.cb - fold.ca, axis=1)
    assert np.all(np.abs(bonds - 1.53) < 0.01), (fold.name, bonds)
    assert background(fold) < 0.08, (fold.name, background(fold))
