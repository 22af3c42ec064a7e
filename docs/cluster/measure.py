"""What a protein of a length takes, and the start: the numbers of docs/cluster.md.

    python3 measure.py PROTATTN REFERENCE > measured.csv

REFERENCE is the small checkpoint protattn-model/tests/reference/bert. Its shape is blown up to that of
BERT-base and of ProtBert (Devlin et al. 2019; Elnaggar et al. 2021), with random weights, as speed does
not depend on them; each is run, by one worker, on a few random sequences of each length and on twice as
many: the difference is the proteins, the rest the start. Seconds of the processor, so that what else the
machine does counts little; three rounds, the least of each. Python 3.9 or later and nothing else.
"""

import array
import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

SHAPES = {"bert-base": (12, 768, 12), "prot-bert": (30, 1024, 16)}
LENGTHS = (62, 126, 254, 382, 510)
ROUNDS = 3


def tensors(layers, width, vocabulary, positions):
    inner = 4 * width
    norm = lambda name: [(f"{name}.weight", [width]), (f"{name}.bias", [width])]
    dense = lambda name, out, into: [(f"{name}.weight", [out, into]), (f"{name}.bias", [out])]
    yield "embeddings.word_embeddings.weight", [vocabulary, width]
    yield "embeddings.position_embeddings.weight", [positions, width]
    yield "embeddings.token_type_embeddings.weight", [2, width]
    yield from norm("embeddings.LayerNorm")
    for layer in range(layers):
        name = f"encoder.layer.{layer}"
        for part in ("query", "key", "value"):
            yield from dense(f"{name}.attention.self.{part}", width, width)
        yield from dense(f"{name}.attention.output.dense", width, width)
        yield from norm(f"{name}.attention.output.LayerNorm")
        yield from dense(f"{name}.intermediate.dense", inner, width)
        yield from dense(f"{name}.output.dense", width, inner)
        yield from norm(f"{name}.output.LayerNorm")


def checkpoint(folder, reference, layers, width, heads):
    folder.mkdir()
    config = json.loads((reference / "config.json").read_text())
    config.update(
        num_hidden_layers=layers, hidden_size=width, num_attention_heads=heads,
        intermediate_size=4 * width, max_position_embeddings=512, type_vocab_size=2,
    )
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "vocab.txt").write_bytes((reference / "vocab.txt").read_bytes())
    header, start = {}, 0
    for name, shape in tensors(layers, width, config["vocab_size"], 512):
        size = 4 * shape[0] * (shape[1] if len(shape) > 1 else 1)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [start, start + size]}
        start += size
    text = json.dumps(header).encode()
    draw = random.Random(0)
    block = array.array("f", (draw.gauss(0, 0.02) for _ in range(1_000_003))).tobytes()
    with (folder / "model.safetensors").open("wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        while start > 0:
            start -= out.write(block[: min(start, len(block))])


def seconds(protattn, model, work, length, count):
    draw = random.Random(length)
    fasta = work / "proteins.fasta"
    sequences = ("".join(draw.choices("ACDEFGHIKLMNPQRSTVWY", k=length)) for _ in range(count))
    fasta.write_text("".join(f">p{n}\n{sequence}\n" for n, sequence in enumerate(sequences)))
    command = [protattn, "align", "--model", model, "--data", fasta, "--property", "amino-acid"]
    command += ["--threads", "1", "--bootstrap", "0", "--no-figures", "--output", work / "results"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status != 0:
        raise RuntimeError(f"{command} ended with {status}")
    return used.ru_utime + used.ru_stime


def main():
    protattn, reference = sys.argv[1], pathlib.Path(sys.argv[2])
    print("shape,tokens,seconds_a_protein,start_seconds")
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        for shape, axes in SHAPES.items():
            model = work / shape
            checkpoint(model, reference, *axes)
            for length in LENGTHS:
                count = max(2, 600 // length)
                run = lambda n: min(seconds(protattn, model, work, length, n) for _ in range(ROUNDS))
                once, twice = run(count), run(2 * count)
                protein = (twice - once) / count
                print(f"{shape},{length + 2},{protein:.4f},{once - count * protein:.2f}", flush=True)


if __name__ == "__main__":
    main()
