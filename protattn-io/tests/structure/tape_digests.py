"""Prints the rows of TAPE in archive.rs from the TAPE records of the shared data.

Run with the folder of the shared data as the argument; lmdb 3.0.0, numpy 2.4.6. FNV-1a, 64 bits, of the
sequence in ASCII, and of the Cα positions as little-endian f32, residue by residue.
"""

import pickle
import sys

import lmdb


def fnv1a(data):
    digest = 0xCBF29CE484222325
    for byte in data:
        digest = (digest ^ byte) * 0x100000001B3 % 2**64
    return digest


environment = lmdb.open(f"{sys.argv[1]}/data/tape/proteinnet/proteinnet_test.lmdb", readonly=True, lock=False)
with environment.begin() as transaction:
    for key in range(pickle.loads(transaction.get(b"num_examples"))):
        record = pickle.loads(transaction.get(str(key).encode()))
        ca = record["tertiary"].astype("<f4").tobytes()
        name, sequence = record["id"].decode(), record["primary"]
        print(f'("{name}", {len(sequence)}, 0x{fnv1a(sequence.encode()):016x}, 0x{fnv1a(ca):016x}),')
