"""A small BERT, trained as a masked language model, in the Hugging Face layout."""

import json
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save as to_bytes
from transformers import BertConfig, BertForMaskedLM

# The vocabulary of ProtBert, in its order.
VOCABULARY = "[PAD] [UNK] [CLS] [SEP] [MASK] L A G V E S I K R D T P N Q F Y M H C W X U B Z O".split()
TOKEN = {token: i for i, token in enumerate(VOCABULARY)}
PAD, CLS, SEP, MASK = (TOKEN[f"[{name}]"] for name in ("PAD", "CLS", "SEP", "MASK"))
FIRST_RESIDUE, LAST_RESIDUE = TOKEN["L"], TOKEN["C"] + 1
CHOSEN = 0.3  # of the residues are to be guessed: 8 in 10 masked, 1 replaced, 1 left, as for BERT
IGNORED = -100
POSITIONS = 256
NOT_OF_THE_MODEL = {"_name_or_path", "id2label", "label2id", "problem_type", "chunk_size_feed_forward"}
WAVE = 0.04  # twice the spread of the random weights


def config(layers, heads, width):
    return BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=4 * width,
        max_position_embeddings=POSITIONS,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        pad_token_id=PAD,
    )


def encode(sequences):
    """Token ids [sequence, length + 2] of sequences of one length: [CLS], the residues, [SEP]."""
    return torch.tensor([[CLS, *(TOKEN[letter] for letter in sequence), SEP] for sequence in sequences])


def mask(ids, generator):
    """What the model sees and what it must say (-100 where it is not asked)."""
    chosen = (torch.rand(ids.shape, generator=generator) < CHOSEN) & (ids > MASK)
    fate = torch.rand(ids.shape, generator=generator)
    random = torch.randint(FIRST_RESIDUE, LAST_RESIDUE, ids.shape, generator=generator)
    seen = torch.where(chosen & (fate < 0.8), MASK, ids)
    seen = torch.where(chosen & (fate >= 0.9), random, seen)
    return seen, torch.where(chosen, ids, IGNORED)


def loss_of(model, seen, wanted):
    """The mean cross-entropy at the chosen residues; the vocabulary head sees only those."""
    hidden = model.bert(seen).last_hidden_state
    asked = wanted != IGNORED
    return torch.nn.functional.cross_entropy(model.cls(hidden[asked]), wanted[asked])


def rounds(sets, n, generator):
    """For ever: n sequences of each set, at random; those of a set have one length: no padding."""
    while True:
        yield [ids[torch.randint(len(ids), (n,), generator=generator)] for ids in sets]


def train(model, sets, steps, batch, peak_rate, generator):
    """AdamW, warmed up over the first twentieth, then down to nothing in a straight line.

    Products are in bfloat16 (weights stay in f32) with plain attention, 2.5 times as fast here as f32.
    """
    model.set_attn_implementation("eager")
    optimizer = torch.optim.AdamW(model.parameters(), lr=peak_rate, betas=(0.9, 0.98), weight_decay=0.01)
    warm = max(1, steps // 20)
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda k: min((k + 1) / warm, (steps - k) / (steps - warm))
    )
    began, losses = time.monotonic(), []
    model.train()
    for step, parts in zip(range(1, steps + 1), rounds(sets, batch // len(sets), generator), strict=False):
        optimizer.zero_grad()
        for ids in parts:
            with torch.autocast("cpu", torch.bfloat16):
                loss = loss_of(model, *mask(ids, generator)) / len(parts)
            loss.backward()
            losses.append(loss.item() * len(parts))
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        rate.step()
        if step % 250 == 0:
            print(f"step {step}: loss {np.mean(losses[-1000:]):.3f}, {time.monotonic() - began:.0f} s", flush=True)
    return model.eval()


def new_model(layers, heads, width, seed):
    """A model with random weights, but for positions: they are learned from waves.

    Waves of wavelengths 4 to 400 (Vaswani et al. 2017, with a shorter range) make "k before" a
    linear map of the embedding, and "across the hairpin" too, which heads must otherwise find.
    """
    torch.manual_seed(seed)
    model = BertForMaskedLM(config(layers, heads, width))
    frequency = 2 * np.pi / torch.logspace(np.log10(4), np.log10(400), width // 2)
    angle = torch.arange(POSITIONS)[:, None] * frequency
    with torch.no_grad():
        waves = WAVE * torch.cat([angle.sin(), angle.cos()], dim=1)
        model.bert.embeddings.position_embeddings.weight.copy_(waves)
    return model


def perplexity(model, sequences, seed):
    """e to the mean cross-entropy of the residues to be guessed, over these sequences."""
    generator = torch.Generator().manual_seed(seed)
    total, asked = 0.0, 0
    for sequence in sequences:
        seen, wanted = mask(encode([sequence]), generator)
        n = int((wanted != IGNORED).sum())
        with torch.no_grad():
            total += n * loss_of(model, seen, wanted).item()
        asked += n
    return float(np.exp(total / asked))


def save(model, folder):
    """config.json, vocab.txt and the weights in half precision."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    settings = model.config.to_dict() | {"architectures": ["BertForMaskedLM"], "dtype": "float16"}
    keep = sorted(settings.keys() - NOT_OF_THE_MODEL)
    (folder / "config.json").write_text(json.dumps({key: settings[key] for key in keep}, indent=2) + "\n")
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n")
    tied = {"cls.predictions.decoder.weight", "cls.predictions.decoder.bias"}
    weights = {
        name: value.detach().half().contiguous()
        for name, value in model.state_dict().items()
        if name not in tied
    }
    (folder / "model.safetensors").write_bytes(to_bytes(weights, metadata={"format": "pt"}))
