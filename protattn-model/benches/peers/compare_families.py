"""The output of protattn against PyTorch eager, both in f32, for each family at its real size.

    pip install torch==2.15.0 transformers==5.23.0 safetensors==0.8.0
    cargo build --release -p protattn-cli
    python protattn-model/benches/peers/compare_families.py target/release/protattn

For each family, transformers makes a model with random weights (seed 0) and writes it to a temporary
folder (up to 1.8 GB, removed again), `protattn attention --hidden-states` runs it over two random
sequences, and PyTorch over the token ids that protattn wrote. Printed are the largest absolute
differences over all layers, with what tells whether they mean something: the share of attention
over 0.3 and the largest hidden state. As transformers draws them, queries and keys are too small for
attention to prefer anything; they are drawn anew, for scores that vary by --spread. The sharper
attention is, the more a random network amplifies rounding: at a spread of 8, single precision is off
double precision by 2e-4 in PyTorch itself (ESM-2 t12 35M).

One family is in memory at a time, in one of the two programs at a time: 3 GB at most. Exit status
1 if a difference in attention is over --tolerance, or a family could not be run.
"""

import argparse
import gc
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
import transformers
from safetensors import safe_open

LENGTHS = (66, 254)
REFERENCE = Path(__file__).resolve().parents[2] / "tests" / "reference"
SHARED = Path(os.environ.get("PROTATTN_SHARED", REFERENCE.parents[3] / "shared")) / "reference" / "models"
TOKENIZERS = ("vocab.txt", "spiece.model", "spm_model.model")

# Name: the reference folder whose tokenizer is used, the class, the shape.
FAMILIES = {
    "prot-bert": (
        "bert", "BertModel",
        dict(hidden_size=1024, num_hidden_layers=30, num_attention_heads=16, intermediate_size=4096,
             max_position_embeddings=1024),
    ),
    "prot-albert": (
        "albert", "AlbertModel",
        dict(embedding_size=128, hidden_size=4096, num_hidden_layers=12, num_attention_heads=64,
             intermediate_size=16384, hidden_act="gelu_new", max_position_embeddings=40000),
    ),
    "prot-xlnet": (
        "xlnet", "XLNetModel", dict(d_model=1024, n_layer=30, n_head=16, d_inner=4096),
    ),
    "esm2-35m": (
        "esm2", "EsmModel",
        dict(hidden_size=480, num_hidden_layers=12, num_attention_heads=20, intermediate_size=1920,
             max_position_embeddings=1026, position_embedding_type="rotary", token_dropout=True,
             emb_layer_norm_before=False, pad_token_id=1, mask_token_id=32, layer_norm_eps=1e-5),
    ),
    "prot-t5-6-layers": (
        "t5", "T5EncoderModel",
        dict(d_model=1024, num_layers=6, num_heads=32, d_kv=128, d_ff=16384, feed_forward_proj="relu",
             is_encoder_decoder=False, use_cache=False),
    ),
}
QUERY_OR_KEY = re.compile(r"\.(query|key|q|k)(\.weight)?$")


def tokenizer_file(family):
    for folder in (REFERENCE / family, SHARED / family):
        for name in TOKENIZERS:
            if (folder / name).is_file():
                return folder / name
    raise FileNotFoundError(f"no tokenizer of {family} in {REFERENCE} or {SHARED}")


def vocabulary_size(tokenizer):
    return json.loads((tokenizer.parent / "config.json").read_text())["vocab_size"]


def draw_attention(model, spread):
    """Queries and keys for scores with this standard deviation, where the states have 1."""
    for name, weight in model.named_parameters():
        if QUERY_OR_KEY.search(name):
            inputs = weight.shape[0] if weight.dim() == 3 else weight.shape[1]
            weight.normal_(0.0, (spread / inputs) ** 0.5)
            if name.endswith("SelfAttention.q.weight"):  # T5 does not scale its scores.
                weight *= model.config.d_kv ** -0.5


def checkpoint(folder, family, kind, shape, spread):
    """Random weights, in a folder that protattn can read."""
    tokenizer = tokenizer_file(family)
    shutil.copy(tokenizer, folder)
    torch.manual_seed(0)
    kind = getattr(transformers, kind)
    model = kind(kind.config_class(vocab_size=vocabulary_size(tokenizer), **shape))
    with torch.no_grad():
        draw_attention(model, spread)
    model.save_pretrained(folder, max_shard_size="100GB")


def sequences():
    generator = random.Random(0)
    return {f"r{n}": "".join(generator.choices("ACDEFGHIKLMNPQRSTVWY", k=n)) for n in LENGTHS}


def run_protattn(binary, folder, out):
    fasta = folder / "random.fasta"
    fasta.write_text("".join(f">{name}\n{residues}\n" for name, residues in sequences().items()))
    command = [binary, "attention", "--model", folder, "--fasta", fasta, "--output", out, "--hidden-states"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"protattn ended with {done.returncode}: {done.stderr.strip()}")


def largest_difference(ours, layers):
    """Between a stored tensor [layer, ...] and PyTorch's layers [1, ...], one layer at a time."""
    shape, expected = ours.get_shape(), [len(layers), *layers[0].shape[1:]]
    if shape != expected:
        raise RuntimeError(f"protattn gives the shape {shape}, PyTorch {expected}")
    differences = [(torch.from_numpy(ours[i]) - layer[0]).abs().max() for i, layer in enumerate(layers)]
    # A NaN is never the maximum of Python's max.
    return torch.stack(differences).max().item()


def compare(name, folder, kind, out, tolerance):
    model = getattr(transformers, kind).from_pretrained(folder, attn_implementation="eager").eval()
    close = True
    with safe_open(out, "np") as ours:
        for record, residues in sequences().items():
            ids = torch.from_numpy(ours.get_tensor(f"input_ids.{record}")).long()[None]
            with torch.inference_mode():
                theirs = model(ids, output_attentions=True, output_hidden_states=True)
            attention = largest_difference(ours.get_slice(f"attentions.{record}"), theirs.attentions)
            hidden = largest_difference(ours.get_slice(f"hidden_states.{record}"), theirs.hidden_states)
            over = torch.stack([(layer > 0.3).float().mean() for layer in theirs.attentions]).mean()
            largest = max(states.abs().max().item() for states in theirs.hidden_states)
            print(
                f"{name}, {len(residues)} residues, {ids.shape[1]} tokens: "
                f"attention {attention:.1e}, hidden states {hidden:.1e} "
                f"({over:.1%} of attention over 0.3; hidden states to {largest:.1f})",
                flush=True,
            )
            close &= attention <= tolerance
            del theirs
    return close


def check(name, args):
    family, kind, shape = FAMILIES[name]
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        folder = Path(folder)
        out = folder / "attention.safetensors"
        checkpoint(folder, family, kind, shape, args.spread)
        gc.collect()
        run_protattn(args.binary, folder, out)
        close = compare(name, folder, kind, out, args.tolerance)
    gc.collect()
    print(f"{name}: {'within' if close else 'NOT within'} {args.tolerance:g}, {time.perf_counter() - start:.0f} s", flush=True)
    return close


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", help="the command protattn, built for release")
    parser.add_argument("--families", nargs="+", choices=FAMILIES, default=list(FAMILIES), metavar="NAME",
                        help=f"some of: {', '.join(FAMILIES)}")
    parser.add_argument("--spread", type=float, default=4.0, help="standard deviation of the scores")
    parser.add_argument("--tolerance", type=float, default=1e-4, help="for attention")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", help="where the temporary folder is made")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    failed = []
    for name in args.families:
        try:
            if not check(name, args):
                failed.append(name)
        except Exception as error:  # The other families are still worth running.
            print(f"{name}: {error}", flush=True)
            failed.append(name)
    sys.exit(f"not within tolerance, or not run: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
