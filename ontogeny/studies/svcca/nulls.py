"""Language models' views moved against what they are compared with: their null.

What is left are each view's own structure and that of neighbouring tokens. A pair of
views of tokens is moved by documents (`ontogeny.measures.similarity.null`); of two
tables of embeddings the words of one are permuted, for tokens are no independent look
at a table of which a few words are most.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ontogeny.measures.similarity.moments import CrossMoments, Moments
from ontogeny.measures.similarity.null import SHIFTS, rotations
from ontogeny.measures.similarity.rows import Rows, in_chunks
from ontogeny.studies.svcca.domains import Domain

PRODUCTS = np.float32
"""Of moved views, of which there are two for each that is not. It changes a null by
some millionths, where its two shifts leave it open by a hundredth."""

Pair = tuple[Moments, Moments, CrossMoments]
"""Of two views and of both, as `ontogeny.measures.similarity.cca` compares them."""


class Moves:
    """How a text's tokens, and its words, are moved against themselves.

    Args:
        domain: The text.
        groups: Of whose resampling groups the first alone are read; 0: all.
    """

    def __init__(self, domain: Domain, groups: int = 0) -> None:
        read = domain.groups < (groups or np.inf)
        self.read = read
        self.kept = np.flatnonzero(read)
        tokens = domain.tokens[read]
        # ASSUME: sentences of a text of fewer than three documents.
        unit = "document" if tokens["document"].nunique() > len(SHIFTS) else "sentence"
        self.firsts = rotations(tokens[unit].to_numpy())
        words, counts = np.unique(domain.ids[read], return_counts=True)
        self.words, self.counts = words, counts

    def of_tokens(
        self, views: Sequence[np.ndarray], others: Iterable[np.ndarray]
    ) -> list[list[CrossMoments]]:
        """Moments of views, moved, with another that stays.

        Args:
            views: Each of shape (tokens, units), of the whole text.
            others: The other view's blocks, in the text's order.

        Returns:
            Of each view, after each move.
        """
        found: list[list[CrossMoments]] = [[] for _ in views]
        begin = done = 0
        for block in others:
            own = block[self.read[begin : begin + len(block)]]
            begin += len(block)
            for rows in in_chunks(own, dtype=PRODUCTS):
                at = np.arange(done, done + len(rows))
                done += len(rows)
                for view, crosses in zip(views, found, strict=True):
                    if not crosses:
                        units = view.shape[1], rows.units
                        crosses += [CrossMoments(*units) for _ in self.firsts]
                    for first, cross in zip(self.firsts, crosses, strict=True):
                        moved = self.kept[(at + first) % len(self.kept)]
                        own_rows = Rows(
                            view[moved], origin=cross.shifts[0], dtype=PRODUCTS
                        )
                        cross.update(own_rows, rows)
        return found

    def words_moved(self, table: np.ndarray) -> list[tuple[np.ndarray, Moments]]:
        """A table after each permutation of the text's words, and its moments.

        Args:
            table: Shape (types, units).

        Returns:
            The vectors of the text's words, and the moments over its tokens.
        """
        rng = np.random.default_rng(0)
        tables = (table[rng.permutation(self.words)] for _ in SHIFTS)
        return [(moved, Moments.of(moved, counts=self.counts)) for moved in tables]

    def of_words(
        self,
        moved: Sequence[tuple[np.ndarray, Moments]],
        other: np.ndarray,
        own: Moments,
    ) -> list[Pair]:
        """Moments of a table, moved, with another that stays.

        Args:
            moved: Of `words_moved`.
            other: The other one, shape (types, units).
            own: Its moments over the text's tokens, as one group.
        """
        pairs = []
        for table, moments in moved:
            cross = CrossMoments(table.shape[1], other.shape[1])
            cross.update(table, other[self.words], counts=self.counts)
            pairs.append((moments, own, cross))
        return pairs
