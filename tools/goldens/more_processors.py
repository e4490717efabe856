"""What further processors make of the decoded pictures in goldens/preprocess.

usage: more_processors.py PREPROCESS_FOLDER OUTPUT_FOLDER
       (needs transformers with its Pillow backend, timm, open_clip, torch, torchvision, numpy, pillow)

For each configuration file below: the pixel values as the bytes that they come from, U8 [3, H, W], in golden.safetensors under
CONFIG/PICTURE; for SigLIP 2's patches float32 [patches, values] and the shape in patches. The script refuses to go on
unless the bytes give the pixel values again within 1e-6.
"""

import json
import struct
import sys
from pathlib import Path

import numpy as np
import open_clip
import PIL
import timm
import timm.data
import torchvision
import transformers
from open_clip.transform import PreprocessCfg, image_transform_v2
from PIL import Image

SOURCE, OUT = Path(sys.argv[1]), Path(sys.argv[2])
PICTURES = ["wide", "tall", "photo-420", "tiny", "thin", "gray", "cmyk", "square224"]
IMAGENET = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
HF_IMAGENET = {"image_mean": IMAGENET["mean"], "image_std": IMAGENET["std"]}

CONFIGS = {
    "bit": {"image_processor_type": "BitImageProcessor", "size": {"shortest_edge": 29}, "crop_size": {"height": 24, "width": 24},
            "resample": 3, "do_center_crop": True, "do_convert_rgb": True, **HF_IMAGENET},
    "bit-plain": {"image_processor_type": "BitImageProcessorFast", "size": {"shortest_edge": 24}, "crop_size": {"height": 23, "width": 23}},
    "beit": {"image_processor_type": "BeitImageProcessor", "size": {"height": 24, "width": 24}, "do_center_crop": False, "resample": 2,
             "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "do_reduce_labels": False},
    "beit-crop": {"image_processor_type": "BeitImageProcessor", "size": {"height": 28, "width": 28}, "crop_size": {"height": 23, "width": 23}, "do_center_crop": True},
    "vit": {"image_processor_type": "ViTImageProcessor", "size": {"height": 25, "width": 25}, "resample": 2},
    "deit": {"image_processor_type": "DeiTImageProcessor", "size": {"height": 27, "width": 27}, "crop_size": {"height": 24, "width": 24}},
    "convnext": {"image_processor_type": "ConvNextImageProcessor", "size": {"shortest_edge": 24}, "crop_pct": 0.875, "resample": 3, **HF_IMAGENET},
    "convnext-plain": {"image_processor_type": "ConvNextFeatureExtractor", "size": {"shortest_edge": 23}, "resample": 2},
    "siglip2": {"image_processor_type": "Siglip2ImageProcessor", "patch_size": 4, "max_num_patches": 30, "resample": 2},
    "siglip2-plain": {"image_processor_type": "Siglip2ImageProcessorFast", "max_num_patches": 6},
    "timm-center": {"architecture": "x", "pretrained_cfg": {"input_size": [3, 24, 24], "crop_pct": 0.9, "interpolation": "bicubic", "crop_mode": "center", **IMAGENET}},
    "timm-bilinear": {"architecture": "x", "pretrained_cfg": {"input_size": [3, 23, 23], "crop_pct": 0.875, "interpolation": "bilinear", "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}},
    "timm-squash": {"architecture": "x", "pretrained_cfg": {"input_size": [3, 24, 24], "crop_pct": 0.95, "interpolation": "bicubic", "crop_mode": "squash", **IMAGENET}},
    "timm-border": {"architecture": "x", "pretrained_cfg": {"input_size": [3, 24, 24], "crop_pct": 0.8, "interpolation": "bicubic", "crop_mode": "border", **IMAGENET}},
    "timm-older": {"architecture": "x", "input_size": [3, 24, 24], "crop_pct": 0.96, "interpolation": "bicubic", **IMAGENET},
    "open-clip": {"model_cfg": {"vision_cfg": {"image_size": 24}}, "preprocess_cfg": {"mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711]}},
    "open-clip-squash": {"model_cfg": {}, "preprocess_cfg": {"size": [24, 24], "mode": "RGB", "interpolation": "bilinear", "resize_mode": "squash", "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}},
    "open-clip-longest": {"model_cfg": {}, "preprocess_cfg": {"size": 24, "resize_mode": "longest", "fill_color": 127, "interpolation": "bicubic"}},
}
CLASSES = {"BitImageProcessorFast": "BitImageProcessorPil", "ConvNextFeatureExtractor": "ConvNextImageProcessorPil", "Siglip2ImageProcessorFast": "Siglip2ImageProcessorPil"}


def processor(config):
    """A function from a picture to its values, the mean and the deviation."""
    if "image_processor_type" in config:
        name = config["image_processor_type"]
        settings = {k: v for k, v in config.items() if k != "image_processor_type"}
        made = getattr(transformers, CLASSES.get(name, name + "Pil"))(**settings)
        return lambda picture: made(picture, return_tensors="np"), made.image_mean, made.image_std
    if "preprocess_cfg" in config:
        # open_clip fills the size in from the model where the processor's part is silent.
        settings = {"size": config["model_cfg"].get("vision_cfg", {}).get("image_size", 224), **config["preprocess_cfg"]}
        cfg = PreprocessCfg(**settings)
        made = image_transform_v2(cfg, is_train=False)
        return lambda picture: made(picture).numpy(), cfg.mean, cfg.std
    settings = timm.data.resolve_data_config(pretrained_cfg=config.get("pretrained_cfg", config))
    made = timm.data.create_transform(**settings, is_training=False)
    return lambda picture: made(picture).numpy(), settings["mean"], settings["std"]


def as_bytes(name, values, mean, std):
    mean = np.array(mean, np.float32)[:, None, None]
    std = np.array(std, np.float32)[:, None, None]
    pixels = np.clip(np.rint((values.astype(np.float64) * std + mean) * 255), 0, 255).astype(np.uint8)
    again = ((pixels.astype(np.float64) / 255).astype(np.float32) - mean) / std
    off = abs(again - values).max()
    if off > 1e-6:
        sys.exit(f"{name} is not a function of bytes: off by {off}")
    return pixels


def main():
    tensors, shapes, norms = {}, {}, {}
    for name, config in CONFIGS.items():
        run, mean, std = processor(config)
        norms[name] = {"mean": list(mean), "std": list(std)}
        for picture in PICTURES:
            image = Image.open(SOURCE / "decoded" / f"{picture}.png").convert("RGB")
            result = run(image)
            key = f"{name}/{picture}"
            if name.startswith("siglip2"):
                rows, columns = (int(n) for n in np.asarray(result["spatial_shapes"])[0])
                mask = np.asarray(result["pixel_attention_mask"])[0]
                assert mask.sum() == rows * columns and mask[: rows * columns].all()
                shapes[key] = [rows, columns]
                tensors[key] = ("F32", np.asarray(result["pixel_values"])[0].astype(np.float32))
            else:
                values = np.asarray(result["pixel_values"])[0] if not isinstance(result, np.ndarray) else result
                tensors[key] = ("U8", as_bytes(key, values, mean, std))
    head, body = {}, b""
    for name, (dtype, data) in sorted(tensors.items()):
        data = np.ascontiguousarray(data).tobytes(), list(data.shape)
        head[name] = {"dtype": dtype, "shape": data[1], "data_offsets": [len(body), len(body) + len(data[0])]}
        body += data[0]
    text = json.dumps(head, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "golden.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + body)
    (OUT / "golden.json").write_text(json.dumps({"pictures": PICTURES, "configs": CONFIGS, "shapes": shapes, "norms": norms}, indent=1) + "\n")
    (OUT / "README.md").write_text(
        "# Further processors\n\nConfiguration files (`golden.json`) of Hugging Face, timm and open_clip processors, and the pixels that they make of the decoded\n"
        "pictures in `../preprocess/decoded`. Made by `tools/goldens/more_processors.py`.\n\n"
        f"Made with transformers {transformers.__version__} (Pillow backend), timm {timm.__version__}, open_clip {open_clip.__version__}, "
        f"torchvision {torchvision.__version__}, pillow {PIL.__version__}, numpy {np.__version__}.\n")


main()
