"""What tests/tests/proteinnet.rs expects of the sample record. Python 3.11.7, nothing else.

    python proteinnet_sample.py ../../../shared/data/proteinnet/text_sample
"""

import sys

sections, name = {}, None
for line in open(sys.argv[1]):
    line = line.rstrip("\n")
    if line.startswith("["):
        name = line
        sections[name] = []
    elif line:
        sections[name].append(line)
sequence, mask = sections["[PRIMARY]"][0], sections["[MASK]"][0]
axes = [[float(n) for n in line.split()][1::3] for line in sections["[TERTIARY]"]]
observed = [i for i, sign in enumerate(mask) if sign == "+"]
points = {i: [axis[i] / 100 for axis in axes] for i in observed}
print(sections["[ID]"][0], len(sequence), len(observed))
print("first", observed[0], points[observed[0]])
print("sums", [round(sum(p[k] for p in points.values()), 3) for k in range(3)])
contacts = sum(
    sum((a - b) ** 2 for a, b in zip(points[i], points[j])) < 64
    for i in observed for j in observed if j - i >= 6
)
print("contacts", contacts)
