"""The moments behind a pair of views, however it is given."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ontogeny.errors import InputError
from ontogeny.measures.similarity.moments import CrossMoments, Moments
from ontogeny.measures.similarity.rows import (
    as_numpy,
    check_block,
    check_shape,
    in_chunks,
    require_same_length,
)
from ontogeny.measures.similarity.running import require_same_tokens
from ontogeny.statistics.arrays import as_array


def views(
    a: Any, b: Any, cross: CrossMoments | None, *, rotated: bool = False
) -> tuple[Moments, Moments, CrossMoments]:
    """The moments of a pair, made in one pass if it is given as arrays.

    Args:
        a: Shape (n, units_a), array or tensor, or `Moments`.
        b: Shape (n, units_b), likewise.
        cross: Of both, given with moments only.
        rotated: Whether a view of more units than tokens may be rotated into as many
            units as it has tokens, which is all that they span: for what no rotation
            changes. It takes n² · units operations instead of units³.

    Warns:
        UserWarning: If there are fewer tokens than units.

    Raises:
        InputError: If the views are of different tokens, or of fewer than two,
            or hold NaN or infinity.
        ValueError: If the kinds or units do not fit.
    """
    given = isinstance(a, Moments), isinstance(b, Moments), cross is not None
    if len(set(given)) > 1:
        raise ValueError("need two arrays, or two Moments and their CrossMoments")
    if cross is None:
        a, b, cross = _of_arrays(a, b, rotated=rotated)
    if (cross.units_a, cross.units_b) != (a.units, b.units):
        raise ValueError(
            f"cross moments of {cross.units_a, cross.units_b} units do not fit "
            f"views of {a.units, b.units}"
        )
    for first, second in ((a, b), (a, cross), (b, cross)):
        require_same_tokens(first, second)
    _require_own(a, b, cross)
    if a.n < 2:
        raise InputError(f"{a.n} tokens have no correlation: give at least two.")
    return a, b, cross


def _require_own(a: Moments, b: Moments, cross: CrossMoments) -> None:
    """Require that cross moments have the views' means, as those of their vectors do.

    Vectors in another order than the views' have the same means: nobody can tell.
    """
    if not a.n:
        return
    own = ((a, cross.total.shift_a), (b, cross.total.shift_b))
    for view, mean in own:
        spread = np.sqrt(np.diagonal(view.covariance).max(initial=0.0))
        if np.abs(view.mean - mean).max() > 1e-6 * (spread + np.abs(mean).max()):
            raise ValueError(
                "the cross moments are of other vectors than the moments: update all "
                "three with the same blocks"
            )


def _of_arrays(
    a: Any, b: Any, *, rotated: bool
) -> tuple[Moments, Moments, CrossMoments]:
    a, b = as_array(a), as_array(b)
    for block in (a, b):
        check_shape(block)
    require_same_length(a, b)
    n, units = len(a), max(a.shape[1], b.shape[1])
    if n < 2:
        raise InputError(f"{n} tokens have no correlation: give at least two.")
    if n < units:
        warnings.warn(
            f"{n:,} tokens of {units:,} units: of so few, views that share nothing are "
            "alike. Views have a row for each token; are these transposed?",
            stacklevel=4,
        )
    if rotated:
        a, b = (
            _in_its_tokens(block) if n < block.shape[1] else block for block in (a, b)
        )
    moments_a, moments_b = Moments(a.shape[1]), Moments(b.shape[1])
    cross = CrossMoments(moments_a.units, moments_b.units)
    for rows_a, rows_b in zip(in_chunks(a), in_chunks(b), strict=True):
        moments_a.update(rows_a)
        moments_b.update(rows_b)
        cross.update(rows_a, rows_b)
    return moments_a, moments_b, cross


def _in_its_tokens(block: Any) -> np.ndarray:
    """A view rotated into the space that its tokens span, shape (n, n).

    With A Aᵀ = U Λ Uᵀ about the mean, U √Λ has the products of all pairs of tokens.
    """
    check_block(block)
    values = as_numpy(block).astype(float)
    values = values - values.mean(axis=0)
    squares, vectors = np.linalg.eigh(values @ values.T)
    return vectors * np.sqrt(np.clip(squares, 0.0, None))
