"""protattn against PyTorch and ONNX Runtime, side by side on one machine.

    pip install torch==2.15.0 transformers==5.23.0 safetensors==0.8.0 numpy==2.4.6 \\
        onnxruntime==1.32.0 onnx==1.23.2
    cargo build --release -p protattn-model --example time_passes --example fma_peak
    python protattn-model/benches/peers/compare.py target/release/examples

Random weights of ProtBert's shape (seed 0), the attention of all layers. PyTorch runs eagerly and gives
all attention; ONNX Runtime runs the same model, exported, with all attention as outputs; both split one
protein over all threads. protattn runs one protein on each and counts the arcs, as `protattn align` does;
that time counts. With --proteins it also runs the proteins of a file through the shape of ESM-2 35M,
against PyTorch with batches of 8 of like length, padded and masked.

In each round the peak is measured (fused multiply-adds in registers, all threads), then protattn, then
its peer, so that a machine that slows down slows all; figures are medians over the rounds, and a ratio is
that of one round. Work is that which the attention of all layers needs: of the last layer no more than
queries, keys and scores. It is checked that all have the same model: ONNX Runtime's attention is
PyTorch's within 1e-4, and PyTorch finds the arcs that protattn finds, but for one in a thousand (or
three) that rounding takes over the threshold.

Needs 8 GB of memory, 4 GB in the temporary folder and about ten minutes on two cores of 40 GFLOP/s each;
--rounds, --residues and --parts make it shorter.
"""

import argparse
import gc
import importlib.util
import json
import platform
import statistics
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

import torch
import transformers

import peers

PARTS = ("pytorch", "onnx", "bf16")
NAMES = ("proteins", "precision", "peer")
BERT, ESM = "prot-bert", "esm2-35m"
BF16_INSTRUCTIONS = {"avx512_bf16", "amx_bf16", "bf16"}
INSTRUCTIONS = {"avx", "avx2", "fma", "f16c", "avx_vnni", "avx512f", "avx512bw", "avx512_vnni", "asimd",
                "sve"} | BF16_INSTRUCTIONS
MIB = 2**20


def processor():
    """The name of the processor and those of its instruction sets that matter here."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    facts = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    flags = facts.get("flags", facts.get("Features", "")).split()
    name = facts.get("model name", platform.processor() or platform.machine())
    if "cpu family" in facts:
        name += f", family {facts['cpu family']}, model {facts['model']}"
    return name, sorted(INSTRUCTIONS.intersection(flags))


def versions():
    names = ["torch", "transformers", "onnxruntime", "onnx"]
    found = {name: metadata.version(name) for name in names if importlib.util.find_spec(name)}
    return {"python": platform.python_version()} | found


def gflop(residues):
    """Multiplications and additions that the attention of all layers needs, in 10^9."""
    shape = peers.FAMILIES[BERT][2]
    tokens, width, inner = residues + 2, shape["hidden_size"], shape["intermediate_size"]
    queries_and_keys, scores = 4 * tokens * width**2, 2 * tokens**2 * width
    rest = 4 * tokens * width**2 + 4 * tokens * width * inner + scores
    layers = shape["num_hidden_layers"]
    return (layers * (queries_and_keys + scores) + (layers - 1) * rest) / 1e9


class Comparison:
    """Runs rounds, and keeps them."""

    def __init__(self, args, folder):
        self.args, self.folder, self.rounds = args, folder, []

    def example(self, name, *arguments):
        command = [str(Path(self.args.examples) / name), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def pair(self, names, arguments, seconds, passes=1, rounds=None, work=None):
        """Rounds of protattn, `arguments` to time_passes, and of what gives the `seconds` of its peer.

        `names` are the proteins, the precision and the peer; `work` is the GFLOP of a pass.
        """
        for number in range(rounds or self.args.rounds):
            peak = self.example("fma_peak", self.args.threads)
            ours = self.example("time_passes", *arguments, self.args.threads, names["precision"])
            theirs = statistics.mean(seconds() for _ in range(passes))
            self.rounds.append(names | {
                "round": number, "peak": peak, "protattn": ours, "peer_seconds": theirs,
                "ratio": theirs / ours["seconds"], "gflop": work,
            })
        report(names, self.of(names))
        return ours["arcs"]

    def bert(self, precision, peer, passes, rounds=None, check=None, warm=True):
        """Rounds at each length: in each, `passes` of the peer and as many on each thread of protattn."""
        for residues in self.args.residues:
            names = {"proteins": f"{residues} residues", "precision": precision, "peer": peer.name}
            if warm:
                peer.attentions(residues)
            arguments = (self.folder / BERT, residues, passes * self.args.threads)
            arcs = self.pair(names, arguments, lambda: peer.seconds(residues), passes, rounds, gflop(residues))
            if check:
                check(residues, arcs)

    def of(self, names):
        return [r for r in self.rounds if all(r[key] == name for key, name in names.items())]


def same_arcs(ours, theirs):
    print(f"  arcs: protattn {ours}, PyTorch {theirs}", flush=True)
    if abs(ours - theirs) > max(3, theirs / 1000):
        sys.exit("protattn and PyTorch do not have the same model")


def summary(rounds):
    """Seconds of protattn and its peer, ratio, GFLOP a second and share of the peak."""

    def median(value):
        return statistics.median(value(r) for r in rounds)

    ours, work = median(lambda r: r["protattn"]["seconds"]), rounds[0]["gflop"]
    share = work and median(lambda r: work / r["protattn"]["seconds"] / r["peak"]["gflop_per_second"])
    return ours, median(lambda r: r["peer_seconds"]), median(lambda r: r["ratio"]), work and work / ours, share


def report(names, rounds):
    ours, theirs, ratio, rate, share = summary(rounds)
    ratios = [r["ratio"] for r in rounds]
    speed = f" ({rate:.0f} GFLOP/s, {100 * share:.0f} % of the peak)" if rate else ""
    print(f"{names['proteins']}, {names['precision']}: protattn {ours:.3f} s{speed}, {names['peer']} {theirs:.3f} s, "
          f"ratio {ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f})", flush=True)


def pytorch(comparison):
    peer = peers.PyTorch(comparison.folder / BERT, BERT)

    def check(residues, arcs):
        same_arcs(arcs, peers.arcs(peer.attentions(residues), [residues]))

    comparison.bert("f32", peer, comparison.args.passes, check=check)


def onnx(comparison):
    missing = [name for name in ("onnxruntime", "onnx") if not importlib.util.find_spec(name)]
    if missing:
        print(f"{' and '.join(missing)} not installed: no comparison with ONNX Runtime")
        return
    args, model, file = comparison.args, comparison.folder / BERT, comparison.folder / "model.onnx"
    peers.export(model, BERT, file)
    expected = peers.PyTorch(model, BERT).attentions(args.residues[0])
    peer = peers.OnnxRuntime(model, file, args.threads)
    difference = peers.largest_difference(peer.attentions(args.residues[0]), expected)
    print(f"largest difference of ONNX Runtime's attention from PyTorch's: {difference:.1e}", flush=True)
    if not difference <= 1e-4:
        sys.exit("ONNX Runtime and PyTorch do not have the same model")
    comparison.bert("f32", peer, args.passes)


def bf16(comparison):
    args, peer = comparison.args, peers.PyTorch(comparison.folder / BERT, BERT, torch.bfloat16)
    if BF16_INSTRUCTIONS.intersection(processor()[1]):
        comparison.bert("bf16", peer, args.passes, args.bf16_rounds)
        return
    rounds = args.bf16_rounds or 1
    print(f"this processor has no instructions for bf16, which makes PyTorch slow: rounds {rounds}, one pass in each")
    comparison.bert("bf16", peer, 1, rounds, warm=False)


def proteins(comparison):
    args, model = comparison.args, comparison.folder / ESM
    peers.make_checkpoint(model, ESM)
    sequences = peers.read_proteins(args.proteins, args.count, model)
    if not sequences:
        sys.exit(f"{args.proteins}: no sequences")
    file = comparison.folder / "sequences.txt"
    file.write_text("\n".join(sequences) + "\n")
    lengths = [len(sequence) for sequence in sequences]
    print(f"{len(sequences)} proteins of {min(lengths)} to {max(lengths)} residues, {sum(lengths)} in all, "
          "through ESM-2 35M's shape; seconds are for all of them")
    peer = peers.Batches(model, ESM, sequences)
    peer.run(peer.batches[-1:])
    found = []

    def seconds():
        seconds, arcs = peer.run(peer.batches, count_arcs=not found)
        found.append(arcs)
        return seconds

    names = {"proteins": f"{len(sequences)} proteins, ESM-2 35M", "precision": "f32", "peer": peer.name}
    same_arcs(comparison.pair(names, (model, file, 1), seconds), found[0])


def memory(comparison):
    """Peak memory at the greatest length, and the start-up."""
    longest = f"{max(comparison.args.residues)} residues"
    for precision in ("f32", "bf16"):
        ours = [r["protattn"] for r in comparison.of({"precision": precision, "proteins": longest})]
        if not ours:
            continue
        weights, loading = ours[0]["weights_bytes"], statistics.median(o["load_seconds"] for o in ours)
        peaks = [o["peak_bytes"] for o in ours if o["peak_bytes"]]
        beyond = f" + {(max(peaks) - weights) / MIB:.0f} MiB" if peaks else ""
        print(f"memory of protattn in {precision}, {longest}, {comparison.args.threads} workers: "
              f"weights {weights / MIB:.0f} MiB{beyond}; loaded in {loading:.2f} s (files in the page cache)")


def table(comparison):
    print("\n| proteins | precision | protattn, s | GFLOP/s | of the peak | peer | its s | ratio | rounds |")
    print("| --- " * 9 + "|")
    for names in dict.fromkeys(tuple(r[key] for key in NAMES) for r in comparison.rounds):
        rounds = comparison.of(dict(zip(NAMES, names)))
        ours, theirs, ratio, rate, share = summary(rounds)
        what, precision, peer = names
        rate, share = (f"{rate:.0f}", f"{100 * share:.0f} %") if rate else ("", "")
        print(f"| {what} | {precision} | {ours:.3f} | {rate} | {share} | {peer} | {theirs:.3f} | {ratio:.2f} | "
              f"{len(rounds)} |")


def conclusion(comparison):
    args, (name, instructions) = comparison.args, processor()
    peaks = [r["peak"]["gflop_per_second"] for r in comparison.rounds]
    used = comparison.rounds[0]["peak"]["instructions"]
    memory(comparison)
    table(comparison)
    print(f"\nMedians of the rounds, {args.threads} threads; seconds are a protein's, or those of all of a file.")
    print(f"Peak of fused multiply-adds ({used}): {statistics.median(peaks):.1f} GFLOP/s "
          f"({min(peaks):.1f} to {max(peaks):.1f}).")
    print(f"{name} ({' '.join(instructions)}); "
          + ", ".join(f"{what} {version}" for what, version in versions().items()))
    if args.json:
        facts = {"processor": name, "instructions": instructions, "versions": versions(),
                 "arguments": vars(args), "rounds": comparison.rounds}
        Path(args.json).write_text(json.dumps(facts, indent=1) + "\n")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    option = parser.add_argument
    option("examples", help="the folder of the built examples time_passes and fma_peak")
    option("--parts", nargs="*", choices=PARTS, default=PARTS, help="what is compared with ProtBert's shape")
    option("--residues", type=int, nargs="+", default=[64, 256, 510])
    option("--rounds", type=int, default=3)
    option("--passes", type=int, default=1, help="of a peer in a round; protattn does as many on each thread")
    option("--bf16-rounds", type=int, help="in bf16; default: --rounds, but 1 without instructions for bf16")
    option("--threads", type=int, default=2)
    option("--proteins", help="FASTA, JSON lines with `sequence`, or sequences, one a line")
    option("--count", type=int, default=64, help="how many of them, from the first")
    option("--folder", help="where the temporary folder is made")
    option("--json", help="where all rounds are written")
    return parser.parse_args()


def main():
    args = arguments()
    torch.set_num_threads(args.threads)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        comparison = Comparison(args, Path(folder))
        if args.parts:
            peers.make_checkpoint(comparison.folder / BERT, BERT)
        for part in (pytorch, onnx, bf16):
            if part.__name__ in args.parts:
                part(comparison)
                gc.collect()
        if args.proteins:
            proteins(comparison)
        if comparison.rounds:
            conclusion(comparison)


if __name__ == "__main__":
    main()
