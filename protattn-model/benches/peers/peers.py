"""The programs that compare.py compares protattn with, and what they are given."""

import gc
import json
import time
import warnings
from pathlib import Path

import numpy as np
import torch
import transformers

from compare_families import FAMILIES, checkpoint

LETTERS = "LAGVESIKRDTPNQFYMHCW"
# Spread of the scores of attention, see compare_families.py: some of it is over THRESHOLD.
SPREAD = 4.0
THRESHOLD = 0.3
MAX_RESIDUES = 510


def make_checkpoint(folder, name):
    """Random weights (seed 0) and the vocabulary of a family, in a folder that protattn can read."""
    folder.mkdir()
    checkpoint(folder, *FAMILIES[name], SPREAD)
    gc.collect()


def load(folder, name, dtype=torch.float32):
    kind = getattr(transformers, FAMILIES[name][1])
    return kind.from_pretrained(folder, attn_implementation="eager").eval().to(dtype)


def made_up(residues):
    """The protein that the example time_passes makes up."""
    return "".join(LETTERS[i * i % len(LETTERS)] for i in range(residues))


def vocabulary(folder):
    return {token: i for i, token in enumerate((Path(folder) / "vocab.txt").read_text().split())}


def token_ids(folder, sequence):
    ids = vocabulary(folder)
    first, last = ("[CLS]", "[SEP]") if "[CLS]" in ids else ("<cls>", "<eos>")
    return torch.tensor([[ids[first], *(ids[residue] for residue in sequence), ids[last]]])


def arcs(attentions, lengths):
    """Weights at or over the threshold between residues, over layers of [protein, head, from, to]."""
    return sum(
        int((layer[i, :, 1 : n + 1, 1 : n + 1] >= THRESHOLD).sum())
        for layer in attentions
        for i, n in enumerate(lengths)
    )


class PyTorch:
    """Eager, one protein on all threads."""

    name = "PyTorch"

    def __init__(self, folder, name, dtype=torch.float32):
        self.folder, self.model = folder, load(folder, name, dtype)

    @torch.inference_mode()
    def attentions(self, residues):
        ids = token_ids(self.folder, made_up(residues))
        return self.model(ids, output_attentions=True).attentions

    def seconds(self, residues):
        start = time.perf_counter()
        self.attentions(residues)
        return time.perf_counter() - start


class AttentionOnly(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids):
        return tuple(self.model(input_ids, output_attentions=True).attentions)


def export(folder, name, file):
    """Writes the model as ONNX, for any length, with the attention of each layer as an output."""
    model = AttentionOnly(load(folder, name))
    outputs = [f"attention_{layer}" for layer in range(model.model.config.num_hidden_layers)]
    axes = {"input_ids": {1: "tokens"}} | {output: {2: "tokens", 3: "tokens"} for output in outputs}
    with warnings.catch_warnings(), torch.inference_mode():
        # What the exporter that replaces this one makes takes up to 3 % longer in ONNX Runtime 1.32.
        warnings.simplefilter("ignore")
        torch.onnx.export(model, (token_ids(folder, made_up(64)),), file, dynamo=False,
                          input_names=["input_ids"], output_names=outputs, dynamic_axes=axes)


class OnnxRuntime:
    """One protein on all threads."""

    name = "ONNX Runtime"

    def __init__(self, folder, file, threads):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.folder = folder
        self.session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])

    def attentions(self, residues):
        return self.session.run(None, {"input_ids": token_ids(self.folder, made_up(residues)).numpy()})

    seconds = PyTorch.seconds


def largest_difference(ours, theirs):
    if len(ours) != len(theirs):
        raise RuntimeError(f"attention of {len(ours)} layers, and of {len(theirs)}")
    # A NaN is never the maximum of Python's max.
    return float(np.max([np.abs(np.asarray(a) - np.asarray(b)).max() for a, b in zip(ours, theirs)]))


def read_proteins(file, count, folder):
    """The first sequences of FASTA, of JSON lines with a `sequence`, or of a file with one a line."""
    text = Path(file).read_text().strip()
    if text.startswith(">"):
        sequences = ["".join(record.splitlines()[1:]) for record in text[1:].split("\n>")]
    elif text.startswith("{"):
        sequences = [json.loads(line)["sequence"] for line in text.splitlines() if line]
    else:
        sequences = text.split()
    known = vocabulary(folder)
    sequences = [sequence.strip().upper()[:MAX_RESIDUES] for sequence in sequences[:count]]
    return ["".join(r if r in known else "X" for r in sequence) for sequence in sequences if sequence]


class Batches:
    """PyTorch eager, batches of proteins of like length, the longest first, padded and masked."""

    name = "PyTorch, batches"

    def __init__(self, folder, name, sequences, size=8):
        self.model = load(folder, name)
        sequences = sorted(sequences, key=len, reverse=True)
        padding = self.model.config.pad_token_id
        self.batches = []
        for first in range(0, len(sequences), size):
            rows = [token_ids(folder, sequence)[0] for sequence in sequences[first : first + size]]
            ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=padding)
            self.batches.append((ids, (ids != padding).long(), [len(row) - 2 for row in rows]))

    @torch.inference_mode()
    def run(self, batches, count_arcs=False):
        """The seconds of the passes, and the arcs, which are counted while the clock stands still."""
        seconds, found = 0.0, 0
        for ids, mask, lengths in batches:
            start = time.perf_counter()
            output = self.model(ids, attention_mask=mask, output_attentions=True)
            seconds += time.perf_counter() - start
            found += arcs(output.attentions, lengths) if count_arcs else 0
            del output
        return seconds, found
