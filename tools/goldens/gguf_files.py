"""GGUF files made of the HF checkpoints of the goldens, of every form of numbers that is read, and files to be refused.

usage: gguf_files.py GOLDENS_FOLDER OUTPUT_FOLDER     (needs gguf, numpy, safetensors and torch)

Writes OUTPUT_FOLDER/NAME.gguf for the checkpoints in GOLDENS_FOLDER, whose golden.safetensors then hold for them too;
OUTPUT_FOLDER/kinds.gguf with what it widens to in golden.safetensors; OUTPUT_FOLDER/hostile/ with, in golden.json, what each
refusal must mention.
"""

import json
import shutil
import struct
import sys
from importlib.metadata import version
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Q
from safetensors import safe_open
from safetensors.numpy import save_file

GOLDENS, OUT = Path(sys.argv[1]), Path(sys.argv[2])
OUT.mkdir(parents=True, exist_ok=True)
RNG = np.random.default_rng(77)
torch.manual_seed(77)


def tensors(folder):
    state = {}
    for file in sorted(folder.glob("*.safetensors")):
        with safe_open(file, "pt") as f:
            state |= {k: f.get_tensor(k) for k in f.keys()}
    return state


def interleave(rows, heads):
    """What the usual converter does to the query and key rows of a LLaMA."""
    return rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:]).transpose(1, 2).reshape(rows.shape)


NAMES = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def convert(name, arch, matrices, tokenizer):
    config = json.loads((GOLDENS / name / "checkpoint" / "config.json").read_text())
    state = tensors(GOLDENS / name / "checkpoint")
    heads, kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
    head = config.get("head_dim") or config["hidden_size"] // heads
    rope = config.get("rope_parameters") or {}
    theta = rope.get("rope_theta", config.get("rope_theta", 10000.0))
    w = gguf.GGUFWriter(OUT / f"{name}.gguf", arch)
    w.add_context_length(config["max_position_embeddings"])
    w.add_embedding_length(config["hidden_size"])
    w.add_block_count(config["num_hidden_layers"])
    w.add_feed_forward_length(config["intermediate_size"])
    w.add_head_count(heads)
    w.add_head_count_kv(kv_heads)
    w.add_key_length(head)
    w.add_value_length(head)
    w.add_layer_norm_rms_eps(config["rms_norm_eps"])
    w.add_rope_freq_base(theta)
    if arch == "llama":
        w.add_rope_dimension_count(head)
    tokenizer(w, config["vocab_size"])
    if rope.get("rope_type") == "llama3":
        slow = rope["original_max_position_embeddings"] / rope["low_freq_factor"]
        fast = rope["original_max_position_embeddings"] / rope["high_freq_factor"]
        factors = []
        for frequency in 1.0 / theta ** (np.arange(0, head, 2) / head):
            length = 2 * np.pi / frequency
            smooth = (rope["original_max_position_embeddings"] / length - rope["low_freq_factor"]) / (
                rope["high_freq_factor"] - rope["low_freq_factor"]
            )
            between = 1 / ((1 - smooth) / rope["factor"] + smooth)
            factors.append(1.0 if length < fast else rope["factor"] if length > slow else between)
        w.add_tensor("rope_freqs.weight", np.array(factors, np.float32))
    for key, tensor in state.items():
        top = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
        stem, kind = key.rsplit(".", 1)
        if stem in top:
            target = top[stem]
        else:
            _, _, block, rest = stem.split(".", 3)
            target = f"blk.{block}.{NAMES[rest]}"
            if arch == "llama" and rest in ("self_attn.q_proj", "self_attn.k_proj"):
                tensor = interleave(tensor, heads if rest.endswith("q_proj") else kv_heads)
        if tensor.dim() == 2 and matrices == Q.BF16:
            raw = tensor.bfloat16().contiguous().view(torch.int16).numpy().view(np.uint8)
            w.add_tensor(f"{target}.{kind}", raw, raw_dtype=Q.BF16)
        else:
            w.add_tensor(f"{target}.{kind}", tensor.float().numpy())
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def sentence_piece(w, count):
    w.add_tokenizer_model("llama")
    w.add_token_list(["<unk>", "<s>", "</s>"] + [f"<0x{i:02X}>" for i in range(3, count - 1)] + ["▁Grüße"])
    w.add_token_scores([-float(i) for i in range(count)])
    w.add_token_types([2, 3, 3] + [6] * (count - 4) + [1])
    w.add_bos_token_id(1)
    w.add_eos_token_id(2)
    w.add_unk_token_id(0)


def byte_pairs(w, count):
    w.add_tokenizer_model("gpt2")
    w.add_tokenizer_pre("qwen2")
    w.add_token_list([chr(33 + i) for i in range(count)])
    w.add_token_types([1] * count)
    w.add_token_merges(["! \"", "# $"])
    w.add_eos_token_id(5)
    w.add_chat_template("{{ messages }}")
    w.add_add_bos_token(False)


for name, arch, matrices, tokenizer in (
    ("llama", "llama", Q.F32, sentence_piece),
    ("llama3", "llama", Q.BF16, byte_pairs),
    ("qwen2", "qwen2", Q.F32, byte_pairs),
    ("qwen3", "qwen3", Q.BF16, byte_pairs),
):
    convert(name, arch, matrices, tokenizer)

# ---- every form ----

EXPECTED = {}
w = gguf.GGUFWriter(OUT / "kinds.gguf", "llama")
for kind in (Q.F32, Q.F16, Q.BF16, Q.Q4_0, Q.Q5_0, Q.Q8_0, Q.Q4_K, Q.Q5_K, Q.Q6_K):
    values, size = gguf.GGML_QUANT_SIZES[kind]
    rows, blocks = 3, 64 if values == 1 else 2
    raw = RNG.integers(0, 256, (rows, blocks, size), dtype=np.uint8)
    # Places of the block's half-precision numbers: any bytes there would do but for infinities.
    halves = {Q.Q4_K: (0, 2), Q.Q5_K: (0, 2), Q.Q6_K: (208,), Q.F32: (), Q.F16: (0,), Q.BF16: ()}.get(kind, (0,))
    for at in halves:
        scale = RNG.normal(0, 0.05, (rows, blocks)).astype(np.float16)
        scale[0, 0] = 3e-7  # below the normal numbers
        raw[:, :, at : at + 2] = scale[..., None].view(np.uint8)
    raw = raw.reshape(rows, -1)
    if kind == Q.F32:
        raw = RNG.normal(0, 1, (rows, blocks)).astype(np.float32)
        w.add_tensor("f32", raw)
    else:
        if kind == Q.BF16:
            raw = torch.randn(rows, blocks).bfloat16().view(torch.int16).numpy().view(np.uint8)
        w.add_tensor(kind.name.lower(), raw, raw_dtype=kind)
    EXPECTED[kind.name.lower()] = gguf.dequantize(raw, kind).astype(np.float32).reshape(rows, -1)
w.write_header_to_file()
w.write_kv_data_to_file()
w.write_tensors_to_file()
w.close()
save_file({k: np.ascontiguousarray(v) for k, v in EXPECTED.items()}, OUT / "golden.safetensors")

# ---- hostile files, put together by hand ----

HOSTILE = OUT / "hostile"
shutil.rmtree(HOSTILE, ignore_errors=True)
HOSTILE.mkdir()
REFUSED = {}


def text(s):
    return struct.pack("<Q", len(s.encode())) + s.encode()


def front(entries=(), infos=(), version=3, tensors=None, pairs=None):
    pairs = len(entries) if pairs is None else pairs
    tensors = len(infos) if tensors is None else tensors
    return b"GGUF" + struct.pack("<IQQ", version, tensors, pairs) + b"".join(entries) + b"".join(infos)


def info(name="w", shape=(4,), kind=0, offset=0, dims=None):
    dims = len(shape) if dims is None else dims
    return text(name) + struct.pack(f"<I{len(shape)}QIQ", dims, *shape, kind, offset)


def padded(raw, tail=b"\0" * 64):
    return raw + b"\0" * (-len(raw) % 32) + tail


ARCH = text("general.architecture") + struct.pack("<I", 8) + text("llama")
BIG = 2**63


def hostile(file, content, says):
    (HOSTILE / file).write_bytes(content)
    REFUSED[file] = says


hostile("other.gguf", b"GGML" + b"\0" * 60, "a GGUF converter")
hostile("version-1.gguf", front([ARCH], version=1), "version 1")
hostile("big-endian.gguf", b"GGUF" + struct.pack(">IQQ", 3, 0, 0), "big-endian")
hostile("architecture.gguf", front([ARCH.replace(b"llama", b"mamba")]), "'mamba'")
hostile("no-architecture.gguf", front([]), "lacks the text general.architecture")
hostile("many-entries.gguf", front([ARCH], pairs=BIG), "9223372036854775808 entries")
hostile("many-tensors.gguf", front([ARCH], [info()], tensors=2**40), "1099511627776 tensors")
hostile("long-key.gguf", front([struct.pack("<Q", 2**40) + ARCH]), "1099511627776 bytes")
hostile("twice.gguf", front([ARCH, ARCH]), "general.architecture twice")
hostile("value-type.gguf", front([ARCH, text("a") + struct.pack("<I", 13) + b"\0" * 9]), "unknown type 13")
hostile("long-list.gguf", front([ARCH, text("a") + struct.pack("<IIQ", 9, 0, 2**40)]), "values in a list")
nested = b"".join(struct.pack("<IQ", 9, 1) for _ in range(100))
hostile("deep-list.gguf", front([ARCH, text("a") + struct.pack("<I", 9) + nested]), "nests lists")
hostile("dimensions.gguf", padded(front([ARCH], [info(dims=5)])), "5 dimensions")
hostile("shape.gguf", padded(front([ARCH], [info(shape=(2**40, 2**40))])), "impossible shape")
hostile("zero.gguf", padded(front([ARCH], [info(shape=(4, 0))])), "impossible shape")
hostile("form.gguf", padded(front([ARCH], [info(kind=16)])), "in form 16")
hostile("rows.gguf", padded(front([ARCH], [info(shape=(24,), kind=2)])), "by parts of rows")
hostile("truncated.gguf", padded(front([ARCH], [info(shape=(17,))])), "truncated?")
hostile("far.gguf", padded(front([ARCH], [info(offset=2**62)])), "truncated?")
hostile("not-aligned.gguf", padded(front([ARCH], [info(offset=4)])), "not aligned")
hostile("negative.gguf", padded(front([ARCH], [info(offset=BIG)])), "inside another")
hostile("overlap.gguf", padded(front([ARCH], [info(shape=(16,)), info("v", offset=32)])), "inside another")
hostile("two.gguf", padded(front([ARCH], [info(), info(offset=32)])), "two tensors named w")
align = text("general.alignment") + struct.pack("<II", 4, 0)
hostile("alignment.gguf", padded(front([ARCH, align], [info()])), "aligns its tensors to 0")
heads = text("llama.attention.head_count") + struct.pack("<II", 4, 3)
hostile("heads.gguf", padded(front([ARCH, heads], [info("blk.0.attn_q.weight", (4, 4))])), "among 3 heads")
hostile("no-heads.gguf", padded(front([ARCH], [info("blk.0.attn_q.weight", (4, 4))])), "lacks the whole number")

json.dump({"gguf": version("gguf"), "refused": REFUSED}, (OUT / "golden.json").open("w"), indent=1)
