"""The universal part-of-speech tags, and which of them are open or closed."""

from __future__ import annotations

UPOS = (
    "ADJ",
    "ADP",
    "ADV",
    "AUX",
    "CCONJ",
    "DET",
    "INTJ",
    "NOUN",
    "NUM",
    "PART",
    "PRON",
    "PROPN",
    "PUNCT",
    "SCONJ",
    "SYM",
    "VERB",
    "X",
)
"""A tag's index is its place here; Source: universaldependencies.org/u/pos."""

OPEN = frozenset({"ADJ", "ADV", "INTJ", "NOUN", "PROPN", "VERB"})
CLOSED = frozenset({"ADP", "AUX", "CCONJ", "DET", "PART", "PRON", "SCONJ"})
"""Source: Saphra & Lopez (2019), arXiv:1908.01817, footnotes 1 and 2."""

UNTAGGED = "_"
"""What a treebank writes where a word has no tag."""
