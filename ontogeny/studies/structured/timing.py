"""The shrunk network beside the masked one: how equal, how much faster."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn

from ontogeny.models.gated import Plain
from ontogeny.pruning.shrinking import shrink

BATCHES = (1, 20)
STEPS = 100
"""Of time, in each timing."""
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
def errors(network: Plain) -> dict[str, float]:
    """max |difference| / max |output| of each other form to the masked one.

    Over 1,000 steps of the network's own kind of input in two windows, with carried
    state, in float32.
    """
    generator = torch.Generator().manual_seed(0)
    width = network.lstm.input_size
    x = torch.randn(EXACT_STEPS, 1, width, generator=generator) / width**0.5
    whole = forms(network)
    expected = _read(*whole.pop("masked"), x)
    largest = expected.abs().max().clamp(min=1e-30)
    return {
        name: float((_read(*form, x) - expected).abs().max() / largest)
        for name, form in whole.items()
    }


def _read(lstm: Any, output: nn.Linear, x: Tensor) -> Tensor:
    first, state = lstm(x[: len(x) // 2])
    second, _ = lstm(x[len(x) // 2 :], state)
    return output(torch.cat([first, second]))


@torch.no_grad()
def time_rows(network: Plain, repetitions: int) -> pd.DataFrame:
    """Seconds of one step in time: columns what, batch, repetition, seconds_per_step.

    Forms take turns, so that noise falls on all alike; the output layer is no part of
    it, for it is the same kind of product in all.

    Args:
        network: Masked or dense.
        repetitions: Of each form and batch.
    """
    whole, rows = forms(network), []
    for batch in BATCHES:
        x = torch.randn(STEPS, batch, network.lstm.input_size)
        for repetition in range(-1, repetitions):
            for what, (lstm, _) in whole.items():
                seconds = _seconds(partial(lstm, x)) / STEPS
                if repetition >= 0:
                    rows.append((what, batch, repetition, seconds))
    columns = ["what", "batch", "repetition", "seconds_per_step"]
    return pd.DataFrame(rows, columns=columns)


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
