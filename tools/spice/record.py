"""Makes SPICE's input of captions.txt, and the golden of its output. See the README beside this file."""

import json
import subprocess
import sys
from pathlib import Path

DROPPED = "'' ' `` ` -LRB- -RRB- -LCB- -RCB- . ? ! , : - -- ... ;".split()
KINDS = {
    "Object": "object",
    "Attribute": "attribute",
    "Relation": "relation",
    "Color": "colour",
    "Cardinality": "count",
    "Size": "size",
}


def tokenized(jar):
    """The captions of each image, as pycocoevalcap gives them to SPICE."""
    images = [block.split("\n") for block in Path("captions.txt").read_text().strip().split("\n\n")]
    Path("lines.txt").write_text("".join(c + "\n" for image in images for c in image))
    tool = ["java", "-cp", jar, "edu.stanford.nlp.process.PTBTokenizer"]
    run = subprocess.run(
        tool + ["-preserveLines", "-lowerCase", "lines.txt"], capture_output=True, text=True, check=True
    )
    lines = iter(run.stdout.split("\n"))
    return [
        [" ".join(w for w in next(lines).rstrip().split(" ") if w not in DROPPED) for _ in image]
        for image in images
    ]


def make_input(jar):
    images = tokenized(jar)
    rows = []
    for i, (first, *others) in enumerate(images):
        rows.append({"image_id": f"{i + 1}", "test": first, "refs": others})
        rows.append({"image_id": f"{i + 1}-last", "test": others[3], "refs": [first] + others[:3]})
        strange = images[(i + 7) % len(images)][0]
        rows.append({"image_id": f"{i + 1}-other", "test": strange, "refs": others})
    Path("images.json").write_text(json.dumps(rows, indent=1))
    single = [
        {"image_id": f"{i}_{j}", "test": caption, "refs": [caption]}
        for i, captions in enumerate(images)
        for j, caption in enumerate(captions)
    ]
    Path("captions.json").write_text(json.dumps(single, indent=1))


def tuples(found):
    return [one["tuple"] for one in found]


def scores(found):
    everything = found["All"]
    named = {
        "SPICE": everything["f"],
        "SPICE precision": everything["pr"],
        "SPICE recall": everything["re"],
    }
    named.update({"SPICE " + name: found[kind]["f"] for kind, name in KINDS.items()})
    return named


def golden():
    def both(name):
        results = {r["image_id"]: r for r in json.loads(Path(name + ".out.json").read_text())}
        return [(row, results[row["image_id"]]) for row in json.loads(Path(name + ".json").read_text())]

    captions = {
        row["test"]: {"caption": row["test"], "tuples": tuples(found["test_tuples"])}
        for row, found in both("captions")
    }
    images = [
        {
            "image": row["image_id"],
            "result": row["test"],
            "references": row["refs"],
            "scores": scores(found["scores"]),
            "tuples": tuples(found["ref_tuples"]),
        }
        for row, found in both("images")
    ]

    def lines(rows):
        return "[\n" + ",\n".join("  " + json.dumps(r, ensure_ascii=False) for r in rows) + "\n ]"

    print('{\n "captions": ' + lines(captions.values()) + ',\n "images": ' + lines(images) + "\n}")


if __name__ == "__main__":
    if sys.argv[1] == "input":
        make_input(sys.argv[2])
    else:
        golden()
