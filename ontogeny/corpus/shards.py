"""Contiguous shards of anything that is counted, by names such as "2-of-3"."""

from __future__ import annotations


def shard_indices(name: str, count: int) -> range:
    """Indices of one shard of `count` things; all shards together hold each once.

    Args:
        name: "k-of-n", k from 1, as Snakemake's `scattergather` names them.
        count: How many things there are; fewer than n leave some shards empty.

    >>> [list(shard_indices(f"{k}-of-3", 5)) for k in (1, 2, 3)]
    [[0], [1, 2], [3, 4]]
    """
    number, _, shards = name.partition("-of-")
    first, last = (count * k // int(shards) for k in (int(number) - 1, int(number)))
    return range(first, last)
