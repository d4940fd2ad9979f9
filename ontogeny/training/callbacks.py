"""What is done during a run: weights kept, losses measured, progress shown."""

from __future__ import annotations

import json
import logging
import math
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from safetensors.torch import save
from tqdm import tqdm

from ontogeny.disk.files import write_bytes
from ontogeny.errors import InputError
from ontogeny.running.sums import keep_sums
from ontogeny.statistics.learning import perplexity, readable
from ontogeny.training.loop import Callback, Run

logger = logging.getLogger(__name__)

METADATA = "ontogeny"
"""Key of a checkpoint's metadata: epoch and step, as JSON."""


class KeepWeights(Callback):
    """Keep the weights of epoch 0 (untrained) and after every epoch.

    Args:
        path: `path(epoch)` is the safetensors file of that epoch.
    """

    def __init__(self, path: Callable[[int], Path]) -> None:
        self.path = path

    def at_start(self, run: Run) -> None:
        self.after_epoch(run)

    def after_epoch(self, run: Run) -> None:
        weights = {k: v.contiguous().cpu() for k, v in run.model.state_dict().items()}
        if not all(weight.isfinite().all() for weight in weights.values()):
            raise InputError(
                f"Weights are NaN or infinite after epoch {run.epoch}, step "
                f"{run.step}: lower the learning rate or the norm that gradients "
                "are clipped at."
            )
        # One key only: safetensors writes several in no fixed order.
        metadata = {METADATA: json.dumps({"epoch": run.epoch, "step": run.step})}
        write_bytes(save(weights, metadata), self.path(run.epoch))
        keep_sums([self.path(run.epoch)])


class Curve(Callback):
    """Measure the loss after every epoch and quarter the learning rate.

    The learning rate is divided when the validation loss fails to improve on
    the best so far ("quartered whenever loss fails to improve", Saphra & Lopez 2019
    §2).
    ASSUME: the loss meant is that of the validation split.

    Rows: epoch, step, learning_rate (used in that epoch), rescaled (whether it
    was divided after it), train_loss_nats (mean over the epoch's steps, in
    training mode), and for each split loss_nats and perplexity (infinite where
    no float holds it).

    Args:
        losses: For each split's name a function giving the mean loss in nats.
        divide_by: The learning rate's divisor.
        judge: The split whose loss decides.
    """

    def __init__(
        self,
        losses: Mapping[str, Callable[[Any], float]],
        *,
        divide_by: float = 4.0,
        judge: str = "valid",
    ) -> None:
        self.losses = losses
        self.divide_by = divide_by
        self.judge = judge
        self.rows: list[dict[str, Any]] = []

    def at_start(self, run: Run) -> None:
        self._add_row(run, train_loss_nats=math.nan)

    def after_epoch(self, run: Run) -> None:
        mean = sum(run.terms_sum.values()) / len(run.batches)
        row = self._add_row(run, train_loss_nats=mean)
        best = min(before[f"{self.judge}_loss_nats"] for before in self.rows[:-1])
        if not row[f"{self.judge}_loss_nats"] < best:
            row["rescaled"] = True
            for group in run.optimiser.param_groups:
                group["lr"] /= self.divide_by

    def _add_row(self, run: Run, **columns: Any) -> dict[str, Any]:
        row: dict[str, Any] = {
            "epoch": run.epoch,
            "step": run.step,
            "learning_rate": run.optimiser.param_groups[0]["lr"],
            "rescaled": False,
            **columns,
        }
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
