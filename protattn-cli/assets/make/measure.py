"""What the attention of the trained model agrees with, by the measure of Vig et al. (2021).

An arc is an attention value of at least 0.3 between residues (special tokens cut). The part of a
head's arcs that have the property is over all its arcs; only heads with 100 arcs or more count.
"""

import numpy as np
import torch

from folds import CONTACT_DISTANCE, CONTACT_SEPARATION, distances
from train import encode

MIN_ATTENTION, MIN_ARCS = 0.3, 100


def properties(protein):
    """For each (property, class) the pairs [from, to] that have it, and those that could."""
    ca = np.array(protein["ca"], dtype=np.float32).astype(np.float64)
    place = np.arange(len(ca))
    apart = np.abs(place[:, None] - place[None]) >= CONTACT_SEPARATION
    found = {("contact", "yes"): ((distances(ca) < CONTACT_DISTANCE) & apart, apart)}
    labels = protein["labels"]
    found["binding-site", "yes"] = to_residue(labels["binding-site"])
    for name in ("helix", "strand", "turn-bend", "blank"):
        of_class = [label == name for label in labels["secondary-structure"]]
        found["secondary-structure", name] = to_residue(of_class)
    return found


def to_residue(flags):
    """A property of the residue attended to, as one of pairs."""
    flags = np.broadcast_to(np.array(flags, dtype=bool), (len(flags), len(flags)))
    return flags, np.ones_like(flags)


def attention(model, sequence):
    """[layer, head, from, to] between residues."""
    with torch.no_grad():
        maps = model.bert(encode([sequence]), output_attentions=True).attentions
    return torch.cat(maps)[:, :, 1:-1, 1:-1].numpy()


def agreement(model, proteins):
    """For each (property, class): background, and the heads, best first, with at least 100 arcs."""
    model.set_attn_implementation("eager")
    arcs, hits, sums = 0, {}, {}
    for protein in proteins:
        over = attention(model, protein["sequence"]) >= MIN_ATTENTION
        arcs = arcs + over.sum((2, 3))
        for key, (has, eligible) in properties(protein).items():
            hits[key] = hits.get(key, 0) + (over & has).sum((2, 3))
            sums[key] = sums.get(key, 0) + np.array([has.sum(), eligible.sum()])
    return {key: table(arcs, hits[key], sums[key]) for key in hits}


def table(arcs, hits, sums):
    heads = [
        {"layer": layer + 1, "head": head + 1, "arcs": int(n), "proportion": round(float(hits[layer, head] / n), 4)}
        for (layer, head), n in np.ndenumerate(arcs)
        if n >= MIN_ARCS
    ]
    return {"background": round(sums[0] / sums[1], 4), "heads": sorted(heads, key=lambda h: -h["proportion"])}
