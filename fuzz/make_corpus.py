"""Makes the files that fuzzing begins with, from the fixtures of the crates. Made with Python 3.11.

    python make_corpus.py

Files of other names in corpus/ are findings, and stay.
"""

import gzip
import math
import pathlib
import struct

HERE = pathlib.Path(__file__).parent
IO = HERE.parent / "protattn-io/tests/fixtures"
MODEL = HERE.parent / "protattn-model/tests/reference"
LARGEST = 16384

# For each target the fixtures that it takes, by pattern.
TAKEN = {
    "index_json": (MODEL, ["checkpoints/sharded_*/*.index.json"]),
    "config_json": (MODEL, ["*/config.json", "variants/*_theta/config.json"]),
    "label_table": (IO, ["labels/*/*", "uniprot/valid/*"]),
    "lmdb_file": (IO, ["lmdb/*/*/data.mdb"]),
    "mmcif": (IO, ["mmcif/*/*.cif"]),
    "netsurfp": (IO, ["netsurfp/*/*.npz"]),
    "parquet": (IO, ["parquet/*.parquet", "parquet/*/*.parquet"]),
    "pdb": (IO, ["pdb/*/*.pdb"]),
    "pickle": (IO, ["pickle/*.pkl"]),
    "proteinnet": (IO, ["proteinnet/*/*"]),
    "safetensors": (MODEL, ["checkpoints/*.safetensors", "checkpoints/sharded_f16/*-00001-*"]),
    "sentencepiece": (MODEL, ["sentencepiece/*.model"]),
    "tape_json": (IO, ["json/*/*.json"]),
    "tokenizer_json": (MODEL, ["tokenizer_json/bert.json", "tokenizer_json/esm.json"]),
    "torch_legacy": (MODEL, ["checkpoints/*.legacy.bin"]),
    "torch_zip": (MODEL, ["checkpoints/views.bin", "checkpoints/views.protocol_5.bin"]),
    "uniprot_json": (IO, ["uniprot/*/*.json"]),
    "uniprot_tsv": (IO, ["uniprot/*/*.tsv"]),
    "vocab_txt": (MODEL, ["bert/vocab.txt", "esm2/vocab.txt"]),
    "format": (IO, ["pdb/valid/*", "mmcif/valid/*", "json/valid/*", "uniprot/valid/*", "labels/valid/*"]),
}

# What no fixture has.
WRITTEN = {
    "clusters": {
        "pairs": b"a\ta\na\tb\nc\tc\nc d\n",
        "cd_hit": b">Cluster 0\n0\t141aa, >P69905... *\n1\t140aa, >1a00.A... at 98.57%\n",
    },
    "fasta": {"two": b">a first\nACD\nEF*\n\n>b\r\nacd-e\n"},
    "identifiers": {
        name: name.encode() for name in ["1UBQ:A", "7hvp", "pdb_00001ubq", "AF-P69905", "AF-A0A024R1R8-F1"]
    },
    "jsonl": {
        "two": b'{"id":"a","sequence":"AC","numbering":["1","1A"],"ca":[[0.5,1,-2e3],null],'
        b'"cb":[null,null],"labels":{"s":[true,null],"t":["x",null]}}\n{"id":"b","sequence":"M"}\n'
    },
}


def put(target, name, content):
    if len(content) <= LARGEST:
        folder = HERE / "corpus" / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def records(file):
    """The values on the leaf pages of an LMDB file whose pages have 4096 bytes."""
    for start in range(2 * 4096, len(file), 4096):
        page = file[start : start + 4096]
        flags, end = struct.unpack_from("<HH", page, 10)
        if flags & 2:
            for (node,) in struct.iter_unpack("<H", page[16:end]):
                size, big, key = struct.unpack_from("<IHH", page, node)
                if not big:
                    yield page[node + 8 : node + 8 + key].decode(), page[node + 8 + key :][:size]


def helix(n):
    """An ideal α helix as the target `dssp` takes it; cylindrical coordinates of N, CA, C and O."""
    atoms = [(1.55, -28, -0.90), (2.28, 0, 0.0), (1.67, 26, 1.14), (2.00, 22, 2.34)]
    for i in range(n):
        angles = [math.radians(100 * i + turn) for _, turn, _ in atoms]
        points = [(r * math.cos(a), r * math.sin(a), z + 1.5 * i) for (r, _, z), a in zip(atoms, angles)]
        yield b"\0" + b"".join(struct.pack("<3h", *(round(100 * v) for v in point)) for point in points)


for target, (root, patterns) in TAKEN.items():
    for pattern in patterns:
        for file in sorted(root.glob(pattern)):
            put(target, "_".join(file.relative_to(root).parts), file.read_bytes())
for target, files in WRITTEN.items():
    for name, content in files.items():
        put(target, name.replace(":", "_"), content)
small = (IO / "pdb/valid/small.pdb").read_bytes()
put("structure_gzip", "small.pdb.gz", gzip.compress(small, mtime=0))
put("structure_gzip", "two_members.gz", gzip.compress(small[:4000], mtime=0) + gzip.compress(small[4000:], mtime=0))
put("dssp", "helix", b"".join(helix(12)))
for key, value in records((IO / "lmdb/valid/kinds/data.mdb").read_bytes()):
    put("lmdb_value", key, value)
