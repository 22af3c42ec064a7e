# Attention on a structure, for PyMOL 2 and later
python
FILE = "peptide.cif"
FORMAT = "cif"
COLOURS = [((0.788,0.788,0.788),[]),((0.843,0.663,0.839),[("A","5"),("A","6"),("A","7"),("A","8"),("A","9"),("A","9A"),("A","10"),("A","11"),("A","12"),("A","13"),("A","14"),("A","15")]),((0.933,0.831,0.431),[("A","18"),("A","19"),("A","20"),("A","21"),("A","22"),("A","24"),("A","25"),("A","26"),("A","27"),("A","28"),("A","29")])]
MARKS = [("binding_site",(0,0.541,0.4),[("A","8"),("A","20")]),("modified",(0.557,0.184,0.557),[("A","26")])]
KINDS = [("contact",(0.784,0.243,0.047),0,0),("no_contact",(0.122,0.416,0.722),1.5,0.9),("contact_undefined",(0.361,0.361,0.361),0.6,0.7)]
ARCS = [("A","8","A","20",0.372,0),("A","28","A","9A",0.21,1),("A","12","A","14",0.54,2)]
from pymol import cgo, cmd
cmd.load(FILE, "structure", format=FORMAT)
cmd.bg_color("white")
cmd.hide("everything", "structure")
cmd.show("cartoon", "structure")
where, atoms = {}, {}
def seen(chain, resi, name, index, x, y, z):
    atoms.setdefault((chain.strip(), resi), []).append(index)
    if name == "CA":
        where.setdefault((chain.strip(), resi), (x, y, z))
cmd.iterate_state(1, "structure", "seen(chain, resi, name, index, x, y, z)", space={"seen": seen})
def pick(name, residues):
    indices = [index for residue in residues for index in atoms.get(residue, [])]
    if indices:
        cmd.select_list(name, "structure", indices, mode="index")
    return bool(indices)
for place, (colour, residues) in enumerate(COLOURS):
    cmd.set_color("protattn_%d" % place, list(colour))
    if place == 0:
        cmd.color("protattn_0", "structure")
    if pick("protattn_picked", residues):
        cmd.color("protattn_%d" % place, "protattn_picked")
cmd.delete("protattn_picked")
for name, colour, residues in MARKS:
    if pick(name, residues):
        cmd.show("sticks", name)
        cmd.set_color("protattn_" + name, list(colour))
        cmd.color("protattn_" + name, name + " and not backbone")
tubes = {}
missing = 0
for chain_from, from_, chain_to, to, radius, kind in ARCS:
    a, b = where.get((chain_from, from_)), where.get((chain_to, to))
    if a is None or b is None:
        missing += 1
        continue
    name, colour, dash, gap = KINDS[kind]
    whole = sum((q - p) ** 2 for p, q in zip(a, b)) ** 0.5
    count = max(0, round((whole - dash) / (dash + gap))) if dash else 0
    period = (whole - dash) / count if count else 0
    for i in range(count + 1):
        start, end = (i * period, min(i * period + dash, whole)) if dash else (0, whole)
        ends = [p + (q - p) * at / whole for at in (start, end) for p, q in zip(a, b)] if whole else []
        if ends:
            tubes.setdefault(name, []).extend([cgo.CYLINDER, *ends, radius, *colour, *colour])
for name, tube in tubes.items():
    cmd.load_cgo(tube, "attention_" + name)
if missing:
    print("%d arcs have an end that is not in the file" % missing)
cmd.deselect()
cmd.orient("structure")
python end
