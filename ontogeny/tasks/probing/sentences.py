"""Documents of one sentence, and where blanks stand in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ontogeny.corpus import treebank
from ontogeny.tasks.probing.task import Document, Item, Sentence


def blanks_in(text: str, words: Sequence[str]) -> tuple[bool, ...] | None:
    """Whether a blank follows each word in a text; None if it has other words.

    The last word counts as followed by one.

    >>> blanks_in("It didn't.", ["It", "did", "n't", "."])
    (True, False, False, True)
    >>> blanks_in("It did.", ["It", "does", "."])
    """
    found, at = [], 0
    for word in words:
        if not text.startswith(word, at):
            return None
        at += len(word)
        rest = text[at:].lstrip()
        found.append(len(rest) < len(text) - at or not rest)
        at = len(text) - len(rest)
    return tuple(found)


def sentence_of(tree: treebank.Sentence) -> Sentence:
    """A treebank's sentence; blanks as its `# text` has them, else SpaceAfter.

    The text is asked first: a word within a multiword token (did-n't) has no
    SpaceAfter.
    """
    blanks = blanks_in(tree.comments.get("text", ""), tree.words)
    if blanks is None:
        blanks = tuple(word.get("SpaceAfter") != "No" for word in tree.misc)
    return Sentence(tree.words, blanks)


def spaced(words: Iterable[str], text: str = "") -> Sentence:
    """Words with blanks as in a text; between all where it has other words or none."""
    words = tuple(words)
    return Sentence(words, blanks_in(text, words) or (True,) * len(words))


def labelled(
    unit: int, sentence: Sentence, labels: Iterable[str | float | None]
) -> Document:
    """A sentence with a label a word; a word whose label is None is no item."""
    items = [
        Item(((0, word),), label)
        for word, label in enumerate(labels)
        if label is not None
    ]
    return Document(unit, (sentence,), tuple(items))


def paired(
    unit: int, sentence: Sentence, pairs: Iterable[tuple[int, int, str]]
) -> Document:
    """A sentence with labels of pairs: child, head, label."""
    items = [Item(((0, child), (0, head)), label) for child, head, label in pairs]
    return Document(unit, (sentence,), tuple(items))
