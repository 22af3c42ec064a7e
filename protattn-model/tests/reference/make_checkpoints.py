"""Writes the folder checkpoints: one set of weights in each way in which PyTorch and others store them.

python make_checkpoints.py

Made with Python 3.11, torch 2.15.0, transformers 5.23.0, safetensors, seed 1, on a CPU.
Every file is read back by torch or safetensors before it is left.
"""

import collections
import io
import json
import pickle
import struct
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import BertConfig, BertModel

OUT = Path(__file__).parent / "checkpoints"


def views():
    """Tensors that share storages, begin within one, or do not run through it in order."""
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6) * 0.5 - 3
    values = torch.tensor([-2, 0, 1, 7])
    return {
        "shared": base,
        "shared_again": base,
        "rows": base[1:3],
        "columns": base[:, 2:5],
        "transposed": base.t(),
        "permuted": torch.arange(24, dtype=torch.float16).reshape(2, 3, 4).permute(2, 0, 1),
        "scalar": torch.tensor(1.5),
        "empty": torch.zeros(0, 3),
        "parameter": torch.nn.Parameter(torch.tensor([[0.25, -0.5]])),
        "half": torch.tensor([1.5, -2.0, 6e-8], dtype=torch.float16),
        "brain": torch.tensor([1.5, -2.0, 1e30], dtype=torch.bfloat16),
        "double": torch.tensor([1.5, 0.1], dtype=torch.float64),
        "long": values,
        "int": values.int(),
        "short": values.short(),
        "char": values.char(),
        "byte": values.abs().byte(),
        "bool": values.bool(),
        "epoch": 3,
        "note": "what is no tensor is passed over",
    }


def plain(weights):
    return {
        name: value.detach().contiguous().clone()
        for name, value in weights.items()
        if isinstance(value, torch.Tensor)
    }


def check(found, expected):
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert found[name].dtype == value.dtype and torch.equal(found[name], value), name


def write_views():
    weights = views()
    expected = plain(weights)
    save_file(expected, OUT / "views.safetensors")
    check(load_file(OUT / "views.safetensors"), expected)
    for name, is_zip, protocol in [
        ("views.bin", True, 2),
        ("views.protocol_5.bin", True, 5),
        ("views.legacy.bin", False, 2),
        ("views.protocol_4.legacy.bin", False, 4),
    ]:
        torch.save(
            weights, OUT / name, pickle_protocol=protocol, _use_new_zipfile_serialization=is_zip
        )
        # Of pickles in other protocols than 2, torch reads only what it trusts.
        check(plain(torch.load(OUT / name, weights_only=protocol == 2)), expected)


class Old(pickle.Pickler):
    """Describes a storage as PyTorch did when a storage could be a part of another."""

    def persistent_id(self, value):
        if not isinstance(value, Part):
            return None
        return ("storage", torch.FloatStorage, "7", "cpu", 24, value.view)


Part = collections.namedtuple("Part", "view")


class Rebuilt:
    def __init__(self, *arguments):
        self.arguments = arguments

    def __reduce__(self):
        return torch._utils._rebuild_tensor_v2, (*self.arguments, False, collections.OrderedDict())


def write_old_views():
    """The format before PyTorch 1.6, with a storage that is a part of another."""
    base = torch.arange(24, dtype=torch.float32)
    part = Part(("8", 10, 12))
    weights = {
        "whole": Rebuilt(Part(None), 0, (4, 6), (6, 1)),
        "part": Rebuilt(part, 2, (2, 3), (1, 2)),
    }
    out = io.BytesIO()
    system = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"long": 4}}
    for value in [torch.serialization.MAGIC_NUMBER, 1001, system]:
        pickle.dump(value, out, protocol=2)
    Old(out, protocol=2).dump(weights)
    pickle.dump(["7"], out, protocol=2)
    out.write(struct.pack("<q", 24) + base.numpy().tobytes())
    (OUT / "old_views.legacy.bin").write_bytes(out.getvalue())
    expected = {
        "whole": base.reshape(4, 6),
        "part": base[12:18].reshape(3, 2).t().contiguous(),
    }
    check(torch.load(OUT / "old_views.legacy.bin"), expected)
    save_file(expected, OUT / "old_views.safetensors")


def write_shards():
    """One model of half precision, in shards of safetensors and of both formats of PyTorch."""
    config = BertConfig(
        vocab_size=30,
        hidden_size=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
    )
    model = BertModel(config).half()
    model.save_pretrained(OUT / "sharded_f16", max_shard_size="2KB")
    safe = sorted((OUT / "sharded_f16").glob("*.safetensors"))
    assert len(safe) == 2

    folder = OUT / "sharded_bin"
    folder.mkdir(exist_ok=True)
    model.config.save_pretrained(folder)
    files = {}
    for path, is_zip in zip(safe, [True, False]):
        shard = load_file(path)
        name = path.name.replace("model-", "pytorch_model-").replace(".safetensors", ".bin")
        torch.save(shard, folder / name, _use_new_zipfile_serialization=is_zip)
        check(torch.load(folder / name), shard)
        files |= dict.fromkeys(shard, name)
    assert files.keys() == model.state_dict().keys()
    index = {"metadata": {}, "weight_map": dict(sorted(files.items()))}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index, indent=2) + "\n")


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    OUT.mkdir(exist_ok=True)
    write_views()
    write_old_views()
    write_shards()


if __name__ == "__main__":
    main()
