"""What many proteins take, from what single ones took: the tables and the figure of docs/cluster.md.

    python3 estimate.py measured.csv estimate.svg

Fits a L + b L^2 seconds to the measured times of each shape (least squares of the relative errors), draws
lengths of proteins (log-normal: median 270 residues, a factor of 2 either way), cuts them to 512 tokens,
and prints Markdown. Python 3.9 or later and
nothing else.
"""

import csv
import math
import random
import sys

COUNTS = (10**3, 10**4, 10**5, 10**6)
WORKERS = (1, 16, 128, 1024)
COLOURS = ("#0072b2", "#d55e00")


def read(path):
    shapes = {}
    for row in csv.DictReader(open(path)):
        shapes.setdefault(row["shape"], []).append(
            (int(row["tokens"]), float(row["seconds_a_protein"]), float(row["start_seconds"]))
        )
    return shapes


def fit(points):
    """a and b of seconds = a L + b L^2, each point weighted by 1 / seconds^2."""
    rows = [(tokens / s, tokens**2 / s) for tokens, s, _ in points]
    aa, ab, bb = (sum(x[i] * x[j] for x in rows) for i, j in ((0, 0), (0, 1), (1, 1)))
    a, b = (sum(x[i] for x in rows) for i in (0, 1))
    d = aa * bb - ab * ab
    return (a * bb - b * ab) / d, (b * aa - a * ab) / d


def mean_seconds(a, b):
    draw = random.Random(0)
    lengths = (min(512, 2 + round(draw.lognormvariate(math.log(270), math.log(2)))) for _ in range(100_000))
    return sum(a * n + b * n * n for n in lengths) / 100_000


def span(seconds):
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} seconds"


def figure(means, path):
    width, height, left, bottom, top, right = 640, 400, 80, 60, 20, 130
    x = lambda n: left + (math.log10(n) - 3) / 3 * (width - left - right)
    y = lambda h: height - bottom - (math.log10(h) + 1) / 5 * (height - bottom - top)
    text = '<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>'.format
    line = '<path d="M{:.1f} {:.1f}L{:.1f} {:.1f}" stroke="{}" stroke-width="{}"/>'.format
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="13">',
        "<title>Hours of one worker for a number of proteins, by the shape of the model</title>",
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for power in range(3, 7):
        parts += [line(x(10**power), y(0.1), x(10**power), y(1e4), "#ddd", 1)]
        parts += [text(x(10**power), height - bottom + 20, "middle", f"{10**power:,}")]
    for power in range(-1, 5):
        parts += [line(x(1e3), y(10.0**power), x(1e6), y(10.0**power), "#ddd", 1)]
        parts += [text(left - 8, y(10.0**power) + 4, "end", f"{10.0**power:,g}" if power < 4 else "10,000")]
    for (shape, mean), colour in zip(means.items(), COLOURS):
        first, last = (n * mean / 3600 for n in (1e3, 1e6))
        parts += [line(x(1e3), y(first), x(1e6), y(last), colour, 2)]
        parts += [text(x(1e6) + 8, y(last) + 4, "start", shape)]
    parts += [text((left + width - right) / 2, height - 15, "middle", "proteins")]
    parts += [f'<g transform="translate(18 {height / 2 - 20}) rotate(-90)">{text(0, 0, "middle", "hours of one worker")}</g>']
    open(path, "w").write("\n".join([*parts, "</svg>"]) + "\n")


def main():
    shapes = read(sys.argv[1])
    print("| shape | tokens | seconds a protein | fitted |\n| --- | --- | --- | --- |")
    means = {}
    for shape, points in shapes.items():
        a, b = fit(points)
        means[shape] = mean_seconds(a, b)
        for tokens, s, _ in points:
            print(f"| {shape} | {tokens} | {s:.3f} | {a * tokens + b * tokens**2:.3f} |")
    print()
    for shape, points in shapes.items():
        a, b = fit(points)
        start = sorted(start for _, _, start in points)[len(points) // 2]
        print(f"{shape}: {a * 1e3:.3f} ms L + {b * 1e6:.3f} us L^2, start {start:.1f} s, mean {means[shape]:.2f} s")
    print("\n| proteins | shape |" + "".join(f" {n} |" for n in WORKERS))
    print("| --- " * (2 + len(WORKERS)) + "|")
    for count in COUNTS:
        for shape, mean in means.items():
            times = "".join(f" {span(count * mean / workers)} |" for workers in WORKERS)
            print(f"| {count:,} | {shape} |{times}")
    figure(means, sys.argv[2])


if __name__ == "__main__":
    main()
