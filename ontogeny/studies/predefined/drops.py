"""Dropout of recurrent networks: one mask for all steps, words, recurrent weights."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


class DroppedLSTM(nn.LSTM):
    """An LSTM of one layer that drops recurrent weights, one mask for all steps.

    Args:
        sizes: Inputs and units.
        drop: Share of the weights of W^h dropped while training; the others are
            divided by 1 − share.
        options: As of `nn.LSTM`.

    Attributes:
        dropping: Whether it does; not `training`, in which mode `Model` keeps LSTMs.

    Source: Merity et al. (2018, §2), arXiv:1708.02182.

    >>> lstm = DroppedLSTM(3, 2, drop=0.5)
    >>> x = torch.ones(4, 1, 3)
    >>> bool((lstm(x)[0] == lstm(x)[0]).all()), dropped(lstm.eval(), False)
    (False, DroppedLSTM(3, 2))
    """

    def __init__(self, *sizes: int, drop: float, **options: Any) -> None:
        super().__init__(*sizes, **options)
        if self.num_layers != 1 or self.bidirectional or self.batch_first:
            raise ValueError("weights are dropped of one layer, time first")
        self.drop = drop
        self.dropping = True

    def forward(  # type: ignore[override]
        self, input: Tensor, state: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """As of `nn.LSTM`, with a batch."""
        if not (self.dropping and self.drop):
            return super().forward(input, state)
        of_input, recurrent, *biases = self.parameters()
        weights = [of_input, functional.dropout(recurrent, self.drop), *biases]
        if state is None:
            zero = input.new_zeros(1, input.shape[1], self.hidden_size)
            state = zero, zero
        output, h, c = torch.lstm(
            input, state, weights, self.bias, 1, 0.0, True, False, False
        )
        return output, (h, c)


def dropped(model: nn.Module, dropping: bool) -> nn.Module:
    """Have all of a model's LSTMs drop weights, or none; the model itself."""
    for module in model.modules():
        if isinstance(module, DroppedLSTM):
            module.dropping = dropping
    return model


def locked_dropout(x: Tensor, share: float, *, training: bool) -> Tensor:
    """Drop the same units at every step; the others are divided by 1 − share.

    Args:
        x: Shape (time, batch, units).
        share: Of the units of each column.
        training: Whether anything is dropped.

    Source: Gal & Ghahramani (2016), arXiv:1512.05287; Merity et al. (2018, §4.1).

    >>> dropped = locked_dropout(torch.ones(5, 2, 8), 0.5, training=True)
    >>> bool((dropped == dropped[0]).all()), sorted(set(dropped.flatten().tolist()))
    (True, [0.0, 2.0])
    """
    if not (training and share):
        return x
    return x * functional.dropout(torch.ones_like(x[:1]), share)


def word_dropout(
    vectors: Tensor, ids: Tensor, types: int, share: float, *, training: bool
) -> Tensor:
    """Drop all occurrences of some words; the others are divided by 1 − share.

    Args:
        vectors: Of the words, shape (…, units).
        ids: int64, shape (…).
        types: Size of the vocabulary.
        share: Of its words.
        training: Whether anything is dropped.

    Source: Gal & Ghahramani (2016); Merity et al. (2018, §4.3).
    """
    if not (training and share):
        return vectors
    kept = functional.dropout(torch.ones(types, device=vectors.device), share)
    return vectors * kept[ids][..., None].to(vectors.dtype)
