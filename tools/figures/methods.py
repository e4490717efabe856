"""Draws docs/methods/*.svg: the figure of every method, boxes from image to text, trained ones marked.

usage: methods.py OUTPUT_FOLDER     (needs nothing but Python)
"""

import sys
from pathlib import Path
from xml.sax.saxutils import escape

# Each box: (text, kind); kinds: data, frozen, trained. A nested list stands inside the box before it. A figure of several rows is a list of lists.
FIGURES = {
    "mapl": [("image", "data"), ("vision encoder", "frozen"), ("N x Di", "data"), ("mapping network\n4 layers, 32 constants", "trained"),
             ("32 x D", "data"), ("language model", "frozen"), ("text", "data")],
    "mapl-blind": [("zeros, N x Di", "data"), ("mapping network", "trained"), ("32 x D, the same\nfor every image", "data"),
                   ("language model", "frozen"), ("text", "data")],
    "blip2": [("image", "data"), ("vision encoder", "frozen"), ("N x Di", "data"), ("Q-Former\n32 queries", "trained"), ("linear", "trained"),
              ("32 x D", "data"), ("language model", "frozen"), ("text", "data")],
    "instruct-blip": [("image\nand question", "data"), ("vision encoder", "frozen"), ("N x Di,\nquestion", "data"),
                      ("Q-Former, reads\nthe question", "trained"), ("linear", "trained"), ("32 x D,\nquestion", "data"),
                      ("language model", "frozen"), ("text", "data")],
    "blip2-stage1": [("image", "data"), ("vision encoder", "frozen"), ("N x Di", "data"), ("Q-Former\nqueries and text", "trained"),
                     ("ITC, ITM, ITG", "trained"), ("three losses", "data")],
    "clip-cap": [("image", "data"), ("CLIP", "frozen"), ("1 x Di", "data"), ("transformer\nK constants", "trained"), ("K x D", "data"),
                 ("GPT-2\n(MLP variant: trained)", "frozen"), ("text", "data")],
    "limber": [("image", "data"), ("vision encoder", "frozen"), ("N x Di", "data"), ("linear", "trained"), ("N x D", "data"),
               ("language model", "frozen"), ("text", "data")],
    "minigpt4": [("image", "data"), ("vision encoder", "frozen"), ("N x Di", "data"), ("Q-Former\nof BLIP-2", "frozen"), ("Q x d", "data"),
                 ("linear", "trained"), ("Q x D in\na chat", "data"), ("language model", "frozen"), ("text", "data")],
    "llava": [("image", "data"), ("CLIP, last layer\nbut one", "frozen"), ("N x Di", "data"), ("linear, GELU,\nlinear", "trained"), ("N x D", "data"),
              ("language model\n(stage 2: trained)", "frozen"), ("text", "data")],
    "frozen": [("pixels", "data"), ("NF-ResNet", "trained"), ("1 x C", "data"), ("linear", "trained"), ("2 x D", "data"),
               ("language model", "frozen"), ("text", "data")],
    "magma": [("pixels", "data"), ("CLIP ResNet\n(slowly)", "trained"), ("N x Di", "data"), ("linear,\nlayer norm", "trained"), ("N x D", "data"),
              ("language model", "frozen", ["adapters"]), ("text", "data")],
    "flamingo": [("image", "data"), ("vision encoder", "frozen"), ("N x Di", "data"), ("Perceiver\n64 latents", "trained"), ("64 x Di", "data"),
                 ("language model", "frozen", ["gated cross-\nattention"]), ("text", "data")],
    "fine-tune": [("image", "data"), ("vision encoder", "frozen"), ("N x Di", "data"), ("mapping network", "trained"), ("32 x D", "data"),
                  ("language model", "trained"), ("text", "data")],
    "lora": [("image", "data"), ("vision encoder", "frozen"), ("N x Di", "data"), ("mapping network", "trained"), ("32 x D", "data"),
             ("language model", "frozen", ["B A at queries\nand values"]), ("text", "data")],
    "pica": [("image", "data"), ("captioner,\nclassifier", "frozen"), ("caption. tags", "data"), ("prompt with\nn like examples", "data"),
             ("language model", "frozen"), ("k answers,\nthe surest kept", "data")],
    "trig": [("image", "data"), ("captioner,\nclassifier", "frozen"), ("caption. tags", "data"), ("Lucene", "frozen"), ("K passages", "data"),
             ("encoder,\nK passes", "trained"), ("all states", "data"), ("decoder", "trained"), ("answer", "data")],
    "clip": [
        [("image", "data"), ("vision encoder", "frozen"), ("N x Di", "data"), ("head", "trained"), ("J", "data")],
        [("text", "data"), ("text tower", "trained"), ("J", "data")],
    ],
    "vlkd": [
        [("image", "data"), ("CLIP, image side", "frozen"), ("1 x J", "data"), ("linear", "trained"), ("P x D beside\nthe encoder's states", "data"),
         ("BART", "trained"), ("masked text,\nfilled in", "data")],
        [("text", "data"), ("BART encoder", "trained"), ("mean, D", "data"), ("linear", "trained"), ("J: near to", "data"),
         ("CLIP, text side,\nof the same text", "frozen"), ("and to its image", "data")],
    ],
}
COLOURS = {"frozen": ("#dbe9f6", "#3b6ea5"), "trained": ("#fde3c8", "#c2570c")}
HEIGHT, GAP, TOP, ROW = 64, 26, 34, 116


def lines(text, x, y, colour, size=13):
    parts = text.split("\n")
    start = y - (len(parts) - 1) * size * 0.6
    return "".join(
        f'<text x="{x}" y="{start + i * size * 1.2:.0f}" fill="{colour}" font-size="{size}" text-anchor="middle" '
        f'dominant-baseline="middle">{escape(part)}</text>'
        for i, part in enumerate(parts)
    )


def row(boxes, top):
    out, x = [], 12
    for i, box in enumerate(boxes):
        text, kind = box[0], box[1]
        longest = max(len(part) for part in text.split("\n"))
        width = 18 + 7.4 * longest if kind != "data" else 10 + 7.2 * longest
        inside = box[2] if len(box) > 2 else []
        width = max(width, 140) if inside else width
        middle = top + HEIGHT / 2
        if i:
            out.append(f'<path d="M{x - GAP + 3:.0f} {middle}h{GAP - 9}" stroke="#666" fill="none" marker-end="url(#tip)"/>')
        if kind == "data":
            out.append(lines(text, x + width / 2, middle, "#555"))
        else:
            fill, edge = COLOURS[kind]
            tall = HEIGHT + (46 if inside else 0)
            out.append(f'<rect x="{x:.0f}" y="{top}" width="{width:.0f}" height="{tall}" rx="8" fill="{fill}" stroke="{edge}" stroke-width="1.5"/>')
            out.append(lines(text, x + width / 2, middle - (6 if inside else 0), "#1b1b1b"))
            out.append(lines(kind, x + width / 2, top - 12, edge, 11))
            for label in inside:
                f2, e2 = COLOURS["trained"]
                out.append(f'<rect x="{x + 10:.0f}" y="{top + HEIGHT - 8}" width="{width - 20:.0f}" height="44" rx="6" fill="{f2}" stroke="{e2}"/>')
                out.append(lines(label, x + width / 2, top + HEIGHT + 14, "#1b1b1b", 12))
        x += width + GAP
    return "".join(out), x - GAP + 12


def figure(boxes):
    rows = boxes if isinstance(boxes[0], list) else [boxes]
    drawn = [row(boxes, TOP + i * ROW) for i, boxes in enumerate(rows)]
    out = [part for part, _ in drawn]
    total = max(width for _, width in drawn)
    high = TOP + HEIGHT + (len(rows) - 1) * ROW + (64 if any(len(b) > 2 for b in rows[-1]) else 18)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total:.0f} {high:.0f}" width="{total:.0f}" height="{high:.0f}" '
        'font-family="system-ui, sans-serif" role="img">'
        f'<rect width="{total:.0f}" height="{high:.0f}" fill="#fff"/>'
        '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="6" refY="3" orient="auto"><path d="M0 0l6 3-6 3z" fill="#666"/></marker></defs>'
        + "".join(out) + "</svg>\n"
    )


folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for name, boxes in FIGURES.items():
    (folder / f"{name}.svg").write_text(figure(boxes))
