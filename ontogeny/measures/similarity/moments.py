"""What all similarities need of one view, and of a pair of views: sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ontogeny.measures.similarity.rows import (
    check_shape,
    in_chunks,
    number_of_groups,
    require_same_length,
)
from ontogeny.measures.similarity.running import Running
from ontogeny.statistics.arrays import as_array


class Moments(Running):
    """Running sums of one view: tokens, means, products of its units.

    Streams: whatever the number of tokens it holds groups × (units + 2)²
    numbers, and every similarity of this package needs no more of one view.
    Sums are in float64, of vectors less a shift near their mean, so that a mean
    that is large against the spread costs no digits.

    Args:
        units: Entries of a vector.
        groups: Resampling units (1: none); each row of a block belongs to one.
        fingerprint: Identifies the whole text's tokens and their order; None:
            unknown. What has different fingerprints is never merged or compared.

    Raises:
        ValueError: If units or groups is below 1.

    >>> moments = Moments(2)
    >>> moments.update(np.array([[0.0, 1.0], [2.0, 1.0]]))
    >>> moments.n, moments.mean.tolist(), moments.covariance.tolist()
    (2, [1.0, 1.0], [[1.0, 0.0], [0.0, 0.0]])
    """

    def __init__(
        self, units: int, *, groups: int = 1, fingerprint: str | None = None
    ) -> None:
        super().__init__((units, units), groups, fingerprint)
        self.units = units

    @classmethod
    def of(
        cls,
        block: Any,
        *,
        groups: Any = None,
        counts: Any = None,
        fingerprint: str | None = None,
    ) -> Moments:
        """Moments of an array; see `update` for the arguments.

        As many groups are made as `groups` or `counts` name.
        """
        number = number_of_groups(groups, counts)
        block = as_array(block)
        check_shape(block)
        moments = cls(block.shape[1], groups=number, fingerprint=fingerprint)
        moments.update(block, groups=groups, counts=counts)
        return moments

    def update(self, block: Any, *, groups: Any = None, counts: Any = None) -> None:
        """Add a block of vectors.

        Args:
            block: Shape (n, units), numpy array or torch tensor of real numbers;
                or `Rows`, without the other arguments.
            groups: Resampling unit of each row, shape (n,); None: all in 0.
            counts: How often each row occurs: shape (n,), or (groups, n) by
                group. A table of a vocabulary's embeddings with the words'
                counts costs far less than a row for every token.

        Raises:
            InputError: If an entry is NaN or infinite; nothing is added then.
            ValueError: If shapes or types do not fit.
        """
        origin, _ = self.shifts
        for rows in in_chunks(
            block, groups=groups, counts=counts, origin=origin, number=self.groups
        ):
            self.add(rows, rows)

    def merge(self, other: Moments) -> None:
        """Add the tokens of other moments of this view: the shards of one pass.

        Raises:
            InputError: If the fingerprints differ.
            ValueError: If units or groups differ.
        """
        self.merge_sums(other)

    def subset(self, groups: Sequence[int] | np.ndarray) -> Moments:
        """Moments of some groups' tokens alone, the groups renumbered from 0."""
        part = Moments(self.units, groups=len(groups))
        part.keep_groups(self, groups)
        return part

    def pooled(self) -> Moments:
        """Of the same tokens as one group; made once, and not to be added to."""
        return self.once("pooled", self._pooled)

    def _pooled(self) -> Moments:
        whole = Moments(self.units)
        whole.pool(self)
        return whole

    @property
    def mean(self) -> np.ndarray:
        """Shape (units,)."""
        return self.total.shift_a

    @property
    def covariance(self) -> np.ndarray:
        """Shape (units, units), divided by n."""
        return self.total.matrix[0, :-2, :-2] / self.n

    def state(self) -> dict[str, np.ndarray]:
        """All there is, as arrays that safetensors can store; see `from_state`."""
        arrays = self.arrays()
        arrays.pop("shift_b", None)
        return {**arrays, "shape": np.array([self.units, self.groups])}

    @classmethod
    def from_state(cls, state: Mapping[str, np.ndarray]) -> Moments:
        """Exactly the moments whose `state` it was."""
        units, groups = state["shape"].tolist()
        moments = cls(units, groups=groups)
        moments.restore(state)
        return moments


class CrossMoments(Running):
    """Running sums of the products of two views' units, over the same tokens.

    With the two views' own `Moments`, all that a similarity needs: another pair
    of views whose moments exist costs this one product.

    Args:
        units_a: Entries of a vector of the first view.
        units_b: Of the second.
        groups: As for `Moments`.
        fingerprint: As for `Moments`.

    >>> cross = CrossMoments(1, 1)
    >>> cross.update(np.array([[0.0], [2.0]]), np.array([[5.0], [9.0]]))
    >>> cross.covariance.tolist()
    [[2.0]]
    """

    def __init__(
        self,
        units_a: int,
        units_b: int,
        *,
        groups: int = 1,
        fingerprint: str | None = None,
    ) -> None:
        super().__init__((units_a, units_b), groups, fingerprint)
        self.units_a, self.units_b = units_a, units_b

    def update(
        self, block_a: Any, block_b: Any, *, groups: Any = None, counts: Any = None
    ) -> None:
        """Add a block of tokens as both views see them.

        Args:
            block_a: Shape (n, units_a); see `Moments.update`. Both may be
                `Rows`: worth making for a block that enters many pairs.
            block_b: Shape (n, units_b), the same tokens in the same order.
            groups: As for `Moments.update`, of both.
            counts: Likewise.

        Raises:
            InputError: If the blocks differ in length, or an entry is NaN or
                infinite.
            ValueError: If shapes or types do not fit.
        """
        block_a, block_b = as_array(block_a), as_array(block_b)
        require_same_length(block_a, block_b)
        shift_a, shift_b = self.shifts
        layout = {"groups": groups, "counts": counts, "number": self.groups}
        for a, b in zip(
            in_chunks(block_a, origin=shift_a, **layout),
            in_chunks(block_b, origin=shift_b, **layout),
            strict=True,
        ):
            if not a.aligned(b):
                raise ValueError("the two blocks have different groups or counts")
            self.add(a, b)

    def merge(self, other: CrossMoments) -> None:
        """Add the tokens of other moments of this pair; as `Moments.merge`."""
        self.merge_sums(other)

    def subset(self, groups: Sequence[int] | np.ndarray) -> CrossMoments:
        """Moments of some groups' tokens alone; as `Moments.subset`."""
        part = CrossMoments(self.units_a, self.units_b, groups=len(groups))
        part.keep_groups(self, groups)
        return part

    def pooled(self) -> CrossMoments:
        """Of the same tokens as one group; a copy."""
        whole = CrossMoments(self.units_a, self.units_b)
        whole.pool(self)
        return whole

    @property
    def covariance(self) -> np.ndarray:
        """Shape (units_a, units_b), divided by n."""
        return self.total.matrix[0, :-2, :-2] / self.n

    def state(self) -> dict[str, np.ndarray]:
        """All there is, as arrays; see `Moments.state`."""
        shape = np.array([self.units_a, self.units_b, self.groups])
        return {**self.arrays(), "shape": shape}

    @classmethod
    def from_state(cls, state: Mapping[str, np.ndarray]) -> CrossMoments:
        """Exactly the moments whose `state` it was."""
        a, b, groups = state["shape"].tolist()
        cross = cls(a, b, groups=groups)
        cross.restore(state)
        return cross
