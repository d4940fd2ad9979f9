"""A text as one long stream, cut into columns and windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ontogeny.models import IGNORED, Model, State, map_state


class Window(NamedTuple):
    """A window of the stream, `batch` columns side by side.

    Attributes:
        inputs: Word fed at each step, int64, shape (time, batch).
        targets: Word to predict, the next one; `IGNORED` past the end.
        positions: Index of the target in the text, shape (time, batch).
    """

    inputs: Tensor
    targets: Tensor
    positions: Tensor


class Stream(Sequence[Window]):
    """Windows over a text for truncated backpropagation through time.

    The text is cut into `batch` columns of equal length, contiguous, in
    document order. Every word is predicted exactly once; the first one from
    `start`. The last columns are padded with `IGNORED` targets.
    ASSUME: one stream per column, its state carried from window to window (the
    paper, Saphra & Lopez 2019 §2, gives batch and window, not how text is laid
    out in them).

    Args:
        ids: Word ids in order, shape (words,).
        start: Id fed before the first word (`<eos>`).
        batch: Number of columns.
        window: Steps per window.

    >>> stream = Stream(np.arange(1, 6), start=0, batch=2, window=2)
    >>> len(stream), stream[0].inputs.tolist(), stream[1].targets.tolist()
    (2, [[0, 3], [1, 4]], [[3, -1]])
    """

    carries_state = True

    def __init__(
        self,
        ids: np.ndarray,
        *,
        start: int,
        batch: int,
        window: int,
        device: torch.device | str = "cpu",
    ) -> None:
        length = -(-len(ids) // batch)
        targets = np.full(batch * length, IGNORED, dtype=np.int32)
        targets[: len(ids)] = ids
        inputs = np.full(batch * length, start, dtype=np.int32)
        inputs[1 : len(ids)] = ids[:-1]
        self._inputs, self._targets = (
            torch.from_numpy(x.reshape(batch, length).T.copy()).to(device)
            for x in (inputs, targets)
        )
        self._columns = torch.arange(batch, device=device) * length
        self._window = window

    def __len__(self) -> int:
        return -(-len(self._inputs) // self._window)

    def __getitem__(self, index):
        if not 0 <= index < len(self):
            raise IndexError(index)
        start = index * self._window
        here = slice(start, start + self._window)
        inputs = self._inputs[here].long()
        steps = torch.arange(start, start + len(inputs), device=inputs.device)
        return Window(
            inputs, self._targets[here].long(), steps[:, None] + self._columns
        )


class StreamLoss:
    """Mean cross-entropy of a window; carries the model's state to the next.

    ASSUME: the mean over the window's predicted words, not their sum: learning
    rate 20 and clipping at 0.25 (Saphra & Lopez 2019 §2) mean nothing otherwise.
    The state is zero at every epoch's start.
    """

    carries_state = True

    def __init__(self) -> None:
        self.state: State = None

    def __call__(self, model: Model, batch: Window, step: int) -> dict[str, Tensor]:
        """Return `{"loss_nats": mean}` and keep the state, cut from its past."""
        carried = self.state
        if carried is not None:
            # A restored state comes on the CPU.
            carried = map_state(lambda part: part.to(batch.inputs.device), carried)
        output, state = model(batch.inputs, carried)
        self.state = map_state(Tensor.detach, state)
        total = model.loss(output, batch.targets).total_nats
        return {"loss_nats": total / (batch.targets != IGNORED).sum()}

    def start_epoch(self) -> None:
        """Start the next epoch from a zero state."""
        self.state = None

    def state_dict(self) -> dict[str, Any]:
        """The carried state."""
        return {"state": self.state}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Carry on from a saved state."""
        self.state = state["state"]


@torch.no_grad()
def mean_loss_nats(model: Model, stream: Stream) -> float:
    """Mean cross-entropy over every word of a stream, in evaluation mode."""
    training = model.training
    model.eval()
    state, total, words = None, 0.0, 0
    for window in stream:
        output, state = model(window.inputs, state)
        total += model.loss(output, window.targets).nats.double().sum().item()
        words += int((window.targets != IGNORED).sum())
    model.train(training)
    return total / words
