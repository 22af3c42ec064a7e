"""Writes dssp.txt: the secondary structure that mkdssp gives each structure of the shared data.

Run in this folder with the folder of the shared data as the argument. Python 3.9 or later; mkdssp 4.2.2
(Debian's package dssp 4.2.2-2).

A line a chain: file, author chain, and runs of consecutive author numbers, each as its first number
and a letter a residue: "1:HHHT 52:S 52A:S". A run with an insertion code is one residue. mkdssp's P
(a polyproline helix) is written as blank, "-". Residues that mkdssp leaves out are not there.

mkdssp wants a PDB file to begin with HEADER: those that do not are given one. It cannot place the
nucleic acid of 1LCD, which has no such line: of that file it gets the protein's atoms, which are the
same hydrogen bonds, since nucleotides have none in DSSP. It reads none of the tiny files.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

HEADER = "HEADER    PROTEIN                                 01-JAN-00   1XXX\n"
UNREADABLE = {"disordered.pdb", "insertion_codes.pdb", "ions.pdb", "models.pdb", "nucleic.pdb", "occupancy.pdb"}


def prepared(path):
    """The text for mkdssp."""
    text = path.read_text()
    if path.suffix == ".cif" or text.startswith("HEADER"):
        return text
    if path.name == "1LCD.pdb":
        model = text.split("ENDMDL")[0]
        atoms = [line for line in model.splitlines(True) if line.startswith("ATOM") and line[21] == "A"]
        text = "".join(atoms) + "TER\nEND\n"
    return HEADER + text


def mkdssp(name, text):
    """Author chain, author number, insertion code and letter of each residue."""
    with tempfile.TemporaryDirectory() as folder:
        path, output = Path(folder, name), Path(folder, "out.dssp")
        path.write_text(text)
        command = ["mkdssp", "--output-format=dssp", str(path), str(output)]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        table = re.split(r"^  #  RESIDUE.*\n", output.read_text(), maxsplit=1, flags=re.M)[1]
    for line in table.splitlines():
        if line[13] != "!":
            letter = {" ": "-", "P": "-"}.get(line[16], line[16])
            yield line[11], int(line[5:10]), line[10].strip(), letter


def runs(residues):
    """(number, insertion code, letter) as text."""
    text = ""
    following = None
    for number, code, letter in residues:
        if code or number != following:
            text += f" {number}{code}:"
        text += letter
        following = None if code else number + 1
    return text


def main():
    lines = []
    for path in sorted(Path(sys.argv[1], "data/structures").iterdir()):
        if path.name in UNREADABLE:
            continue
        chains = {}
        for chain, *residue in mkdssp(path.name, prepared(path)):
            chains.setdefault(chain, []).append(residue)
        lines += [f"{path.name} {chain}{runs(residues)}\n" for chain, residues in chains.items()]
    Path("dssp.txt").write_text("".join(lines))


if __name__ == "__main__":
    main()
