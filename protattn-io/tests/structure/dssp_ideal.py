"""Writes dssp_ideal.txt: the secondary structure that mkdssp gives chains of ideal geometry.

Run in this folder. Python 3.9 or later, numpy; mkdssp 4.2.2 (Debian's package dssp 4.2.2-2).

A line a structure: its name, and for each residue phi and psi in degrees, name, chain and letter. A
residue with the letter "?" has no oxygen, and mkdssp leaves it out. Chains are cut from one: its
bonds, angles and torsions are the constants below. mkdssp reads it as a PDB file, so coordinates have
three decimals.
"""

from pathlib import Path

import numpy as np

from dssp import HEADER, mkdssp

# Angstrom and degrees: N-CA, CA-C, C-N, C=O; N-CA-C, CA-C-N, C-N-CA, CA-C=O.
N_CA, CA_C, C_N, C_O = 1.458, 1.525, 1.329, 1.231
NCAC, CACN, CNCA, CACO = 111.2, 116.2, 121.7, 120.5

ALPHA, THREE_TEN, PI, BETA = (-57.8, -47.0), (-49.0, -26.0), (-57.0, -70.0), (-120.0, 130.0)
# Two strands of (-139, 135), whose turn is of type II', and two of a twist that lets a bulge in.
WIDE = [(-139.0, 135.0)] * 5 + [(60.0, -120.0), (-80.0, 0.0)] + [(-139.0, 135.0)] * 5
BULGED = [(-130, 149), (-104, 125), (-115, 133), (-109, 147), (-131, 116), (73, 27), (100, -20), (-117, 144),
          (-126, 153), (-84, -59), (-159, 167), (-97, 130), (-126, 132), (-134, 124), (-117, 135)]

# name, torsions, index of a proline, index of a residue without oxygen, length of the first chain
STRUCTURES = [
    ("alpha", [ALPHA] * 15, None, None, None),
    ("3-10", [THREE_TEN] * 12, None, None, None),
    ("pi", [PI] * 15, None, None, None),
    ("pi-over-alpha", [ALPHA] * 8 + [PI] * 8, None, None, None),
    ("alpha-over-3-10", [ALPHA] * 8 + [THREE_TEN] * 6, None, None, None),
    ("bend", [BETA] * 4 + [(-60.0, -30.0)] + [BETA] * 4, None, None, None),
    ("hairpin", WIDE, None, None, None),
    ("bulge", BULGED, None, None, None),
    ("proline", [ALPHA] * 12, 5, None, None),
    ("incomplete", [ALPHA] * 16, None, 7, None),
    ("two-chains", [ALPHA] * 17, None, None, 9),
    ("hairpin-of-two-chains", WIDE, None, None, 6),
]


def place(a, b, c, length, angle, torsion):
    """The point at this distance from c, angle to b and torsion about b-c."""
    angle, torsion = np.radians(angle), np.radians(torsion)
    forward = (c - b) / np.linalg.norm(c - b)
    normal = np.cross(b - a, forward)
    normal /= np.linalg.norm(normal)
    side = np.cross(normal, forward)
    out = np.cos(torsion) * side + np.sin(torsion) * normal
    return c + length * (-np.cos(angle) * forward + np.sin(angle) * out)


def build(torsions):
    """N, CA, C and O of each residue."""
    n, ca = np.zeros(3), np.array([N_CA, 0.0, 0.0])
    c = ca + CA_C * np.array([-np.cos(np.radians(NCAC)), np.sin(np.radians(NCAC)), 0.0])
    for (_, psi), (phi, _) in zip(torsions, torsions[1:] + [(0.0, 0.0)]):
        yield n, ca, c, place(n, ca, c, C_O, CACO, psi + 180.0)
        next_n = place(n, ca, c, C_N, CACN, psi)
        next_ca = place(ca, c, next_n, N_CA, CNCA, 180.0)
        n, ca, c = next_n, next_ca, place(c, next_n, next_ca, CA_C, NCAC, phi)


def pdb(residues, names, chains, incomplete):
    lines = [HEADER]
    for chain in sorted(set(chains)):
        sequence = [name for name, other in zip(names, chains) if other == chain]
        for row in range(0, len(sequence), 13):
            part = " ".join(sequence[row : row + 13])
            lines.append(f"SEQRES {row // 13 + 1:>3} {chain} {len(sequence):>4}  {part}\n")
    for index, atoms in enumerate(residues):
        for atom, point in zip(("N", "CA", "C", "O"), atoms):
            if index == incomplete and atom == "O":
                continue
            xyz = "".join(f"{value:8.3f}" for value in point)
            residue = f"{names[index]} {chains[index]}{index + 1:>4}"
            lines.append(f"ATOM      1  {atom:<3} {residue}    {xyz}  1.00  0.00           {atom[0]}\n")
        if chains[index : index + 2] != chains[index] * 2:
            lines.append(f"TER       1      {residue}\n")
    return "".join(lines) + "END\n"


def main():
    lines = []
    for name, torsions, proline, incomplete, cut in STRUCTURES:
        names = ["PRO" if index == proline else "ALA" for index in range(len(torsions))]
        cut = cut or len(torsions)
        chains = "A" * cut + "B" * (len(torsions) - cut)
        found = mkdssp("ideal.pdb", pdb(build(torsions), names, chains, incomplete))
        letters = {number - 1: letter for _, number, _, letter in found}
        residues = zip(torsions, names, chains)
        tokens = [f"{phi},{psi},{residue},{chain},{letters.get(index, '?')}"
                  for index, ((phi, psi), residue, chain) in enumerate(residues)]
        lines.append(f"{name} {' '.join(tokens)}\n")
        print(name, "".join(token[-1] for token in tokens))
    Path("dssp_ideal.txt").write_text("".join(lines))


main()
