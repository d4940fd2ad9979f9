"""Curves over epochs of what was measured, with their bootstrap resamples.

Of everything row 0 is the sample itself, the others its resamples: scaffolds
are drawn in groups (`ontogeny.studies.scaffold.items`), and a resample is the weight of
each group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ontogeny.statistics.bootstrap import resampling_weights
from ontogeny.statistics.resampled import accuracy_draws

NAMES = {
    "probability": "P(ω)",
    "probability_open": "P(ω) from α alone",
    "probability_scaffold": "P(ω) from the scaffold alone",
    "probability_prefix": "P(ω) from a prefix",
    "interdependence": "DI(α, scaffold)",
    "gradient_l2": "recurrent gradient",
}
READINGS = {"murdoch": "by the rule murdoch", "zero_state": "from a zero state"}
"""Other ways to decompose, by the suffix of their quantities' names."""

NAMES |= {
    f"{name}_{suffix}": f"{NAMES[name]} {words}"
    for suffix, words in READINGS.items()
    for name in ("probability_open", "probability_prefix")
}


class Line(NamedTuple):
    """What a curve over epochs is of; the fields are columns of the measures.

    Attributes:
        quantity: One of `NAMES`.
        setting: "familiar" or "unfamiliar".
        length: k, words of a scaffold.
        occurrences: n, of the rule in the training text.
        domain: "in" (scaffolds of the training text) or "out" (fresh ones).
        position: Of a scaffold word from 1, or how many are read; −1: none.
        variant: Of the optimiser.
    """

    quantity: str
    setting: str
    length: int
    occurrences: int
    domain: str
    position: int = -1
    variant: str = "plain"

    @property
    def label(self) -> str:
        """For the reader.

        >>> Line("interdependence", "familiar", 4, 100, "in").label
        'DI(α, scaffold) (familiar, k = 4, n = 100, in-domain)'
        """
        which = self.setting if self.variant == "plain" else f"with {self.variant}"
        name = NAMES.get(self.quantity, self.quantity)
        if self.position >= 0:
            name += f" at position {self.position}"
        where = f"k = {self.length}, n = {self.occurrences:,}, {self.domain}-domain"
        return f"{name} ({which}, {where})"


@dataclass(frozen=True, eq=False)
class Sample:
    """What was measured of one seed.

    Attributes:
        measures: Of `ontogeny.studies.scaffold.grid`, of one seed.
        resamples: Of the bootstrap over groups of scaffolds.
    """

    measures: pd.DataFrame = field(repr=False)
    resamples: int = 1000
    _weights: dict[Any, np.ndarray] = field(default_factory=dict, repr=False)

    @cached_property
    def epochs(self) -> np.ndarray:
        """Epochs measured, rising, shape (epochs,)."""
        return np.unique(self.measures["epoch"].to_numpy())

    @cached_property
    def lines(self) -> dict[Line, pd.DataFrame]:
        """The rows of each line."""
        grouped = self.measures.groupby(list(Line._fields), sort=False)
        return {Line._make(key): rows for key, rows in grouped}

    def known(self, quantity: str, **fields: Any) -> list[Line]:
        """The lines of a quantity, in order of length, occurrences and position.

        Args:
            quantity: One of `NAMES`.
            fields: What others of a line's fields must be.
        """
        wanted = {"quantity": quantity, "variant": "plain"} | fields
        found = [
            line
            for line in self.lines
            if all(getattr(line, name) == value for name, value in wanted.items())
        ]
        order = ["length", "occurrences", "position", "setting", "domain", "variant"]
        return sorted(found, key=lambda line: [getattr(line, name) for name in order])

    def draws(self, line: Line) -> np.ndarray:
        """Mean over items, Σ w m x̄ / Σ w m of groups with m items and mean x̄.

        Lines tested on the same items share their resamples, so that their
        differences are paired: all out-domain lines of one length, and all
        in-domain lines of one length and one number of occurrences, whose
        settings have the same scaffolds (`ontogeny.studies.scaffold.making`). Others
        are resampled independently.

        Args:
            line: One of `lines`.

        Returns:
            Shape (1 + resamples, epochs); NaN at an epoch without the quantity.

        Raises:
            KeyError: If there is no such line.
            ValueError: If a group is there twice, or only at some epochs.
        """
        rows = self.lines[line]
        if rows.duplicated(["epoch", "group"]).any():
            raise ValueError(f"{line.label}: a group is there twice")
        table = rows.assign(total=rows["mean"] * rows["items"]).pivot(
            index="epoch", columns="group", values=["total", "items"]
        )
        if table.loc[:, "items"].isna().to_numpy().any():
            raise ValueError(f"{line.label}: a group is not there at every epoch")
        table = table.reindex(self.epochs)
        total, items = np.hsplit(table.to_numpy(float), 2)  # (epochs, groups)
        return accuracy_draws(total, items, self._resampled(line, items.shape[1]))

    def _resampled(self, line: Line, groups: int) -> np.ndarray:
        """The weights of the items a line was tested on, (resamples, groups)."""
        inside = line.domain == "in"
        key = (line.length, inside, line.occurrences * inside, groups)
        if key not in self._weights:
            entropy = [0, *map(int, key[:3])]
            seed = int(np.random.SeedSequence(entropy).generate_state(1)[0])
            self._weights[key] = resampling_weights(groups, self.resamples, seed)
        return self._weights[key]


def lengths(lines: Sequence[Line]) -> list[int]:
    """The scaffold lengths of some lines, rising."""
    return sorted({line.length for line in lines})
