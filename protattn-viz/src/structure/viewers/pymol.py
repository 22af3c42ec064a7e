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
