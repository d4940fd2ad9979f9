"""Where an argument becomes an array: the one place that knows other kinds of table."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np


def as_array(values: Any) -> Any:
    """A plain numpy array or torch tensor of what is given, without a copy.

    Args:
        values: Array, tensor, data frame, `np.matrix`, or masked array of which
            nothing is masked. Anything else comes back as it is, to be refused by who
            knows what is asked for.

    Raises:
        ValueError: If an entry is masked, for a mask would be lost without a word.

    >>> as_array(np.ma.masked_array([1.0, 2.0], [False, False]))
    array([1., 2.])
    """
    if isinstance(values, np.ma.MaskedArray):
        masked = int(np.ma.count_masked(values))
        if masked:
            raise ValueError(
                f"{masked:,} of {values.size:,} entries are masked, and a mask would "
                "be lost: leave these rows out, or fill them (numpy.ma.filled)."
            )
        return values.data
    if isinstance(values, np.matrix):
        return np.asarray(values)
    # Of pandas and others, whose library need not be loaded here.
    if hasattr(values, "to_numpy") and not isinstance(values, np.ndarray):
        found = values.to_numpy()
        if found.dtype == object:  # of numbers that may be missing, as pandas has them
            with suppress(TypeError, ValueError):
                return values.to_numpy(dtype=float, na_value=np.nan)
        return found
    return values


def as_numbers(values: Any) -> np.ndarray:
    """What is given as an array of float64, masks and frames as `as_array` has them.

    Raises:
        ValueError: If an entry is masked.

    >>> as_numbers([1, 2]).dtype
    dtype('float64')
    """
    values = as_array(values)
    if hasattr(values, "detach"):  # a tensor, perhaps of half precision or on a GPU
        values = values.detach().cpu().double().numpy()
    return np.asarray(values, dtype=float)
