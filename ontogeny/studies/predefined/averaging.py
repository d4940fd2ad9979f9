"""SGD that averages its weights from some moment on, and what says when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

from ontogeny.studies.predefined.keeping import judged
from ontogeny.training.callbacks import LossCurve
from ontogeny.training.loop import Callback, Run


class AveragedSGD(torch.optim.Optimizer):
    """SGD, w ← w − r (g + λw), which averages w over steps once it is told to.

    The averages are where PyTorch's ASGD has them, so that
    `ontogeny.training.optimisers.averaged` finds them, and are the same: the first
    step's weights are replaced by the second's, then all are averaged.

    Args:
        parameters: To train.
        lr: Learning rate r.
        weight_decay: λ.

    Attributes:
        scale: Of the learning rate, at the next step alone.

    Source: Merity et al. (2018, §3); Polyak & Juditsky (1992).
    """

    def __init__(
        self, parameters: Iterable[nn.Parameter], lr: float, weight_decay: float = 0.0
    ) -> None:
        about = {"lr": lr, "weight_decay": weight_decay, "steps_averaged": -1}
        super().__init__(parameters, about)
        self.scale = 1.0

    @property
    def averages(self) -> bool:
        """Whether it has been told to."""
        return self.param_groups[0]["steps_averaged"] >= 0

    def average(self) -> None:
        """Average from the next step on."""
        for group in self.param_groups:
            group["steps_averaged"] = 0

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """One step with the gradients that stand in the parameters."""
        for group in self.param_groups:
            rate = group["lr"] * self.scale
            trained = [p for p in group["params"] if p.grad is not None]
            for p in trained:
                # The parameter first: its gradient is not to change.
                p.mul_(1 - rate * group["weight_decay"]).add_(p.grad, alpha=-rate)
            if group["steps_averaged"] < 0:
                continue
            group["steps_averaged"] += 1
            share = 1 / max(1, group["steps_averaged"] - 1)
            for p in trained:
                average = self.state[p].setdefault("ax", p.detach().clone())
                average.lerp_(p.detach(), share)
        self.scale = 1.0


class AverageWhenStalled(Callback):
    """Begin to average when validation has lagged, and not before.

    That is after an epoch whose loss is above the lowest of all but the `patience`
    epochs before it: the non-monotonic trigger.

    Args:
        curve: After which it is called.
        patience: n, epochs.

    Source: Merity et al. (2018, algorithm 1).
    """

    def __init__(self, curve: LossCurve, patience: int) -> None:
        self.curve, self.patience = curve, patience

    def after_epoch(self, run: Run) -> None:
        """Begin, if it is time."""
        optimiser = run.optimiser
        if not isinstance(optimiser, AveragedSGD) or optimiser.averages:
            return
        if lags(judged(self.curve)[1:], self.patience):
            optimiser.average()


def lags(losses: list[float], patience: int) -> bool:
    """Whether the last loss is above the lowest of those more than n epochs before.

    Args:
        losses: After every epoch.
        patience: n.

    >>> lags([5, 4, 3, 3.5], patience=2), lags([5, 3, 4, 4, 3.5], patience=2)
    (False, True)
    """
    *before, last = losses
    return len(before) > patience and last > min(before[:-patience])
