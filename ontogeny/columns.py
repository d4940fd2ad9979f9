"""Whether a text is long enough for the columns that a training cuts it into."""

from __future__ import annotations

from ontogeny.errors import InputError


def check_columns(key: str, batch: int, words: int) -> None:
    """Check that each column of a batch has two words or more to learn from.

    Args:
        key: Of the config, that says how many columns.
        batch: The columns.
        words: Of the training text.

    Raises:
        InputError: If there are fewer.

    >>> check_columns("lm.batch", 40, 80)
    >>> check_columns("lm.batch", 100_000, 35_000)
    Traceback (most recent call last):
        ...
    ontogeny.errors.InputError: lm.batch: 100,000 columns leave fewer than two words \
each of 35,000: lower it.
    """
    if words < 2 * batch:
        raise InputError(
            f"{key}: {batch:,} columns leave fewer than two words each of {words:,}: "
            "lower it."
        )
