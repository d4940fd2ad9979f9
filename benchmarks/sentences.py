"""Where sentences end, beside treebanks that know: `corpus.sentences` 1 and 2, and
sentencex, a splitter of raw text that is well kept.

UD English EWT and PUD are read from ONTOGENY_DATA, a folder that holds them as
`data_dir` does. Sentences of a paragraph are put together, and told apart again.
"""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from benchmarks.timing import Criterion
from ontogeny.corpus.splitting import Splitter, choose_splitter

TREEBANKS = ("ud-english-ewt", "ud-english-pud")

Paragraph = list[tuple[str, list[str]]]
"""Its sentences: as text, and as words."""


def run(folder: Path) -> dict[str, pd.DataFrame]:
    """Boundaries missed and wrong, of every splitter on every treebank."""
    del folder  # nothing is written but the tables
    data = Path(os.environ["ONTOGENY_DATA"])
    rows = []
    for treebank in TREEBANKS:
        read = [*_paragraphs(sorted(data.glob(f"{treebank}/*.conllu")))]
        for name, tokenised, split in _splitters():
            texts = [
                " ".join(" ".join(words) if tokenised else text for text, words in p)
                for p in read
            ]
            begin = time.process_time()
            found = [*split(texts)]
            seconds = time.process_time() - begin
            rows.append({
                "treebank": treebank, "text": "tokens" if tokenised else "raw",
                "splitter": name, **_errors(read, found),
                "seconds": seconds,
            })  # fmt: skip
    return {"boundaries": pd.DataFrame(rows)}


def criteria(tables: dict[str, pd.DataFrame]) -> list[Criterion]:
    """The second way has no more errors than the first, on any treebank."""
    table = tables["boundaries"].set_index(["treebank", "text", "splitter"])["f1"]
    rows = []
    for treebank, text in sorted({index[:2] for index in table.index}):
        one, two = (table[treebank, text, f"sentences: {way}"] for way in (1, 2))
        rows.append(
            Criterion(
                f"sentence boundaries, {treebank}, {text}: F1 of 2 (of 1)",
                "≥ that of 1",
                f"{two:.3f} ({one:.3f})",
                bool(two >= one),
            )
        )
    return rows


def _splitters() -> Iterator[tuple[str, bool, Splitter]]:
    for tokenised in (False, True):
        for way in (1, 2):
            split = choose_splitter("en", tokenised=tokenised, way=way)
            yield f"sentences: {way}", tokenised, split
    if importlib.util.find_spec("sentencex"):
        segment: Callable[[str, str], list[str]] = importlib.import_module(
            "sentencex"
        ).segment
        yield (
            "sentencex",
            False,
            lambda texts: ([[s] for s in segment("en", text)] for text in texts),
        )


def _paragraphs(files: list[Path]) -> Iterator[Paragraph]:
    paragraph: Paragraph = []
    for file in files:
        for block in file.read_text(encoding="utf-8").split("\n\n"):
            lines = block.splitlines()
            if paragraph and any(line.startswith("# new") for line in lines):
                yield paragraph
                paragraph = []
            text = [line for line in lines if line.startswith("# text = ")]
            columns = [line.split("\t") for line in lines if not line.startswith("#")]
            if text:
                words = [column[1] for column in columns if column[0].isdigit()]
                paragraph.append((text[0].removeprefix("# text = "), words))
    if paragraph:
        yield paragraph


def _errors(read: list[Paragraph], found: list[list[list[str]]]) -> dict[str, float]:
    """Shares of boundaries that are missed, and of found ones that are wrong; F1."""
    right = missed = wrong = 0
    for paragraph, sentences in zip(read, found, strict=True):
        gold = _ends("".join(text.split()) for text, _ in paragraph)
        made = _ends("".join("".join(words).split()) for words in sentences)
        right += len(gold & made)
        missed += len(gold - made)
        wrong += len(made - gold)
    return {
        "boundaries": right + missed,
        "missed": missed / (right + missed),
        "wrong": wrong / (right + wrong),
        "f1": 2 * right / (2 * right + missed + wrong),
    }


def _ends(sentences: Iterator[str]) -> set[int]:
    """Where sentences end but the last, in characters without blanks."""
    ends, end = [], 0
    for sentence in sentences:
        end += len(sentence)
        ends.append(end)
    return {*ends[:-1]}
