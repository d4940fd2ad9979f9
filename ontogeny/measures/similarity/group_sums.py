"""Sums over tokens of the products of two views, by resampling unit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ontogeny.errors import InputError
from ontogeny.measures.similarity.rows import Rows


@dataclass
class Sums:
    """Σ (x, 1, ‖x‖²) (y, 1, ‖y‖²)ᵀ with x = a − shift_a, y = b − shift_b, by group.

    One matrix holds the products, the sums and the squares. Sums of vectors far
    from the origin lose what distinguishes them; of vectors near it, next to
    nothing: hence the shift. It is arbitrary but known, and another is a linear
    map of the matrix. One view's own sums are those of the view with itself.

    Attributes:
        shift_a: Shape (units_a,).
        shift_b: Shape (units_b,).
        matrix: Shape (groups, units_a + 2, units_b + 2), float64.
    """

    shift_a: np.ndarray
    shift_b: np.ndarray
    matrix: np.ndarray

    @classmethod
    def zero(cls, shift_a: np.ndarray, shift_b: np.ndarray, groups: int) -> Sums:
        """Sums over no tokens."""
        shape = (groups, len(shift_a) + 2, len(shift_b) + 2)
        try:
            return cls(shift_a, shift_b, np.zeros(shape))
        except MemoryError as error:
            raise InputError(
                f"sums of {len(shift_a):,} × {len(shift_b):,} units, {groups} group(s) "
                f"take {8e-9 * math.prod(shape):.3g} GB, which are not there: compare "
                "fewer units, or their first principal components."
            ) from error

    def add(self, a: Rows, b: Rows) -> None:
        """Add tokens as both views see them; b may be a."""
        x, y = a.less(self.shift_a), b.less(self.shift_b)
        for group, at, counts in a.parts:
            # Of one array with itself numpy computes half the product.
            left = x[at] if counts is None else counts[:, None] * x[at]
            self.matrix[group] += left.T @ y[at]

    def merge(self, other: Sums) -> None:
        """Add the tokens of other sums."""
        self.matrix += other.shifted(self.shift_a, self.shift_b).matrix

    def shifted(self, shift_a: np.ndarray, shift_b: np.ndarray) -> Sums:
        """The same sums with other shifts."""
        if np.array_equal(shift_a, self.shift_a) and np.array_equal(
            shift_b, self.shift_b
        ):
            return self
        to_a, to_b = self.maps(shift_a, shift_b)
        return Sums(shift_a, shift_b, to_a @ self.matrix @ to_b.T)

    def maps(
        self, shift_a: np.ndarray, shift_b: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Linear maps of (x, 1, ‖x‖²) and of (y, 1, ‖y‖²) to other shifts."""
        return _map(self.shift_a - shift_a), _map(self.shift_b - shift_b)

    def of_groups(self, groups: Sequence[int] | np.ndarray) -> Sums:
        """Sums over some groups, in the order given."""
        return Sums(self.shift_a, self.shift_b, self.matrix[np.asarray(groups)])

    def total(self) -> Sums:
        """Sums over all tokens as one group, both views less their means."""
        whole = self.matrix.sum(axis=0, keepdims=True)
        count = whole[0, -2, -2]
        return Sums(self.shift_a, self.shift_b, whole).shifted(
            self.shift_a + whole[0, :-2, -2] / count,
            self.shift_b + whole[0, -2, :-2] / count,
        )


def _map(change: np.ndarray) -> np.ndarray:
    """Matrix that takes (x, 1, ‖x‖²) to (x + c, 1, ‖x + c‖²)."""
    matrix = np.eye(len(change) + 2)
    matrix[:-2, -2] = change
    matrix[-1, :-2] = 2 * change
    matrix[-1, -2] = change @ change
    return matrix
