"""Counts what tests/tests/lmdb_real.rs expects of the real sets, with Python's own pickle.

    python count_lmdb.py ../../../shared/data

Run with Python 3.11.7, NumPy 2.4.6 and py-lmdb 3.0.0. Labels are the original's: a residue is a
site if its author number is in the list of sites, each residue once however often it is listed.
"""

import collections
import pickle
import sys

import lmdb


def records(path):
    with lmdb.open(path, readonly=True, lock=False) as environment:
        with environment.begin() as transaction:
            for index in range(pickle.loads(transaction.get(b"num_examples"))):
                yield pickle.loads(transaction.get(str(index).encode()))


def checksum(total, text):
    """The order of the records matters."""
    for byte in text.encode():
        total = (total * 31 + byte) % 1_000_000_007
    return total


data = sys.argv[1]
for name, key in [("binding_site", "sites"), ("protein_modification", "modifications")]:
    count = collections.Counter()
    total = 0
    for record in records(f"{data}/provis/{name}_valid.lmdb"):
        labelled = [position in record[key] for position in record["positions"]]
        count["proteins"] += 1
        count["residues"] += len(record["primary"])
        count["labelled"] += sum(labelled)
        count["without"] += not any(labelled)
        count["numbers"] += sum(record["positions"])
        total = checksum(total, record["id"] + record["primary"] + "".join("01"[l] for l in labelled))
    print(name, dict(count), "checksum", total)

for record in records(f"{data}/tape/proteinnet/proteinnet_test.lmdb"):
    valid = record["tertiary"][record["valid_mask"]]
    print(record["id"].decode(), len(record["primary"]), len(valid), float(valid.astype("f8").sum()))

for record in records(f"{data}/tape/secondary_structure/secondary_structure_casp12.lmdb"):
    classes = [
        "-" if not valid else "b" if ss8 == 7 else "hst"[ss3]
        for ss3, ss8, valid in zip(record["ss3"], record["ss8"], record["valid_mask"])
    ]
    eight = ["" if not valid else "GHIBEST-"[ss8] for ss8, valid in zip(record["ss8"], record["valid_mask"])]
    count = collections.Counter(classes)
    print(record["id"].decode(), [count[c] for c in "hstb-"], checksum(0, "".join(eight)))
