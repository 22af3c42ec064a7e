#!/usr/bin/env python3
"""Counts the code of each crate without tests, comments and blank lines, and finds long functions.

Left out are `tests/`, `benches/`, `examples/`, files named `tests.rs` or in a folder `tests/`, and modules
marked `#[cfg(test)]`. A function's length is that of its body, found by indentation as rustfmt has it.

    .ci/lines.py [FOLDER]
"""

import pathlib
import re
import sys

FUNCTION = re.compile(r"^(\s*)(?:pub(?:\([a-z:]+\))? )?(?:const |async |unsafe |extern \"C\" )*fn (\w+)")


def without_tests(lines):
    """The lines outside `#[cfg(test)] mod ... { }`."""
    kept, skip_to, place = [], None, 0
    while place < len(lines):
        line = lines[place]
        if skip_to is not None:
            skip_to = None if line == skip_to else skip_to
        elif line.strip() == "#[cfg(test)]":
            ahead = place + 1
            while lines[ahead].strip().startswith("#["):
                ahead += 1
            if not lines[ahead].rstrip().endswith(";"):
                skip_to = re.match(r"\s*", line)[0] + "}"
            place = ahead
        else:
            kept.append(line)
        place += 1
    return kept


def functions(lines):
    """The name of each function, and the lines of its body."""
    open_at = []
    for place, line in enumerate(lines):
        found = FUNCTION.match(line)
        if found:
            open_at.append((found[1], found[2], place))
        for indent, name, start in open_at[-1:]:
            if line == indent + "}":
                head = next(n for n in range(start, place + 1) if lines[n].rstrip().endswith("{"))
                yield name, place - head - 1
                open_at.pop()
            elif line.rstrip().endswith((";", "}")) and place == start:
                open_at.pop()


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    total, long = 0, []
    for crate in sorted(root.glob("protattn-*")):
        code = files = 0
        for path in sorted((crate / "src").rglob("*.rs")):
            if path.name == "tests.rs" or "tests" in path.relative_to(crate).parts:
                continue
            lines = without_tests(path.read_text().splitlines())
            code += sum(1 for line in lines if line.strip() and not line.strip().startswith("//"))
            files += 1
            long += [(n, f"{path.relative_to(root)} {name}") for name, n in functions(lines)]
        print(f"{crate.name:18} {files:4} files {code:6} lines of code")
        total += code
    print(f"{'all':18} {'':10} {total:6} lines of code")
    long.sort(reverse=True)
    print("the longest functions:")
    for length, where in long[:12]:
        print(f"  {length:4} {where}")


main()
