"""Layers that are sparse before they learn (Demeester et al., 2018).

A `SparseLSTM` is several small LSTMs side by side, a `SparseEmbedding` has short
vectors for rare words. What is zero is not stored, so that memory is saved in training
too.

    from ontogeny.predefined import SparseEmbedding, SparseLSTM

    embedding = SparseEmbedding(10_000, 200, density=0.5)
    lstm = SparseLSTM.from_reductions(200, 300, 1, 2 / 3)
    output, state = lstm(embedding(words))

Needs PyTorch and NumPy, nothing else of ours.
"""

from ontogeny.predefined.embedding import SparseEmbedding
from ontogeny.predefined.lstm import SparseLSTM
from ontogeny.predefined.sizes import (
    block_sizes,
    embedding_alpha,
    embedding_rows,
    input_segments,
    reductions,
)

__all__ = [
    "SparseEmbedding",
    "SparseLSTM",
    "block_sizes",
    "embedding_alpha",
    "embedding_rows",
    "input_segments",
    "reductions",
]
