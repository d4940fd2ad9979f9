"""Rows of the tables of similarities: scores, their null, how sure they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ontogeny.measures.similarity.cca import compare
from ontogeny.measures.similarity.moments import CrossMoments, Moments
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.studies.svcca.names import HALVES
from ontogeny.studies.svcca.nulls import Pair

ALIKE = 1 - 1e-9
"""At which nothing moves a score but rounding."""
KIND = ["comparison", "domain", "tables", "preset"]
"""Rows that share one factor of their intervals."""


class Comparison(NamedTuple):
    """Two views, and what these are when moved against each other.

    Attributes:
        about: Columns that say which views.
        pair: As they are.
        moved: As they are when they have nothing in common.
        halve: Whether halves of the groups are scored too, for `widened`.
    """

    about: Mapping[str, Any]
    pair: Pair
    moved: Sequence[Pair]
    halve: bool = False

    def rows(self, presets: Sequence[str]) -> Iterator[dict[str, Any]]:
        """A row of each preset."""
        a, b, cross = self.pair
        for preset in presets:
            found = compare(a, b, preset, cross=cross)
            influence, spread = found.influence, (np.nan, np.nan)
            if influence is not None:
                if self.halve and found.score < ALIKE:
                    spread = halved(*self.pair, preset), float(influence @ influence)
                # Groups left out of a part of the text have no influence.
                influence = np.pad(influence, (0, SENTENCE_GROUPS - len(influence)))
            nulls = [
                compare(*own[:2], preset, cross=own[2]).score for own in self.moved
            ]
            yield {
                **self.about,
                "preset": preset,
                "score": found.score,
                "null": float(np.mean(nulls)),
                "tokens": found.n,
                "kept_a": found.kept_a,
                "kept_b": found.kept_b,
                "influence": influence,
                "halved": spread[0],
                "foretold": spread[1],
            }


def halved(a: Moments, b: Moments, cross: CrossMoments, preset: str) -> float:
    """Variance of a score by halves of its groups: the mean of (s − s′)²/4.

    Each of `HALVES` random halves is scored, and the other one. Halves have their own
    directions, and their own number of these. Leaving out one group at a time is no
    substitute: where a direction more or less is kept, one such jump counts as G − 1
    times its square. Simulated (tests): within a third of the spread over fresh
    samples, of which leaving out one tells 2.4 times as much where the number jumps.

    Args:
        a: Of one view, by group.
        b: Of another.
        cross: Of both.
        preset: Of `compare`.

    Source: half-samples, McCarthy (1969), Review of the ISI 37(3).
    """
    rng, squares = np.random.default_rng(0), []
    for number in range(HALVES):
        drawn = rng.permutation(a.groups)
        scores = [
            compare(
                _part(a, number, half),
                _part(b, number, half),
                preset,
                cross=cross.subset(half).pooled(),
            ).score
            for half in np.array_split(drawn, 2)
        ]
        squares.append((scores[0] - scores[1]) ** 2 / 4)
    return float(np.mean(squares))


def _part(view: Moments, number: int, half: np.ndarray) -> Moments:
    """Made once for all pairs of a view: groups are drawn alike in all."""
    name = f"half {number}, {half[0]}"
    return view.once(name, lambda: view.subset(half).pooled())


def widened(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as a table whose influences spread as scores of halves do.

    To first order directions and their number stay, so that intervals from influences
    are too narrow. Each kind of pair has one factor, √(Σ halved / Σ foretold) over the
    pairs of which both are known, and at least 1.

    Args:
        rows: Of `Comparison`.

    Returns:
        The table, with the column `widening`.
    """
    table = pd.DataFrame(rows)
    table["tables"] = (table["site"] == "embedding") & (
        table["other_site"] == "embedding"
    )
    sums = table.groupby(KIND)[["halved", "foretold"]].sum().reset_index()
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.sqrt(sums["halved"] / sums["foretold"])
    sums["widening"] = np.where(factor > 1, factor, 1.0)
    table = table.merge(sums[[*KIND, "widening"]], on=KIND, how="left")
    table["influence"] = [
        None if one is None else one * factor
        for one, factor in zip(table["influence"], table["widening"], strict=True)
    ]
    return table.drop(columns=["tables", "halved", "foretold"])
