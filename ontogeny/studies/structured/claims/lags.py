"""Claims about how far back neurons hear, and what the short ones do: G38 to G46.

Per neuron, r(τ) is the mean norm of its gradient at lag τ over that at lag 0. *Short*
are neurons whose output gate alone lives, *long* those with all four gates; each group
is resampled by itself.

Source: Lobacheva et al. (2020), qualitative results, figure 5, footnote 2.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from ontogeny.claims.intervals import Statistic, statistic
from ontogeny.claims.regions import Region, above, at_most, below
from ontogeny.claims.verdicts import Lacks
from ontogeny.studies.structured.claims import drawn
from ontogeny.studies.structured.claims.asking import LANGUAGE_MODELS, structured_claim
from ontogeny.studies.structured.claims.run import TaskRun
from ontogeny.studies.structured.structures import SHORT, WHOLE

IN_FIGURE5 = "qualitative results, fig. 5"
OLD = range(20, 101)
"""Lags of "20–100 steps ago"."""

LATEST, OLDEST = range(10), range(100, 200)
"""Lags of the latest and the old inputs of a text."""


def lag_norms(run: TaskRun, structure: str = "") -> pd.DataFrame:
    """Norms of gradients in the last layer of W+G+N.

    Args:
        run: Of a task and seed.
        structure: Of the neurons; "": any.

    Returns:
        A row per neuron, a column per lag.

    Raises:
        Lacks: If there is no such neuron, or nothing was measured.
    """
    units = _units(run, structure)
    rows = run.tables["gradients"]
    rows = rows[rows["variant"].eq("wgn") & rows["unit"].isin(units)]
    if rows.empty:
        raise Lacks("gradients by lag were not measured")
    return rows.pivot_table(index="unit", columns="lag", values="norm")


def _units(run: TaskRun, structure: str) -> pd.Series:
    left = run.left("wgn", 0)
    own = left[left["structure"].eq(structure)] if structure else left
    if own.empty:
        raise Lacks(f"no neuron of the last LSTM is `{structure}`")
    return own["unit"]


def ratios(run: TaskRun, structure: str = "") -> pd.DataFrame:
    """r(τ), a row per neuron; without neurons that no input reaches at once."""
    norms = lag_norms(run, structure)
    reached = norms[norms[0] > 0]
    if reached.empty:
        raise Lacks("no input reaches a neuron at lag 0")
    return reached.div(reached[0], axis=0)


def at(table: pd.DataFrame, lags: range, at_least: int) -> np.ndarray:
    """Columns of some lags.

    Raises:
        Lacks: If so few were measured that the last of `at_least` is not.
    """
    known = [lag for lag in lags if lag in table]
    if len(known) < at_least:
        raise Lacks(
            f"needs gradients at lags {lags[0]} to {lags[0] + at_least - 1}, was "
            f"measured to {table.columns.max()}"
        )
    return table[known].to_numpy()


def resampled(
    run: TaskRun,
    values: np.ndarray,
    what: str,
    of: Callable[[np.ndarray, np.ndarray], np.ndarray] = drawn.mean,
) -> np.ndarray:
    """A mean, median or maximum over neurons, shape (1 + resamples,).

    Args:
        run: Of a task and seed.
        values: Of each neuron, shape (neurons,).
        what: Group of neurons, so that no two groups are drawn alike.
        of: From values and how often they are drawn to numbers.
    """
    return of(values, run.drawn(len(values), "wgn", what))


@structured_claim(
    "G38",
    '`---o` neurons are "short"',
    IN_FIGURE5,
    "mean over lags 20–100 of r(τ): `---o` − `ifgo` < 0",
    roles=LANGUAGE_MODELS,
)
def g38(run: TaskRun) -> list[Statistic]:
    # ASSUME: where fewer lags were measured, from 20 to the last.
    short, long = (
        resampled(run, at(ratios(run, one), OLD, 1).mean(axis=1), one)
        for one in (SHORT, WHOLE)
    )
    part = f"mean of r(τ) over old lags: `{SHORT}` − `{WHOLE}`"
    note = f"`{SHORT}` {short[0]:.2g}, `{WHOLE}` {long[0]:.2g}"
    return [statistic(part, short - long, below(0), note)]


@structured_claim(
    "G39",
    '… "small for the old timesteps"',
    IN_FIGURE5,
    "their median r(20) < 0.1",
    roles=LANGUAGE_MODELS,
)
def g39(run: TaskRun) -> list[Statistic]:
    r = at(ratios(run, SHORT), OLD, 1)[:, 0]
    draws = resampled(run, r, SHORT, drawn.median)
    return [statistic(f"median r(20) of `{SHORT}`", draws, below(0.1))]


@structured_claim(
    "G40",
    '`ifgo` are "mostly long": gradient non-zero at old steps',
    IN_FIGURE5,
    "more than half have r(20) > 0.1",
    roles=LANGUAGE_MODELS,
)
def g40(run: TaskRun) -> list[Statistic]:
    long = at(ratios(run, WHOLE), OLD, 1)[:, 0] > 0.1
    draws = resampled(run, long.astype(float), WHOLE)
    return [statistic(f"share of `{WHOLE}` with r(20) > 0.1", draws, above(0.5))]


def _behaviour(run: TaskRun, column: str, structure: str) -> np.ndarray:
    """A column of the table of units, of neurons with a structure."""
    wanted = _units(run, structure)
    rows = run.tables["units"]
    rows = rows[rows["variant"].eq("wgn") & rows["unit"].isin(wanted)]
    values = rows[column].dropna().to_numpy(float)
    if not len(values):
        raise Lacks("how units behave was not measured")
    return values


@structured_claim(
    "G41",
    "changing the input 20–100 steps ago moves short neurons little",
    "qualitative results",
    "|h − h′| after replacing one input word (seeded) at lag 20–100: `---o` / `ifgo` < "
    "0.5",
    roles=LANGUAGE_MODELS,
)
def g41(run: TaskRun) -> list[Statistic]:
    short, long = (
        resampled(run, _behaviour(run, "moved", one), one) for one in (SHORT, WHOLE)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = short / long
    return [statistic(f"|h − h′|: `{SHORT}` / `{WHOLE}`", ratio, below(0.5))]


def _of_short(
    run: TaskRun, column: str, part: str, region: Region, of: Callable = drawn.mean
) -> list[Statistic]:
    draws = resampled(run, _behaviour(run, column, SHORT), SHORT, of)
    return [statistic(part, draws, region)]


@structured_claim(
    "G42",
    "`---o`: c_t is monotonic",
    "qualitative results",
    "share of steps after the 5th with the sign of c_t − c_{t−1} that of g > 0.99 "
    "(zero steps count)",
    roles=LANGUAGE_MODELS,
)
def g42(run: TaskRun) -> list[Statistic]:
    part = f"steps of c in the direction of g, `{SHORT}`"
    return _of_short(run, "monotone", part, above(0.99))


@structured_claim(
    "G43",
    '… "tanh(c_t) always equals either −1 or +1" but for the first steps',
    "qualitative results, footnote 2",
    "mean |tanh c_t|, t > 50, > 0.99",
    roles=LANGUAGE_MODELS,
)
def g43(run: TaskRun) -> list[Statistic]:
    part = f"mean |tanh c_t|, t > 50, `{SHORT}`"
    return _of_short(run, "saturation", part, above(0.99))


@structured_claim(
    "G44",
    "… so they are vanilla units",
    "qualitative results",
    "max |h_t ∓ o_t|, t > 50, < 0.02",
    roles=LANGUAGE_MODELS,
)
def g44(run: TaskRun) -> list[Statistic]:
    part = f"max |h_t ∓ o_t|, t > 50, `{SHORT}`"
    return _of_short(run, "vanilla_gap", part, below(0.02), drawn.largest)


@structured_claim(
    "G45",
    'imdb: neurons hear "both the old and latest inputs"',
    IN_FIGURE5,
    "median over neurons of mean r(100–199) > 0.1",
    roles=("imdb",),
)
def g45(run: TaskRun) -> list[Statistic]:
    r = at(ratios(run), OLDEST, len(OLDEST)).mean(axis=1)
    draws = resampled(run, r, "", drawn.median)
    return [statistic("median of mean r(100–199)", draws, above(0.1))]


@structured_claim(
    "G46",
    "… one neuron alone prefers the latest",
    IN_FIGURE5,
    'neurons with gradient(0–9) > 2 × gradient(100–199): at most "one"',
    roles=("imdb",),
)
def g46(run: TaskRun) -> list[Statistic]:
    norms = lag_norms(run)
    old = at(norms, OLDEST, len(OLDEST)).mean(axis=1)
    latest = at(norms, LATEST, len(LATEST)).mean(axis=1)
    found = int((latest > 2 * old).sum())
    note = f"of {len(norms)}"
    return [run.number("neurons that prefer the latest", found, at_most(1), note)]
