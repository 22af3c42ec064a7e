"""Makes the folders of variants/ for ALBERT, ELECTRA and ESM: what the configurations of these
families can vary beyond the larger reference checkpoints.

python make_variants.py

Made with Python 3, torch 2.15.0, transformers 5.23.0, safetensors 0.8.0, in single precision on a
CPU; seed 1. Each folder gets config.json, model.safetensors (some of a task model: with the prefix
of the family and a head) and golden.safetensors, which transformers computes from these files:
for sequence K, input_ids.K, attentions.K [layer, head, from, to] and hidden_states.K [level, token,
width].
"""

import json
import shutil
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file, save_file

HERE = Path(__file__).parent / "variants"
LENGTHS = [7, 19]
ALBERT = dict(
    vocab_size=34, embedding_size=16, hidden_size=24, num_attention_heads=2, intermediate_size=40,
    max_position_embeddings=32,
)
ELECTRA = dict(
    vocab_size=30, hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40,
    max_position_embeddings=32,
)
ESM = dict(
    vocab_size=33, hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=40,
    max_position_embeddings=32, pad_token_id=1, mask_token_id=32, layer_norm_eps=1e-5,
)
ROTARY = dict(position_embedding_type="rotary", token_dropout=True, emb_layer_norm_before=False)
FREQUENCIES = "encoder.layer.*.attention.self.rotary_embeddings.inv_freq"

# Name, class that is stored, configuration, tokens put at position 3 of the two sequences.
VARIANTS = [
    # Five layers over two groups: 0, 0, 0, 1, 1.
    ("albert_two_groups", "AlbertModel",
     ALBERT | dict(num_hidden_layers=5, num_hidden_groups=2, hidden_act="gelu", type_vocab_size=3,
                   layer_norm_eps=1e-6), [None, None]),
    # Two runs through the two layers of a group: four layers of attention.
    ("albert_inner_layers", "AlbertForMaskedLM",
     ALBERT | dict(num_hidden_layers=2, num_hidden_groups=2, inner_group_num=2, hidden_act="relu"),
     [None, None]),
    ("electra_unprojected", "ElectraForPreTraining",
     ELECTRA | dict(embedding_size=24, hidden_act="silu", type_vocab_size=1), [None, None]),
    ("electra_wide_embedding", "ElectraModel",
     ELECTRA | dict(embedding_size=100, hidden_act="gelu_new", type_vocab_size=3), [None, None]),
    # A padding token inside a sequence takes no position.
    ("esm1b_no_token_dropout", "EsmModel",
     ESM | dict(token_dropout=False, emb_layer_norm_before=True), [None, 1]),
    # A mask token changes the scale of the others.
    ("esm1b_no_norm_before", "EsmForMaskedLM",
     ESM | dict(token_dropout=True, emb_layer_norm_before=False), [None, 32]),
    # Three heads of width 6, and no frequencies stored: rope_theta gives them.
    ("esm2_theta", "EsmModel",
     ESM | ROTARY | dict(rope_theta=500.0, hidden_size=18, num_attention_heads=3), [32, None]),
    # Frequencies stored in half precision, which rope_theta does not give.
    ("esm2_stored_frequencies", "EsmForMaskedLM", ESM | ROTARY, [None, None]),
]


def draw(model):
    """Weights large enough that attention is uneven and every bias and scale tells."""
    for name, weight in model.named_parameters():
        if weight.dim() == 2:
            deviation = 1.0 if "embedd" in name and "project" not in name else 1.5 * weight.shape[1] ** -0.5
            weight.normal_(0.0, deviation)
        else:
            weight.add_(0.2 * torch.randn_like(weight))


def store(folder, name, config):
    """A model of this class as save_pretrained writes it, but for the frequencies of ESM-2."""
    kind = getattr(transformers, name)
    model = kind(kind.config_class(**config))
    with torch.no_grad():
        draw(model)
    model.save_pretrained(folder)
    if folder.name.startswith("esm2"):
        weights = load_file(folder / "model.safetensors")
        (key,) = (key for key in weights if key.endswith(FREQUENCIES))
        frequencies = weights.pop(key)
        if folder.name == "esm2_stored_frequencies":
            weights[key.replace("*", "0")] = frequencies.half()
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def compute(folder, vocabulary, special):
    name = json.loads((folder / "config.json").read_text())["model_type"]
    kind = {"albert": "AlbertModel", "electra": "ElectraModel", "esm": "EsmModel"}[name]
    kind = getattr(transformers, kind)
    model = kind.from_pretrained(folder, attn_implementation="eager").eval()
    golden = {}
    for k, (length, token) in enumerate(zip(LENGTHS, special)):
        # Five and more: no special token of any family but those at the end of ESM's.
        ids = torch.randint(5, vocabulary - 6, (1, length))
        if token is not None:
            ids[0, 3] = token
        with torch.no_grad():
            out = model(ids, output_attentions=True, output_hidden_states=True)
        golden[f"input_ids.{k}"] = ids[0].to(torch.int32)
        golden[f"attentions.{k}"] = torch.cat(out.attentions)
        golden[f"hidden_states.{k}"] = torch.cat(out.hidden_states)
        over = (golden[f"attentions.{k}"] > 0.3).float().mean().item()
        print(f"{folder.name} {k}: {over:.3f} of the attention is over 0.3")
    save_file(golden, folder / "golden.safetensors")


def main():
    torch.set_num_threads(1)
    for name, kind, config, special in VARIANTS:
        torch.manual_seed(1)
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        store(folder, kind, config)
        compute(folder, config["vocab_size"], special)


if __name__ == "__main__":
    main()
