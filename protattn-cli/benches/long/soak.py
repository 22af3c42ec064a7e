"""A long run of many proteins: whether memory and speed stay as they are.

    python3 soak.py PROTATTN MODEL COUNT DATA...

Makes COUNT proteins of the data sets, each with another identifier and, so that none is run with
another, three to nine residues of its sequence exchanged (seed 0); counts them; and prints a line for
each twentieth of the residues: seconds, residues a second in that twentieth, resident memory, and bytes
saved. Longest first, as `align` takes them. Python 3.9 or later, Linux; nothing else.
"""

import json
import os
import pathlib
import pty
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

LETTERS = "ACDEFGHIKLMNPQRSTVWY"
ARGUMENTS = ["--max-tokens", "130", "--bootstrap", "100", "--no-figures"]


def make(protattn, sets, count, path):
    records = path.with_name("records.jsonl")
    subprocess.run(
        [protattn, "data", "convert", *sets, "--output", records], check=True, stderr=subprocess.DEVNULL
    )
    known = [json.loads(line) for line in records.open()]
    draw = random.Random(0)
    with path.open("w") as out:
        for number in range(count):
            record = known[number % len(known)]
            residues = list(record["sequence"])
            for place in draw.choices(range(len(residues)), k=draw.randint(3, 9)):
                residues[place] = draw.choice(LETTERS)
            changed = {**record, "id": f"{record['id']}-{number}", "sequence": "".join(residues)}
            out.write(json.dumps(changed) + "\n")


def resident(process):
    lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def saved(folder):
    try:
        return sum(file.stat().st_size for file in folder.iterdir()) / 2**20
    except FileNotFoundError:
        return 0.0


def residues_read(path, tokens=130 - 2):
    return sum(min(len(json.loads(line)["sequence"]), tokens) for line in path.open())


def main():
    protattn, model, count, *sets = sys.argv[1:]
    work = pathlib.Path(tempfile.mkdtemp())
    data, output = work / "data.jsonl", work / "results"
    make(protattn, sets, int(count), data)
    residues = residues_read(data)
    command = [protattn, "align", "--model", model, "--data", data, "--output", output, *ARGUMENTS]
    process, terminal = pty.fork()
    if process == 0:
        os.execvp(protattn, [str(word) for word in command])
    start = last = None
    shown, text = 0, ""
    print("% done  seconds  residues/s  resident MiB  saved MiB")
    while True:
        try:
            text = (text + os.read(terminal, 4096).decode(errors="replace"))[-4096:]
        except OSError:
            break
        percent = re.findall(r"\] (\d+)%", text)
        now = time.monotonic()
        if not percent:
            continue
        if start is None:
            start, last, shown = now, now, int(percent[-1])
        if int(percent[-1]) >= shown + 5:
            done = int(percent[-1])
            speed = residues * (done - shown) / 100 / (now - last)
            shown, last = done, now
            line = f"{done:6}  {now - start:7.1f}  {speed:10.0f}"
            print(f"{line}  {resident(process):12.1f}  {saved(output / 'saved'):9.1f}", flush=True)
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    run = json.loads((output / "run.json").read_text())
    print(f"status {status}, {run['proteins']} proteins, {run['seconds']:.1f} s in all")
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
