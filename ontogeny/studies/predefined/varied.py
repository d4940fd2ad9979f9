"""Windows of varied length, and the loss and rate that go with them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from ontogeny.models import IGNORED, map_state
from ontogeny.studies.predefined.averaging import AveragedSGD
from ontogeny.training.loop import Callback, Run
from ontogeny.training.stream import Stream, StreamLoss, Window

LEAST, SPREAD = 5, 5
"""Steps of the shortest window, and standard deviation of a window's steps."""
HALVED = 0.05
"""Share of the windows that are half as long."""


class VariedStream(Stream):
    """A stream whose windows are cut anew in every epoch, in the text's order.

    A window has max(5, ⌊n⌋) steps, n from a normal distribution around the mean, or
    around half of it in one window of twenty; the last has what is left.

    Args:
        ids: Word ids in order, shape (words,).
        start: Id fed before the first word.
        batch: Number of columns.
        window: Mean steps.
        seed: Of the lengths.

    Source: Merity et al. (2018, §4.2), arXiv:1708.02182, and its code.
    """

    def __init__(
        self,
        ids: np.ndarray,
        *,
        start: int,
        batch: int,
        window: int,
        seed: int,
        device: torch.device | str = "cpu",
    ) -> None:
        super().__init__(ids, start=start, batch=batch, window=window, device=device)
        self._seed = seed
        self._cuts = self._cut(0)

    def __len__(self) -> int:
        return len(self._cuts) - 1

    def of_epoch(self, epoch: int) -> VariedStream:
        """Itself, cut for an epoch, from 0."""
        self._cuts = self._cut(epoch)
        return self

    def __getitem__(self, index):
        if not 0 <= index < len(self):
            raise IndexError(index)
        start, end = self._cuts[index], self._cuts[index + 1]
        steps = torch.arange(start, end, device=self._inputs.device)
        return Window(
            self._inputs[start:end].long(),
            self._targets[start:end].long(),
            steps[:, None] + self._columns,
        )

    def _cut(self, epoch: int) -> list[int]:
        rng = np.random.default_rng([self._seed, epoch])
        cuts = [0]
        while cuts[-1] < len(self._inputs):
            mean = self._window / 2 if rng.random() < HALVED else self._window
            steps = max(LEAST, int(rng.normal(mean, SPREAD)))
            cuts.append(min(cuts[-1] + steps, len(self._inputs)))
        return cuts


class ScaleRate(Callback):
    """Learn from a window at a rate that is proportional to its steps.

    Args:
        window: Steps at which the rate is the optimiser's own.
    """

    def __init__(self, window: int) -> None:
        self.window = window

    def before_forward(self, run: Run, batch: Window) -> None:
        """Tell the optimiser."""
        if isinstance(run.optimiser, AveragedSGD):
            run.optimiser.scale = len(batch.inputs) / self.window


class RegularisedLoss(StreamLoss):
    """Mean cross-entropy of a window, and what keeps activations small and slow.

    α · mean h̃² of the last LSTM's outputs h̃ as they are after dropout, and
    β · mean (h_{t+1} − h_t)² of those before it. The state is carried; it is not
    called so, for windows that are cut anew do not change the text's order.

    Args:
        alpha: α.
        beta: β.

    Source: Merity et al. (2018, §4.6); the means are as in its code.
    """

    carries_state = False

    def __init__(self, alpha: float, beta: float) -> None:
        super().__init__()
        self.alpha, self.beta = alpha, beta

    def __call__(self, model: Any, batch: Window, step: int) -> dict[str, Tensor]:
        """Return loss_nats, activation_penalty and slowness_penalty."""
        carried = self.state
        if carried is not None:
            # A restored state comes on the CPU.
            carried = map_state(lambda part: part.to(batch.inputs.device), carried)
        seen: dict[str, Tensor] = {}

        def see(site: str, x: Tensor) -> Tensor:
            seen["last"] = x
            return x

        output, state = model(batch.inputs, carried, at_site=see)
        self.state = map_state(Tensor.detach, state)
        total = model.loss(output, batch.targets).total_nats
        raw = seen["last"]
        # A window of one step has no change: then it is 0, not NaN.
        change = (raw[1:] - raw[:-1]).square().sum() / max(1, raw[1:].numel())
        return {
            "loss_nats": total / (batch.targets != IGNORED).sum(),
            "activation_penalty": self.alpha * output.square().mean(),
            "slowness_penalty": self.beta * change,
        }


TERMS = ("loss_nats", "activation_penalty", "slowness_penalty")
