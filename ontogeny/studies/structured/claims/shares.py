"""Shares of gates and structures among the neurons that remain, with resamples."""

from __future__ import annotations

import numpy as np

from ontogeny.claims.intervals import Statistic, extreme, statistic
from ontogeny.claims.regions import Region, above
from ontogeny.claims.verdicts import Lacks
from ontogeny.studies.structured.claims import drawn
from ontogeny.studies.structured.claims.run import TaskRun
from ontogeny.studies.structured.structures import GATES, SHORT, WHOLE, live_shares


def shares(run: TaskRun, variant: str, layer: int | None = None) -> np.ndarray:
    """Share of remaining neurons whose i, f, g, o is live, shape (1 + resamples, 4)."""
    live = run.live(variant, layer)
    return live_shares(live.astype(float), run.drawn(len(live), variant, layer))


def layer_shares(run: TaskRun, variant: str) -> np.ndarray:
    """The same of each layer, side by side, shape (1 + resamples, 4 · layers)."""
    layers = range(1, run.task.layers + 1)
    return np.hstack([shares(run, variant, layer) for layer in layers])


def share_where(
    run: TaskRun, variant: str, which: np.ndarray, layer: int | None = None
) -> np.ndarray:
    """Share of remaining neurons of which something is so, shape (1 + resamples,).

    Args:
        run: Of a task and seed.
        variant: Whose neurons.
        which: Bool, shape (neurons,).
        layer: Of which `which` is; None: all.
    """
    return drawn.mean(which, run.drawn(len(which), variant, layer))


def share_of(
    run: TaskRun, variant: str, structure: str, layer: int | None = None
) -> np.ndarray:
    """Share of remaining neurons with a structure, shape (1 + resamples,)."""
    has = run.left(variant, layer)["structure"].eq(structure).to_numpy()
    return share_where(run, variant, has, layer)


def short_share(
    run: TaskRun, variant: str, bound: float, layer: int, of: str = ""
) -> Statistic:
    """Share of neurons whose output gate alone is live, above a bound (G31, G36)."""
    name = f"`{SHORT}` of the remaining, {of or variant.upper()}"
    return statistic(name, share_of(run, variant, SHORT, layer), above(bound))


def commonest_incomplete(run: TaskRun, variant: str, layer: int) -> Statistic:
    """Count of `---o` less that of the next structure that lacks a gate (G32, G36)."""
    structures = run.left(variant, layer)["structure"]
    ours = structures.eq(SHORT).to_numpy()
    weights = run.drawn(len(structures), variant, layer)
    region = above(0)
    # Where there is no other incomplete one, it is none: a count of 0.
    others = sorted(set(structures) - {SHORT, WHOLE}) or [""]
    each = [
        statistic(other, weights @ (ours.astype(float) - structures.eq(other)), region)
        for other in others
    ]
    next_one = min(each, key=lambda one: one.estimate).part
    note = f"next is `{next_one}`" if next_one else "there is no other incomplete one"
    part = f"count of `{SHORT}` − next incomplete, {variant.upper()}"
    return extreme(part, min, each, region, note)


def input_or_forget_constant(
    run: TaskRun, variant: str, layer: int, of: str = ""
) -> list[Statistic]:
    """Share with i or f constant > 0.3, and above that of o constant (G33)."""
    live = run.live(variant, layer)
    either = ~(live[:, 0] & live[:, 1])
    fixed = share_where(run, variant, either, layer)
    output = share_where(run, variant, ~live[:, GATES.index("o")], layer)
    told = of or variant.upper()
    return [
        statistic(f"i or f constant, LSTM {layer}, {told}", fixed, above(0.3)),
        statistic(
            f"i or f constant − o constant, LSTM {layer}, {told}",
            fixed - output,
            above(0),
        ),
    ]


def of_layers(run: TaskRun, layers: int) -> None:
    """Check how many layers the network has.

    Raises:
        Lacks: If there are fewer.
    """
    if run.task.layers < layers:
        raise Lacks(f"{run.task.name} has {run.task.layers} LSTM, not {layers}")


def gate_share(
    run: TaskRun, variant: str, gate: str, region: Region, layer: int | None = None
) -> Statistic:
    """Share of remaining neurons with a gate that is live."""
    found = shares(run, variant, layer)[:, GATES.index(gate)]
    return statistic(f"live {gate} of the remaining, {variant.upper()}", found, region)
