"""The order in which a training sees its batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from torch.utils.data import Subset

from ontogeny.errors import InputError


@runtime_checkable
class ByEpoch(Protocol):
    """Batches that are not the same in every epoch, but as many."""

    def __len__(self) -> int: ...

    def of_epoch(self, epoch: int) -> Any:
        """The batches of an epoch, from 0: by this number alone, so that a resumed
        run sees them again."""


class Shuffled:
    """Batches in an order that depends on the seed and the epoch alone.

    Args:
        batches: In any order; what is in a batch stays together.
        seed: Of the order.

    Raises:
        InputError: If a state is carried from each batch to the next.

    >>> shuffled = Shuffled("abcd", seed=2)
    >>> ["".join(shuffled.of_epoch(epoch)) for epoch in (0, 1, 0)]
    ['dcab', 'acbd', 'dcab']
    """

    def __init__(self, batches: Sequence[Any], seed: int) -> None:
        check_order(batches)
        self._batches = batches
        self._seed = seed

    def __len__(self) -> int:
        return len(self._batches)

    def of_epoch(self, epoch: int) -> Any:
        """The batches in the order of an epoch, from 0."""
        order = np.random.default_rng([self._seed, epoch]).permutation(len(self))
        return Subset(self._batches, order.tolist())  # type: ignore[arg-type]


def check_order(reader: Any) -> None:
    """Refuse another order of the batches to what reads them as one text.

    Args:
        reader: Batches or a loss; `carries_state` says that it does.

    Raises:
        InputError: If it does.
    """
    if getattr(reader, "carries_state", False):
        raise InputError(
            f"{type(reader).__name__} cannot be shuffled: a state is carried from each "
            "batch to the next; keep the text's order."
        )
