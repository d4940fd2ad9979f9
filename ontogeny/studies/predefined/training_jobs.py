"""Trainings that one job or several do: the files are the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any


def each(variants: Sequence[Any], output: Any) -> Iterator[tuple[Any, dict[str, str]]]:
    """Each variant of a job and its files, by name.

    Args:
        variants: In the order of the files.
        output: Of the job: under each name a file per variant.

    >>> for variant, files in each(["a", "b"], {"curve": ["a.parquet", "b.parquet"]}):
    ...     print(variant, files)
    a {'curve': 'a.parquet'}
    b {'curve': 'b.parquet'}
    """
    names = list(output.keys())
    for variant, *files in zip(variants, *(output[n] for n in names), strict=True):
        yield variant, dict(zip(names, files, strict=True))
