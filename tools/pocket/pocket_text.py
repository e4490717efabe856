"""The text that pocket-lm reads, document by document, from the data folder.

Four sources: captions (each ends in one attached "."), questions with their answer (training parts
only), stories and books. One document is one caption, one image's questions, one story or one
chapter.
"""

import gzip
import json
import re
from pathlib import Path
from typing import Iterator

_IMAGE_TAIL = re.compile(r"\s*in the (image\d+)\s*\?\s*$")
_OPEN_END = " \t\u00a0.,;:!?"


def full_stop(caption: str) -> str:
    """The caption with exactly one "." attached to its last word."""
    return " ".join(caption.split()).rstrip(_OPEN_END) + "."


def _lines(path: Path) -> Iterator[str]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="\n") as file:
        for line in file:
            yield line.rstrip("\r\n")


def _json(path: Path) -> dict:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def _paragraphs(paths: list[Path]) -> Iterator[str]:
    """Documents that end at an empty line; their lines stay lines."""
    for path in paths:
        document: list[str] = []
        for line in _lines(path):
            if line.strip():
                document.append(line)
            elif document:
                yield "\n".join(document)
                document = []
        if document:
            yield "\n".join(document)


def _question(question: str, answer: str) -> str:
    return f"Question: {question.strip()} Answer: {answer.strip()}."


def captions(data: Path) -> Iterator[str]:
    for line in _lines(data / "text" / "captions.txt.gz"):
        if line.strip():
            yield full_stop(line)


def questions(data: Path) -> Iterator[str]:
    """All questions of one image joined by spaces, as the shots of a few-shot prompt are."""
    vqa = data / "vqav2_coco"
    by_image: dict[str, list[str]] = {}
    for questions_file, annotations_file in (
        ("v2_OpenEnded_mscoco_train_questions.json", "v2_mscoco_train_annotations.json"),
        ("no_image_questions.json.gz", "no_image_annotations.json.gz"),
    ):
        answers = {
            a["question_id"]: a["multiple_choice_answer"]
            for a in _json(vqa / annotations_file)["annotations"]
        }
        for q in _json(vqa / questions_file)["questions"]:
            pair = _question(q["question"], answers[q["question_id"]])
            by_image.setdefault(str(q["image_id"]), []).append(pair)
    daquar = list(_lines(data / "daquar" / "qa.raw.train.txt"))
    for question, answer in zip(daquar[0::2], daquar[1::2]):
        tail = _IMAGE_TAIL.search(question)
        image = tail.group(1) if tail else question
        pair = _question(_IMAGE_TAIL.sub("?", question), answer.replace("_", " "))
        by_image.setdefault(image, []).append(pair)
    for pairs in by_image.values():
        yield " ".join(pairs)


def stories(data: Path) -> Iterator[str]:
    return _paragraphs([data / "text" / "stories.txt.gz"])


def books(data: Path) -> Iterator[str]:
    return _paragraphs(sorted((data / "text").glob("books-*.txt.gz")))


SOURCES = {"captions": captions, "questions": questions, "stories": stories, "books": books}
