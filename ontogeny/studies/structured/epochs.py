"""What is done after every epoch: structure counted, best weights kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ontogeny.pruning.structure import count
from ontogeny.training.callbacks import KeepWeights, LossCurve
from ontogeny.training.loop import Callback, Run

BEST = "best.safetensors"
"""File of the weights that validate best: early stopping."""


class Counts(Callback):
    """What is left of the network, into the last row of the curve.

    Columns neurons_{layer}, gates_{layer}, compression and words_remaining, of the
    network as evaluation reads it. Called after the curve and before the state is
    saved, which has the rows.

    Args:
        curve: Whose rows are added to.
        scores: Further columns, each from the model.
    """

    def __init__(
        self,
        curve: LossCurve,
        scores: Mapping[str, Callable[[Any], float]] | None = None,
    ) -> None:
        self.curve = curve
        self.scores = scores or {}

    def at_start(self, run: Run) -> None:
        self.after_epoch(run)

    def after_epoch(self, run: Run) -> None:
        model: Any = run.model
        plain = model.plain()
        embedding, lstm, output, _ = plain
        others = () if embedding is None else (embedding.weight.detach(),)
        left = count(lstm, output, others=others)
        row = self.curve.rows[-1]
        for layer in range(lstm.num_layers):
            row[f"neurons_{layer + 1}"] = left.neurons[layer]
            row[f"gates_{layer + 1}"] = left.gates[layer]
        row["compression"] = left.compression
        row["words_remaining"] = int(plain.words_read.sum())
        row |= {name: score(model) for name, score in self.scores.items()}


class KeepBest(KeepWeights):
    """Keep the weights of the epoch whose validation loss is the lowest so far."""

    def __init__(self, curve: LossCurve, folder: Any) -> None:
        super().__init__(folder)
        self.curve = curve

    def after_step(self, run: Run) -> None:
        """Nothing."""

    def after_epoch(self, run: Run) -> None:
        losses = [row["valid_loss_nats"] for row in self.curve.rows]
        if losses[-1] <= min(losses):
            self._keep(run, self.folder / BEST)
