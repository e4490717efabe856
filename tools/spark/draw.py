"""Draws WebDataset shards: python3 draw.py FOLDER SHARDS IMAGES. Every image beside the last of a shard can be read."""
import io, json, os, random, struct, sys, tarfile, zlib


def png(seed, side=96):
    rng = random.Random(seed)
    boxes = [(rng.randrange(side), rng.randrange(side), rng.randbytes(3)) for _ in range(6)]
    rows = bytearray()
    for y in range(side):
        rows.append(0)
        for x in range(side):
            colour = boxes[0][2]
            for left, top, other in boxes[1:]:
                if left <= x < left + 30 and top <= y < top + 20:
                    colour = other
            rows += colour

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b"")


folder, shards, images = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.makedirs(folder, exist_ok=True)
for shard in range(shards):
    with tarfile.open(f"{folder}/{shard:04d}.tar", "w") as tar:
        for i in range(images):
            number = shard * images + i
            texts = {"image_id": f"image {number}", "captions": [f"Boxes, number {number}."], "questions": [{"question": "What is it?"}]}
            picture = b"no picture" if i == images - 1 else png(number)
            for name, data in ((f"{number:08d}.png", picture), (f"{number:08d}.json", json.dumps(texts).encode())):
                member = tarfile.TarInfo(name)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
