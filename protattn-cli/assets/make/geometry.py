"""Closed forms of ideal chain geometry: helices, strands, the arcs between them, and Cβ.

All lengths are in Å, all angles in radians unless a name says degrees. A trace is an array
[residue, 3] of Cα positions.
"""

from functools import cache

import numpy as np

CA_STEP = 3.8  # between neighbouring Cα, trans peptide
HELIX_RISE, HELIX_TURN_DEGREES, HELIX_RADIUS = 1.5, 100.0, 2.3
STRAND_RISE = 3.3
# Half the pleat: neighbours are 3.3 apart along the strand and 2 x PLEAT across it, 3.8 in all.
PLEAT = np.sqrt(CA_STEP**2 - STRAND_RISE**2) / 2
CA_CB = 1.53

# The torsions (φ, ψ in degrees) of the ideal chains from which `cb_in_trace_frame` takes Cβ.
CB_HELIX, CB_STRAND = (-57.0, -47.0), (-120.0, 130.0)


def unit(v):
    return v / np.linalg.norm(v, axis=-1, keepdims=True)


def helix(n, start, up, phase):
    """An α-helix of n residues about a vertical axis through `start`, its first Cα at that height.

    Going down is a half turn about the x axis, not a mirror image, so that it stays right-handed.
    """
    k = np.arange(n)
    angle = phase + np.deg2rad(HELIX_TURN_DEGREES) * k
    sign = 1.0 if up else -1.0
    local = [HELIX_RADIUS * np.cos(angle), sign * HELIX_RADIUS * np.sin(angle), sign * HELIX_RISE * k]
    return np.asarray(start) + np.stack(local, axis=1)


def strand(n, start, up, first_side):
    """A pleated β-strand along z whose residues lie in turn at +y and -y (`first_side` is ±1)."""
    k = np.arange(n)
    side = first_side * PLEAT * (-1.0) ** k
    sign = 1.0 if up else -1.0
    return np.asarray(start) + np.stack([0 * k, side, sign * STRAND_RISE * k], axis=1)


def arc(begin, end, n, outward):
    """The n Cα between `begin` and `end` on a circle through both, each step one chord of 3.8 Å.

    A circle that n + 1 chords of length s divide, turning by φ in all, spans d = s sin(φ/2) /
    sin(φ/(2(n + 1))); d falls as φ rises from 0 to 2π, so φ is found by bisection. The arc bulges
    to the side of `outward`.
    """
    steps = n + 1
    across = end - begin
    span = np.linalg.norm(across)
    if not 0 < span < steps * CA_STEP:
        raise ValueError(f"{n} residues cannot span {span:.1f} Å")
    low, high = 1e-6, 2 * np.pi - 1e-6
    for _ in range(60):
        turn = (low + high) / 2
        reach = CA_STEP * np.sin(turn / 2) / np.sin(turn / (2 * steps))
        low, high = (turn, high) if reach > span else (low, turn)
    x = across / span
    y = unit(outward - outward.dot(x) * x)
    radius = CA_STEP / (2 * np.sin(turn / (2 * steps)))
    centre = (begin + end) / 2 - y * radius * np.cos(turn / 2)
    angle = -turn / 2 + turn * np.arange(1, steps)[:, None] / steps
    return centre + radius * (np.sin(angle) * x + np.cos(angle) * y)


def next_atom(a, b, c, bond, angle_degrees, torsion_degrees):
    """The atom bonded to c at this bond length, angle (b, c, new) and torsion (a, b, c, new)."""
    angle, torsion = np.deg2rad(angle_degrees), np.deg2rad(torsion_degrees)
    bc = unit(c - b)
    normal = unit(np.cross(b - a, bc))
    local = np.array([-np.cos(angle), np.sin(angle) * np.cos(torsion), np.sin(angle) * np.sin(torsion)])
    return c + bond * local @ np.stack([bc, np.cross(normal, bc), normal])


def trace_frame(trace):
    """For each inner residue the unit vectors [outward bisector, binormal, tangent]."""
    before, after = trace[1:-1] - trace[:-2], trace[2:] - trace[1:-1]
    outward = unit(before - after)
    tangent = unit(before + after)
    return np.stack([outward, np.cross(tangent, outward), tangent], axis=1)


@cache
def cb_in_trace_frame(phi, psi):
    """Where Cβ points, as weights in `trace_frame`, in a regular chain of these torsions.

    Three residues are built from the textbook bonds and angles (N-Cα 1.458, Cα-C 1.525,
    C-N 1.329 Å; 111, 117.2 and 121.7 degrees; ω 180), and Cβ is set tetrahedrally: it leaves Cα
    opposite to the bisector of N and C, half the tetrahedral angle up their normal.
    """
    atoms = [np.array([0.0, 0.0, 0.0]), np.array([1.458, 0.0, 0.0])]
    atoms.append(atoms[1] + 1.525 * np.array([-np.cos(np.deg2rad(111.0)), np.sin(np.deg2rad(111.0)), 0.0]))
    for _ in range(2):
        for bond, angle, torsion in ((1.329, 117.2, psi), (1.458, 121.7, 180.0), (1.525, 111.0, phi)):
            atoms.append(next_atom(*atoms[-3:], bond, angle, torsion))
    n, ca, c = atoms[3:6]
    to_n, to_c = unit(n - ca), unit(c - ca)
    half = np.deg2rad(109.47) / 2
    direction = -np.cos(half) * unit(to_n + to_c) + np.sin(half) * unit(np.cross(to_n, to_c))
    return trace_frame(np.stack(atoms[1::3]))[0] @ direction


def one_before(trace):
    """The Cα that would precede the trace if its first turn were repeated."""
    r0, r1, r2, r3 = trace[:4]
    bend = np.arccos(unit(r0 - r1) @ unit(r2 - r1))
    first, second = np.cross(r2 - r3, r1 - r2), np.cross(r1 - r2, r0 - r1)
    twist = np.arctan2(unit(r1 - r2) @ np.cross(first, second), first @ second)
    return next_atom(r2, r1, r0, np.linalg.norm(r1 - r0), np.rad2deg(bend), np.rad2deg(twist))


def place_cb(trace, is_strand):
    """Cβ for every residue: 1.53 Å from Cα, in the direction that an ideal helix or strand gives.

    Loops take the helix's direction, their turns being of that kind; the chain is thought to go on
    at both ends as it begins there.
    """
    frame = trace_frame(np.vstack([one_before(trace), trace, one_before(trace[::-1])]))
    strand_cb, helix_cb = cb_in_trace_frame(*CB_STRAND), cb_in_trace_frame(*CB_HELIX)
    weights = np.where(np.asarray(is_strand)[:, None], strand_cb, helix_cb)
    return trace + CA_CB * unit(np.einsum("nk,nkd->nd", weights, frame))
