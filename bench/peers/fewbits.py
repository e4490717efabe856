"""Greedy decoding of GPT-2-small's shape in few bits by llama.cpp and OpenVINO: the other side of our int8 and int4.

    python fewbits.py make FOLDER --llama LLAMA_CPP   # FOLDER is what peers.py made; LLAMA_CPP the folder of its source
    python fewbits.py run FOLDER llama-q8_0 --llama LLAMA_CPP [--threads 2] [--runs 5]
    python fewbits.py run FOLDER openvino-int8

LLAMA_CPP has llama-bench and llama-quantize in build/bin (`cmake -B build -DCMAKE_BUILD_TYPE=Release -DLLAMA_CURL=OFF` and
`cmake --build build --target llama-bench llama-quantize`), and gguf-py. Needs torch, safetensors, openvino and nncf besides.
The work is that of the stage write-gpt2-1-1: 64 tokens behind a prompt of 42. llama-bench takes random tokens instead
of the best, OpenVINO's loop takes the best one. Each run prints the line of JSON that peers.py prints.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from peers import NEW_TOKENS, PREFIX, PROMPT_WORDS, measure

PROMPT = PREFIX + PROMPT_WORDS
# llama-quantize's names, and what nncf makes of OpenVINO's model.
LLAMA = ("q8_0", "q4_0", "bf16")
OPENVINO = {"int8": dict(mode="int8_sym"), "int4": dict(mode="int4_sym", group_size=32, ratio=1.0), "bf16": None}
FORMS = [*("llama-" + t for t in LLAMA), *("openvino-" + t for t in OPENVINO)]


def weights(folder):
    from safetensors.torch import load_file
    config = json.loads((folder / "gpt2" / "config.json").read_text())
    stored = load_file(folder / "gpt2" / "model.safetensors")
    return config, {name.removeprefix("transformer."): t.float() for name, t in stored.items()}


def to_gguf(folder, llama):
    sys.path.insert(0, str(llama / "gguf-py"))
    import gguf
    config, stored = weights(folder)
    wide = folder / "gpt2-f32.gguf"
    out = gguf.GGUFWriter(str(wide), "gpt2")
    out.add_context_length(config["n_positions"])
    out.add_embedding_length(config["n_embd"])
    out.add_feed_forward_length(4 * config["n_embd"])
    out.add_block_count(config["n_layer"])
    out.add_head_count(config["n_head"])
    out.add_layer_norm_eps(config["layer_norm_epsilon"])
    out.add_file_type(0)
    out.add_vocab_size(config["vocab_size"])
    out.add_tokenizer_model("no_vocab")
    names = {"wte": "token_embd", "wpe": "position_embd", "ln_f": "output_norm"}
    for i in range(config["n_layer"]):
        for theirs, name in {"ln_1": "attn_norm", "ln_2": "ffn_norm", "attn.c_attn": "attn_qkv",
                             "attn.c_proj": "attn_output", "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down"}.items():
            names[f"h.{i}.{theirs}"] = f"blk.{i}.{name}"
    for theirs, name in names.items():
        for part in ("weight", "bias"):
            tensor = stored.get(f"{theirs}.{part}")
            if tensor is not None:
                turned = tensor.T if ".c_" in theirs and part == "weight" else tensor
                out.add_tensor(f"{name}.{part}", turned.contiguous().numpy())
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()
    for form in LLAMA:
        subprocess.run([llama / "build/bin/llama-quantize", wide, folder / f"gpt2-{form}.gguf", form], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def to_openvino(folder):
    """A model whose keys and values are its state, in the form that OpenVINO's fused attention knows."""
    import nncf
    import numpy
    import openvino as ov
    import torch
    from openvino import opset13 as ops
    from openvino._offline_transformations import apply_make_stateful_transformation
    from torch.nn import functional as F
    config, stored = weights(folder)
    layers, heads = config["n_layer"], config["n_head"]
    width = config["n_embd"] // heads

    class Step(torch.nn.Module):
        def __init__(self):
            super().__init__()
            for name, tensor in stored.items():
                turned = tensor.T.contiguous() if ".c_" in name and name.endswith("weight") else tensor
                self.register_buffer(name.replace(".", "_"), turned)

        def forward(self, ids, position, row, *past):
            def at(name):
                return getattr(self, name.replace(".", "_"))

            def norm(x, name):
                return F.layer_norm(x, x.shape[-1:], at(name + ".weight"), at(name + ".bias"), 1e-5)

            def linear(x, name):
                return F.linear(x, at(name + ".weight"), at(name + ".bias"))

            def split(x):
                return x.view(x.shape[0], x.shape[1], heads, width).transpose(1, 2)

            x = F.embedding(ids, at("wte.weight")) + F.embedding(position, at("wpe.weight"))
            present = []
            for i in range(layers):
                q, k, v = linear(norm(x, f"h.{i}.ln_1"), f"h.{i}.attn.c_attn").split(heads * width, 2)
                k = torch.cat([past[2 * i].index_select(0, row), split(k)], 2)
                v = torch.cat([past[2 * i + 1].index_select(0, row), split(v)], 2)
                # Each position sees those up to its own.
                seen = torch.arange(k.shape[2])[None] <= position[0][:, None]
                y = F.scaled_dot_product_attention(split(q), k, v, attn_mask=seen[None, None])
                x = x + linear(y.transpose(1, 2).reshape(x.shape), f"h.{i}.attn.c_proj")
                y = F.gelu(linear(norm(x, f"h.{i}.ln_2"), f"h.{i}.mlp.c_fc"), approximate="tanh")
                x = x + linear(y, f"h.{i}.mlp.c_proj")
                present += [k, v]
            return F.linear(norm(x, "ln_f")[:, -1:], at("wte.weight")), *present

    past = [torch.zeros(1, heads, 3, width) for _ in range(2 * layers)]
    example = (torch.ones(1, 2, dtype=torch.long), torch.tensor([[3, 4]]), torch.zeros(1, dtype=torch.long), *past)
    model = ov.convert_model(Step(), example_input=example)
    names = ["ids", "position", "row"] + [f"past.{i}" for i in range(2 * layers)]
    shapes = [[-1, -1], [-1, -1], [-1]] + [[-1, heads, -1, width]] * (2 * layers)
    for port, name, shape in zip(model.inputs, names, shapes):
        port.get_tensor().set_names({name})
        port.get_node().set_partial_shape(ov.PartialShape(shape))
    model.validate_nodes_and_infer_types()
    model.outputs[0].get_tensor().set_names({"scores"})
    for i, port in enumerate(model.outputs[1:]):
        port.get_tensor().set_names({f"present.{i}"})
    apply_make_stateful_transformation(model, {f"past.{i}": f"present.{i}" for i in range(2 * layers)})
    # The state begins without tokens, for as many rows as there are ids.
    rows = ops.gather(ops.shape_of(model.input("ids"), "i64"), ops.constant([0]), ops.constant(0))
    empty = ops.broadcast(ops.constant(numpy.float32(0)), ops.concat([rows, ops.constant([heads, 0, width])], 0))
    for node in model.get_ops():
        if node.get_type_name() == "ReadValue":
            node.set_arguments([empty])
    model.validate_nodes_and_infer_types()
    for form, how in OPENVINO.items():
        made = model.clone()
        if how:
            mode = nncf.CompressWeightsMode(how["mode"])
            made = nncf.compress_weights(made, **{**how, "mode": mode}, **({"all_layers": True} if "ratio" in how else {}))
        ov.save_model(made, folder / f"gpt2-openvino-{form}.xml", compress_to_fp16=form == "bf16")


def run_llama(folder, form, o):
    command = [o.llama / "build/bin/llama-bench", "-m", folder / f"gpt2-{form}.gguf", "-p", "0", "-n", "0",
               "-pg", f"{PROMPT},{NEW_TOKENS}", "-t", str(o.threads), "-r", str(o.runs), "-o", "jsonl"]
    ended = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    line = json.loads(ended.stdout.strip().splitlines()[-1])
    print(json.dumps({"by": "python", "stage": "write gpt2, greedy", "shape": "batch 1", "unit": "tokens",
                      "format": "llama-" + form, "rates": sorted(NEW_TOKENS * 1e9 / t for t in line["samples_ns"])}))


def run_openvino(folder, form, o):
    import numpy
    import openvino as ov
    model = ov.Core().compile_model(folder / f"gpt2-openvino-{form}.xml", "CPU", {
        "INFERENCE_NUM_THREADS": o.threads, "PERFORMANCE_HINT": "LATENCY"})
    request = model.create_infer_request()
    row = numpy.zeros(1, numpy.int64)

    def step(ids, begin):
        request.infer({"ids": numpy.asarray([ids], numpy.int64), "row": row,
                       "position": numpy.arange(begin, begin + len(ids), dtype=numpy.int64)[None]}, share_inputs=True)
        return int(request.get_tensor("scores").data[0, -1].argmax())

    def run():
        request.reset_state()
        token = step(list(range(1, PROMPT + 1)), 0)
        for i in range(NEW_TOKENS - 1):
            token = step([token], PROMPT + i)

    measure("write gpt2, greedy", "batch 1", "tokens", NEW_TOKENS, run, o.runs, "openvino-" + form)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("do", choices=["make", "run"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("forms", nargs="*", metavar="FORM", help=", ".join(FORMS))
    parser.add_argument("--llama", type=Path, help="the folder of llama.cpp's source, built")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=5)
    o = parser.parse_args()
    if o.do == "make":
        if o.llama:
            to_gguf(o.folder, o.llama)
        to_openvino(o.folder)
    for form in o.forms:
        by, how = form.split("-", 1)
        (run_llama if by == "llama" else run_openvino)(o.folder, how, o)


if __name__ == "__main__":
    main()
