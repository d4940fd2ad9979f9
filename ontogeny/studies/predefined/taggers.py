"""Which taggers are trained, and what they are called; loads nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

ORDERS = ("up", "down", "random")


class Tagger(NamedTuple):
    """One tagger, for a treebank and a seed.

    Attributes:
        kind: "dense", or "sparse": k dimensions with the parameters of a dense one.
        width: k′, dimensions of the dense embedding.
        hidden: Units of each direction of the LSTM.
        order: Which words have all dimensions: the frequent ones ("up"), the rare ones
            ("down"), or any ("random").
        blocks: Blocks of the authors' code; 0: the closed form.
    """

    kind: str
    width: int
    hidden: int
    order: str = "up"
    blocks: int = 0

    @property
    def name(self) -> str:
        """As files have it.

        >>> Tagger("dense", 5, 10).name, Tagger("sparse", 5, 50, "down").name
        ('dense5_lstm10', 'sparse5_down_lstm50')
        """
        order = f"_{self.order}" * (self.order != "up")
        return (
            f"{self.kind}{self.width}{order}{'_blocks' * (self.blocks > 0)}"
            f"_lstm{self.hidden}"
        )


def taggers(
    widths: Sequence[int],
    dimensions: int,
    hidden: Sequence[int],
    *,
    ordered_at: int | None = None,
    blocks_at: int | None = None,
) -> list[Tagger]:
    """The taggers that are compared.

    Args:
        widths: k′ of the dense embeddings.
        dimensions: k of the sparse ones; each has the parameters of a dense one, where
            that is possible and not the dense one itself: 1 < k′ < k.
        hidden: Units of each direction of the LSTM.
        ordered_at: k′ at which words are ordered otherwise, too.
        blocks_at: k′ at which the authors' blocks are taken, too.

    >>> [one.name for one in taggers([1, 5, 20], 20, [10], ordered_at=5)]
    ... # doctest: +NORMALIZE_WHITESPACE
    ['dense1_lstm10', 'dense5_lstm10', 'dense20_lstm10', 'sparse5_lstm10',
     'sparse5_down_lstm10', 'sparse5_random_lstm10']
    """
    found = []
    for units in hidden:
        found += [Tagger("dense", width, units) for width in widths]
        sparse = [width for width in widths if 1 < width < dimensions]
        found += [Tagger("sparse", width, units) for width in sparse]
        if ordered_at:
            found += [Tagger("sparse", ordered_at, units, o) for o in ORDERS[1:]]
        if blocks_at:
            found.append(Tagger("sparse", blocks_at, units, blocks=dimensions))
    return found
