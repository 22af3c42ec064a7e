"""Writes blosum62.json: BLOSUM62 of the 20 amino acids, as Biopython has it.

    pip install biopython==1.88
    python blosum62.py > blosum62.json
"""

import json
import sys

import Bio
from Bio.Align import substitution_matrices

LETTERS = "ACDEFGHIKLMNPQRSTVWY"
matrix = substitution_matrices.load("BLOSUM62")

json.dump(
    {
        "versions": {"biopython": Bio.__version__},
        "letters": LETTERS,
        "scores": [[int(matrix[a][b]) for b in LETTERS] for a in LETTERS],
    },
    sys.stdout,
)
print()
