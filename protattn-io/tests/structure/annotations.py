"""Writes annotations.txt: which residues of the structures in $PROTATTN_SHARED/data/structures carry which label.

Python 3.11, gemmi 0.7.5, numpy 2. Records of PDB are read by their columns, categories of mmCIF by gemmi's
`cif`, residues by author names in both; which residues are of a protein chain is asked of gemmi. A line is
`file chain track class author-numbers`; a track without a residue of that class has a line without numbers.
Run in this folder.
"""
import os
import pathlib

import gemmi
import numpy

FOLDER = pathlib.Path(os.environ.get("PROTATTN_SHARED", "../../../../shared")) / "data/structures"
DISTANCE = 4.0
ADDITIVES = """GOL EDO PGO PDO MPD MRD EOH MOH IPA TBU PEG PG0 PGE PG4 1PE P6G 2PE PE4 PE5 PE8 7PE 12P 15P 33O
P33 XPE ACT ACY FMT CIT FLC TLA TAR MLI MLA SIN OXL CAC SO4 PO4 PI CL BR IOD F NO3 NH4 CO3 BCT SCN AZI BO3 TRS EPE
MES BTB NHE CXS PIN IMD DMS BME DTT DTV TCE URE GAI UNX""".split()
METALS = {"ZN", "NA", "FE", "MG", "CA", "K", "MN", "CU", "NI", "CO"}
# Where gemmi does not see a protein: fragments, and residues that it does not know.
SKIPPED = {"insertion_codes.pdb", "ions.pdb", "models.pdb", "nucleic.pdb", "occupancy.pdb", "disordered.pdb"}


def field(line, first, last):
    return line[first - 1:last].strip()


def residue(line, chain, number):
    """Author chain, number with insertion code."""
    return field(line, chain, chain), field(line, number, number + 4).replace(" ", "")


def pdb_records(path):
    """Sites, modifications, links (kind, end, end), stretches (class, first, last); None where there are none."""
    out = {"site": [], "mod": [], "link": [], "stretch": []}
    for line in path.read_text().splitlines():
        match field(line, 1, 6):
            case "SITE":
                out["site"] += [residue(line, c, c + 1) for c in (23, 34, 45, 56) if field(line, c - 4, c - 2)]
            case "MODRES":
                out["mod"].append(residue(line, 17, 19))
            case "SSBOND":
                out["link"].append(("disulfide", residue(line, 16, 18), residue(line, 30, 32)))
            case "LINK":
                names = line[12:16], line[42:46]
                if [name.strip() for name in names] in (["C", "N"], ["N", "C"]):
                    continue
                kind = "metal" if any(name[:2].strip() in METALS for name in names) else "covalent"
                out["link"].append((kind, residue(line, 22, 23), residue(line, 52, 53)))
            case "HELIX":
                out["stretch"].append(("helix", residue(line, 20, 22), residue(line, 32, 34)))
            case "SHEET":
                out["stretch"].append(("strand", residue(line, 22, 23), residue(line, 33, 34)))
    return out


def cif_records(path):
    block = gemmi.cif.read(str(path)).sole_block()

    def rows(category, *names):
        """Values by name; unknown ones are empty."""
        for row in block.find(f"_{category}.", ["?" + name if k else name for k, name in enumerate(names)]):
            yield [row.str(k) if row.has(k) and row[k] not in ".?" else "" for k in range(len(names))]

    kinds = {"disulf": "disulfide", "metalc": "metal", "covale": "covalent"}
    out = {"site": [], "mod": [], "link": [], "stretch": []}
    for chain, number, code in rows("struct_site_gen", "auth_asym_id", "auth_seq_id", "pdbx_auth_ins_code"):
        out["site"].append((chain, number + code))
    for chain, number, code in rows("pdbx_struct_mod_residue", "auth_asym_id", "auth_seq_id", "PDB_ins_code"):
        out["mod"].append((chain, number + code))
    names = [f"ptnr{k}_{name}" for k in (1, 2) for name in ("auth_asym_id", "auth_seq_id", "label_atom_id")]
    for kind, *ends in rows("struct_conn", "conn_type_id", *names):
        if kind in kinds and sorted((ends[2], ends[5])) != ["C", "N"]:
            out["link"].append((kinds[kind], tuple(ends[:2]), tuple(ends[3:5])))
    names = [f"{end}_auth_{name}" for end in ("beg", "end") for name in ("asym_id", "seq_id")]
    for kind, *ends in rows("struct_conf", "conf_type_id", *names):
        assert kind == "HELX_P"
        out["stretch"].append(("helix", tuple(ends[:2]), tuple(ends[2:])))
    for _, *ends in rows("struct_sheet_range", "sheet_id", *names):
        out["stretch"].append(("strand", tuple(ends[:2]), tuple(ends[2:])))
    # A modification that is a bond is a link, and struct_conn has it: none of these files has another.
    for (category,) in rows("pdbx_modification_feature", "category"):
        assert category == "Disulfide bridge", category
    return out


def number(residue):
    return f"{residue.seqid.num}{residue.seqid.icode.strip()}"


def proteins(path):
    """Author chain to its residues; heavy atoms of ligands."""
    structure = gemmi.read_structure(str(path))
    structure.setup_entities()
    chains, ligands = {}, []
    for chain in structure[0]:
        for residue in chain:
            if residue.entity_type == gemmi.EntityType.Polymer:
                continue
            if not residue.is_water() and residue.name not in ADDITIVES:
                ligands += [atom.pos.tolist() for atom in residue if not atom.is_hydrogen()]
        polymer = chain.get_polymer()
        if polymer.check_polymer_type() in (gemmi.PolymerType.PeptideL, gemmi.PolymerType.PeptideD):
            chains[chain.name] = list(polymer)
    return chains, numpy.array(ligands)


def near(residue, ligands):
    atoms = numpy.array([atom.pos.tolist() for atom in residue if not atom.is_hydrogen()])
    return (numpy.linalg.norm(atoms[:, None] - ligands[None], axis=2) <= DISTANCE).any()


def tracks(chain, residues, records, ligands):
    """(track, class) to author numbers."""
    numbers = [number(residue) for residue in residues]
    here = lambda places: {n for c, n in places if c == chain}
    out = {}
    if records["site"]:
        out["binding-site", "true"] = here(records["site"])
    if records["mod"]:
        out["modification", "true"] = here(records["mod"])
    if records["link"]:
        for kind in ("disulfide", "covalent", "metal"):
            out["link-type", kind] = here([end for k, *ends in records["link"] if k == kind for end in ends])
        out["link", "true"] = set().union(*(out["link-type", k] for k in ("disulfide", "covalent", "metal")))
    if records["stretch"]:
        for kind in ("strand", "helix"):
            found = set()
            for k, (first_chain, first), (last_chain, last) in records["stretch"]:
                if k == kind and first_chain == chain:
                    assert last_chain == chain
                    found |= set(numbers[numbers.index(first):numbers.index(last) + 1])
            out["secondary-structure", kind] = found
        out["secondary-structure", "strand"] -= out["secondary-structure", "helix"]
    if len(ligands):
        out["near-ligand", "true"] = {number(r) for r in residues if near(r, ligands)}
    return {key: [n for n in numbers if n in found] for key, found in out.items()}


def main():
    lines = []
    for path in sorted(FOLDER.iterdir()):
        if path.name in SKIPPED:
            continue
        records = (pdb_records if path.suffix == ".pdb" else cif_records)(path)
        chains, ligands = proteins(path)
        for chain, residues in chains.items():
            for (track, kind), numbers in sorted(tracks(chain, residues, records, ligands).items()):
                lines.append(" ".join([path.name, chain, track, kind, *numbers]))
    pathlib.Path("annotations.txt").write_text("\n".join(lines) + "\n")


main()
