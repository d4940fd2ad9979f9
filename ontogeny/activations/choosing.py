"""The tokens of a split that are measured: whole documents, a piece at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from ontogeny.corpus.tables import batches

PIECE_TOKENS = 1_000_000
"""A text longer than this is measured in pieces of about so many tokens."""


class ChosenTokens:
    """Whole documents of a split, drawn with a seed, in text order.

    If not even the first document drawn fits, its first tokens are chosen.
    Iterating reads the file, each time anew: a text of any length takes the
    memory of a piece.
    Making one reads the file once, for the sizes of its documents.
    ASSUME: the paper does not say which tokens are measured; whole documents,
    drawn with a fixed seed, so that all epochs and models see the same.

    Args:
        path: Table `TOKENS` of `ontogeny.corpus.encoding`.
        limit: Tokens chosen at most.
        seed: Of the draw.
        piece: A piece ends with the document that reaches so many tokens.

    Attributes:
        rows: Number of tokens chosen.
    """

    def __init__(
        self, path: Path, limit: int, *, seed: int = 0, piece: int = PIECE_TOKENS
    ) -> None:
        self._path, self._limit = path, limit
        sizes = _document_sizes(path)
        drawn = (
            sizes.sample(frac=1, random_state=seed) if sizes.sum() > limit else sizes
        )
        fitting = drawn.index[drawn.cumsum() <= limit]
        chosen = sizes[fitting if len(fitting) else drawn.index[:1]].sort_index()
        self.rows = min(limit, int(chosen.sum()))
        before = chosen.cumsum() - chosen
        self._piece_of = before // piece

    def __iter__(self) -> Iterator[pd.DataFrame]:
        """Pieces: columns id, document, sentence; index: the place in the split."""
        parts: list[pd.DataFrame] = []
        current = 0
        for part in self._parts():
            for number, rows in part.groupby(part["document"].map(self._piece_of)):
                if number != current:
                    yield pd.concat(parts)
                    parts, current = [], number
                parts.append(rows)
        yield pd.concat(parts).head(self._limit)

    def _parts(self) -> Iterator[pd.DataFrame]:
        """The chosen tokens of each row group."""
        start = 0
        for batch in batches(self._path):
            part = batch.to_pandas()
            part.index += start
            start += len(part)
            yield part[part["document"].isin(self._piece_of.index)]


def _document_sizes(path: Path) -> pd.Series:
    """Tokens of each document, by its number."""
    sizes: Counter[int] = Counter()
    for batch in batches(path):
        documents, tokens = np.unique(batch["document"].to_numpy(), return_counts=True)
        sizes.update(dict(zip(documents.tolist(), tokens.tolist(), strict=True)))
    return pd.Series(sizes, dtype=np.int64).sort_index()
