"""Small pictures of every kind the reader knows, and the pixels Pillow reads from them.

usage: image_kinds.py OUTPUT_FOLDER     (needs pillow and numpy)

Writes OUTPUT_FOLDER/images/NAME and OUTPUT_FOLDER/golden.safetensors with, for each picture, the tensors
NAME (as opened, alpha dropped), NAME@on-white where it has transparency and NAME@upright where it has an
orientation, all U8 [H, W, 3]; and resized pictures under resize/. Everything is drawn by formula: no photo.
"""

import io
import json
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import PIL
from PIL import Image, ImageOps, features

OUT = Path(sys.argv[1])
(OUT / "images").mkdir(parents=True, exist_ok=True)
RNG = np.random.default_rng(1503)


def scene(w, h, phase=0.0):
    """A smooth picture with a few edges, U8 [H, W, 3]."""
    y, x = np.mgrid[0:h, 0:w]
    u, v = x / max(1, w - 1), y / max(1, h - 1)
    r = 0.5 + 0.5 * np.sin(6 * u + 3 * v + phase)
    g = 0.5 + 0.5 * np.sin(4 * v - 5 * u * v + 1 + phase)
    b = np.where((u - 0.6) ** 2 + (v - 0.4) ** 2 < 0.08, 0.9, 0.35 + 0.3 * u)
    picture = np.stack([r, g, b], -1) + RNG.normal(0, 0.03, (h, w, 3))
    return (np.clip(picture, 0, 1) * 255).astype(np.uint8)


def ramp(w, h):
    """Transparency from nothing to all, U8 [H, W]."""
    return np.linspace(0, 255, w * h).astype(np.uint8).reshape(h, w)


# ---- PNG, written by hand: Pillow writes only some of the kinds it reads ----


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(samples, depth, colour, palette=None, trns=None, interlace=False, exif=None, filters=True):
    """samples: integers [H, W, C] at their own depth."""
    h, w, c = samples.shape
    step = max(1, c * depth // 8)
    raw = b""
    for left, top, dx, dy in ADAM7 if interlace else [(0, 0, 1, 1)]:
        part = samples[top::dy, left::dx]
        if part.size == 0:
            continue
        above = None
        for j, row in enumerate(part):
            flat = row.reshape(-1).astype(np.uint32)
            bits = ((flat[:, None] >> np.arange(depth - 1, -1, -1)) & 1).astype(np.uint8).reshape(-1)
            line = np.packbits(bits).astype(np.int32)
            above = np.zeros_like(line) if above is None else above
            kind = j % 5 if filters else 0
            left_ = np.concatenate([np.zeros(step, np.int32), line])[: len(line)]
            corner = np.concatenate([np.zeros(step, np.int32), above])[: len(line)]
            p = left_ + above - corner
            pa, pb, pc = abs(p - left_), abs(p - above), abs(p - corner)
            paeth = np.where((pa <= pb) & (pa <= pc), left_, np.where(pb <= pc, above, corner))
            guess = [0 * line, left_, above, (left_ + above) // 2, paeth][kind]
            raw += bytes([kind]) + ((line - guess) & 255).astype(np.uint8).tobytes()
            above = line
    packed = zlib.compress(raw, 9)
    cut = len(packed) // 2
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, colour, 0, 0, int(interlace)))
    if palette is not None:
        out += chunk(b"PLTE", palette.astype(np.uint8).tobytes())
    if trns is not None:
        out += chunk(b"tRNS", trns)
    if exif is not None:
        out += chunk(b"eXIf", exif)
    return out + chunk(b"IDAT", packed[:cut]) + chunk(b"IDAT", packed[cut:]) + chunk(b"IEND", b"")


def tiff(orientation, big=False):
    e = ">" if big else "<"
    head = b"MM\0*" if big else b"II*\0"
    return head + struct.pack(e + "IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)


# ---- BMP, written by hand ----


def bmp(w, h, depth, rows, palette=b"", compression=0, masks=b"", header=40, colours=0):
    """rows: pixel data in file order; masks follow the first 40 bytes of the header."""
    if header == 12:
        info = struct.pack("<IHHHH", 12, w, abs(h), 1, depth)
    else:
        info = struct.pack("<IiiHHIIiiII", header, w, h, 1, depth, compression, len(rows), 2835, 2835, colours, 0)
        info += masks
        info += bytes(max(0, header - len(info)))
    offset = 14 + len(info) + len(palette)
    return b"BM" + struct.pack("<IHHI", offset + len(rows), 0, 0, offset) + info + palette + rows


def bmp_rows(lines, top_down=False):
    lines = [line + bytes(-len(line) % 4) for line in lines]
    return b"".join(lines if top_down else lines[::-1])


# ---- the pictures ----

FILES = {}
W, H = 19, 13
base = scene(W, H)
grey = base[..., 1]
wide16 = (np.linspace(0, 700, W * H).reshape(H, W)).astype(np.int64)
palette = scene(16, 16).reshape(-1, 3)
index8 = RNG.integers(0, 256, (H, W))

for d in (1, 2, 4, 8):
    g = (grey.astype(np.int64) >> (8 - d))[..., None]
    FILES[f"grey{d}.png"] = png(g, d, 0)
    i = (index8 % (1 << d))[..., None]
    FILES[f"palette{d}.png"] = png(i, d, 3, palette[: 1 << d])
FILES["grey16.png"] = png(wide16[..., None], 16, 0)
FILES["grey8-key.png"] = png(grey[..., None] // 32 * 32, 8, 0, trns=struct.pack(">H", 96))
FILES["rgb8-key.png"] = png(base // 128 * 128, 8, 2, trns=struct.pack(">HHH", 128, 128, 0))
FILES["rgb16.png"] = png(base.astype(np.int64) * 257 - 100 * (base > 3), 16, 2)
FILES["grey-alpha16.png"] = png(np.stack([grey, ramp(W, H)], -1).astype(np.int64) * 256 + 77, 16, 4)
FILES["rgba16.png"] = png(np.concatenate([base, ramp(W, H)[..., None]], -1).astype(np.int64) * 256 + 99, 16, 6)
FILES["palette8-alpha.png"] = png(index8[..., None], 8, 3, palette, trns=bytes(range(255, 95, -1)))
FILES["palette2-short.png"] = png((index8 % 4)[..., None], 2, 3, palette[:3])
FILES["adam7-rgb8.png"] = png(base, 8, 2, interlace=True)
FILES["adam7-grey16.png"] = png(wide16[..., None], 16, 0, interlace=True)
FILES["adam7-palette4.png"] = png((index8 % 16)[..., None], 4, 3, palette[:16], interlace=True)
FILES["adam7-grey1.png"] = png((grey >> 7)[..., None], 1, 0, interlace=True)
FILES["adam7-1x1.png"] = png(base[:1, :1], 8, 2, interlace=True)
FILES["adam7-3x2.png"] = png(base[:2, :3], 8, 2, interlace=True)
FILES["exif5.png"] = png(base, 8, 2, exif=tiff(5))


def save(name, picture, **options):
    buffer = io.BytesIO()
    picture.save(buffer, **options)
    FILES[name] = buffer.getvalue()


def without(data, marker):
    """A JPEG without its segments of one kind."""
    out, at = data[:2], 2
    while data[at + 1] != 0xDA:
        length = 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
        if data[at + 1] != marker:
            out += data[at : at + length]
        at += length
    return out + data[at:]


photo = Image.fromarray(scene(67, 45))
for name, sub in (("444", 0), ("422", 1), ("420", 2)):
    save(f"jpeg-{name}.jpg", photo, format="JPEG", quality=85, subsampling=sub)
save("jpeg-progressive-422.jpg", photo, format="JPEG", quality=70, subsampling=1, progressive=True)
save("jpeg-restart.jpg", photo, format="JPEG", quality=85, restart_marker_blocks=2)
save("jpeg-grey.jpg", photo.convert("L"), format="JPEG", quality=85)
save("jpeg-rgb.jpg", photo, format="JPEG", quality=85, keep_rgb=True)
save("jpeg-q5.jpg", photo, format="JPEG", quality=5)
save("jpeg-1x1.jpg", photo.crop((0, 0, 1, 1)), format="JPEG")
save("jpeg-17x1.jpg", photo.crop((0, 0, 17, 1)), format="JPEG")
FILES["jpeg-444-bare.jpg"] = without(FILES["jpeg-444.jpg"], 0xE0)
FILES["jpeg-420-bare.jpg"] = without(FILES["jpeg-420.jpg"], 0xE0)
cmyk = Image.fromarray(np.concatenate([scene(40, 30), scene(40, 30, 2)[..., :1] // 2], -1), "CMYK")
save("jpeg-cmyk.jpg", cmyk, format="JPEG", quality=85)
FILES["jpeg-cmyk-bare.jpg"] = without(FILES["jpeg-cmyk.jpg"], 0xEE)
adobe = FILES["jpeg-cmyk.jpg"].index(b"Adobe")
FILES["jpeg-ycck.jpg"] = FILES["jpeg-cmyk.jpg"][: adobe + 11] + b"\x02" + FILES["jpeg-cmyk.jpg"][adobe + 12 :]
# A profile that would swap the colours, were it obeyed: red and blue primaries exchanged in sRGB's.
from PIL import ImageCms  # noqa: E402

profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
red, blue = profile.index(b"rXYZ", 128), profile.index(b"bXYZ", 128)
profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
save("jpeg-icc.jpg", photo, format="JPEG", quality=85, icc_profile=bytes(profile))
save("png-icc.png", Image.fromarray(base), format="PNG", icc_profile=bytes(profile))
for o in range(1, 9):
    exif = b"Exif\0\0" + tiff(o, big=o % 2 == 0)
    save(f"jpeg-exif{o}.jpg", photo.crop((0, 0, 21, 14)), format="JPEG", quality=90, subsampling=0, exif=exif)
save("jpeg-exif0.jpg", photo.crop((0, 0, 21, 14)), format="JPEG", exif=b"Exif\0\0" + tiff(0))
save("jpeg-exif-broken.jpg", photo.crop((0, 0, 21, 14)), format="JPEG", exif=b"Exif\0\0" + tiff(6)[:13])

frames = [Image.fromarray(scene(23, 17, p)).quantize(40) for p in (0.0, 1.0, 2.0)]
save("gif.gif", frames[0], format="GIF", interlace=0)
save("gif-interlaced.gif", frames[0], format="GIF", interlace=1)
save("gif-animated.gif", frames[0], format="GIF", save_all=True, append_images=frames[1:], duration=50)
save("gif-transparent.gif", frames[0], format="GIF", transparency=7, interlace=0)
noise = Image.fromarray(RNG.integers(0, 256, (70, 90), dtype=np.uint8))
save("gif-noise.gif", noise, format="GIF", interlace=0)


def moved(data, screen, left, top):
    """A GIF whose screen is larger than its first frame."""
    at = data.index(b"\x2c\0\0\0\0")
    at = 13 + (3 << (data[10] & 7) + 1) if data[10] & 0x80 else 13
    while data[at] != 0x2C:
        at += 2
        while data[at]:
            at += 1 + data[at]
        at += 1
    out = data[:6] + struct.pack("<HH", *screen) + data[10 : at + 1] + struct.pack("<HH", left, top)
    return out + data[at + 5 :]


FILES["gif-offset.gif"] = moved(FILES["gif.gif"], (30, 25), 4, 5)
FILES["gif-offset-transparent.gif"] = moved(FILES["gif-transparent.gif"], (30, 25), 4, 5)
FILES["gif-outgrown.gif"] = moved(FILES["gif.gif"], (20, 10), 2, 3)

flipped = base[..., ::-1]
pal4 = np.concatenate([palette[:, ::-1], np.zeros((256, 1), np.uint8)], -1)
FILES["bmp24.bmp"] = bmp(W, H, 24, bmp_rows([r.tobytes() for r in flipped]))
FILES["bmp24-topdown.bmp"] = bmp(W, -H, 24, bmp_rows([r.tobytes() for r in flipped], True))
FILES["bmp24-os2.bmp"] = bmp(W, H, 24, bmp_rows([r.tobytes() for r in flipped]), header=12)
FILES["bmp8.bmp"] = bmp(W, H, 8, bmp_rows([r.astype(np.uint8).tobytes() for r in index8]), pal4.tobytes())
FILES["bmp8-os2.bmp"] = bmp(
    W, H, 8, bmp_rows([r.astype(np.uint8).tobytes() for r in index8]), pal4[:, :3].tobytes(), header=12
)
i4 = np.concatenate([index8 % 16, np.zeros((H, 1), int)], -1)
lines4 = [(r[0::2] * 16 + r[1::2]).astype(np.uint8).tobytes() for r in i4]
FILES["bmp4.bmp"] = bmp(W, H, 4, bmp_rows(lines4), pal4[:16].tobytes())
FILES["bmp4-short.bmp"] = bmp(W, H, 4, bmp_rows([bytes(b & 0x77 for b in l) for l in lines4]), pal4[:8].tobytes(), colours=8)
FILES["bmp1.bmp"] = bmp(W, H, 1, bmp_rows([np.packbits(r % 2).tobytes() for r in index8]), pal4[:2].tobytes())
FILES["bmp32.bmp"] = bmp(
    W, H, 32, bmp_rows([np.concatenate([r, np.full((W, 1), 9, np.uint8)], -1).tobytes() for r in flipped])
)
v = base.astype(np.uint32)
p555 = (v[..., 0] >> 3) << 10 | (v[..., 1] >> 3) << 5 | v[..., 2] >> 3
p565 = (v[..., 0] >> 3) << 11 | (v[..., 1] >> 2) << 5 | v[..., 2] >> 3
FILES["bmp16-555.bmp"] = bmp(W, H, 16, bmp_rows([r.astype("<u2").tobytes() for r in p555]))
FILES["bmp16-565.bmp"] = bmp(
    W, H, 16, bmp_rows([r.astype("<u2").tobytes() for r in p565]), compression=3, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F)
)
p8888 = ramp(W, H).astype(np.uint32) << 24 | v[..., 0] << 16 | v[..., 1] << 8 | v[..., 2]
FILES["bmp32-alpha.bmp"] = bmp(
    W, H, 32, bmp_rows([r.astype("<u4").tobytes() for r in p8888]), compression=3,
    masks=struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000), header=108,
)


def runs(rows, nibbles):
    """Run-length code with runs, literal stretches and one jump."""
    out = b""
    for k, row in enumerate(rows[::-1]):
        row = [int(x) for x in row]
        if k == 1:
            out += bytes([0, 2, 3, 1]) + (bytes([2, 0x12]) if nibbles else bytes([2, 5]))
        elif k % 2:
            padded = row + [0] * (-len(row) % 4)
            body = bytes(a * 16 + b for a, b in zip(padded[0::2], padded[1::2])) if nibbles else bytes(row)
            count = (len(row) + 1) // 2 if nibbles else len(row)
            out += bytes([0, len(row)]) + body[:count] + bytes(count & 1)
        else:
            for x in row:
                out += bytes([1, x * 16 if nibbles else x])
        out += b"\0\0"
    return out + b"\0\1"


FILES["bmp8-rle.bmp"] = bmp(W, H, 8, runs(index8, False), pal4.tobytes(), compression=1)
FILES["bmp4-rle.bmp"] = bmp(W, H, 4, runs(index8 % 16, True), pal4[:16].tobytes(), compression=2)

rgba = Image.fromarray(np.concatenate([scene(37, 29), ramp(37, 29)[..., None]], -1), "RGBA")
save("webp-lossless.webp", photo, format="WEBP", lossless=True)
save("webp-lossless-alpha.webp", rgba, format="WEBP", lossless=True, exact=True)
save("webp-lossless-palette.webp", frames[0].convert("RGB"), format="WEBP", lossless=True)
save("webp-lossless-two.webp", Image.fromarray(np.where(grey[..., None] > 128, [[[250, 9, 30]]], [[[7, 80, 90]]]).astype(np.uint8)), format="WEBP", lossless=True)
save("webp-lossy.webp", photo, format="WEBP", quality=80)
save("webp-lossy-q20.webp", photo, format="WEBP", quality=20, method=6)
save("webp-lossy-odd.webp", photo.crop((0, 0, 33, 17)), format="WEBP", quality=90)
save("webp-lossy-alpha.webp", rgba, format="WEBP", quality=80)
save("webp-exif6.webp", photo.crop((0, 0, 21, 14)), format="WEBP", lossless=True, exif=b"Exif\0\0" + tiff(6))
save("webp-icc.webp", photo, format="WEBP", lossless=True, icc_profile=bytes(profile))
colour_frames = [Image.fromarray(scene(23, 17, p)) for p in (0.0, 1.0)]
save("webp-animated.webp", colour_frames[0], format="WEBP", lossless=True, save_all=True, append_images=colour_frames[1:], duration=50)

# ---- what Pillow reads ----

TENSORS = {}
REFUSED = {}
for name, data in FILES.items():
    (OUT / "images" / name).write_bytes(data)
    try:
        picture = Image.open(io.BytesIO(data))
        TENSORS[name] = np.asarray(picture.convert("RGB"))
        if picture.has_transparency_data:
            over = Image.new("RGBA", picture.size, (255, 255, 255, 255))
            TENSORS[name + "@on-white"] = np.asarray(
                Image.alpha_composite(over, picture.convert("RGBA")).convert("RGB")
            )
        if picture.getexif().get(0x0112, 1) != 1:
            TENSORS[name + "@upright"] = np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))
    except Exception as problem:  # recorded, so that the difference is known
        REFUSED[name] = repr(problem)

# Every transparency (rows) of every grey (columns) over white, for the arithmetic alone.
every = np.stack(np.broadcast_arrays(np.arange(256)[None, :], np.arange(256)[:, None]), -1).astype(np.uint8)
white = Image.new("RGBA", (256, 256), (255, 255, 255, 255))
every = Image.fromarray(every, "LA").convert("RGBA")
TENSORS["every-alpha"] = np.asarray(Image.alpha_composite(white, every))[..., 0]

large = Image.fromarray(scene(113, 71))
TENSORS["resize/source"] = np.asarray(large)
for label, kind in (("bilinear", Image.Resampling.BILINEAR), ("bicubic", Image.Resampling.BICUBIC)):
    for w, h in ((40, 25), (113, 30), (50, 71), (150, 90), (7, 5), (1, 1), (113, 71), (200, 20)):
        TENSORS[f"resize/{label}/{w}x{h}"] = np.asarray(large.resize((w, h), kind))

header, body = {"__metadata__": {"pillow": PIL.__version__}}, b""
for name in sorted(TENSORS):
    data = np.ascontiguousarray(TENSORS[name], np.uint8)
    header[name] = {"dtype": "U8", "shape": list(data.shape), "data_offsets": [len(body), len(body) + data.size]}
    body += data.tobytes()
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
(OUT / "golden.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + body)
versions = {"pillow": PIL.__version__, "numpy": np.__version__, "python": sys.version.split()[0]}
for library in ("jpg", "libjpeg_turbo", "webp", "zlib"):
    versions[library] = str(features.version(library))
(OUT / "golden.json").write_text(
    json.dumps({"versions": versions, "refused_by_pillow": REFUSED, "images": sorted(FILES)}, indent=1) + "\n"
)
print(len(FILES), "pictures,", len(TENSORS), "tensors,", len(body), "bytes; refused:", REFUSED)
