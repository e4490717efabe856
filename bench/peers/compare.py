"""Runs rows of the comparison, one side after the other, and prints a table of ratios.

    python compare.py FOLDER --python PYTHON --java "java -cp bench/target/classes:cli/target/lib/*" [--rows encode,write] [--out lines.jsonl]

FOLDER is what peers.py made. PYTHON has torch, transformers, torchvision, pillow and pycocoevalcap. Nothing else may run
on the machine. Lines that are in --out already are not measured again.
"""

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
from pathlib import Path

BOTH = ("fp32", "bf16")
# Ours, theirs, formats of theirs, formats of ours.
ROWS = [
    *((f"encode-b32-{b}",) * 2 + (BOTH, ("f32", "bf16")) for b in (1, 8, 32)),
    *((f"encode-l14-{b}",) * 2 + (BOTH, ("f32", "bf16")) for b in (1, 8)),
    *((f"write-gpt2-{b}-{k}",) * 2 + (BOTH, ("f32", "bf16") + (("int8", "int4") if (b, k) == (1, 1) else ()))
      for b, k in ((1, 1), (1, 5), (8, 1), (8, 5), (32, 1))),
    ("shots", "shots", BOTH, ("f32", "bf16")),
    ("train-cached-1", "train-cached", BOTH, ("f32", "bf16")),
    ("train-cached-5", "train-cached", BOTH, ("bf16",)),
    ("train-cached-5", "train-online", BOTH, ("bf16",)),
    *((f"blip2-{b}-{k}",) * 2 + (BOTH, ("f32", "bf16")) for b, k in ((1, 1), (8, 1))),
    ("pixels", "pixels-torchvision", ("fp32",), ("f32",)),
    ("pixels", "pixels-pil", ("fp32",), ("f32",)),
    ("scores", "scores", ("fp32",), ("f32",)),
    ("meteor", "meteor", ("fp32",), ("f32",)),
]
# Large pages and memory that is kept, as the program's own launcher sets them.
OURS = {"THP_MEM_ALLOC_ENABLE": "1", "MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_MAX_": "0",
        "MALLOC_TRIM_THRESHOLD_": str(1 << 34), "MALLOC_TOP_PAD_": str(1 << 26)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--java", required=True)
    parser.add_argument("--rows", default="", help="beginnings of names, with commas")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("compare.jsonl"))
    o = parser.parse_args()
    known = {}
    if o.out.exists():
        for line in o.out.read_text().splitlines():
            entry = json.loads(line)
            known[tuple(entry["key"])] = entry
    rows = [row for row in ROWS if row[0].startswith(tuple(o.rows.split(",")))]
    for ours, theirs, their_formats, our_formats in rows:
        for form in their_formats:
            measure(("python", theirs, form), known, o)
        for form in our_formats:
            measure(("lorgnette", ours, form), known, o)
    print("| stage | sizes | theirs, by format | ours, by format | best of ours to best of theirs | spread of the two |")
    print("|---|---|---|---|---|---|")
    for ours, theirs, their_formats, our_formats in rows:
        table(ours, theirs, [known.get(("python", theirs, f)) for f in their_formats],
              [known.get(("lorgnette", ours, f)) for f in our_formats])


def measure(key, known, o):
    if key in known:
        return
    side, stage, form = key
    here = Path(__file__).with_name("peers.py")
    environment = dict(os.environ, OMP_NUM_THREADS=str(o.threads), HF_HUB_OFFLINE="1")
    if side == "python":
        command = [o.python, str(here), "run", str(o.folder), stage, "--format", form, "--runs", str(o.runs),
                   "--threads", str(o.threads)]
    else:
        environment.update(OURS)
        command = [*shlex.split(o.java), "io.lorgnette.peers.Peers", str(o.folder), str(o.runs), str(o.threads), form,
                   stage]
    ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if ended.returncode:
        print(f"{' '.join(key)} failed: {ended.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return
    entry = dict(json.loads(ended.stdout.strip().splitlines()[-1]), key=list(key))
    known[key] = entry
    with o.out.open("a") as out:
        out.write(json.dumps(entry) + "\n")
    print(f"{' '.join(key)}: {statistics.median(entry['rates']):.1f} {entry['unit']}/s", file=sys.stderr)


def table(ours, theirs, of_theirs, of_ours):
    of_theirs, of_ours = [e for e in of_theirs if e], [e for e in of_ours if e]
    if not of_theirs or not of_ours:
        return
    best = max(of_theirs, key=lambda e: statistics.median(e["rates"]))
    mine = max((e for e in of_ours if not e["key"][2].startswith("int")), key=lambda e: statistics.median(e["rates"]))
    ratio = statistics.median(mine["rates"]) / statistics.median(best["rates"])
    spread = [f"{100 * (max(e['rates']) / min(e['rates']) - 1):.0f} %" for e in (best, mine)]
    name = best["stage"] if ours.split("-")[0] == theirs.split("-")[0] else theirs
    print(f"| {name} | {mine['shape']} | {listed(of_theirs)} {best['unit']}/s | {listed(of_ours)} | {ratio:.2f} | "
          f"{', '.join(spread)} |")


def listed(entries):
    return ", ".join(f"{entry['key'][2]} {number(statistics.median(entry['rates']))}" for entry in entries)


def number(rate):
    return f"{rate:.0f}" if rate >= 100 else f"{rate:.1f}" if rate >= 10 else f"{rate:.2f}"


if __name__ == "__main__":
    main()
