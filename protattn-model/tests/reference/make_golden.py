"""Recomputes golden.safetensors of one folder from its weights and the ids in golden.json.

python make_golden.py bert

Made with Python 3, torch 2.15.0, transformers 5.23.0, safetensors, in single precision on a CPU.
With --check, compares with the file that is there and prints the largest differences.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel


def compute(folder):
    model = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    golden = {}
    for k, entry in enumerate(json.loads((folder / "golden.json").read_text())["sequences"]):
        ids = torch.tensor([entry["input_ids"]])
        with torch.no_grad():
            out = model(ids, output_attentions=True, output_hidden_states=True)
        golden[f"input_ids.{k}"] = ids[0].to(torch.int32)
        golden[f"attentions.{k}"] = torch.cat(out.attentions)
        golden[f"hidden_states.{k}"] = torch.cat(out.hidden_states)
    return golden


def main():
    torch.set_num_threads(1)
    folder = Path(sys.argv[1])
    golden = compute(folder)
    if "--check" in sys.argv:
        stored = load_file(folder / "golden.safetensors")
        assert stored.keys() == golden.keys()
        for name in sorted(golden):
            print(name, (stored[name] - golden[name]).abs().max().item())
    else:
        save_file(golden, folder / "golden.safetensors")


if __name__ == "__main__":
    main()
