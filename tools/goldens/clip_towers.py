"""Goldens of CLIP and SigLIP towers beyond those that a plain forward pass of a checkpoint gives.

usage: clip_towers.py GOLDENS_FOLDER     (needs torch, transformers and open_clip_torch)

GOLDENS_FOLDER holds clip-vision and siglip-vision, whose checkpoints are used; written are
  open-clip/       a pair in OpenCLIP's form: open_clip_config.json, open_clip_model.safetensors
  clip-positions/  clip-vision and siglip-vision at other image sizes, and a table resized in every way
  clip-text/       Hugging Face's CLIPTextModelWithProjection whose configuration has the old end token 2
  siglip2-dual/    Hugging Face's Siglip2Model: pictures of any shape as patches, and texts
  tower-counts/    parameters of published configurations, counted on the meta device
Random weights, seeds below; everything in float32 on the CPU.
"""

import json
import sys
from pathlib import Path

import open_clip
import torch
import torch.nn.functional as F
import transformers
from open_clip.factory import get_model_config
from open_clip.model import CLIP, resize_pos_embed
from safetensors.torch import load_file, save_file
from transformers import (
    CLIPTextConfig,
    CLIPTextModelWithProjection,
    CLIPVisionModel,
    Siglip2Config,
    Siglip2Model,
    SiglipConfig,
    SiglipModel,
    SiglipVisionModel,
)

ROOT = Path(sys.argv[1])
VERSIONS = (
    f"Made by tools/goldens/clip_towers.py with Python {sys.version.split()[0]}, torch {torch.__version__}, "
    f"transformers {transformers.__version__}, open_clip_torch {open_clip.__version__}; CPU, float32 arithmetic. "
    "Random weights: the numbers mean nothing, only their equality does.\n"
)
torch.set_num_threads(1)


def write(name, title, text, tensors):
    folder = ROOT / name
    folder.mkdir(exist_ok=True)
    tensors = {k: v.detach().contiguous() for k, v in tensors.items()}
    if tensors:
        save_file(tensors, folder / "golden.safetensors")
        shapes = {"tensors": {k: list(v.shape) for k, v in tensors.items()}}
        (folder / "golden.json").write_text(json.dumps(shapes, indent=1) + "\n")
    (folder / "README.md").write_text(f"# {name}: {title}\n\n{text}\n\n{VERSIONS}")


def spread(model):
    """Parameters far enough from their start that every one of them shows."""
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.dim() == 0:
                continue
            p.copy_(torch.randn_like(p) * 0.2)
            if name.endswith("weight") and p.dim() == 1:
                p.add_(1)


def open_clip_pair():
    torch.manual_seed(2601)
    config = {
        "embed_dim": 20,
        "vision_cfg": {
            "image_size": 24, "layers": 2, "width": 48, "head_width": 16, "mlp_ratio": 2.3, "patch_size": 8,
        },
        "text_cfg": {"context_length": 9, "vocab_size": 40, "width": 24, "heads": 2, "layers": 2},
        "quick_gelu": True,
    }
    model = CLIP(**config).eval()
    spread(model)
    with torch.no_grad():
        model.logit_scale.fill_(1.7)
    folder = ROOT / "open-clip"
    folder.mkdir(exist_ok=True)
    preprocess = {"mean": [0.4, 0.5, 0.6], "std": [0.2, 0.3, 0.4], "interpolation": "bicubic", "resize_mode": "squash"}
    both = {"model_cfg": config, "preprocess_cfg": preprocess}
    (folder / "open_clip_config.json").write_text(json.dumps(both, indent=1) + "\n")
    state = {k: v.contiguous() for k, v in model.state_dict().items()}
    save_file(state, folder / "open_clip_model.safetensors")
    pixels = torch.randn(2, 3, 24, 24)
    ids = torch.tensor([[38, 5, 17, 39, 0, 0, 0, 0, 0], [38, 3, 3, 29, 8, 11, 7, 2, 39], [38, 39, 0, 0, 0, 0, 0, 0, 0]])
    larger = torch.randn(2, 3, 40, 40)
    with torch.no_grad():
        image, text, scale = model(pixels, ids)
        tensors = {
            "pixel_values": pixels,
            "input_ids": ids,
            "image_features": model.encode_image(pixels),
            "text_pooled": model.encode_text(ids),
            "image_embeds": image,
            "text_embeds": text,
            "logits_per_image": scale * image @ text.t(),
        }
        config["vision_cfg"]["image_size"] = 40
        other = CLIP(**config).eval()
        resize_pos_embed(state, other)
        other.load_state_dict(state)
        tensors["pixel_values.40"] = larger
        tensors["image_features.40"] = other.encode_image(larger)
    write(
        "open-clip",
        "a pair of OpenCLIP",
        "open_clip's CLIP with quick GELU, heads of 16, a feed-forward of int(48 * 2.3) = 110 and context 9. Seed 2601.\n"
        "`image_features`, `text_pooled`: not normalised; `*_embeds` are. `*.40`: the same weights at 40 pixels,\n"
        "positions resized by open_clip's own loader (bicubic, antialiased).",
        tensors,
    )


def positions():
    torch.manual_seed(2602)
    clip = CLIPVisionModel.from_pretrained(ROOT / "clip-vision/checkpoint").eval()
    siglip = SiglipVisionModel.from_pretrained(ROOT / "siglip-vision/checkpoint").eval()
    tensors = {"clip.pixel_values": torch.randn(1, 3, 42, 42), "siglip.pixel_values": torch.randn(1, 3, 24, 24)}
    with torch.no_grad():
        for name, model in {"clip": clip, "siglip": siglip}.items():
            out = model(tensors[name + ".pixel_values"], interpolate_pos_encoding=True)
            tensors[name + ".last_hidden_state"] = out.last_hidden_state
            tensors[name + ".pooler_output"] = out.pooler_output
    table = torch.randn(5 * 5, 3)
    tensors["table"] = table
    grid = table.reshape(1, 5, 5, 3).permute(0, 3, 1, 2)
    ways = {
        "bicubic": dict(mode="bicubic", align_corners=False),
        "bicubic-corners": dict(mode="bicubic", align_corners=True),
        "bicubic-antialiased": dict(mode="bicubic", align_corners=False, antialias=True),
        "bilinear-antialiased": dict(mode="bilinear", align_corners=False, antialias=True),
    }
    for way, arguments in ways.items():
        for rows, columns in [(7, 9), (3, 2), (1, 12)]:
            resized = F.interpolate(grid, size=(rows, columns), **arguments)
            tensors[f"{way}.{rows}x{columns}"] = resized.permute(0, 2, 3, 1).reshape(rows * columns, 3)
    write(
        "clip-positions",
        "positions of other image sizes",
        "`clip.*`: the checkpoint of clip-vision (30 pixels, patch 6) at 42; `siglip.*`: that of siglip-vision (32, patch 8)\n"
        "at 24; both with Hugging Face's interpolate_pos_encoding. `WAY.RxC`: `table`, 5x5 places of width 3, resized by\n"
        "torch's interpolate. Seed 2602.",
        tensors,
    )


def legacy_text():
    torch.manual_seed(2603)
    config = CLIPTextConfig(
        vocab_size=50, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=3,
        max_position_embeddings=8, projection_dim=10, eos_token_id=2, bos_token_id=0, pad_token_id=1,
    )
    model = CLIPTextModelWithProjection(config).eval()
    spread(model)
    model.save_pretrained(ROOT / "clip-text/checkpoint")
    ids = torch.tensor([[48, 2, 7, 9, 49, 49, 49, 49], [48, 11, 49, 1, 1, 1, 1, 1]])
    with torch.no_grad():
        out = model(ids)
    write(
        "clip-text",
        "CLIPTextModelWithProjection with the old end token",
        "The configuration says eos_token_id 2, as OpenAI's published files do: the place of the largest id is pooled, not\n"
        "that of token 2, which the first text holds in its middle. No mask. Seed 2603.",
        {"input_ids": ids, "text_embeds": out.text_embeds, "last_hidden_state": out.last_hidden_state},
    )


def siglip2_pair():
    torch.manual_seed(2604)
    vision = dict(hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=3, num_patches=9, patch_size=4)
    text = dict(
        vocab_size=30, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        max_position_embeddings=6, projection_size=24, bos_token_id=2, eos_token_id=3, pad_token_id=0,
    )
    model = Siglip2Model(Siglip2Config(vision_config=vision, text_config=text)).eval()
    spread(model)
    with torch.no_grad():
        model.logit_scale.fill_(2.1)
        model.logit_bias.fill_(-3.3)
    model.save_pretrained(ROOT / "siglip2-dual/checkpoint")
    shapes = torch.tensor([[2, 5], [4, 3]])
    mask = (torch.arange(12)[None] < shapes.prod(-1)[:, None]).long()
    pixels = torch.randn(2, 12, 48) * mask[..., None]
    ids = torch.tensor([[7, 9, 3, 0, 0, 0], [11, 12, 13, 14, 15, 3], [8, 3, 0, 0, 0, 0]])
    with torch.no_grad():
        out = model(input_ids=ids, pixel_values=pixels, pixel_attention_mask=mask, spatial_shapes=shapes)
    names = ["image_embeds", "text_embeds", "logits_per_image", "logits_per_text"]
    tensors = {name: getattr(out, name) for name in names}
    tensors |= {"pixel_values": pixels, "pixel_attention_mask": mask, "spatial_shapes": shapes, "input_ids": ids}
    write(
        "siglip2-dual",
        "Siglip2Model (the NaFlex form)",
        "Two pictures of 2x5 and 4x3 patches, three texts of 6 tokens, padded, without mask; the text tower is narrower than\n"
        "the vision tower. `*_embeds` are normalised; logits = exp(logit_scale) * cos + logit_bias. Seed 2604.",
        tensors,
    )


def count(module):
    return sum(p.numel() for p in module.parameters())


def counts():
    result = {}
    with torch.device("meta"):
        names = ["ViT-B-32", "ViT-B-16", "ViT-L-14", "ViT-L-14-336", "ViT-H-14", "ViT-g-14", "ViT-bigG-14"]
        for name in names + ["RN50", "RN101", "RN50x4", "RN50x16", "RN50x64"]:
            config = {k: v for k, v in get_model_config(name).items() if k != "custom_text"}
            model = CLIP(**config)
            entry = {"model": count(model), "vision": count(model.visual)}
            if name.startswith("RN"):
                entry["trunk"] = count(model.visual) - count(model.visual.attnpool)
            entry["config"] = config
            result["open_clip " + name] = entry

        def siglip(kind, vision, text):
            cls, cfg = {"siglip": (SiglipModel, SiglipConfig), "siglip2": (Siglip2Model, Siglip2Config)}[kind]
            model = cls(cfg(vision_config=vision, text_config=text))
            entry = {"model": count(model), "vision": count(model.vision_model), "text": count(model.text_model)}
            entry["config"] = {"model_type": kind, "vision_config": vision, "text_config": text}
            return entry

        base = dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12)
        large = dict(hidden_size=1024, intermediate_size=4096, num_hidden_layers=24, num_attention_heads=16)
        so = dict(hidden_size=1152, intermediate_size=4304, num_hidden_layers=27, num_attention_heads=16)
        giant = dict(hidden_size=1536, intermediate_size=6144, num_hidden_layers=40, num_attention_heads=16)
        v1, v2 = dict(vocab_size=32000), dict(vocab_size=256000)
        result["siglip B/16 224"] = siglip("siglip", dict(base, image_size=224, patch_size=16), dict(base, **v1))
        result["siglip L/16 256"] = siglip("siglip", dict(large, image_size=256, patch_size=16), dict(large, **v1))
        result["siglip So400m/14 384"] = siglip("siglip", dict(so, image_size=384, patch_size=14), dict(so, **v1))
        result["siglip2 B/16 256"] = siglip("siglip", dict(base, image_size=256, patch_size=16), dict(base, **v2))
        result["siglip2 g/16 384"] = siglip(
            "siglip", dict(giant, image_size=384, patch_size=16), dict(so, **v2, projection_size=1536))
        result["siglip2 B/16 NaFlex"] = siglip("siglip2", dict(base, num_patches=256, patch_size=16), dict(base, **v2))
    folder = ROOT / "tower-counts"
    write(
        "tower-counts",
        "parameters of published configurations",
        "`counts.json`: for each model its configuration as OpenCLIP's package has it, or as the published SigLIP files say\n"
        "(from general knowledge), and the parameters of the module that the package builds from it on the meta device.",
        {},
    )
    (folder / "counts.json").write_text(json.dumps(result, indent=1) + "\n")


open_clip_pair()
positions()
legacy_text()
siglip2_pair()
counts()
