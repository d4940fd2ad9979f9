"""A training step of ours beside the standard recipe's; rows per chunk."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from benchmarks.machine import THREADS
from benchmarks.peer import Peer, PeerLoop
from benchmarks.timing import (
    Criterion,
    interleave,
    ratio,
    summary,
    wait_until_quiet,
)
from ontogeny.models.loss import ROWS, output_loss
from ontogeny.training.loop import Callback, Run
from ontogeny.training.recipe import Recipe
from ontogeny.training.stream import Stream, StreamLoss

# Steps timed for each size of the vocabulary; those with a limit have 30.
STEPS = {1_000: 30, 5_000: 15, 10_000: 30, 20_000: 30, 50_000: 9}
WARM_UP = 3
LIMITS = {1_000: 0.95, 10_000: 0.8, 20_000: 0.75}
TOLERANCE = 1e-5

# How the 1,400 steps of a window are cut, at three sizes of the vocabulary.
CHUNKS = (70, 140, 200, 280, 350, 467, 700, 1400)
CHUNK_ROUNDS = {10_000: 9, 20_000: 7, 50_000: 5}


def run(folder: Path) -> dict[str, pd.DataFrame]:
    """Time steps over sizes of the vocabulary, and the output layer over chunks."""
    torch.set_num_threads(THREADS)
    times = {types: steps_in_turn(types, n) for types, n in STEPS.items()}
    every = pd.concat(times, names=["types"]).reset_index(level="types")
    return {
        "steps": every.reset_index(drop=True),
        "step": summary(every, ["types", "contestant"]),
        "ratio": pd.DataFrame(
            [(types, *ratio(t, "ours", "peer")) for types, t in times.items()],
            columns=["types", "ratio", "lower_quartile", "upper_quartile"],
        ),
        "chunks": _chunks(),
    }


def criteria(tables: dict[str, pd.DataFrame]) -> list[Criterion]:
    """The step's limits; `steps_in_turn` has asserted that the losses agree."""
    found = tables["ratio"].set_index("types")
    return [
        Criterion(
            f"training step, {types:,} words, ours / standard recipe",
            f"≤ {limit}",
            "{ratio:.2f} ({lower_quartile:.2f}–{upper_quartile:.2f})".format(
                **found.loc[types]
            ),
            bool(found.loc[types, "ratio"] <= limit),
        )
        for types, limit in LIMITS.items()
    ]


def steps_in_turn(types: int, steps: int, device: str = "cpu") -> pd.DataFrame:
    """Times of training steps, ours and the recipe's in turn.

    Both see the same windows and start from the same weights. Ours is `Run`
    with `StreamLoss`, as the workflow trains, clocked from the end of the
    recipe's step: nothing of the loop is left out.

    Returns:
        Columns round, contestant ("ours", "peer"), seconds.
    """
    _check_losses(types, device)
    ours, peer = _pair(types, Recipe(epochs=1), WARM_UP + steps, device)
    clock = _InTurn(peer.step, torch.cuda.synchronize if device != "cpu" else None)
    ours.callbacks = [clock]
    ours.train()
    times = pd.DataFrame(clock.rows, columns=["round", "contestant", "seconds"])
    return times[times["round"] >= WARM_UP]


def zipfian(types: int, tokens: int, *, seed: int = 0) -> np.ndarray:
    """Word ids with Zipf's frequencies, int32, shape (tokens,)."""
    share = 1 / np.arange(1, types + 1)
    rng = np.random.default_rng(seed)
    return rng.choice(types, tokens, p=share / share.sum()).astype(np.int32)


def _pair(types: int, recipe: Recipe, steps: int, device: str) -> tuple[Run, PeerLoop]:
    """A run of ours and the recipe's loop, with equal weights and data."""
    torch.manual_seed(0)
    ids = zipfian(types, steps * recipe.batch * recipe.window)
    stream = Stream(
        ids, start=1, batch=recipe.batch, window=recipe.window, device=device
    )
    model, peer = recipe.model(types).to(device), Peer(types, recipe).to(device)
    peer.copy_weights(model)
    sgd = torch.optim.SGD(model.parameters(), lr=recipe.learning_rate)
    ours = Run(
        model, StreamLoss(), stream, sgd, recipe.epochs, clip_norm=recipe.clip_norm
    )
    return ours, PeerLoop(peer, stream, recipe)


def _check_losses(types: int, device: str) -> None:
    """Without dropout, two steps of both have equal losses, to `TOLERANCE`."""
    recipe = replace(Recipe(epochs=1), dropout=0.0)
    ours, peer = _pair(types, recipe, 2, device)
    ours.train()
    theirs = peer.step() + peer.step()
    difference = abs(ours.terms_sum["loss_nats"] - theirs) / theirs
    if not difference <= TOLERANCE:
        raise RuntimeError(f"{types} words: losses differ by {difference:.1e}")


class _InTurn(Callback):
    """Clock every step of a run, and a step of its rival after it."""

    def __init__(
        self, rival: Callable[[], object], wait: Callable[[], None] | None
    ) -> None:
        self.rival = rival
        self.wait = wait
        self.rows: list[tuple[int, str, float]] = []

    def at_start(self, run: Run) -> None:
        self._since = time.perf_counter()

    def after_step(self, run: Run) -> None:
        self._lap(run, "ours")
        self.rival()
        self._lap(run, "peer")
        wait_until_quiet()
        self._since = time.perf_counter()

    def _lap(self, run: Run, contestant: str) -> None:
        if self.wait is not None:
            self.wait()
        now = time.perf_counter()
        self.rows.append((run.step - 1, contestant, now - self._since))
        self._since = time.perf_counter()


def _chunks() -> pd.DataFrame:
    """Output layer and loss, forward and backward, by vocabulary and chunk."""
    parts = []
    for types, rounds in CHUNK_ROUNDS.items():
        layer = _OutputLayer(types)
        times = interleave({r: partial(layer.once, r) for r in CHUNKS}, rounds)
        parts.append(summary(times.assign(types=types), ["types", "contestant"]))
    table = pd.concat(parts, ignore_index=True).rename(columns={"contestant": "rows"})
    best = table.groupby("types")["median_ms"].transform("min")
    return table.assign(
        relative_to_best=table["median_ms"] / best,
        chunk_mb=table["rows"] * table["types"] * 4 / 1e6,
        chosen=table["rows"] == ROWS,
    )


class _OutputLayer:
    def __init__(self, types: int) -> None:
        recipe = Recipe()
        torch.manual_seed(0)
        steps = recipe.batch * recipe.window
        self.hidden = torch.randn(steps, recipe.hidden).tanh_().requires_grad_()
        self.weight = torch.empty(types, recipe.hidden).uniform_(-0.1, 0.1)
        self.weight.requires_grad_()
        self.bias = torch.zeros(types, requires_grad=True)
        self.targets = torch.from_numpy(zipfian(types, steps)).long()

    def once(self, rows: int) -> None:
        loss = output_loss(
            self.hidden, self.weight, self.bias, self.targets, rows=rows
        ).total_nats
        torch.autograd.grad(loss, (self.hidden, self.weight, self.bias))
