"""The tagger: embedding, an LSTM in each direction, a layer of tanh, tags."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from ontogeny.predefined import SparseEmbedding
from ontogeny.studies.predefined.drops import DroppedLSTM, dropped, locked_dropout
from ontogeny.studies.predefined.sentences import UNKNOWN
from ontogeny.studies.predefined.taggers import Tagger


class TagModel(nn.Module):
    """Embedding → LSTMs forward and backward → tanh → tags (002 §4.2).

    Args:
        types: Size of the vocabulary, `UNKNOWN` included; ids by frequency.
        tags: Number of classes.
        tagger: Which embedding, and how many units.
        dimensions: k of sparse embeddings.
        dropout: Share of a sentence's embedding dimensions dropped.
        weight_drop: Share of the recurrent weights dropped, in both directions.
        order: Rank of each word id in the sparse embedding (`ranks`).
    """

    order: Tensor

    def __init__(
        self,
        types: int,
        tags: int,
        tagger: Tagger,
        *,
        dimensions: int,
        dropout: float,
        weight_drop: float,
        order: np.ndarray,
    ) -> None:
        super().__init__()
        self.register_buffer("order", torch.from_numpy(order))
        self.dropout = dropout
        self.embedding = make_embedding(types, tagger, dimensions)
        inputs, units = self.embedding.embedding_dim, tagger.hidden
        self.forwards = DroppedLSTM(inputs, units, drop=weight_drop)
        self.backwards = DroppedLSTM(inputs, units, drop=weight_drop)
        self.between = nn.Linear(2 * units, units)
        self.decoder = nn.Linear(units, tags)

    def forward(self, words: Tensor, lengths: Tensor) -> Tensor:
        """Scores of the tags.

        Args:
            words: Shape (time, batch).
            lengths: Of the sentences, shape (batch,).

        Returns:
            Shape (time, batch, tags); without meaning past a sentence's end.
        """
        x = self.embedding(self.order[words])
        x = locked_dropout(x, self.dropout, training=self.training)
        # The last word first, and what is past the end where it was: a sentence is
        # read from its own end, with no word before it.
        steps = torch.arange(len(words), device=words.device)[:, None]
        back = torch.where(steps < lengths, lengths - 1 - steps, steps)[..., None]
        ahead, _ = self.forwards(x)
        behind, _ = self.backwards(x.gather(0, back.expand_as(x)))
        behind = behind.gather(0, back.expand_as(behind))
        both = torch.cat([ahead, behind], dim=2)
        return self.decoder(self.between(both).tanh())

    def train(self, mode: bool = True) -> TagModel:
        """Switch dropout on or off."""
        super().train(mode)
        dropped(self, mode)
        return self


def make_embedding(
    types: int, tagger: Tagger, dimensions: int
) -> nn.Embedding | SparseEmbedding:
    """A tagger's embedding, drawn from ±0.1."""
    if tagger.kind == "dense":
        embedding = nn.Embedding(types, tagger.width)
        nn.init.uniform_(embedding.weight, -0.1, 0.1)
        return embedding
    density, blocks = tagger.width / dimensions, tagger.blocks or None
    return SparseEmbedding(types, dimensions, density, blocks=blocks)


def ranks(types: int, order: str, seed: int) -> np.ndarray:
    """By which rank a sparse embedding knows each word: the first have all dimensions.

    ASSUME: `UNKNOWN`, which stands for many words, is the first in every order.

    Args:
        types: Size of the vocabulary; ids by frequency.
        order: "up" (frequent words first), "down" (rare ones first) or "random".
        seed: Of the last.

    Returns:
        int64, shape (types,).

    >>> ranks(5, "up", 0).tolist(), ranks(5, "down", 0).tolist()
    ([0, 1, 2, 3, 4], [0, 4, 3, 2, 1])
    """
    words = np.arange(1, types)
    if order == "down":
        words = words[::-1]
    if order == "random":
        words = np.random.default_rng(seed).permutation(words)
    return np.concatenate([[UNKNOWN], words])
