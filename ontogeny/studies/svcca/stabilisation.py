"""When similarity to each tag model stabilises: a table that the thesis lacks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ontogeny.statistics.bootstrap import EXACT_TAILS, percentile_interval
from ontogeny.studies.svcca.curves import draws, stabilised
from ontogeny.studies.svcca.names import WITHIN

COLUMNS = ["seed", "site", "tagset", "epoch", "low", "high", "last"]


def stabilisation(similarity: pd.DataFrame, weights: np.ndarray) -> pd.DataFrame:
    """When similarity to each tag model stabilises, by layer.

    The first epoch from which on the curve stays within 0.02 of its end, on
    the sample and on bootstrap resamples of its sentences, which all seeds
    share; true tag models of the next word. The untrained epoch 0 is left out.

    Args:
        similarity: Of tag models on the common test corpus, by one preset.
        weights: How often each group is drawn, shape (resamples, groups).

    Returns:
        Columns seed (missing: of the mean curve over seeds, where there are
        several), site, tagset, epoch, low, high (95 % interval; NaN where the
        preset has no influence of groups), last (the last epoch: an epoch
        equal to it means "not before the end").
    """
    chosen = (similarity["direction"] == "target") & ~similarity["shuffled"]
    rows = similarity[chosen & (similarity["epoch"] > 0)]
    found = []
    for (site, tagset), curves in rows.groupby(["site", "tagset"], sort=False):
        epochs = np.unique(curves["epoch"].to_numpy())
        drawn: dict[Any, np.ndarray] = {
            seed: _drawn(curve, weights)
            for seed, curve in curves.groupby("seed", sort=False)
        }
        if len(drawn) > 1:
            drawn[pd.NA] = np.mean(list(drawn.values()), axis=0)
        for seed, curve in drawn.items():
            numbers = _interval(stabilised(curve, epochs, WITHIN))
            found.append((seed, site, tagset, *numbers, epochs[-1]))
    return pd.DataFrame(found, columns=COLUMNS).astype({"seed": "Int64"})


def _drawn(curve: pd.DataFrame, weights: np.ndarray) -> np.ndarray:
    """One seed's curve and its resamples; these are NaN without influence."""
    curve = curve.sort_values("epoch")
    unknown = np.full(weights.shape[1], np.nan)
    influence = [unknown if one is None else one for one in curve["influence"]]
    return draws(curve["score"].to_numpy(), np.array(influence, dtype=float), weights)


def _interval(epochs: np.ndarray) -> tuple[float, float, float]:
    """The sample's epoch and the middle 95 % of the resamples'."""
    low, high = percentile_interval(epochs[1:], EXACT_TAILS)
    return epochs[0], float(low), float(high)
