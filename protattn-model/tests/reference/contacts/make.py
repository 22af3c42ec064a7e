"""Makes esm2.safetensors and esm1b.safetensors: contacts that transformers predicts.

python make.py

Made with Python 3, torch 2.15.0, transformers 5.23.0, safetensors 0.8.0, in single precision on one
thread of a CPU, seed 1. The models are the reference checkpoints beside this folder, with a contact
head of other weights, drawn wide enough for the probabilities to be far from even. Each file holds
these, weight [1, layer * head] and bias [1], and for sequence K of the checkpoint's golden.json
contacts.K [residue, residue], from EsmModel.predict_contacts.

The script asserts that EsmForMaskedLM gives the same, and that the same arithmetic on the same
attention in double precision comes within 1e-6.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import EsmForMaskedLM, EsmModel

HERE = Path(__file__).parent


def in_double(model, ids, weight, bias):
    """From the attention of one sequence, without <cls> and <eos>."""
    with torch.no_grad():
        maps = torch.cat(model(ids, output_attentions=True).attentions)
    maps = maps[:, :, 1:-1, 1:-1].flatten(0, 1).double()
    maps = maps + maps.transpose(1, 2)
    corrected = maps - maps.sum(2, keepdim=True) * maps.sum(1, keepdim=True) / maps.sum((1, 2), keepdim=True)
    return torch.sigmoid(torch.einsum("f,fij->ij", weight[0].double(), corrected) + bias.double())


def make(name):
    folder = HERE.parent / name
    model = EsmModel.from_pretrained(folder, attn_implementation="eager", add_pooling_layer=False).eval()
    weight, bias = 12.0 * torch.randn(1, 12), torch.tensor([-1.0])
    # As where training drove weights to 0: single heads, and a whole layer.
    weight[0, [1, 4, 5, 6, 7]] = 0.0
    with torch.no_grad():
        model.contact_head.regression.weight.copy_(weight)
        model.contact_head.regression.bias.copy_(bias)
    task = EsmForMaskedLM(model.config).eval()
    task.esm.load_state_dict(model.state_dict())
    tensors = {"weight": weight, "bias": bias}
    for k, entry in enumerate(json.loads((folder / "golden.json").read_text())["sequences"]):
        ids = torch.tensor([entry["input_ids"]])
        with torch.no_grad():
            contacts = model.predict_contacts(ids, torch.ones_like(ids))[0]
            assert torch.equal(contacts, task.predict_contacts(ids, torch.ones_like(ids))[0])
        error = (contacts - in_double(model, ids, weight, bias)).abs().max().item()
        assert error < 1e-6, error
        low, high = contacts.min().item(), contacts.max().item()
        print(f"{name} {k}: {tuple(contacts.shape)} from {low:.4f} to {high:.4f}, {error:.1e} from double")
        tensors[f"contacts.{k}"] = contacts.contiguous()
    save_file(tensors, HERE / f"{name}.safetensors")


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    for name in ["esm2", "esm1b"]:
        make(name)


if __name__ == "__main__":
    main()
