"""Trains pocket-lm's byte-level BPE and reports how well it packs each source.

    python train_tokenizer.py DATA --out ../../pocket/src/main/resources/io/lorgnette/pocket/lm/tokenizer.json
    python train_tokenizer.py DATA --compare 4096 6144 8192

The split pattern is GPT-2's with two changes: digits stand alone (with at most one space before),
and "." always stands alone, so that a caption ends in the same token whatever comes before it.
Nothing is normalised and no space is put in front: a caption starts right after the visual prefix
or a document's start, and decoding gives every text back byte for byte.
"""

import argparse
import hashlib
import os
from pathlib import Path
from typing import Iterator

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from pocket_text import SOURCES

PATTERN = (
    r"'(?i:s|t|re|ve|m|ll|d)"  # endings of contractions
    r"| ?\p{L}+"  # a word with the space before it
    r"| ?\p{N}"  # one digit
    r"|\."  # the stop token, always alone
    r"| ?[^\s\p{L}\p{N}.]+"  # other signs
    r"|\s+(?!\S)|\s+"  # blanks, the last one left to the word after them
)
SPECIAL = ["<|endoftext|>", "<|pad|>"]

# Share of the training text; caption words are what the model is for.
WEIGHTS = {"captions": 0.25, "questions": 0.10, "stories": 0.20, "books": 0.45}
TRAINING_BYTES = 40_000_000


def weighted(texts: dict[str, list[str]]) -> Iterator[str]:
    """Each source repeated, or thinned by a hash of the document, to its share."""
    for name, documents in texts.items():
        size = sum(len(d.encode()) for d in documents)
        times = WEIGHTS[name] * TRAINING_BYTES / size
        for document in documents:
            draw = hashlib.sha256(document.encode()).digest()[:8]
            extra = int.from_bytes(draw, "big") / 2**64 < times % 1
            for _ in range(int(times) + extra):
                yield document


def train(texts: dict[str, list[str]], entries: int) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=entries,
        show_progress=False,
        special_tokens=[AddedToken(s, special=True, normalized=False) for s in SPECIAL],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(weighted(texts), trainer)
    if tokenizer.get_vocab_size() != entries:
        raise SystemExit(f"expected {entries} entries, got {tokenizer.get_vocab_size()}")
    return tokenizer


def report(tokenizer: Tokenizer, texts: dict[str, list[str]]) -> None:
    """Prints bytes per token by source; stops at the first text that does not come back."""
    stop = tokenizer.token_to_id(".")
    for name, documents in texts.items():
        tokens = size = 0
        for start in range(0, len(documents), 1000):
            batch = documents[start : start + 1000]
            encodings = [e.ids for e in tokenizer.encode_batch_fast(batch)]
            for text, ids, back in zip(batch, encodings, tokenizer.decode_batch(encodings)):
                if text != back:
                    raise SystemExit(f"{name}: does not come back: {text!r} became {back!r}")
                if name in ("captions", "questions") and ids[-1] != stop:
                    raise SystemExit(f"{name}: does not end in the stop token: {text!r}")
                tokens += len(ids)
                size += len(text.encode())
        print(
            f"{tokenizer.get_vocab_size():6d}  {name:10s} {len(documents):8,d} documents"
            f" {size:12,d} bytes {tokens:12,d} tokens {size / tokens:6.3f} bytes/token",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="the data folder (holds text, vqav2_coco, daquar)")
    parser.add_argument("--entries", type=int, default=8192)
    parser.add_argument("--out", type=Path, help="where tokenizer.json goes")
    parser.add_argument("--compare", type=int, nargs="+", help="only report for these sizes")
    args = parser.parse_args()
    texts = {name: list(read(args.data)) for name, read in SOURCES.items()}
    for entries in args.compare or [args.entries]:
        tokenizer = train(texts, entries)
        report(tokenizer, texts)
    if args.out and not args.compare:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        partial = args.out.with_name(args.out.name + ".part")
        partial.write_text(tokenizer.to_str(pretty=True), encoding="utf-8")
        os.replace(partial, args.out)
        print(f"{args.out}: {args.out.stat().st_size:,} bytes,"
              f" sha256 {hashlib.sha256(args.out.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
