"""Makes the model and the proteins that `protattn demo` carries: python make_demo.py --output DIR

Everything is synthetic and follows from the seed; see the README beside the result.
"""

import argparse
import json
import platform
import time
from collections import Counter
from pathlib import Path

import numpy
import safetensors
import torch
import transformers
from transformers import BertForMaskedLM

from families import members, new_family
from folds import all_folds, background
from measure import agreement
from train import encode, new_model, perplexity, save, train

CLASSES = {"H": "helix", "E": "strand", "S": "turn-bend", "-": "blank"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, required=True, help="folder to write")
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--steps", type=int, default=3500)
    parser.add_argument("--batch", type=int, default=32, help="sequences a step")
    parser.add_argument("--rate", type=float, default=2e-3, help="peak learning rate")
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--width", type=int, default=96)
    parser.add_argument("--families", type=int, default=6, help="trained on, of each fold")
    parser.add_argument("--new-families", type=int, default=2, help="held out, of each fold")
    parser.add_argument("--members", type=int, default=2000, help="trained on, of each family")
    parser.add_argument("--shown", type=int, default=6, help="members of each held-out family in the demo")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def record(name, family, sequence):
    """One protein in protattn's own format; glycine's Cβ is its Cα."""
    ca, cb = family.fold.ca.tolist(), family.fold.cb.tolist()
    return {
        "id": name,
        "sequence": sequence,
        "numbering": [str(i + 1) for i in range(len(sequence))],
        "ca": ca,
        "cb": [ca[i] if letter == "G" else cb[i] for i, letter in enumerate(sequence)],
        "labels": {
            "secondary-structure": [CLASSES[label] for label in family.fold.dssp],
            "secondary-structure-8": list(family.fold.dssp),
            "binding-site": [i in family.site for i in range(len(sequence))],
        },
    }


def sequences(family, n, rng):
    return ["".join(row) for row in members(family, n, rng)]


def records(families, n, rng, first_member=1):
    """n members of each of these (number, family), as records."""
    return [
        record(f"synthetic-{family.fold.name}-f{number:02}-m{first_member + k:04}", family, sequence)
        for number, family in families
        for k, sequence in enumerate(sequences(family, n, rng))
    ]


def baseline_perplexity(training, test):
    """That of a guess from the residues' overall frequencies, which knows no position."""
    counts = Counter("".join(training))
    guesses = [counts[letter] / counts.total() for letter in "".join(test)]
    return float(numpy.exp(-numpy.log(guesses).mean()))


def shared_pairs(known, new):
    """The part of the held-out families' covarying pairs that covary in a trained family too."""
    seen = {(family.fold.name, *pair) for _, family in known for pair in family.pairs}
    pairs = [(family.fold.name, *pair) for _, family in new for pair in family.pairs]
    return round(sum(pair in seen for pair in pairs) / len(pairs), 3)


def shuffled(proteins, rng):
    """The same proteins with the residues of each in random order: places and length stay.

    What a head still finds here it knows from the fold, not from the residues it looks at.
    """
    return [{**p, "sequence": "".join(rng.permutation(list(p["sequence"])))} for p in proteins]


def figures(model, proteins, training, seed):
    """What the demo's reader is told of the model on these proteins: the three best heads of each."""
    test = [protein["sequence"] for protein in proteins]
    heads = {" ".join(key): value for key, value in agreement(model, proteins).items()}
    return {
        "proteins": len(proteins),
        "perplexity": round(perplexity(model, test, seed), 3),
        "baseline_perplexity": round(baseline_perplexity(training, test), 3),
        "best_heads": {key: {**value, "heads": value["heads"][:3]} for key, value in heads.items()},
    }


def versions():
    modules = (numpy, safetensors, torch, transformers)
    return {"python": platform.python_version()} | {m.__name__: m.__version__ for m in modules}


def about(fold):
    return {"residues": fold.length, "contacts": len(fold.contacts), "background": round(background(fold), 4)}


def main():
    args = arguments()
    torch.set_num_threads(args.threads)
    rng = numpy.random.default_rng(args.seed)
    folds = all_folds()
    per_fold = range(1, args.families + args.new_families + 1)
    families = [(number, new_family(fold, rng)) for fold in folds for number in per_fold]
    known = [f for f in families if f[0] <= args.families]
    new = [f for f in families if f[0] > args.families]
    by_fold = [
        [s for _, family in known if family.fold is fold for s in sequences(family, args.members, rng)]
        for fold in folds
    ]
    training = [s for one_fold in by_fold for s in one_fold]
    shown = records(new, args.shown, rng)
    unseen = records(known, 2, rng, args.members + 1)
    assert not {p["sequence"] for p in shown + unseen} & set(training)

    began = time.monotonic()
    model = new_model(args.layers, args.heads, args.width, args.seed)
    generator = torch.Generator().manual_seed(args.seed)
    train(model, [encode(s) for s in by_fold], args.steps, args.batch, args.rate, generator)
    minutes = round((time.monotonic() - began) / 60, 1)
    save(model, args.output)
    lines = [json.dumps(protein, separators=(",", ":")) + "\n" for protein in shown]
    (args.output / "proteins.jsonl").write_text("".join(lines))

    # What is measured is what was written: the weights after rounding to half precision.
    model = BertForMaskedLM.from_pretrained(args.output, dtype=torch.float32).eval()
    made = {
        "settings": {key: value for key, value in vars(args).items() if key != "output"},
        "versions": versions(),
        "training_minutes": minutes,
        "folds": {fold.name: about(fold) for fold in folds},
        "shared_pairs": shared_pairs(known, new),
        "held_out_families": figures(model, shown, training, args.seed),
        "held_out_members": figures(model, unseen, training, args.seed),
        "held_out_families_shuffled": figures(model, shuffled(shown, rng), training, args.seed),
    }
    (args.output / "made.json").write_text(json.dumps(made, indent=1) + "\n")
    print(json.dumps(made, indent=1))


if __name__ == "__main__":
    main()
