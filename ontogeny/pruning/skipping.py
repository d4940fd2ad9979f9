"""An LSTM that leaves the products of constant gates out: for inference."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_ACTIVATIONS = (torch.sigmoid, torch.sigmoid, torch.tanh, torch.sigmoid)


class SkippingLSTM(nn.Module):
    """A single-layer LSTM, of whose rows those that are 0 are not in the product.

    The value of a gate whose row of W^x and W^h is 0 is that of its bias, σ(b) or
    tanh(b): it is inserted instead. Output and state are those of the LSTM to rounding.
    It saves multiply–adds, not time: in eager PyTorch the insertion costs more than
    the rows (docs/shrinking.md). Weights are buffers: it is not to be trained.

    Args:
        lstm: Of one layer; of a `StackedLSTM` one of its `layers`.

    Raises:
        ValueError: If it has more layers, another direction or a projection.

    >>> lstm = nn.LSTM(4, 3)
    >>> with torch.no_grad():  # the forget gate of unit 0
    ...     _ = lstm.weight_ih_l0[3].zero_(), lstm.weight_hh_l0[3].zero_()
    >>> skipping, x = SkippingLSTM(lstm), torch.randn(5, 2, 4)
    >>> torch.allclose(skipping(x)[0], lstm(x)[0], atol=1e-6)
    True
    >>> skipping.multiply_adds  # of 12 × 7
    77
    """

    input: Tensor
    recurrent: Tensor
    bias: Tensor
    constant: Tensor
    live: Tensor

    @torch.no_grad()
    def __init__(self, lstm: nn.LSTM) -> None:
        super().__init__()
        if lstm.num_layers > 1 or lstm.bidirectional or lstm.proj_size:
            raise ValueError(
                "lstm: must be of one layer, one direction and no projection: give "
                "shrink(…, skip_constant=True) a larger one"
            )
        self.input_size, self.hidden_size = lstm.input_size, lstm.hidden_size
        self.batch_first = lstm.batch_first
        weights = [weight.detach().clone() for weight in lstm.all_weights[0]]
        w_x, w_h, *biases = weights
        bias = sum(biases, w_x.new_zeros(len(w_x)))
        live = ((w_x != 0).any(1) | (w_h != 0).any(1)).nonzero().flatten()
        gates = torch.bincount(live // lstm.hidden_size, minlength=4)
        self.rows = gates.tolist()
        values = zip(_ACTIVATIONS, bias.chunk(4), strict=True)
        self.register_buffer("input", w_x[live])
        self.register_buffer("recurrent", w_h[live].T.contiguous())
        self.register_buffer("bias", bias[live])
        self.register_buffer("constant", torch.cat([act(part) for act, part in values]))
        self.register_buffer("live", live)
        self.train(lstm.training)

    @property
    def multiply_adds(self) -> int:
        """Of its product for one step of one sequence."""
        return len(self.live) * (self.input_size + self.hidden_size)

    def forward(
        self, inputs: Tensor, state: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """As `nn.LSTM`, but for packed sequences.

        Args:
            inputs: Shape (time, batch, units), with `batch_first` (batch, time, units),
                unbatched (time, units).
            state: (h, c), of shape (1, batch, hidden), unbatched (1, hidden).
        """
        batched = inputs.dim() == 3
        if not batched:
            inputs = inputs[:, None]
        elif self.batch_first:
            inputs = inputs.transpose(0, 1)
        if state is None:
            h = c = inputs.new_zeros(inputs.shape[1], self.hidden_size)
        else:
            h, c = (part[0] if batched else part for part in state)
        constant = self.constant.expand(len(h), -1)
        outputs = []
        for of_input in F.linear(inputs, self.input, self.bias):
            parts = torch.addmm(of_input, h, self.recurrent).split(self.rows, 1)
            live = [act(part) for act, part in zip(_ACTIVATIONS, parts, strict=True)]
            gates = constant.index_copy(1, self.live, torch.cat(live, 1))
            i, f, g, o = gates.chunk(4, 1)
            c = f * c + i * g
            h = o * torch.tanh(c)
            outputs.append(h)
        output = torch.stack(outputs)
        if not batched:
            return output[:, 0], (h, c)
        return output.transpose(0, 1) if self.batch_first else output, (
            h[None],
            c[None],
        )
