"""protattn against PyTorch eager, both in f32, on one random checkpoint of ProtBert's shape.

    pip install torch==2.15.0 transformers==5.23.0 safetensors==0.8.0
    cargo build --release -p protattn-model --example time_passes
    python protattn-model/benches/peers/compare.py target/release/examples/time_passes

Both read out all attention, on two threads: PyTorch splits one protein over them, protattn runs one
protein on each. Rounds alternate, so that a machine that slows down slows both; the figures are
medians over the rounds. Seed 0.
"""

import argparse
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import torch
from transformers import BertConfig, BertModel

VOCABULARY = "[PAD] [UNK] [CLS] [SEP] [MASK] L A G V E S I K R D T P N Q F Y M H C W X U B Z O".split()
SHAPE = dict(hidden_size=1024, num_hidden_layers=30, num_attention_heads=16, intermediate_size=4096)


def checkpoint(folder):
    """The random model, written to a folder that protattn can read."""
    torch.manual_seed(0)
    config = BertConfig(vocab_size=30, max_position_embeddings=1024, **SHAPE)
    model = BertModel._from_config(config, attn_implementation="eager").eval()
    model.save_pretrained(folder)
    (Path(folder) / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n")
    return model


def pytorch_seconds(model, residues, passes):
    ids = torch.randint(5, 25, (1, residues + 2))
    with torch.inference_mode():
        start = time.perf_counter()
        for _ in range(passes):
            model(ids, output_attentions=True)
    return (time.perf_counter() - start) / passes


def gflop(residues):
    """Multiplications and additions of the whole pass, in 10^9."""
    tokens, width, layers = residues + 2, SHAPE["hidden_size"], SHAPE["num_hidden_layers"]
    return layers * (24 * tokens * width**2 + 4 * tokens**2 * width) / 1e9


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", help="the built example time_passes")
    parser.add_argument("--residues", type=int, nargs="+", default=[64, 256, 510])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--passes", type=int, default=4)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    with tempfile.TemporaryDirectory() as folder:
        model = checkpoint(folder)
        for residues in args.residues:
            pytorch_seconds(model, residues, 1)
            pairs = []
            for _ in range(args.rounds):
                command = [args.binary, folder, str(residues), str(args.passes), str(args.threads)]
                ours = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
                pairs.append((ours, pytorch_seconds(model, residues, args.passes)))
            ours, theirs = (statistics.median(column) for column in zip(*pairs))
            ratio = statistics.median(b / a for a, b in pairs)
            print(
                f"{residues} residues: protattn {ours:.3f} s ({gflop(residues) / ours:.0f} GFLOP/s), "
                f"PyTorch {theirs:.3f} s ({gflop(residues) / theirs:.0f} GFLOP/s), ratio {ratio:.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
