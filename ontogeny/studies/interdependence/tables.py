"""Tables of the study: values of each seed, with intervals, and their mean.

Beside what tells its points apart, every table has

========== ======= ==========================================================
column     type    meaning
========== ======= ==========================================================
seed       float64 of the model; NaN for the mean over seeds
pairs      int64   word pairs behind the value; of a mean, of the seed with
                   the fewest
value      float64 NaN where there are fewer pairs than a value needs
low, high  float64 95 % bootstrap interval over sentences; NaN without one.
                   Of a mean over seeds too: seeds share their resamples
value_min  float64 over seeds
value_max  float64 over seeds
seeds      int64   how many
min_pairs  int64   how many a value needs
sentences  int64   with at least one pair
========== ======= ==========================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ontogeny.statistics.bootstrap import percentile_interval
from ontogeny.statistics.groups import Resampled


@dataclass(frozen=True)
class Options:
    """What all tables share.

    Attributes:
        min_pairs: Pairs that a value needs.
        resamples: Of the bootstrap over sentences.
    """

    min_pairs: int = 100
    resamples: int = 1000

    def of(self, table: pd.DataFrame) -> Resampled:
        """The resamples of a table's sentences."""
        sentence = table["sentence"].to_numpy()
        return Resampled(sentence, self.resamples)


@dataclass(frozen=True, eq=False)
class Draws:
    """Some values of one seed.

    Attributes:
        values: Shape (1 + resamples, values); of one row if without resamples.
        pairs: Behind each, shape (values,).
        sentences: Of the seed.
    """

    values: np.ndarray
    pairs: np.ndarray
    sentences: int


def with_mean(
    keys: pd.DataFrame, found: Mapping[int, Draws], options: Options
) -> pd.DataFrame:
    """Each seed's values with intervals, and the mean over seeds.

    Args:
        keys: What the values are of, one row each.
        found: By seed.
        options: Of the study.

    Returns:
        Columns keys and those at the top of this module; the mean over seeds first.
    """
    each = np.stack([one.values[0] for one in found.values()])
    pairs = np.stack([one.pairs for one in found.values()])
    mean = np.mean([one.values for one in found.values()], axis=0)
    sentences = min(one.sentences for one in found.values())
    parts = [_rows(keys, np.nan, Draws(mean, pairs.min(axis=0), sentences))]
    parts[0]["value_min"], parts[0]["value_max"] = each.min(axis=0), each.max(axis=0)
    parts[0]["seeds"] = len(found)
    for seed, one in found.items():
        rows = _rows(keys, seed, one)
        parts.append(rows.assign(value_min=rows["value"], value_max=rows["value"]))
        parts[-1]["seeds"] = 1
    table = pd.concat(parts, ignore_index=True)
    moved = ["min_pairs", "sentences"]
    table["min_pairs"] = options.min_pairs
    return table[[name for name in table if name not in moved] + moved]


def _rows(keys: pd.DataFrame, seed: float, one: Draws) -> pd.DataFrame:
    low, high = percentile_interval(one.values[1:])
    return keys.assign(
        seed=float(seed),
        pairs=one.pairs.astype(np.int64),
        value=one.values[0],
        low=low,
        high=high,
        sentences=one.sentences,
    )
