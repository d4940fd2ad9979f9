"""How much the gates of an LSTM vary over tokens: which of them are constant.

A gate that does not vary could be replaced by its bias: what group lasso on gates asks
for, measured where nothing asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from ontogeny.models.gated_layer import gate_values as activated


def gate_values(
    lstm: nn.LSTM, inputs: Tensor, before: tuple[Tensor, Tensor] | None = None
) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor]]:
    """The gates of an LSTM of one layer while it reads.

    i, f, o = σ(a) and g = tanh(a), a = W^x x + W^h h' + b, with the output h' of the
    step before: one product for a whole window, after PyTorch has read it.

    Args:
        lstm: One layer, one direction, time first.
        inputs: Shape (time, batch, inputs).
        before: State carried from the window before; None: zero.

    Returns:
        Gates, shape (4, time, batch, hidden), in the order i, f, g, o; the output; and
        the state after the last step.

    Raises:
        ValueError: If the LSTM is of another kind.

    >>> gates, output, _ = gate_values(nn.LSTM(3, 2), torch.zeros(5, 1, 3))
    >>> gates.shape, output.shape
    (torch.Size([4, 5, 1, 2]), torch.Size([5, 1, 2]))
    """
    if not _readable(lstm):
        raise ValueError(
            "gates are read of an LSTM of one layer and direction, without projection, "
            "time first: give each layer by itself"
        )
    output, after = lstm(inputs, before)
    return _gates(lstm, inputs, before, output), output, after


def _readable(lstm: nn.LSTM) -> bool:
    plain = lstm.num_layers == 1 and not lstm.bidirectional and not lstm.proj_size
    return plain and not lstm.batch_first


def _gates(
    lstm: nn.LSTM, inputs: Tensor, before: tuple[Tensor, Tensor] | None, output: Tensor
) -> Tensor:
    first = output.new_zeros(output[:1].shape) if before is None else before[0]
    past = torch.cat([first, output[:-1]])
    # PyTorch's types know no names of its weights.
    own: Any = lstm
    a = inputs @ own.weight_ih_l0.T + past @ own.weight_hh_l0.T
    if lstm.bias:
        a = a + own.bias_ih_l0 + own.bias_hh_l0
    return torch.stack(activated(a))


class GateSpread:
    """Standard deviation of each gate over tokens, summed up window by window.

    Of i, f and o that of σ(a), of g that of ½ (tanh a + 1), so that all have the range
    from 0 to 1.

    Attributes:
        tokens: Read so far.
    """

    def __init__(self) -> None:
        self.tokens = 0
        self._mean: Tensor | None = None
        self._squares: Tensor | None = None

    def add(self, gates: Tensor, counted: Tensor | None = None) -> None:
        """Add a window.

        Args:
            gates: Shape (4, time, batch, hidden), see `gate_values`.
            counted: Which steps count, bool, shape (time, batch); None: all.
        """
        values = gates.detach().to(torch.float64, copy=True).flatten(1, 2)
        if counted is not None:
            values = values[:, counted.flatten()]
        values[2] = (values[2] + 1) / 2
        n = values.shape[1]
        if not n:
            return
        mean = values.mean(1)
        squares = (values - mean[:, None]).square().sum(1)
        if self._mean is None or self._squares is None:
            self._mean, self._squares = mean, squares
        else:
            # Chan, Golub & LeVeque (1983): no difference of large sums.
            apart, total = mean - self._mean, self.tokens + n
            self._mean = self._mean + apart * (n / total)
            self._squares = (
                self._squares + squares + apart.square() * (self.tokens * n / total)
            )
        self.tokens += n

    def spread(self) -> Tensor:
        """Standard deviations, shape (4, hidden), in [0, ½].

        >>> seen = GateSpread()
        >>> seen.add(torch.tensor([0.0, 1.0]).expand(4, 1, 2).reshape(4, 1, 2, 1))
        >>> [round(float(s), 2) for s in seen.spread()[:, 0]]
        [0.5, 0.5, 0.25, 0.5]
        """
        if self._squares is None:
            raise ValueError("no token was read")
        return (self._squares / self.tokens).sqrt()


@torch.no_grad()
def spread_while_reading(
    model: nn.Module, windows: Iterable[Any]
) -> dict[str, GateSpread]:
    """Spread of the gates of every LSTM that a model is made of, while it reads.

    Args:
        model: Of any kind; its LSTMs of one layer and direction, without projection,
            time first, are looked at, and of these what reads tensors; others are
            left out.
        windows: What it is called with, one after the other, in evaluation mode.

    Returns:
        By the LSTM's name in the model, in the order of its modules; without those
        that read nothing.

    >>> model = nn.Sequential(nn.Embedding(9, 2), nn.LSTM(2, 3))
    >>> found = spread_while_reading(model, [torch.arange(8).view(4, 2)])
    >>> {name: spread.spread().shape for name, spread in found.items()}
    {'1': torch.Size([4, 3])}
    """
    lstms = {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, nn.LSTM) and _readable(module)
    }
    seen = {name: GateSpread() for name in lstms}
    training = model.training
    with ExitStack() as hooks:
        for name, lstm in lstms.items():
            hook = lstm.register_forward_hook(
                partial(_look, seen[name]), with_kwargs=True
            )
            hooks.callback(hook.remove)
        hooks.callback(model.train, training)
        model.eval()
        for window in windows:
            model(window)
    return {name: spread for name, spread in seen.items() if spread.tokens}


def _look(
    spread: GateSpread,
    lstm: nn.LSTM,
    read: tuple[Any, ...],
    named: dict[str, Any],
    made: tuple[Tensor, Any],
) -> None:
    inputs = read[0] if read else named["input"]
    if not isinstance(inputs, Tensor):  # a packed sequence has no steps in common
        return
    before = read[1] if len(read) > 1 else named.get("hx")
    spread.add(_gates(lstm, inputs, before, made[0]))
