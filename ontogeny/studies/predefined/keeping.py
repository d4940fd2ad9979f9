"""Callbacks of the study: the best weights are kept, what is flat is ended."""

from __future__ import annotations

from pathlib import Path

from ontogeny.training.callbacks import KeepWeights, LossCurve
from ontogeny.training.loop import Callback, Run

FLAT_EPOCHS = 10
FLAT_SHARE = 1e-3
"""ASSUME: a loss is flat that has fallen by less than this share of itself, in so many
epochs, from the lowest before."""


class KeepBest(KeepWeights):
    """Keep the weights of the epoch whose judged loss is the lowest so far.

    Args:
        path: Of the weights.
        curve: After which it is called.
    """

    def __init__(self, path: Path, curve: LossCurve) -> None:
        super().__init__(path.parent)
        self.path, self.curve = path, curve

    def at_start(self, run: Run) -> None:
        """The untrained model is kept until another is better."""
        self._keep(run, self.path)

    def after_epoch(self, run: Run) -> None:
        """Keep them, if no epoch before was as good."""
        losses = judged(self.curve)
        if losses[-1] < min(losses[:-1]):
            self._keep(run, self.path)


class KeepLast(KeepBest):
    """Keep the weights of every epoch in the place of those before."""

    def after_epoch(self, run: Run) -> None:
        """Keep them, however good they are."""
        self._keep(run, self.path)


class UntilFlat(Callback):
    """End a run when its judged loss has become flat.

    Args:
        curve: After which it is called.
    """

    def __init__(self, curve: LossCurve) -> None:
        self.curve = curve

    def after_epoch(self, run: Run) -> None:
        """End it, if it is time."""
        self.end(run)

    def end(self, run: Run) -> None:
        """Make the epoch the run's last, if the loss is flat; of a resumed run, too."""
        if is_flat(judged(self.curve)):
            run.epochs = run.epoch


def judged(curve: LossCurve) -> list[float]:
    """The losses by which a curve judges, of the untrained model and every epoch."""
    return [row[f"{curve.judge}_loss_nats"] for row in curve.rows]


def is_flat(losses: list[float]) -> bool:
    """Whether the last epochs brought next to nothing.

    >>> is_flat([5.0] + [1.0] * 10), is_flat([5.0] + [1.0] * 11)
    (False, True)
    >>> is_flat([5.0 - 0.1 * epoch for epoch in range(30)])
    False
    """
    before, last = losses[:-FLAT_EPOCHS], losses[-FLAT_EPOCHS:]
    return bool(before) and min(last) > (1 - FLAT_SHARE) * min(before)
