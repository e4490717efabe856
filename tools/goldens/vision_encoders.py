"""Makes the goldens dinov2-registers, dinov2-swiglu, beit-shared and nf-resnet-training.

usage: vision_encoders.py OUTPUT_FOLDER NF_RESNET_GOLDEN
       vision_encoders.py counts

The first form needs torch, transformers, timm and safetensors, and the golden nf-resnet, whose weights
nf-resnet-training uses. The second prints the parameters of the published sizes, computed without weights.
"""

import json
import platform
import sys
from pathlib import Path

import safetensors
import timm
import torch
import transformers
from safetensors.torch import load_file, save_file
from timm.models.nfnet import NfCfg, NormFreeNet
from transformers import (
    BeitConfig,
    BeitModel,
    Blip2VisionConfig,
    Blip2VisionModel,
    Dinov2Config,
    Dinov2Model,
    Dinov2WithRegistersConfig,
    Dinov2WithRegistersModel,
)

TINY = dict(hidden_size=24, num_hidden_layers=3, num_attention_heads=4, image_size=28, patch_size=7)
MADE = (
    f"Made by `tools/goldens/vision_encoders.py` with Python {platform.python_version()}, torch "
    f"{torch.__version__.split('+')[0]}, transformers {transformers.__version__}, timm {timm.__version__}, "
    f"safetensors {safetensors.__version__}; seed %d; CPU, float32 arithmetic. Random weights: the numbers mean "
    "nothing, only their equality does.\n"
)


def randomize(model):
    """Every weight random, so that nothing is an identity by chance."""
    with torch.no_grad():
        for name, p in model.named_parameters():
            ones = p.dim() == 1 and "norm" in name and name.endswith("weight")
            p.copy_((1.0 if ones else 0.0) + torch.randn(p.shape) * (0.1 if ones or p.dim() > 1 else 0.3))
            if "lambda" in name:
                p.copy_(0.5 + 0.3 * torch.rand(p.shape))
            if "relative_position_bias_table" in name:
                p.copy_(torch.randn(p.shape))
    return model.eval()


def write(folder, tensors, readme, seed):
    tensors = {k: v.detach().float().contiguous().clone() for k, v in tensors.items()}
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "golden.safetensors")
    shapes = {"tensors": {k: list(v.shape) for k, v in tensors.items()}}
    (folder / "golden.json").write_text(json.dumps(shapes, indent=1) + "\n")
    (folder / "README.md").write_text(readme + "\n" + MADE % seed)


def encode(model, pixels):
    with torch.no_grad():
        out = model(pixels, output_hidden_states=True)
    named = {f"hidden_states.{i}": h for i, h in enumerate(out.hidden_states)}
    return {**named, "last_hidden_state": out.last_hidden_state, "pooler_output": out.pooler_output}


def hugging_face(folder, model, sizes, readme, seed):
    model.save_pretrained(folder / "checkpoint")
    pixels = torch.randn(2, 3, 28, 28)
    tensors = {"pixel_values": pixels, **encode(model, pixels)}
    for height, width in sizes:
        other = torch.randn(1, 3, height, width)
        tensors[f"pixel_values_{height}x{width}"] = other
        tensors[f"last_hidden_state_{height}x{width}"] = encode(model, other)["last_hidden_state"]
    write(folder, tensors, readme, seed)


def dinov2_registers(out):
    torch.manual_seed(1895)
    config = Dinov2WithRegistersConfig(**TINY, mlp_ratio=2, num_register_tokens=3)
    text = """# dinov2-registers: Dinov2WithRegistersModel

`checkpoint/`: Hugging Face checkpoint with three register tokens after the class token, which get no position. `pixel_values_14x21` and
`pixel_values_42x35` are other sizes: positions are interpolated bicubic **with antialiasing**, unlike those of Dinov2Model.
"""
    hugging_face(
        out / "dinov2-registers", randomize(Dinov2WithRegistersModel(config)), [(14, 21), (42, 35)], text, 1895
    )


def dinov2_swiglu(out):
    torch.manual_seed(1896)
    config = Dinov2Config(**TINY, mlp_ratio=2, use_swiglu_ffn=True, use_mask_token=False, qkv_bias=False)
    text = """# dinov2-swiglu: Dinov2Model as in the giant size

`checkpoint/`: Hugging Face checkpoint with the gated feed-forward (hidden width 32 from a ratio of 2: two thirds, then to a multiple of
8), without a mask token and without biases on queries, keys and values. `pixel_values_14x21`: a smaller picture; positions are interpolated
bicubic without antialiasing.
"""
    hugging_face(out / "dinov2-swiglu", randomize(Dinov2Model(config)), [(14, 21)], text, 1896)


def beit_shared(out):
    torch.manual_seed(1885)
    config = BeitConfig(
        **TINY,
        intermediate_size=48,
        use_mask_token=True,
        use_absolute_position_embeddings=True,
        use_shared_relative_position_bias=True,
        use_mean_pooling=False,
        layer_scale_init_value=0.0,
        drop_path_rate=0.0,
    )
    text = """# beit-shared: BeitModel with the options that the golden `beit` has not

`checkpoint/`: Hugging Face checkpoint with one relative position bias for all layers, absolute positions, a mask token, no layer scale, and
no mean pooling: a last norm over all tokens gives `last_hidden_state`, whose class token is `pooler_output`.
"""
    hugging_face(out / "beit-shared", randomize(BeitModel(config)), [], text, 1885)


def nf_resnet_training(out, golden):
    torch.manual_seed(1845)
    c = json.loads((golden / "config.json").read_text())
    model = NormFreeNet(
        NfCfg(
            depths=c["depths"],
            channels=c["channels"],
            stem_type="7x7_pool",
            stem_chs=c["stem_chs"],
            bottle_ratio=c["bottle_ratio"],
            alpha=c["alpha"],
            act_layer=c["act"],
        ),
        num_classes=c["num_classes"],
    )
    model.load_state_dict(load_file(golden / "model.safetensors"))
    model.eval()
    tensors = load_file(golden / "golden.safetensors")
    with torch.no_grad():
        difference = (model(tensors["pixel_values"]) - tensors["logits"]).abs().max().item()
    if difference > 1e-4:
        sys.exit(f"this is not the model of {golden}: logits differ by {difference}")
    pixels = torch.randn(2, 3, 37, 37, requires_grad=True)
    target = torch.randn(2, c["channels"][-1])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    kept = {"pixel_values": pixels, "target": target}
    losses = []
    for step in range(3):
        optimizer.zero_grad()
        pixels.grad = None
        loss = (model.forward_features(pixels).mean((2, 3)) - target).square().mean()
        loss.backward()
        losses.append(loss.detach())
        if step == 0:
            kept["gradient.pixel_values"] = pixels.grad.clone()
            for name, p in model.named_parameters():
                if not name.startswith("head."):
                    kept["gradient." + name] = p.grad.clone()
        optimizer.step()
    kept["losses"] = torch.stack(losses)
    with torch.no_grad():
        kept["pooled_after"] = model.forward_features(pixels).mean((2, 3))
    text = """# nf-resnet-training: three steps of timm's NormFreeNet

Starts from the weights of the golden `nf-resnet`. Each step takes the mean squared difference of the pooled features of `pixel_values`
(2x3x37x37) and `target`: `losses`; `gradient.*` are the first step's, of the pixels and of every weight of the trunk; plain gradient descent
with rate 0.05. `pooled_after` are the pooled features after the third step.
"""
    write(out / "nf-resnet-training", kept, text, 1845)


def counts():
    def of(make):
        with torch.device("meta"):
            return sum(p.numel() for p in make().parameters())

    sizes = {"small": (384, 12, 6), "base": (768, 12, 12), "large": (1024, 24, 16), "giant": (1536, 40, 24)}
    for name, (width, layers, heads) in sizes.items():
        shape = dict(
            hidden_size=width,
            num_hidden_layers=layers,
            num_attention_heads=heads,
            image_size=518,
            patch_size=14,
            use_swiglu_ffn=name == "giant",
        )
        print("dinov2", name, of(lambda: Dinov2Model(Dinov2Config(**shape))))
        print("dinov2 registers", name, of(lambda: Dinov2WithRegistersModel(Dinov2WithRegistersConfig(**shape))))
    for name, width, layers, heads, image in [("base", 768, 12, 12, 224), ("large", 1024, 24, 16, 224)]:
        shape = dict(
            hidden_size=width,
            num_hidden_layers=layers,
            num_attention_heads=heads,
            intermediate_size=4 * width,
            image_size=image,
        )
        print("beit", name, of(lambda: BeitModel(BeitConfig(**shape, use_relative_position_bias=True))))
    print("blip2 vision", of(lambda: Blip2VisionModel(Blip2VisionConfig())))
    names = ["nf_resnet26", "nf_resnet50", "nf_resnet101"]
    names += [f"{tf}efficientnet_lite{i}" for tf in ("", "tf_") for i in range(5)]
    for name in names:
        print(name, of(lambda: timm.create_model(name)), timm.create_model(name).default_cfg["input_size"])


if sys.argv[1:] == ["counts"]:
    counts()
else:
    torch.set_num_threads(1)
    folder, nf_resnet = Path(sys.argv[1]), Path(sys.argv[2])
    dinov2_registers(folder)
    dinov2_swiglu(folder)
    beit_shared(folder)
    nf_resnet_training(folder, nf_resnet)
