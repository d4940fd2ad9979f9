"""Blocks of vectors made ready to be summed: checked, by group, in float64."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ontogeny.errors import InputError
from ontogeny.statistics.arrays import as_array

# Rows handled at a time: in float64, of 200 units, 3 MB, which a cache may hold.
# By group, a few thousand rows for each, or a product over few rows costs less
# than adding it to the sum.
_ROWS = 2048
_ROWS_BY_GROUP = 2048
_MOST_ROWS = 2**16


class Rows:
    """A block of one view's vectors, ready for any number of updates.

    Converting, checking and sorting a block is done once here: worth it where
    the same block enters several sums (one view against many).

    Args:
        block: Shape (n, units), numpy array or torch tensor, real, finite.
        groups: Resampling unit of each row, shape (n,), whole numbers from 0;
            None: all in group 0.
        counts: How often each row occurs, whole numbers, not negative: shape
            (n,); or (groups, n), by group, and `groups` is None.
        origin: Shape (units,), subtracted from the rows in `dtype`; None: their
            mean. Whatever it is, sums come out alike up to rounding; blocks of
            one stream are added fastest if all have the first one's.
        dtype: In which products are formed; these are added up in float64.

    Attributes:
        units: Entries of a vector.
        vectors: Shape (n, units + 2), of that type: x, 1 and ‖x‖² where x is a row
            less the origin.
        origin: Shape (units,).
        parts: For each group present its number, where its rows are, and their
            counts (None: each once).

    Raises:
        InputError: If an entry is NaN or infinite; says how many are.
        ValueError: If a shape or type does not fit.

    >>> rows = Rows(np.array([[1.0, 2.0], [3.0, 2.0]]))
    >>> rows.origin.tolist(), rows.vectors[0].tolist()
    ([2.0, 2.0], [-1.0, 0.0, 1.0, 1.0])
    """

    def __init__(
        self,
        block: Any,
        *,
        groups: Any = None,
        counts: Any = None,
        origin: np.ndarray | None = None,
        dtype: type = np.float64,
    ) -> None:
        block = as_array(block)
        check_block(block)
        self._keep(block, *_layout(len(block), groups, counts), origin, dtype)

    def _keep(
        self,
        block: Any,
        groups: np.ndarray | None,
        counts: np.ndarray | None,
        origin: np.ndarray | None,
        dtype: type,
    ) -> None:
        values = as_numpy(block)
        self.units = values.shape[1]
        self.groups, self.counts = groups, counts
        order, self.parts = _parts(len(values), groups, counts)
        if origin is None:
            mean = values.sum(axis=0, dtype=float) / max(1, len(values))
            origin = mean.astype(dtype).astype(float)  # what is subtracted is known
        self.origin = origin
        self.vectors = _extended(values[order], origin, dtype)

    def __len__(self) -> int:
        return len(self.vectors)

    def less(self, shift: np.ndarray) -> np.ndarray:
        """`vectors` with another origin, which is theirs from now on.

        So a block that enters many sums is moved to their shift once. In single
        precision give blocks one origin: this one would be rounded once more.
        """
        if not np.array_equal(shift, self.origin):
            moved = self.vectors[:, :-2], shift - self.origin
            self.vectors = _extended(*moved, self.vectors.dtype)
            self.origin = shift
        return self.vectors

    def aligned(self, other: Rows) -> bool:
        """Whether both have as many rows, of the same groups and counts."""
        return len(self) == len(other) and all(
            mine is theirs or np.array_equal(mine, theirs)
            if mine is not None and theirs is not None
            else mine is theirs
            for mine, theirs in (
                (self.groups, other.groups),
                (self.counts, other.counts),
            )
        )


def in_chunks(
    block: Any,
    *,
    groups: Any = None,
    counts: Any = None,
    origin: np.ndarray | None = None,
    number: int = 1,
    dtype: type = np.float64,
) -> Iterator[Rows]:
    """A block of any size as `Rows` of a moderate one; checked before the first.

    Args:
        block: As for `Rows`; or `Rows`, which come back as they are.
        groups: As for `Rows`.
        counts: As for `Rows`.
        origin: As for `Rows`; None: the mean of the first chunk, for all.
        number: Of groups.
        dtype: As for `Rows`.
    """
    if isinstance(block, Rows):
        if groups is not None or counts is not None:
            raise ValueError("Rows have their groups and counts already")
        _check_groups(block.groups, block.counts, number)
        yield block
        return
    block = as_array(block)
    check_block(block)
    groups, counts = _layout(len(block), groups, counts)
    _check_groups(groups, counts, number)
    size = _ROWS if number == 1 else min(_ROWS_BY_GROUP * number, _MOST_ROWS)
    for start in range(0, len(block), size):
        at = slice(start, start + size)
        rows = Rows.__new__(Rows)
        rows._keep(
            block[at],
            None if groups is None else groups[at],
            None if counts is None else counts[..., at],
            origin,
            dtype,
        )
        origin = rows.origin
        yield rows


def number_of_groups(groups: Any, counts: Any) -> int:
    """How many groups an argument `groups` or `counts` names."""
    if groups is not None and len(groups):
        return int(_whole("groups", groups).max()) + 1
    return len(counts) if counts is not None and np.ndim(counts) == 2 else 1


def is_tensor(block: Any) -> bool:
    """Whether it is a torch tensor; torch is not imported to find out."""
    return hasattr(block, "detach")


def check_shape(block: Any) -> None:
    """Refuse what is no array or tensor of real vectors."""
    if getattr(block, "ndim", None) != 2 or block.shape[1] == 0:
        raise ValueError(
            "need vectors of shape (n, units), as an array or a tensor, got "
            f"{getattr(block, 'shape', type(block).__name__)}"
        )
    if block.is_complex() if is_tensor(block) else block.dtype.kind not in "fiu":
        raise ValueError(f"need real vectors, got {block.dtype}")


def require_same_length(a: Any, b: Any) -> None:
    """Refuse blocks of different numbers of tokens."""
    if len(a) != len(b):
        raise InputError(
            f"the views have {len(a):,} and {len(b):,} tokens: measure both on the "
            "same tokens."
        )


def check_block(block: Any) -> None:
    check_shape(block)
    with np.errstate(all="ignore"):
        total = (block.detach() if is_tensor(block) else block).sum()
        suspicious = not math.isfinite(total)
    if suspicious:
        _count_bad(as_numpy(block))


def _count_bad(values: np.ndarray) -> None:
    nan, infinite = int(np.isnan(values).sum()), int(np.isinf(values).sum())
    if nan or infinite:
        raise InputError(
            f"{nan:,} of {values.size:,} entries are NaN and {infinite:,} infinite: "
            "leave these tokens out of both views, or find out why they diverged."
        )


def _layout(
    n: int, groups: Any, counts: Any
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Groups and counts as arrays that fit n rows."""
    if groups is not None:
        groups = _whole("groups", groups)
        if groups.shape != (n,):
            raise ValueError(f"need a group for each of {n} rows, got {groups.shape}")
    if counts is not None:
        counts = _whole("counts", counts)
        by_group = counts.ndim == 2 and groups is None
        if counts.shape[-1:] != (n,) or not (counts.ndim == 1 or by_group):
            raise ValueError(
                f"need counts of shape ({n},), or (groups, {n}) without groups, "
                f"got {counts.shape}"
            )
    return groups, counts


def _check_groups(
    groups: np.ndarray | None, counts: np.ndarray | None, number: int
) -> None:
    named = number_of_groups(groups, counts)
    if named > number:
        raise ValueError(f"group {named - 1} is named, but of {number} groups")


def _whole(name: str, numbers: Any) -> np.ndarray:
    array = np.asarray(numbers.cpu() if is_tensor(numbers) else numbers)
    if array.dtype.kind not in "iu" or (array.size and array.min() < 0):
        raise ValueError(f"{name} must be whole numbers, not negative")
    return array


def as_numpy(block: Any) -> np.ndarray:
    """An array of a block's own type, without a copy where there is such a type."""
    if not is_tensor(block):
        return block
    block = block.detach().cpu()
    # numpy has no bfloat16.
    return block.numpy() if block.itemsize > 2 else block.float().numpy()


def _extended(values: np.ndarray, origin: np.ndarray, dtype: Any) -> np.ndarray:
    extended = np.empty((len(values), values.shape[1] + 2), dtype)
    x = np.subtract(values, origin.astype(dtype, copy=False), out=extended[:, :-2])
    extended[:, -2] = 1
    np.einsum("ij,ij->i", x, x, out=extended[:, -1])
    return extended


Part = tuple[int, "slice | np.ndarray", "np.ndarray | None"]


def _parts(
    n: int, groups: np.ndarray | None, counts: np.ndarray | None
) -> tuple[slice | np.ndarray, list[Part]]:
    """An order of the rows, and each group's place in it."""
    if counts is not None and counts.ndim == 2:
        present = [(g, np.flatnonzero(row)) for g, row in enumerate(counts)]
        return slice(None), [(g, at, counts[g, at]) for g, at in present if len(at)]
    if groups is None:
        return slice(None), [(0, slice(None), counts)] if n else []
    sorted_already = bool((groups[1:] >= groups[:-1]).all())
    order = slice(None) if sorted_already else np.argsort(groups, kind="stable")
    counts = None if counts is None else counts[order]
    numbers, starts = np.unique(groups[order], return_index=True)
    ends = [*starts[1:], n]
    return order, [
        (int(g), slice(start, end), None if counts is None else counts[start:end])
        for g, start, end in zip(numbers, starts, ends, strict=True)
    ]
