"""Coreference in LitBank's novels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np

from ontogeny.errors import InputError
from ontogeny.tasks.probing import paper
from ontogeny.tasks.probing.archives import tar_texts
from ontogeny.tasks.probing.columns import Block, blocks
from ontogeny.tasks.probing.sentences import spaced
from ontogeny.tasks.probing.task import NONE, Document, Files, Item, Part

DATA = "litbank"
ARCHIVE = ((DATA, "litbank-annotations.tar.zst"),)
SAME = "same"
MOST = 200
"""Pairs of a novel that mean the same; as many do not."""
WORD, COLUMNS = 3, 13
SHARES = {"train": (0.0, 0.8), "valid": (0.8, 0.9), "test": (0.9, 1.0)}
ORDER_SEED = 0
_MENTION = re.compile(r"(\()?(\d+)(\))?")


class Mention(NamedTuple):
    """A word that is a mention by itself.

    Attributes:
        at: Sentence and word.
        form: The word; "He" and "he" are alike, as they are in lowercased text.
        cluster: What it means.
    """

    at: tuple[int, int]
    form: str
    cluster: str


class Coreference(paper.Coreference):
    """Mentions of one word, the later with an earlier one that has another form.

    Novels, shuffled, are split in 80, 10 and 10 %. Of a novel at most `MOST` pairs are
    drawn, and for each an earlier mention of something else.
    """

    stands_in = "LitBank, words that are a mention"
    text = DATA
    files: ClassVar[Files] = {"train": ARCHIVE, "valid": ARCHIVE, "test": ARCHIVE}

    def read(self, files: Sequence[Path], part: Part) -> Iterator[Document]:
        """See `Task.read`."""
        novels = sorted(tar_texts(files[0], "coref/conll/", ".conll"))
        order = np.random.default_rng(ORDER_SEED).permutation(len(novels))
        first, last = (round(share * len(novels)) for share in SHARES[part])
        for unit, number in enumerate(order[first:last]):
            name, text = novels[number]
            where = f"{files[0]}: {name}"
            lines = enumerate(text.split("\n"), 1)
            found = list(blocks(lines, where, columns=COLUMNS))
            sentences = tuple(spaced(row[WORD] for row in one.rows) for one in found)
            mentions = _mentions(found, where)
            items = tuple(_pairs(mentions, self.draws(part, unit)))
            yield Document(unit, sentences, items)


def _mentions(sentences: Sequence[Block], where: str) -> list[Mention]:
    found = []
    for sentence, block in enumerate(sentences):
        for word, row in enumerate(block.rows):
            for cell in row[-1].split("|"):
                mention = _MENTION.fullmatch(cell)
                if mention is None and cell not in ("", "_", "-"):
                    raise InputError(
                        f"{where}, line {block.line + word}: {cell!r} is no mention, "
                        "as (3, 3) or (3) would be."
                    )
                if mention and mention[1] and mention[3]:
                    form = row[WORD].casefold()
                    found.append(Mention((sentence, word), form, mention[2]))
    return found


def _pairs(mentions: Sequence[Mention], draws: np.random.Generator) -> Iterator[Item]:
    """Pairs that mean the same, at most `MOST`, each followed by one that does not."""
    pairs = [
        (later, earlier)
        for later, mention in enumerate(mentions)
        for earlier in range(later)
        if mention.cluster == mentions[earlier].cluster
        and mention.form != mentions[earlier].form
    ]
    for number in sorted(draws.permutation(len(pairs))[:MOST]):
        later, earlier = pairs[number]
        mention = mentions[later]
        yield Item((mention.at, mentions[earlier].at), SAME)
        others = [
            one.at
            for one in mentions[:later]
            if one.cluster != mention.cluster and one.form != mention.form
        ]
        if others:
            yield Item((mention.at, others[draws.integers(len(others))]), NONE)
