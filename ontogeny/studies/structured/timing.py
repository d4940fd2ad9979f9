"""The shrunk network beside the masked one: how equal, how much faster."""

from __future__ import annotations

from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn

from ontogeny.measures.step_times import Timed, step_times
from ontogeny.models.gated import Plain
from ontogeny.pruning.shrinking import shrink

EXACT_STEPS = 1_000
"""Of time over which outputs are compared, with carried state."""

Forms = dict[str, tuple[Any, nn.Linear]]


def forms(network: Plain) -> Forms:
    """The same network masked, shrunk, and shrunk without its constant gates' rows.

    Each is called as an `nn.LSTM` is, and is followed by its output layer.
    """
    lstm, output = network.lstm, network.output
    return {
        "masked": (_Masked(lstm), output),
        "shrunk": shrink(lstm, output),
        "skipped": shrink(lstm, output, skip_constant=True),
    }


class _Masked(nn.Module):
    """An LSTM whose weights are multiplied by their masks in every call."""

    def __init__(self, lstm: nn.LSTM) -> None:
        super().__init__()
        self.lstm = lstm
        self.masks = {
            name: (weight != 0).to(weight.dtype)
            for name, weight in lstm.named_parameters()
            if name.startswith("weight")
        }

    def forward(self, x: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        masked = [
            weight * self.masks[name] if name in self.masks else weight
            for name, weight in self.lstm.named_parameters()
        ]
        if state is None:
            zero = x.new_zeros(self.lstm.num_layers, x.shape[1], self.lstm.hidden_size)
            state = zero, zero
        output, h, c = torch.lstm(
            *(x, state, masked, True, self.lstm.num_layers),
            *(0.0, False, False, False),
        )
        return output, (h, c)


@torch.no_grad()
def errors(whole: Forms, width: int) -> dict[str, float]:
    """max |difference| / max |output| of each other form to the masked one.

    Over 1,000 steps of the network's own kind of input in two windows, with carried
    state, in float32.

    Args:
        whole: Of a network.
        width: Of what its first LSTM reads.
    """
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(EXACT_STEPS, 1, width, generator=generator) / width**0.5
    expected = _read(*whole["masked"], x)
    largest = expected.abs().max().clamp(min=1e-30)
    return {
        name: float((_read(*form, x) - expected).abs().max() / largest)
        for name, form in whole.items()
        if name != "masked"
    }


def _read(lstm: Any, output: nn.Linear, x: Tensor) -> Tensor:
    first, state = lstm(x[: len(x) // 2])
    second, _ = lstm(x[len(x) // 2 :], state)
    return output(torch.cat([first, second]))


def time_rows(whole: Forms, width: int, repetitions: int) -> pd.DataFrame:
    """Seconds of one step of LSTMs and output layer, of each form of a network.

    Args:
        whole: Of the network.
        width: Of what its first LSTM reads.
        repetitions: Of each form and batch.

    Returns:
        Columns what, batch, repetition, seconds_per_step; see `step_times`.
    """
    timed = {what: Timed(width, lstm, output) for what, (lstm, output) in whole.items()}
    return step_times(timed, repetitions=repetitions)
