"""Makes the test resource goldens/preprocess from the full golden folder of that name.

usage: reduce_preprocess.py FULL_FOLDER OUTPUT_FOLDER     (needs numpy)

pixel_values are a function of a byte and its channel: (float32(v * 1/255) - mean) / std. So each tensor of
the `.pil` processors is stored as the bytes it came from, U8 [3, H, W], a quarter of the size; the script
refuses to go on unless recomputing them gives every float32 bit for bit. To keep the test honest, three
tensors are also stored as they are, under NAME@float.
"""

import json
import shutil
import struct
import sys
from pathlib import Path

import numpy as np

full, out = Path(sys.argv[1]), Path(sys.argv[2])
# Large, and alike to others that are kept.
LEFT_OUT = {"clip336.pil", "blip224.pil"}
KEEP_FLOAT = {"clip56.pil/tall.jpg", "blip64.pil/tall.jpg", "siglip48.pil/tall.jpg"}

raw = (full / "golden.safetensors").read_bytes()
length = struct.unpack("<Q", raw[:8])[0]
header = json.loads(raw[8 : 8 + length])
golden = json.loads((full / "golden.json").read_text())

kept = {}
for name, entry in sorted(header.items()):
    processor = name.split("/")[0]
    if not processor.endswith(".pil") or processor in LEFT_OUT:
        continue
    begin, end = entry["data_offsets"]
    values = np.frombuffer(raw[8 + length + begin : 8 + length + end], "<f4").reshape(entry["shape"])
    settings = golden["processors"][processor]
    mean = np.array(settings["image_mean"], np.float32)[:, None, None]
    std = np.array(settings["image_std"], np.float32)[:, None, None]
    scale = settings["rescale_factor"]
    pixels = np.clip(np.rint((values.astype(np.float64) * std + mean) / scale), 0, 255).astype(np.uint8)
    again = ((pixels.astype(np.float64) * scale).astype(np.float32) - mean) / std
    if not np.array_equal(again, values):
        sys.exit(f"{name} is not a function of bytes: off by {abs(again - values).max()}")
    kept[name] = ("U8", pixels)
    if name in KEEP_FLOAT:
        kept[name + "@float"] = ("F32", values)

head, body = {}, b""
for name, (dtype, data) in kept.items():
    bytes_ = np.ascontiguousarray(data).tobytes()
    head[name] = {"dtype": dtype, "shape": list(data.shape), "data_offsets": [len(body), len(body) + len(bytes_)]}
    body += bytes_
text = json.dumps(head, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
out.mkdir(parents=True, exist_ok=True)
(out / "golden.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + body)
small = {
    "images": golden["images"],
    "processors": {k: v for k, v in golden["processors"].items() if k.endswith(".pil") and k not in LEFT_OUT},
}
(out / "golden.json").write_text(json.dumps(small, indent=1) + "\n")
for folder in ("images", "decoded"):
    (out / folder).mkdir(exist_ok=True)
    for file in (full / folder).iterdir():
        shutil.copyfile(file, out / folder / file.name)
print(len(kept), "tensors,", len(body), "bytes")
