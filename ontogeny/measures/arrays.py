"""Where an argument becomes an array: the one place that knows other kinds of table."""

from __future__ import annotations

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
        return values.to_numpy()
    return values
