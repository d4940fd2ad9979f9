"""One plain training loop.

It knows batches, a loss of named terms, an optimiser and callbacks; it does
not know what is trained. Everything that a killed run needs to go on exactly
where it was is in `Run.state_dict`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from ontogeny.errors import InputError
from ontogeny.training.batches import ByEpoch, check_order
from ontogeny.training.schedule import Schedule


class Loss(Protocol):
    """What a run minimises; may carry state from batch to batch."""

    def __call__(self, model: Any, batch: Any, step: int) -> dict[str, Tensor]:
        """Return named scalar terms; their sum is differentiated."""

    def start_epoch(self) -> None:
        """Forget what must not cross an epoch's start."""

    def state_dict(self) -> dict[str, Any]:
        """What is carried, for a resume."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up what was carried."""


class Callback:
    """Something done at fixed moments of a run; by default nothing.

    A callback whose own variables influence the result keeps them in
    `state_dict`, so that a resumed run goes on exactly.
    """

    def at_start(self, run: Run) -> None:
        """Before the first step of a new run (not of a resumed one)."""

    def before_forward(self, run: Run, batch: Any) -> None:
        """Before the loss is computed."""

    def after_backward(self, run: Run) -> None:
        """Gradients stand in the parameters, not yet clipped."""

    def after_step(self, run: Run) -> None:
        """The optimiser has stepped; `run.step` counts it."""

    def after_epoch(self, run: Run) -> None:
        """All batches were seen; `run.epoch` counts the epoch."""

    def state_dict(self) -> dict[str, Any]:
        """Variables that a resumed run needs."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up those variables."""


@dataclass
class Run:
    """One training in progress.

    Attributes:
        model: Trained in place.
        loss: Named terms of a batch.
        batches: Of every epoch, in order, or by epoch (`Shuffled`).
        optimiser: Steps on the model's parameters.
        epochs: Epochs in all.
        clip_norm: Largest ℓ₂ norm of all gradients together; None: no clipping.
        callbacks: Called in this order.
        schedule: Of the learning rate.
        identity: Name of what decides the result (`Recipe.identity`); "": unknown.
        started: Whether `at_start` has been called.
        step: Optimiser steps done.
        epoch: Epochs completed.
        position: Batches of the present epoch done.
        terms_sum: Sum over the present epoch's steps of each loss term.
    """

    model: nn.Module
    loss: Loss
    batches: Sequence[Any] | ByEpoch
    optimiser: torch.optim.Optimizer
    epochs: int
    clip_norm: float | None = None
    callbacks: Sequence[Callback] = ()
    schedule: Schedule = field(default_factory=Schedule)
    identity: str = ""
    started: bool = False
    step: int = 0
    epoch: int = 0
    position: int = 0
    terms_sum: dict[str, float] = field(default_factory=dict)
    _unread: list[dict[str, Tensor]] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        if isinstance(self.batches, ByEpoch):
            check_order(self.loss)

    def train(self) -> None:
        """Train to the last epoch, from wherever the run stands.

        Raises:
            InputError: If a loss is not finite; names epoch and step.
        """
        if not self.started:
            self.started = True
            self.schedule.before_step(self.optimiser)
            self._notify("at_start")
        while self.epoch < self.epochs:
            if self.position == 0:
                self.terms_sum = {}
            self.model.train()
            batches = self.batches
            if isinstance(batches, ByEpoch):
                batches = batches.of_epoch(self.epoch)
            while self.position < len(batches):
                self._one_step(batches[self.position])
            self.read_losses()
            self.epoch += 1
            self.position = 0
            self.loss.start_epoch()
            self._notify("after_epoch")

    def _one_step(self, batch: Any) -> None:
        self.schedule.before_step(self.optimiser)
        self._notify("before_forward", batch)
        terms = self.loss(self.model, batch, self.step)
        self.optimiser.zero_grad()
        torch.stack(list(terms.values())).sum().backward()
        self._notify("after_backward")
        if self.clip_norm is not None:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.clip_norm)
        self.optimiser.step()
        self.position += 1
        self.step += 1
        self.schedule.step += 1
        self._unread.append({name: term.detach() for name, term in terms.items()})
        if len(self._unread) >= 50:  # seldom: reading waits for the GPU
            self.read_losses()
        self._notify("after_step")

    def read_losses(self) -> None:
        """Add the losses since the last call to `terms_sum`; all must be finite."""
        first = self.step - len(self._unread) + 1
        for step, terms in enumerate(self._unread, first):
            for name, term in terms.items():
                value = term.item()
                if not torch.isfinite(term):
                    raise InputError(
                        f"The loss became {value} in epoch {self.epoch + 1}, step "
                        f"{step} ({name}): lower the learning rate or the norm that "
                        "gradients are clipped at; the last good state was kept."
                    )
                self.terms_sum[name] = self.terms_sum.get(name, 0.0) + value
        self._unread.clear()

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on bit for bit, on the same kind of device."""
        self.read_losses()
        rng = {"cpu": torch.get_rng_state()}
        if torch.cuda.is_available():
            rng["cuda"] = torch.cuda.get_rng_state()
        return {
            "identity": self.identity,
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
            "loss": self.loss.state_dict(),
            "callbacks": [callback.state_dict() for callback in self.callbacks],
            "rng": rng,
            "progress": {
                "started": self.started,
                "step": self.step,
                "epoch": self.epoch,
                "position": self.position,
                "terms_sum": self.terms_sum,
            },
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Stand where `state` was taken."""
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])
        self.loss.load_state_dict(state["loss"])
        for callback, its in zip(self.callbacks, state["callbacks"], strict=True):
            callback.load_state_dict(its)
        torch.set_rng_state(state["rng"]["cpu"])
        if "cuda" in state["rng"] and torch.cuda.is_available():
            torch.cuda.set_rng_state(state["rng"]["cuda"])
        for name, value in state["progress"].items():
            setattr(self, name, value)

    def _notify(self, moment: str, *arguments: Any) -> None:
        for callback in self.callbacks:
            method: Callable[..., None] = getattr(callback, moment)
            method(self, *arguments)
