"""A treebank of a generated language: the same language, other texts."""

from __future__ import annotations

from collections.abc import Iterator

from ontogeny.corpus.treebank import Sentence
from ontogeny.grammar import documents
from ontogeny.grammar.lexicon import LANGUAGE_SEED

# Share of the training part's size.
PARTS = {"train": 1.0, "dev": 0.2, "test": 0.2}
FIRST_SEED = 1_000_000
"""Treebanks are drawn from seeds beyond those of corpora."""


def treebank(
    tokens: int,
    *,
    language: str,
    types: int,
    seed: int,
    language_seed: int = LANGUAGE_SEED,
) -> dict[str, Iterator[Sentence]]:
    """Training, development and test parts, each its own text.

    Args:
        tokens: Words of the training part; the others have a fifth.
        language: One of `ontogeny.grammar.LANGUAGES`.
        types: As of the corpus: it is part of the language.
        seed: The corpus's; no part shares its text.
        language_seed: As of the corpus: it is the language.

    >>> parts = treebank(500, language="mini", types=400, seed=0)
    >>> list(parts), len(next(parts["dev"])) > 0
    (['train', 'dev', 'test'], True)
    """
    return {
        part: (
            sentence
            for document in documents(
                max(1, int(tokens * share)),
                language=language,
                types=types,
                seed=FIRST_SEED + len(PARTS) * seed + number,
                language_seed=language_seed,
            )
            for sentence in document.sentences
        )
        for number, (part, share) in enumerate(PARTS.items())
    }
