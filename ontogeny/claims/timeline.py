"""The epochs that a claim asks of: trained, early, late."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from ontogeny.claims.verdicts import Lacks


class Timeline(ABC):
    """A run whose epochs are in order; epoch 0 is the untrained model.

    E is the last epoch, early the first 20 % (at least epoch 1, never epoch 0),
    late the last 20 %.

    >>> class Ten(Timeline):
    ...     epochs = np.arange(11)
    >>> Ten().early().tolist(), Ten().late().tolist()
    ([1, 2], [9, 10])
    """

    @property
    @abstractmethod
    def epochs(self) -> np.ndarray:
        """Epochs measured, rising, shape (epochs,)."""

    def last(self) -> int:
        """E, the last epoch."""
        last = int(self.epochs[-1])
        if last < 1:
            raise Lacks("only the untrained model was measured")
        return last

    def row(self, epoch: int) -> int:
        """Where an epoch stands on the axis of epochs."""
        found = np.flatnonzero(self.epochs == epoch)
        if not len(found):
            raise Lacks(f"epoch {epoch} was not measured")
        return int(found[0])

    def rows(self, first: float, last: float, at_least: int = 1) -> np.ndarray:
        """The epochs from first to last, both included, as rows of the axis."""
        found = np.flatnonzero((self.epochs >= first) & (self.epochs <= last))
        if len(found) < at_least:
            raise Lacks(
                f"needs {at_least} measured epochs from {first:g} to {last:g}, "
                f"has {len(found)}"
            )
        return found

    def trained(self, at_least: int = 1) -> np.ndarray:
        """Rows of epochs 1 to E: the untrained model is no point of training."""
        return self.rows(1, self.last(), at_least)

    def early(self, at_least: int = 1) -> np.ndarray:
        """Rows of the first 20 % of epochs, never with epoch 0."""
        return self.rows(1, self._fifth(), at_least)

    def late(self, at_least: int = 1) -> np.ndarray:
        """Rows of the last 20 % of epochs, more where so many are needed."""
        count = max(at_least, self._fifth())
        return self.rows(max(1, self.last() - count + 1), self.last(), at_least)

    def _fifth(self) -> int:
        return max(1, self.last() // 5)
