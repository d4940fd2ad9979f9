"""What is done during a run: weights kept, losses measured, progress shown."""

from __future__ import annotations

import json
import logging
import math
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from safetensors.torch import save
from tqdm import tqdm

from ontogeny.disk.files import write_bytes
from ontogeny.errors import InputError
from ontogeny.running.sums import keep_sums
from ontogeny.statistics.learning import perplexity, readable
from ontogeny.training.loop import Callback, Run
from ontogeny.training.optimisers import averaged

logger = logging.getLogger(__name__)

METADATA = "ontogeny"
"""Key of a checkpoint's metadata: epoch, step and, if known, identity, as JSON."""


class KeepWeights(Callback):
    """Keep the weights of epoch 0 (untrained) and after epochs and steps.

    They are their averages where the optimiser has any (`averaged`).

    Args:
        folder: Of `weights_path` and `step_path`.
        epochs: Those kept, -1 the last; None: every one.
        steps: Those kept too.
    """

    def __init__(
        self,
        folder: Path,
        epochs: Collection[int] | None = None,
        steps: Collection[int] = (),
    ) -> None:
        self.folder = folder
        self.epochs = epochs
        self.steps = steps

    def at_start(self, run: Run) -> None:
        self.after_epoch(run)

    def after_step(self, run: Run) -> None:
        if run.step in self.steps:
            self._keep(run, step_path(self.folder, run.step))

    def after_epoch(self, run: Run) -> None:
        numbers = {run.epoch, -1} if run.epoch == run.epochs else {run.epoch}
        if self.epochs is None or not numbers.isdisjoint(self.epochs):
            self._keep(run, weights_path(self.folder, run.epoch))

    def _keep(self, run: Run, path: Path) -> None:
        about: dict[str, Any] = {"epoch": run.epoch, "step": run.step}
        if run.identity:
            about["identity"] = run.identity
        # One key only: safetensors writes several in no fixed order.
        metadata = {METADATA: json.dumps(about)}
        with averaged(run.optimiser):
            state = run.model.state_dict()
            weights = {k: v.contiguous().cpu() for k, v in state.items()}
            if not all(weight.isfinite().all() for weight in weights.values()):
                raise InputError(
                    f"Weights are NaN or infinite after epoch {run.epoch}, step "
                    f"{run.step}: lower the learning rate or the norm that gradients "
                    "are clipped at."
                )
            write_bytes(save(weights, metadata), path)
        keep_sums([path])


def weights_path(folder: Path, epoch: int) -> Path:
    """Where the weights after `epoch` are kept.

    >>> weights_path(Path("lm"), 3).as_posix()
    'lm/epoch3.safetensors'
    """
    return folder / f"epoch{epoch}.safetensors"


def step_path(folder: Path, step: int) -> Path:
    """Where the weights after `step` are kept, if they are."""
    return folder / f"step{step}.safetensors"


class LossCurve(Callback):
    """Measure the losses before training and after every epoch.

    Rows: epoch, step, learning_rate (of that epoch's last step), rescaled (whether the
    schedule divided it after the epoch), train_loss_nats (mean over the epoch's steps,
    in training mode), and for each split loss_nats and perplexity (infinite where
    no float holds it). Of a loss of several terms there is a column train_{term}
    for each, and train_total, their sum, instead of train_loss_nats.

    Args:
        losses: For each split's name a function giving the mean loss in nats.
        terms: Names of the loss's terms.
        judge: The split whose loss is told to the schedule.
    """

    def __init__(
        self,
        losses: Mapping[str, Callable[[Any], float]],
        *,
        terms: Sequence[str] = ("loss_nats",),
        judge: str = "valid",
    ) -> None:
        self.losses = losses
        self.terms = terms
        self.judge = judge
        self.rows: list[dict[str, Any]] = []

    def at_start(self, run: Run) -> None:
        self._add_row(run, dict.fromkeys(self.terms, math.nan))

    def after_epoch(self, run: Run) -> None:
        steps = len(run.batches)
        row = self._add_row(run, {k: v / steps for k, v in run.terms_sum.items()})
        judged = [row[f"{self.judge}_loss_nats"] for row in self.rows]
        row["rescaled"] = run.schedule.after_epoch(run.optimiser, judged)

    def _add_row(self, run: Run, means: dict[str, float]) -> dict[str, Any]:
        if set(means) != set(self.terms):
            raise ValueError(f"the loss's terms are {list(means)}, not {self.terms}")
        row: dict[str, Any] = {
            "epoch": run.epoch,
            "step": run.step,
            "learning_rate": run.optimiser.param_groups[0]["lr"],
            "rescaled": False,
        }
        if len(means) == 1:
            row["train_loss_nats"] = means[self.terms[0]]
        else:
            row |= {f"train_{term}": means[term] for term in self.terms}
            row["train_total"] = sum(means.values())
        with averaged(run.optimiser):
            for split, loss in self.losses.items():
                row[f"{split}_loss_nats"] = loss(run.model)
                row[f"{split}_perplexity"] = perplexity(row[f"{split}_loss_nats"])
        self.rows.append(row)
        perplexities = ", ".join(
            f"{split} perplexity {readable(row[f'{split}_perplexity'])}"
            for split in self.losses
        )
        logger.info("Epoch %d: %s.", run.epoch, perplexities)
        return row

    def state_dict(self) -> dict[str, Any]:
        return {"rows": self.rows}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.rows = state["rows"]


class Progress(Callback):
    """A bar on a terminal; a plain line now and then in the log.

    Args:
        every_s: Seconds between two lines.
    """

    def __init__(self, *, every_s: float = 30.0) -> None:
        self.every_s = every_s
        self._said_at = time.monotonic()
        self._bar: tqdm | None = None

    def at_start(self, run: Run) -> None:
        logger.info(
            "Training: %d epoch%s of %d step%s.",
            *(run.epochs, "s" * (run.epochs != 1)),
            *(len(run.batches), "s" * (len(run.batches) != 1)),
        )

    def after_step(self, run: Run) -> None:
        total = run.epochs * len(run.batches)
        if self._bar is None:
            self._bar = tqdm(
                total=total, initial=run.step - 1, disable=not sys.stderr.isatty()
            )
        self._bar.update()
        if time.monotonic() - self._said_at >= self.every_s:
            self._said_at = time.monotonic()
            logger.info("Epoch %d, step %d of %d.", run.epoch + 1, run.step, total)

    def after_epoch(self, run: Run) -> None:
        if self._bar is not None and run.epoch == run.epochs:
            self._bar.close()
