"""Makes the files that fuzzing begins with, from the fixtures of the crates. Made with Python 3.11.

    python make_corpus.py

Files of other names in corpus/ are findings, and stay.
"""

import gzip
import json
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


def saved(*values):
    """Values in the order and encoding of postcard, in which runs are saved; None is an absent value."""
    for value in values:
        if value is None:
            yield b"\0"
        elif isinstance(value, int):
            while value > 127:
                yield bytes([value & 127 | 128])
                value >>= 7
            yield bytes([value])
        elif isinstance(value, (str, bytes)):
            text = value.encode() if isinstance(value, str) else value
            yield from saved(len(text))
            yield text
        elif isinstance(value, list):
            yield from saved(len(value), *value)
        else:
            yield from saved(*value)


def fitted(kind, lines, **tensors):
    """A safetensors file of doubles and one entry of metadata."""
    lines = {"version": 1, **lines, "converged": "true", "iterations": 3, "gradient_norm": "1e-9"}
    lines |= {"objective": 2.5, "constant_features": 0}
    header = {"__metadata__": {kind: "".join(f"{name} {value}\n" for name, value in lines.items())}}
    data = b""
    for name, (shape, values) in tensors.items():
        start = len(data)
        data += struct.pack(f"<{len(values)}d", *values)
        header[name] = {"dtype": "F64", "shape": shape, "data_offsets": [start, len(data)]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


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
# Of two classes, one layer and two heads.
axes = ("sites", ["no", "yes"], [4], 2)
nothing = (0, [0, 0], 0, [0] * 4, [0, 0], [0, 0])
counts = (1, [6, 3], 9, [1, 2, 0, 1], [5, 1], [7, 300])
put("saved_counts", "two_heads", b"".join(saved(axes, counts)))
packed = b"\x01\x06\x03\x09\x01\x02\x00\x01\x01\x05\x01\x07\xac\x02"
proteins = [("a", packed), ("b", packed)]
put("saved_proteins", "two", b"".join(saved(axes, nothing, None, proteins)))
put("saved_proteins", "by_amino_acid", b"".join(saved(axes, nothing, (1, 1), [])))
# Each moment of the form n, v, w, vv, vw, ww; the signed ones in zigzag.
moments = (2, 40, 80, 800, 1600, 3200)
put("saved_sums", "two_heads", b"".join(saved("entropy", [("", "", "bits")], [4], 2, [moments, moments])))
put("saved_probe", "two_classes", fitted(
    "protattn-probe", {"classes": 2, "features": 2}, coefficients=([1, 2], [0.5, -2]), intercepts=([1], [0.1])
))
put("saved_probe", "three_classes", fitted(
    "protattn-probe", {"classes": 3, "features": 1}, coefficients=([3, 1], [1, 0, -1]), intercepts=([3], [0, 1, 2])
))
put("saved_contacts", "two_heads", fitted(
    "protattn-contact-regression", {"layers": 1, "heads": 2, "min_separation": 6},
    coefficients=([1, 2], [3, 0]), intercept=([1], [-4]),
))
