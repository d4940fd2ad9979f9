"""Errors of grammar, put into generated sentences."""

from __future__ import annotations

import numpy as np

from ontogeny.corpus.treebank import Sentence

SHARE = 1 / 3
"""Of the sentences, which are to have errors."""
WORDS_AN_ERROR = 6
"""A sentence with errors has one for so many words, and one at least."""
_PAIRS = ["is", "are", "was", "were", "has", "have", "does", "do"]
_OTHER = {
    **dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True)),
    **dict(zip(_PAIRS[1::2], _PAIRS[::2], strict=True)),
    "am": "is",
}
"""Auxiliaries of the other number."""


def corrupted(
    tree: Sentence, draws: np.random.Generator
) -> tuple[tuple[str, ...], tuple[bool, ...]]:
    """A sentence's words, in a third of the sentences with errors, and which are wrong.

    An error is a finite verb of the other number, or two neighbours in the other order;
    no word has two. A language without finite verbs has the second kind alone.

    Args:
        tree: The sentence, from the grammar.
        draws: What decides.

    >>> tree = Sentence(("Ann", "sings"), ("PROPN", "VERB"), ("NNP", "VBZ"), (2, 0),
    ...                 ("nsubj", "root"), ({}, {}))
    >>> corrupted(tree, np.random.default_rng(3))
    (('Ann', 'sing'), (False, True))
    """
    words, wrong = list(tree.words), [False] * len(tree)
    if draws.random() < SHARE:
        for _ in range(1 + len(tree) // WORDS_AN_ERROR):
            if draws.random() < 0.5:
                _disagree(tree, words, wrong, draws)
            else:
                _swap(words, wrong, draws)
        if not any(wrong):
            _swap(words, wrong, draws)
    return tuple(words), tuple(wrong)


def _disagree(
    tree: Sentence, words: list[str], wrong: list[bool], draws: np.random.Generator
) -> None:
    others = {
        at: other
        for at, (word, xpos) in enumerate(zip(tree.words, tree.xpos, strict=True))
        if not wrong[at] and (other := _other(word, xpos))
    }
    if others:
        at = list(others)[draws.integers(len(others))]
        words[at], wrong[at] = others[at], True


def _other(word: str, xpos: str) -> str | None:
    """A finite verb's form of the other number; None: it has none, or is no such."""
    if xpos not in ("VBZ", "VBP", "VBD"):
        return None
    known = _OTHER.get(word.lower())
    if known:
        return known.capitalize() if word[0].isupper() else known
    if xpos == "VBP":
        return f"{word}s"
    return word.removesuffix("s") if xpos == "VBZ" else None


def _swap(words: list[str], wrong: list[bool], draws: np.random.Generator) -> None:
    places = [
        at
        for at in range(len(words) - 1)
        if words[at] != words[at + 1] and not (wrong[at] or wrong[at + 1])
    ]
    if places:
        at = places[draws.integers(len(places))]
        words[at], words[at + 1] = words[at + 1], words[at]
        wrong[at] = wrong[at + 1] = True
