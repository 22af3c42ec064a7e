"""What `--precision bf16` does to the tables of `protattn align`.

    pip install polars==2.1.0
    python protattn-cli/benches/precision.py target/release/protattn --data DATA MODEL...

Each model is run over the data in f32 and in bf16; printed are, over heads with 1,000 arcs and more, the
largest change of a class's proportion, in percentage points, and of a head's number of arcs. On
processors with AVX-512 BF16 the inputs of linear maps are rounded too; `run.json` says so
(`rounds_inputs`).
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl

MIN_ARCS = 1000


def align(args, model, precision, folder):
    """The table of one run, and whether inputs were rounded."""
    command = [args.protattn, "align", "--model", model, "--data", args.data, "--property", args.property,
               "--max-tokens", args.max_tokens, "--precision", precision, "--bootstrap", 0, "--no-figures",
               "--output", folder]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{model} in {precision}: {done.stderr.strip()}")
    run = json.loads((folder / "run.json").read_text())
    return pl.read_parquet(folder / "alignment.parquet"), run["model"]["rounds_inputs"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    option = parser.add_argument
    option("protattn")
    option("models", nargs="+", metavar="MODEL")
    option("--data", required=True)
    option("--property", default="binding-site,amino-acid")
    option("--max-tokens", type=int, default=200)
    args = parser.parse_args()
    for model in args.models:
        with tempfile.TemporaryDirectory() as folder:
            whole, _ = align(args, model, "f32", Path(folder) / "f32")
            halved, rounds_inputs = align(args, model, "bf16", Path(folder) / "bf16")
        both = whole.join(halved, on=["property", "class", "layer", "head"], suffix="_bf16")
        both = both.filter(pl.col("arcs_total") >= MIN_ARCS)
        if both.is_empty():
            print(f"{model}: no head has {MIN_ARCS} arcs")
            continue
        points = 100 * (both["proportion_bf16"] - both["proportion"]).abs().max()
        before, after = (both[name].cast(pl.Float64) for name in ("arcs_total", "arcs_total_bf16"))
        arcs = 100 * ((after - before).abs() / before).max()
        rounded = "weights and inputs" if rounds_inputs else "weights"
        print(f"{model}: {rounded} rounded, {both.select('layer', 'head').n_unique()} heads, proportions "
              f"within {points:.3f} points, arcs within {arcs:.2f} %", flush=True)


if __name__ == "__main__":
    main()
