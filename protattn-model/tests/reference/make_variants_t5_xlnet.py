"""Makes the variants of T5 and XLNet in variants/ and the table of T5's buckets.

python make_variants_t5_xlnet.py

Made with Python 3, torch 2.15.0, transformers 5.23.0 and safetensors, in single precision on one
thread of a CPU, seed 1. Weights are drawn wide enough for attention to be far from even.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import T5Config, T5EncoderModel, XLNetConfig, XLNetModel
from transformers.models.t5.modeling_t5 import T5Attention

HERE = Path(__file__).parent
SHARED_BIASES = ["r_w_bias", "r_r_bias", "r_s_bias"]


def draw(model):
    """Matrices keep the variance of their input; norms stay near 1; biases are not small."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("norm.weight"):
                parameter.normal_(1.0, 0.1)
            elif parameter.dim() < 2 or name.endswith("_bias") or "relative_attention_bias" in name:
                parameter.normal_(0.0, 0.5)
            elif "embed" in name or name == "shared.weight":
                parameter.normal_(0.0, 1.0)
            else:
                parameter.normal_(0.0, parameter.shape[0] ** -0.5)


def sequences(vocabulary, lengths):
    return [torch.randint(0, vocabulary, (1, length)) for length in lengths]


def golden(model, inputs, segments=None):
    tensors = {}
    for k, ids in enumerate(inputs):
        extra = {} if segments is None else {"token_type_ids": segments[k]}
        with torch.no_grad():
            out = model(ids, output_attentions=True, output_hidden_states=True, **extra)
        tensors[f"input_ids.{k}"] = ids[0].to(torch.int32)
        if segments is not None:
            tensors[f"token_type_ids.{k}"] = segments[k][0].to(torch.int32)
        tensors[f"attentions.{k}"] = torch.cat(out.attentions).contiguous()
        tensors[f"hidden_states.{k}"] = torch.cat(out.hidden_states).contiguous()
    return tensors


def save(name, config, weights, tensors):
    folder = HERE / "variants" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    save_file({key: value.contiguous().clone() for key, value in weights.items()}, folder / "model.safetensors")
    save_file(tensors, folder / "golden.safetensors")


def t5(name, lengths, **keys):
    config = T5Config(vocab_size=30, d_model=24, num_layers=2, is_encoder_decoder=False, **keys)
    config._attn_implementation = "eager"
    model = T5EncoderModel(config).eval()
    draw(model)
    weights = {key: value for key, value in model.state_dict().items() if key != "encoder.embed_tokens.weight"}
    save(name, config.to_dict(), weights, golden(model, sequences(30, lengths)))


def xlnet(name, lengths, shared=False, segments=None, **keys):
    config = XLNetConfig(vocab_size=30, d_model=24, n_layer=2, d_inner=40, **keys)
    model = XLNetModel(config).eval()
    draw(model)
    weights = model.state_dict()
    if shared:
        # transformers always has biases of each layer; here they are equal, and stored once.
        with torch.no_grad():
            for layer in model.layer[1:]:
                for bias in SHARED_BIASES:
                    getattr(layer.rel_attn, bias).copy_(getattr(model.layer[0].rel_attn, bias))
        weights = {f"transformer.{key}": value for key, value in model.state_dict().items()}
        for bias in SHARED_BIASES:
            stored = [weights.pop(f"transformer.layer.{n}.rel_attn.{bias}") for n in range(2)]
            weights[f"transformer.{bias}"] = stored[0]
    inputs = sequences(30, lengths)
    tensors = golden(model, inputs, segments)
    if segments is None:
        # One segment adds the same to every score of a row, which softmax does not see.
        zeros = [torch.zeros_like(ids) for ids in inputs]
        for key, value in golden(model, inputs, zeros).items():
            assert key.startswith("token_type_ids") or (value - tensors[key]).abs().max() < 2e-6, key
    save(name, {**config.to_dict(), "untie_r": not shared}, weights, tensors)


def buckets():
    """For each pair of settings, the offsets (to - from) at which the bucket changes."""
    offsets = torch.arange(-1100, 1101)
    table = []
    for n, distance in [(32, 128), (64, 128), (16, 20), (4, 2), (5, 100), (10, 1000), (32, 256), (8, 16), (24, 48), (128, 1024)]:
        found = T5Attention._relative_position_bucket(offsets, True, n, distance).tolist()
        starts = [i for i in range(len(found)) if i == 0 or found[i] != found[i - 1]]
        runs = [[offsets[i].item(), found[i]] for i in starts]
        table.append({"num_buckets": n, "max_distance": distance, "runs": runs})
    lines = ",\n".join(json.dumps(row) for row in table)
    (HERE / "t5_buckets.json").write_text(f"[\n{lines}\n]\n")


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    t5("t5_gated_gelu", [9, 40], d_kv=6, d_ff=40, num_heads=3, feed_forward_proj="gated-gelu")
    t5("t5_few_buckets", [7, 45], d_kv=12, d_ff=40, num_heads=2, relative_attention_num_buckets=16,
       relative_attention_max_distance=20)
    t5("t5_gated_silu", [1, 30], d_kv=7, d_ff=33, num_heads=4, feed_forward_proj="gated-silu",
       layer_norm_epsilon=1e-3)
    xlnet("xlnet_clamp_len", [9, 40], n_head=4, clamp_len=5)
    xlnet("xlnet_shared_biases", [9, 40], n_head=4, shared=True)
    xlnet("xlnet_three_heads", [1, 40], n_head=3, d_head=8, ff_activation="relu", layer_norm_eps=1e-3)
    two = torch.tensor([[0] * 14 + [1] * 15 + [0]])
    # As the tokenizer of the family has it: the sequence and <sep> in 0, <cls> in 2.
    xlnet("xlnet_segments", [12, 30], n_head=2, segments=[torch.tensor([[0] * 11 + [2]]), two])
    buckets()


if __name__ == "__main__":
    main()
