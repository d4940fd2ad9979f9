"""LSTMs one on another, each of a size of its own: what `nn.LSTM` cannot hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import PackedSequence

Pair = tuple[Tensor, Tensor]
"""h and c of one layer, shapes (1, batch, its units), unbatched (1, its units)."""


class StackedLSTM(nn.Module):
    """Single-layer LSTMs, each of which reads the one below; `shrink` makes them.

    `output, state = m(x, state)` as of `nn.LSTM`, but that the state is a list of one
    (h, c) for each layer, as they differ in size. Dropout is between the layers.

    Args:
        input_size: Columns of the first layer's W^x.
        hidden_sizes: Units of each layer, from below.
        bias: Whether the layers have biases.
        batch_first: Whether inputs are (batch, time, units).
        dropout: Share dropped between layers in training.
        device: Of the weights; None: PyTorch's default.
        dtype: Likewise.

    Attributes:
        layers: An `nn.ModuleList` of `nn.LSTM`s (or `SkippingLSTM`s).

    To load one from a file, its sizes are wanted:

    >>> one = StackedLSTM(8, [5, 3])
    >>> other = StackedLSTM(8, [5, 3])
    >>> other.load_state_dict(one.state_dict())
    <All keys matched successfully>
    >>> output, state = other(torch.randn(7, 2, 8))
    >>> output.shape, [tuple(h.shape) for h, c in state]
    (torch.Size([7, 2, 3]), [(1, 2, 5), (1, 2, 3)])
    """

    def __init__(
        self,
        input_size: int,
        hidden_sizes: Sequence[int],
        *,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_sizes = tuple(hidden_sizes)
        self.num_layers = len(self.hidden_sizes)
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = dropout
        below = (input_size, *self.hidden_sizes)
        self.layers = nn.ModuleList(
            nn.LSTM(
                inputs, hidden, bias=bias, batch_first=batch_first,
                device=device, dtype=dtype,
            )
            for inputs, hidden in zip(below, self.hidden_sizes, strict=False)
        )  # fmt: skip
        for number, hidden in enumerate(self.hidden_sizes):
            self.register_buffer(f"kept_{number}", torch.arange(hidden, device=device))

    @property
    def kept(self) -> tuple[Tensor, ...]:
        """Of each layer, which units of the LSTM it was made from it has, int64."""
        return tuple(getattr(self, f"kept_{n}") for n in range(self.num_layers))

    def narrow(self, state: Pair) -> list[Pair]:
        """The state that stands for one of the LSTM it was made from.

        Args:
            state: (h, c), each of shape (layers, batch, units) or (layers, units).

        Returns:
            (h, c) of each layer.

        Raises:
            ValueError: If there are not as many layers.
        """
        if any(len(part) != self.num_layers for part in state):
            raise ValueError(
                f"state: must be (h, c) of {self.num_layers} layers, found "
                f"{' and '.join(str(tuple(part.shape)) for part in state)}"
            )
        h, c = (
            [part[n : n + 1].index_select(-1, kept) for n, kept in enumerate(self.kept)]
            for part in state
        )
        return list(zip(h, c, strict=True))

    def forward(
        self, inputs: Tensor | PackedSequence, state: Sequence[Pair] | None = None
    ) -> tuple[Tensor | PackedSequence, list[Pair]]:
        """Read a window.

        Args:
            inputs: As of `nn.LSTM`: (time, batch, units), with `batch_first` (batch,
                time, units), unbatched (time, units), or packed.
            state: (h, c) of each layer, or None: zero. `narrow` makes it of an old one.

        Returns:
            Output of the last layer and (h, c) of each.

        Raises:
            ValueError: If the state is not one (h, c) for each layer.
        """
        if state is not None and (
            len(state) != self.num_layers or any(isinstance(p, Tensor) for p in state)
        ):
            raise ValueError(
                f"state: must be one (h, c) for each of {self.num_layers} layers: "
                "narrow(state) makes it of an nn.LSTM's"
            )
        after = []
        for number, layer in enumerate(self.layers):
            if number:
                inputs = self._drop(inputs)
            inputs, last = layer(inputs, None if state is None else state[number])
            after.append(cast(Pair, last))
        return inputs, after

    def _drop(self, inputs: Tensor | PackedSequence) -> Tensor | PackedSequence:
        if not self.dropout or not self.training:
            return inputs
        if isinstance(inputs, PackedSequence):
            return inputs._replace(data=F.dropout(inputs.data, self.dropout))
        return F.dropout(inputs, self.dropout)

    def extra_repr(self) -> str:
        """As `nn.LSTM` says its sizes."""
        return f"{self.input_size}, {list(self.hidden_sizes)}, dropout={self.dropout}"
