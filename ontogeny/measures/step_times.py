"""How long one step in time takes of LSTMs and the output layer after them.

One function for all networks whose times are compared: the same steps a call, one
thread, no gradients, turn by turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import NamedTuple

import pandas as pd
import torch
from torch import Tensor

BATCHES = (1, 20)
STEPS = 100
"""Of time in a call: what a call alone takes is shared by so many."""
COLUMNS = ["what", "batch", "repetition", "seconds_per_step"]


class Timed(NamedTuple):
    """A network as it is timed: LSTMs and an output layer, without an embedding.

    Attributes:
        inputs: Of the first LSTM.
        lstms: From inputs, shape (time, batch, inputs), to outputs and a state, as an
            `nn.LSTM`; from a zero state.
        output: From outputs to scores, at every step.
    """

    inputs: int
    lstms: Callable[[Tensor], tuple[Tensor, object]]
    output: Callable[[Tensor], Tensor]


@torch.no_grad()
def step_times(
    networks: Mapping[str, Timed],
    *,
    batches: Iterable[int] = BATCHES,
    steps: int = STEPS,
    repetitions: int = 20,
) -> pd.DataFrame:
    """Seconds of one step of LSTMs and output layer, on one thread.

    Networks take turns, A B A B …, so that noise falls on all alike; a first turn of
    each batch warms up and is left out. Inputs are normal draws of variance 1 / inputs.

    Args:
        networks: By name.
        batches: Columns read side by side.
        steps: Of time, in each call.
        repetitions: Of each network and batch.

    Returns:
        One row per batch, repetition and network: what (the name), batch, repetition
        (from 0), seconds_per_step (of all columns together).

    >>> lstm, output = torch.nn.LSTM(3, 4), torch.nn.Linear(4, 5)
    >>> networks = {"a": Timed(3, lstm, output), "b": Timed(3, lstm, output)}
    >>> table = step_times(networks, batches=[1], steps=2, repetitions=2)
    >>> table[["what", "batch", "repetition"]].to_numpy().tolist()
    [['a', 1, 0], ['b', 1, 0], ['a', 1, 1], ['b', 1, 1]]
    """
    generator = torch.Generator().manual_seed(0)
    rows = []
    with one_thread():
        for batch in batches:
            inputs = {
                name: torch.randn(steps, batch, one.inputs, generator=generator)
                / one.inputs**0.5
                for name, one in networks.items()
            }
            for repetition in range(-1, repetitions):
                for name, (_, lstms, output) in networks.items():
                    start = perf_counter()
                    output(lstms(inputs[name])[0])
                    seconds = (perf_counter() - start) / steps
                    if repetition >= 0:
                        rows.append((name, batch, repetition, seconds))
    return pd.DataFrame(rows, columns=COLUMNS)


@contextmanager
def one_thread() -> Iterator[None]:
    """Have PyTorch compute on one thread, and then on as many as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
