"""Checkpoints of every form that torch.save writes, the tensors in them, and files that must be refused.

usage: torch_files.py OUTPUT_FOLDER     (needs torch and safetensors)

Writes OUTPUT_FOLDER/good/FILE with the tensors FILE:NAME of OUTPUT_FOLDER/golden.safetensors, OUTPUT_FOLDER/hostile/FILE,
and golden.json: for each hostile file what the refusal must mention. The hostile pickles are put together by hand, byte by
byte; none of them is ever loaded here.
"""

import io
import json
import pickle
import shutil
import struct
import sys
import zipfile
from argparse import Namespace
from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import save_file

OUT = Path(sys.argv[1])
GOOD, HOSTILE = OUT / "good", OUT / "hostile"
for folder in (GOOD, HOSTILE):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
torch.manual_seed(76)
EXPECTED = {}


def expect(file, state):
    for name, tensor in state.items():
        EXPECTED[f"{file}:{name}"] = tensor.detach().contiguous().clone()


# ---- good files ----

base = torch.randn(4, 6)
kinds = OrderedDict(
    f32=torch.randn(2, 3),
    f16=torch.randn(3, 2).half(),
    bf16=torch.randn(5).bfloat16(),
    f64=torch.randn(2).double(),
    i64=torch.tensor([-(2**62), 7]),
    i32=torch.tensor([[-(2**31), 2**31 - 1]], dtype=torch.int32),
    i16=torch.tensor([-32768, 32767], dtype=torch.int16),
    i8=torch.tensor([-128, 0, 127], dtype=torch.int8),
    u8=torch.tensor([0, 255], dtype=torch.uint8),
    flag=torch.tensor([True, False, True]),
    scalar=torch.tensor(2.5),
    empty=torch.zeros(0, 4),
    turned=base.t(),
    stepped=base[:, 1::2],
    part=base[1:3],
    cube=torch.randn(2, 3, 4).permute(2, 0, 1),
    repeated=torch.tensor([[1.5, 2.5]]).expand(3, 2),
    parameter=torch.nn.Parameter(base[0]),
)
torch.save(kinds, GOOD / "zip.pt")
torch.save(kinds, GOOD / "legacy.pt", _use_new_zipfile_serialization=False)
torch.save(kinds, GOOD / "protocol4.pth", pickle_protocol=4)
for file in ("zip.pt", "legacy.pt", "protocol4.pth"):
    expect(file, kinds)

module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
torch.save(module.state_dict(), GOOD / "module.bin")
expect("module.bin", module.state_dict())

optimizer = torch.optim.AdamW(module.parameters())
module(torch.randn(4, 3)).sum().backward()
optimizer.step()
training = {
    "epoch": 3,
    "rate": 0.125,
    "note": "Grüße",
    "best": None,
    "optimizer": optimizer.state_dict(),
    "names": {"a", "b"},
    "shape": torch.Size([2, 3]),
}
for file, key in (("nested.pt", "model_state_dict"), ("lavis.pth", "model"), ("deepspeed.pt", "module")):
    legacy = file == "deepspeed.pt"
    torch.save(training | {key: module.state_dict()}, GOOD / file, _use_new_zipfile_serialization=not legacy)
    expect(file, module.state_dict())
torch.save({"state_dict": {"model": module.state_dict()}, "step": 9}, GOOD / "twice.ckpt")
expect("twice.ckpt", module.state_dict())
torch.save({"model": {"w": base}, "ema": {"model": {"w": base + 1}}, "module": {"w": base + 2}}, GOOD / "several.pt")
torch.save({"left": {"w": base}, "right": [base + 1, base + 2], 7: base[0]}, GOOD / "paths.pt")
expect("paths.pt", {"left.w": base, "right.0": base + 1, "right.1": base + 2, "7": base[0]})
torch.save(base[:, 2], GOOD / "alone.pt")
expect("alone.pt", {"tensor": base[:, 2]})
torch.jit.script(module).save(str(GOOD / "script.pt"))
expect("script.pt", module.state_dict())

shards = GOOD / "sharded"
shards.mkdir()
state = module.state_dict()
expect("sharded", state)
names = list(state)
weight_map = {}
for i, part in enumerate((names[:2], names[2:])):
    file = f"pytorch_model-0000{i + 1}-of-00002.bin"
    torch.save({n: state[n] for n in part}, shards / file)
    weight_map |= {n: file for n in part}
(shards / "pytorch_model.bin.index.json").write_text(json.dumps({"metadata": {}, "weight_map": weight_map}, indent=1))

save_file(EXPECTED, OUT / "golden.safetensors")

# ---- hostile files ----

REFUSED = {}
PROTO, STOP = b"\x80\x02", b"."


def text(s):
    raw = s.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def whole(n):
    raw = n.to_bytes(8, "little", signed=True)
    return b"\x8a\x08" + raw


def legacy_file(body, keys=b"]", tail=b""):
    """The old form: magic number, version, machine, the given pickle, the storages."""
    head = b"".join(pickle.dumps(x, 2) for x in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}))
    return head + PROTO + body + STOP + PROTO + keys + STOP + tail


def hostile(file, content, says):
    (HOSTILE / file).write_bytes(content)
    REFUSED[file] = says


def storage(kind, key, elements):
    return b"(" + text("storage") + f"ctorch\n{kind}\n".encode() + text(key) + text("cpu") + whole(elements) + b"tQ"


def tensor(stored, offset, shape, stride):
    sizes = b"".join(b"(" + b"".join(map(whole, s)) + b"t" for s in (shape, stride))
    rebuild = b"ctorch._utils\n_rebuild_tensor_v2\n"
    return rebuild + b"(" + stored + whole(offset) + sizes + b"\x89" + b"ccollections\nOrderedDict\n)R" + b"tR"


def entry(value, name="w"):
    return b"}" + text(name) + value + b"s"


FOUR = b"]" + text("0") + b"a", struct.pack("<q4f", 4, 1, 2, 3, 4)
good = tensor(storage("FloatStorage", "0", 4), 0, [2, 2], [2, 1])

hostile("system.pt", legacy_file(b"cposix\nsystem\n" + text("touch owned") + b"\x85R"), "posix.system")
hostile("system-in-a-list.pt", legacy_file(b"](cos\nsystem\n" + text("id") + b"\x85Re"), "os.system")
hostile("eval.pt", legacy_file(b"c__builtin__\neval\n" + text("1") + b"\x85R"), "__builtin__.eval")
hostile("stack-global.pt", legacy_file(b"\x8c\x08builtins\x8c\x04exec\x93" + text("1") + b"\x85R"), "builtins.exec")
hostile("namespace.pt", legacy_file(b"cargparse\nNamespace\n)\x81}b"), "argparse.Namespace")
hostile("numpy.pt", legacy_file(b"cnumpy.core.multiarray\nscalar\n)R"), "numpy.core.multiarray.scalar")
hostile("inst.pt", legacy_file(b"(" + text("id") + b"ios\nsystem\n"), "INST")
hostile("obj.pt", legacy_file(b"(cos\nsystem\no"), "os.system")
hostile("obj-of-ours.pt", legacy_file(b"(ccollections\nOrderedDict\no"), "OBJ")
hostile("float-text.pt", legacy_file(b"F1.5\n"), "FLOAT")
hostile("extension.pt", legacy_file(b"\x82\x01"), "EXT1")
hostile("persid.pt", legacy_file(b"Pabc\n"), "PERSID")
hostile("unknown.pt", legacy_file(b"\xfe"), "unknown pickle instruction 254")
hostile("called-storage.pt", legacy_file(b"ctorch\nFloatStorage\n)R"), "torch.FloatStorage")
hostile("called-string.pt", legacy_file(text("os.system") + b")R"), "calls what is no function")
hostile("built-string.pt", legacy_file(text("a") + b"}b"), "gives attributes")
hostile("complex.pt", legacy_file(storage("ComplexFloatStorage", "0", 4)), "torch.ComplexFloatStorage")
hostile("quantized.pt", legacy_file(storage("QInt8Storage", "0", 4)), "torch.QInt8Storage")
hostile("bytes-loader.pt", legacy_file(b"ctorch.storage\n_load_from_bytes\n"), "torch.storage._load_from_bytes")
hostile("list-key.pt", legacy_file(b"}]Ns"), "neither a string nor a number")
hostile("empty-stack.pt", legacy_file(b"00"), "takes what is not there")
hostile("no-mark.pt", legacy_file(b"t"), "takes what is not there")
hostile("no-memo.pt", legacy_file(b"h\x07"), "recalls what it never said")
hostile("module.pt", legacy_file(b"(" + text("module") + b"NNNNtQ"), "not a storage")
hostile("long-string.pt", legacy_file(b"X\xff\xff\xff\xff"), "4294967295 bytes")
hostile("long-string-8.pt", legacy_file(b"\x8d" + b"\xff" * 8), "18446744073709551615 bytes")
hostile("long-integer.pt", legacy_file(b"\x8b\xff\xff\xff\x7f"), "integer of 2147483647 bytes")
hostile("long-name.pt", legacy_file(b"c" + b"a" * 2000 + b"\n"), "more than 1000 bytes")
hostile("deep.pt", legacy_file(b"]" * 5000 + b"a" * 4999), "deeper than 32")
hostile("itself.pt", legacy_file(b"}q\x00" + text("me") + b"h\x00s"), "deeper than 32")
hostile("itself-usual.pt", legacy_file(b"}q\x00" + text("model") + b"h\x00s"), "deeper than 32")
laughs = b"]q\x00" + b"".join(b"](" + b"h%c" % i * 10 + b"eq%c" % (i + 1) for i in range(20))
hostile("laughs.pt", legacy_file(laughs), "more than 1000000")
hostile("no-tensors.pt", legacy_file(entry(b"K\x01")), "no tensors but w")
hostile("huge-storage.pt", legacy_file(entry(tensor(storage("FloatStorage", "0", 2**60), 0, [2], [1])), *FOUR), "less in storage 0")
hostile("endless-storage.pt", legacy_file(entry(tensor(storage("FloatStorage", "0", 2**62), 0, [2], [1])), *FOUR), "not a storage")
hostile("negative-storage.pt", legacy_file(entry(tensor(storage("FloatStorage", "0", -1), 0, [2], [1])), *FOUR), "not a storage")
hostile("huge-count.pt", legacy_file(entry(good), FOUR[0], struct.pack("<q", 2**61)), "numbers in storage 0")
hostile("huge-tensor.pt", legacy_file(entry(tensor(storage("FloatStorage", "0", 4), 0, [2**40, 2**40], [0, 0])), *FOUR), "impossible shape")
hostile("expanded-tensor.pt", legacy_file(entry(tensor(storage("FloatStorage", "0", 4), 0, [2**40], [0])), *FOUR), "beyond the file's size")
hostile("outside.pt", legacy_file(entry(tensor(storage("FloatStorage", "0", 4), 1, [2, 2], [2, 1])), *FOUR), "storage of 4 numbers")
hostile("negative-step.pt", legacy_file(entry(tensor(storage("FloatStorage", "0", 4), 3, [4], [-1])), *FOUR), "impossible shape")
hostile("negative-size.pt", legacy_file(entry(tensor(storage("FloatStorage", "0", 4), 0, [-1], [1])), *FOUR), "impossible shape")
hostile("negative-offset.pt", legacy_file(entry(tensor(storage("FloatStorage", "0", 4), -1, [1], [1])), *FOUR), "impossible shape")
hostile("unlisted.pt", legacy_file(entry(good), b"]"), "less in storage 0")
hostile("unknown-key.pt", legacy_file(entry(good), b"]" + text("1") + b"a", FOUR[1]), "in storage 1")
hostile("two-formats.pt", legacy_file(b"]" + good + b"a" + storage("HalfStorage", "0", 4) + b"a", *FOUR), "as F32 and as F16")
hostile("truncated.pt", legacy_file(entry(good), *FOUR)[:-3], "truncated?")
hostile("truncated-pickle.pt", legacy_file(entry(good), *FOUR)[:150], "should go on")
hostile("big-endian.pt", b"".join(pickle.dumps(x, 2) for x in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": False})), "big-endian")
hostile("plain-pickle.pt", pickle.dumps({"w": 1}, 2), "torch.save did not write")
hostile("tar.pt", b"sys_info".ljust(257, b"\0") + b"ustar\x0000" + b"\0" * 248, "tar file")
hostile("text.pt", b"<html>not found</html>", "not a file that torch.save wrote")
hostile("empty.pt", b"", "not a file that torch.save wrote")


def zipped(members, method=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, content in members:
            z.writestr(name, content)
    return out.getvalue()


def archive(body, data=struct.pack("<4f", 1, 2, 3, 4), **kw):
    return zipped([("a/data.pkl", PROTO + body + STOP), ("a/data/0", data), ("a/byteorder", b"little")], **kw)


whole_zip = archive(entry(good))
(GOOD / "by-hand.pt").write_bytes(whole_zip)
hostile("zip-system.pt", archive(b"cposix\nsystem\n" + text("touch owned") + b"\x85R"), "posix.system")
hostile("zip-bomb.pt", archive(entry(tensor(storage("FloatStorage", "0", 2**22), 0, [2**22], [1])), b"\0" * 2**24, method=zipfile.ZIP_DEFLATED), "compressed")
hostile("zip-small-storage.pt", archive(entry(good), b"\0" * 15), "less in storage 0")
hostile("zip-no-storage.pt", zipped([("a/data.pkl", PROTO + entry(good) + STOP)]), "lacks its member a/data/0")
hostile("zip-no-pickle.pt", zipped([("a/b", b"c")]), "0 members named data.pkl")
hostile("zip-two-pickles.pt", zipped([("a/data.pkl", b"."), ("b/data.pkl", b".")]), "2 members named data.pkl")
hostile("zip-big-endian.pt", zipped([("a/byteorder", b"big"), ("a/data.pkl", b".")]), "big-endian")
hostile("zip-truncated.pt", whole_zip[:-10], "no zip directory at its end")
hostile("zip-cut-inside.pt", whole_zip[: len(whole_zip) // 2], "no zip directory at its end")
end = whole_zip.rindex(b"PK\x05\x06")
hostile("zip-many.pt", whole_zip[: end + 8] + b"\xfe\xff\xfe\xff" + whole_zip[end + 12 :], "lists 65534 files")
hostile("zip-large-directory.pt", whole_zip[: end + 12] + struct.pack("<I", 2**31) + whole_zip[end + 16 :], "2147483648 bytes")
first = whole_zip.index(b"PK\x01\x02")
second = whole_zip.index(b"PK\x01\x02", first + 1)
overlap = bytearray(whole_zip)
overlap[second + 42 : second + 46] = whole_zip[first + 42 : first + 46]
hostile("zip-overlap.pt", bytes(overlap), "inside another")
wide = bytearray(whole_zip)
wide[second + 20 : second + 28] = struct.pack("<II", 2**31, 2**31)
hostile("zip-wide-member.pt", bytes(wide), "2147483648 bytes")

json.dump(
    {"torch": torch.__version__, "refused": REFUSED},
    (OUT / "golden.json").open("w"),
    indent=1,
)
