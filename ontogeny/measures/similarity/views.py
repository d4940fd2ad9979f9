"""The moments behind a pair of views, however it is given."""

from __future__ import annotations

from typing import Any

from ontogeny.errors import InputError
from ontogeny.measures.similarity.moments import CrossMoments, Moments
from ontogeny.measures.similarity.rows import (
    check_shape,
    in_chunks,
    require_same_length,
)
from ontogeny.measures.similarity.running import require_same_tokens


def views(
    a: Any, b: Any, cross: CrossMoments | None
) -> tuple[Moments, Moments, CrossMoments]:
    """The moments of a pair, made in one pass if it is given as arrays.

    Args:
        a: Shape (n, units_a), array or tensor, or `Moments`.
        b: Shape (n, units_b), likewise.
        cross: Of both, given with moments only.

    Raises:
        InputError: If the views are of different tokens, or of fewer than two,
            or hold NaN or infinity.
        ValueError: If the kinds or units do not fit.
    """
    given = isinstance(a, Moments), isinstance(b, Moments), cross is not None
    if len(set(given)) > 1:
        raise ValueError("need two arrays, or two Moments and their CrossMoments")
    if cross is None:
        a, b, cross = _of_arrays(a, b)
    if (cross.units_a, cross.units_b) != (a.units, b.units):
        raise ValueError(
            f"cross moments of {cross.units_a, cross.units_b} units do not fit "
            f"views of {a.units, b.units}"
        )
    for first, second in ((a, b), (a, cross), (b, cross)):
        require_same_tokens(first, second)
    if a.n < 2:
        raise InputError(f"{a.n} tokens have no correlation: give at least two.")
    return a, b, cross


def _of_arrays(a: Any, b: Any) -> tuple[Moments, Moments, CrossMoments]:
    for block in (a, b):
        check_shape(block)
    require_same_length(a, b)
    moments_a, moments_b = Moments(a.shape[1]), Moments(b.shape[1])
    cross = CrossMoments(moments_a.units, moments_b.units)
    for rows_a, rows_b in zip(in_chunks(a), in_chunks(b), strict=True):
        moments_a.update(rows_a)
        moments_b.update(rows_b)
        cross.update(rows_a, rows_b)
    return moments_a, moments_b, cross
