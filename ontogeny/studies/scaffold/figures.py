"""The table behind each figure of the study of scaffolds (thesis ch. 5).

Whatever a figure draws or says is a column here; plotting computes nothing.
All tables have the same columns:

=========== ======= ========================================================
column      type    meaning
=========== ======= ========================================================
seed        Int64   of text and model; missing: the mean over seeds
setting     string  familiar or unfamiliar
length      int64   k, words of a scaffold
occurrences int64   n, of the rule in the training text
domain      string  in (scaffolds of the training text) or out (fresh ones)
quantity    string  as in `ontogeny.studies.scaffold.measuring`
epoch       int64   0: untrained
position    int64   of a scaffold word from 1, or how many are read; −1: none
mean        float64 over test items
low, high   float64 95 % bootstrap interval over groups of scaffolds; of the
                    mean over seeds: from the lowest to the highest seed's end
seeds       int64   how many there are
=========== ======= ========================================================

Source: thesis ch. 5, §4.3, figures 7 to 10; appendices B, C, figures 11 and 12.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from ontogeny.statistics.bootstrap import percentile_interval
from ontogeny.statistics.over_seeds import over_seeds
from ontogeny.studies.scaffold.draws import Line, Sample
from ontogeny.studies.scaffold.inputs import Inputs

KEYS = [
    "setting",
    "length",
    "occurrences",
    "domain",
    "quantity",
    "epoch",
    "position",
]
COLUMNS = ["seed", *KEYS, "mean", "low", "high", "seeds"]
TYPES = dict.fromkeys(("length", "occurrences", "epoch", "position"), "int64")

Choose = Callable[[Sample, int], list[Line]]


def tabulate(inputs: Inputs, params: Any) -> dict[str, pd.DataFrame]:
    """The tables behind all figures.

    Args:
        inputs: Of all seeds.
        params: occurrences at which both settings are compared; resamples of groups
            of scaffolds.

    Returns:
        By name: fig7a, fig7b, fig8 to fig12; empty where nothing was measured.
    """
    samples = {
        seed: Sample(table, params.resamples) for seed, table in inputs.measures.items()
    }
    return {
        name: _tabulate(samples, params.occurrences, choose, whole)
        for name, (choose, whole) in FIGURES.items()
    }


def by_epoch(quantity: str, domain: str) -> Choose:
    """The lines of a quantity at one n: figures 7, 8, 10 and 12."""

    def choose(sample: Sample, occurrences: int) -> list[Line]:
        return sample.known(quantity, domain=domain, occurrences=occurrences)

    return choose


def figure9(sample: Sample, occurrences: int) -> list[Line]:
    """P(ω) from α and the first i scaffold words, of the longest scaffolds."""
    # ASSUME: in-domain. The thesis names no domain here, as it does for figures
    # 8 and 10; but out-domain a familiar model "never" predicts ω (figure 7b),
    # and this figure has it climb "until the end of the scaffold".
    found = by_epoch("probability_prefix", "in")(sample, occurrences)
    longest = max((line.length for line in found), default=0)
    return [line for line in found if line.length == longest]


def figure11(sample: Sample, occurrences: int) -> list[Line]:
    """P(ω) from α and from the scaffold alone, at every n, unfamiliar."""
    # ASSUME: out-domain, as figure 8, and unfamiliar: the thesis says neither.
    both = ("probability_open", "probability_scaffold")
    fields = {"domain": "out", "setting": "unfamiliar"}
    return [line for name in both for line in sample.known(name, **fields)]


# Which lines, and whether at all epochs or only at the last.
FIGURES: dict[str, tuple[Choose, bool]] = {
    "fig7a": (by_epoch("probability", "in"), True),
    "fig7b": (by_epoch("probability", "out"), True),
    "fig8": (by_epoch("probability_open", "out"), True),
    "fig9": (figure9, False),
    "fig10": (by_epoch("interdependence", "in"), True),
    "fig11": (figure11, False),
    # ASSUME: in-domain at the last epoch; the thesis says neither.
    "fig12": (by_epoch("gradient_l2", "in"), False),
}


def _tabulate(
    samples: Mapping[int, Sample], occurrences: int, choose: Choose, whole: bool
) -> pd.DataFrame:
    tables = [pd.DataFrame(columns=COLUMNS[:-1])]
    for seed, sample in samples.items():
        for line in choose(sample, occurrences):
            table = _curve(sample, line)
            shown = table if whole else table[table["epoch"] == sample.epochs[-1]]
            tables.append(shown.assign(seed=seed))
    table = pd.concat([table for table in tables if len(table)] or tables[:1])
    return with_means(table.dropna(subset="mean"))


def _curve(sample: Sample, line: Line) -> pd.DataFrame:
    """A line at every epoch, with its intervals."""
    draws = sample.draws(line)
    low, high = percentile_interval(draws[1:])
    numbers = {"epoch": sample.epochs, "mean": draws[0], "low": low, "high": high}
    return pd.DataFrame(numbers).assign(**line._asdict())


def with_means(table: pd.DataFrame) -> pd.DataFrame:
    """Add the mean over seeds of each point, as rows without a seed.

    Args:
        table: One row per seed and point.

    Returns:
        Columns `COLUMNS`: the means first, then the seeds' own.

    >>> point = dict(setting="familiar", length=2, occurrences=9, domain="in",
    ...     quantity="probability", epoch=1, position=-1)
    >>> seeds = pd.DataFrame({"seed": [1, 2], "mean": [0.2, 0.4],
    ...     "low": [0.1, 0.3], "high": [0.3, 0.6]}).assign(**point)
    >>> with_means(seeds)[["seed", "mean", "low", "high", "seeds"]].round(6).values[0]
    array([<NA>, 0.3, 0.1, 0.6, 2], dtype=object)
    """
    means = over_seeds(table, KEYS, mean=["mean"], least=["low"], most=["high"])
    own = table.merge(means[[*KEYS, "seeds"]], on=KEYS)
    means["seed"] = pd.NA
    both = [part.astype({"seed": "Int64"}) for part in (means, own)]
    numbers = dict.fromkeys(("mean", "low", "high"), "float64")
    types = TYPES | numbers | {"seeds": "int64"}
    return pd.concat(both)[COLUMNS].astype(types).reset_index(drop=True)
