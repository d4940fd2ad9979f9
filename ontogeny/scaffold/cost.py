"""How long a training on scaffolds takes, told before it starts."""

from __future__ import annotations

CORE_GFLOPS = 70
"""Of a training on one core of an AMD EPYC (family 25): 40 epochs of 1 M words
with 200 units took 26 minutes, other work beside it. On a GPU it was never run."""


def core_minutes(
    *, tokens: int, epochs: int, embedding: int, hidden: int, types: int
) -> float:
    """Minutes of one core, from the multiplications of LSTM and output layer.

    Forward, and twice as much backward: 6 · (4 · hidden · (embedding + hidden)
    + hidden · types) operations per word. Small models, whose time is not in
    their products, take several times longer.

    Args:
        tokens: Of the text.
        epochs: Passes over it.
        embedding: Units of the embedding.
        hidden: Units of the LSTM.
        types: Size of the vocabulary.

    >>> round(core_minutes(
    ...     tokens=1_000_000, epochs=40, embedding=200, hidden=200, types=1002))
    30
    """
    per_token = 6 * (4 * hidden * (embedding + hidden) + hidden * types)
    return tokens * epochs * per_token / (CORE_GFLOPS * 1e9) / 60
