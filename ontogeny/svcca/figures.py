"""The table behind each figure of the SVCCA study (thesis ch. 4).

Whatever a figure draws or says is a column here; plotting computes nothing.
Every table of curves has epoch, its value (mean over seeds), value_min,
value_max, seeds, rescaled (the share of seeds whose step size was divided after
that epoch) and articles (how many the common test corpus is made of).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ontogeny.annotation.groups import GROUPS
from ontogeny.sparsity.bootstrap import resampling_weights
from ontogeny.svcca.curves import draws, stabilised
from ontogeny.svcca.table2 import table2

COMMON = "articles"
TAGGER = ["site", "tagset", "direction", "shuffled", "domain"]
WITHIN = 0.02
"""Of its end value: a curve that stays so near has stabilised (claims, V16)."""


def all_figures(
    similarity: pd.DataFrame,
    diagnostics: pd.DataFrame,
    scores: pd.DataFrame,
    curves: pd.DataFrame,
    *,
    preset: str,
    resamples: int,
    bootstrap_seed: int = 0,
) -> dict[str, pd.DataFrame]:
    """The tables behind all figures, and table 2.

    Args:
        similarity: Of `ontogeny.svcca.measuring`, with a column seed.
        diagnostics: Of `ontogeny.svcca.diagnosing`, with a column seed.
        scores: Of `ontogeny.training.tag_variants`.
        curves: Of the language models' training, with a column seed.
        preset: The convention of similarity that is shown.
        resamples: Of the bootstrap over sentences.
        bootstrap_seed: Of its draws.

    Returns:
        By name: fig2 to fig11, stabilisation, table2.
    """
    rescaled = curves.groupby("epoch")["rescaled"].mean()
    shown = similarity[similarity["preset"] == preset]
    tables = {"fig2": figure2(curves)}
    for name, comparison in (("fig3", "self"), ("fig4", "seed"), ("fig5", "layers")):
        rows = shown[shown["comparison"] == comparison]
        tables[name] = over_seeds(rows, ["site", "other_site"], "score", rescaled)
    for name, direction in (("fig6", "input"), ("fig7", "target")):
        rows = diagnostics[diagnostics["direction"] == direction]
        keys = ["site", "tagset", "direction", "shuffled"]
        tables[name] = over_seeds(rows, keys, "accuracy", rescaled)
    with_taggers = shown[shown["comparison"] == "tagger"]
    for names, direction in (
        (("fig8", "fig10"), "target"),
        (("fig9", "fig11"), "input"),
    ):
        rows = with_taggers[with_taggers["direction"] == direction]
        common = rows[rows["domain"] == COMMON]
        tables[names[0]] = over_seeds(common, TAGGER, "score", rescaled)
        tables[names[1]] = over_seeds(rows, TAGGER, "score", rescaled)
    topics = scores.loc[scores["tagset"] == "topic", "classes"]
    for table in tables.values():
        table["articles"] = int(topics.max())
    weights = resampling_weights(GROUPS, resamples, bootstrap_seed)
    return {
        **tables,
        "stabilisation": stabilisation(with_taggers, weights),
        "table2": table2(scores),
    }


def figure2(curves: pd.DataFrame) -> pd.DataFrame:
    """Test loss of the language model by epoch.

    Args:
        curves: Columns seed, epoch, test_loss_nats, rescaled.

    Returns:
        Columns epoch, value (test loss in nats), …

    Source: thesis ch. 4, figure 2.
    """
    rescaled = curves.groupby("epoch")["rescaled"].mean()
    return over_seeds(curves, [], "test_loss_nats", rescaled)


def over_seeds(
    rows: pd.DataFrame, keys: Sequence[str], value: str, rescaled: pd.Series
) -> pd.DataFrame:
    """Mean and range over seeds of a value, by epoch.

    Args:
        rows: One per seed, epoch and combination of keys.
        keys: Columns that tell lines apart.
        value: Column that is averaged.
        rescaled: Share of seeds rescaled after each epoch, by epoch.

    Returns:
        Columns keys, epoch, value, value_min, value_max, seeds, rescaled; and
        tokens (the fewest) where the rows have a number of them.

    >>> rows = pd.DataFrame({"seed": [1, 2], "epoch": 0, "x": [0.2, 0.4]})
    >>> over_seeds(rows, [], "x", pd.Series([0.0])).iloc[0].round(2).tolist()
    [0.0, 0.3, 0.2, 0.4, 2.0, 0.0]
    """
    grouped = rows.groupby([*keys, "epoch"], sort=False)
    table = grouped[value].agg(["mean", "min", "max"])
    table.columns = pd.Index(["value", "value_min", "value_max"])
    table["seeds"] = grouped["seed"].nunique()
    if "score" in rows:
        table["tokens"] = grouped["tokens"].min()
    table = table.reset_index()
    table["rescaled"] = table["epoch"].map(rescaled)
    return table


def stabilisation(with_taggers: pd.DataFrame, weights) -> pd.DataFrame:
    """When similarity to each tag model stabilises, by layer.

    The first epoch from which on the curve stays within 0.02 of its end, on
    the sample and on bootstrap resamples of its sentences; true tag models of
    the next word, on the common test corpus.

    Args:
        with_taggers: Rows of comparison "tagger" and one preset.
        weights: How often each group is drawn, shape (resamples, groups).

    Returns:
        Columns seed, site, tagset, epoch, low, high (95 % interval), last (the
        last epoch: an epoch equal to it means "not before the end").
    """
    rows = with_taggers[
        (with_taggers["domain"] == COMMON)
        & (with_taggers["direction"] == "target")
        & ~with_taggers["shuffled"]
        & (with_taggers["epoch"] > 0)
    ]
    found = []
    for (seed, site, tagset), curve in rows.groupby(
        ["seed", "site", "tagset"], sort=False
    ):
        curve = curve.sort_values("epoch")
        epochs = curve["epoch"].to_numpy()
        drawn = draws(curve["score"].to_numpy(), _stack(curve["influence"]), weights)
        epoch = pd.Series(stabilised(drawn, epochs, WITHIN))
        low, high = epoch[1:].quantile([0.025, 0.975])
        about: Mapping[str, object] = {"seed": seed, "site": site, "tagset": tagset}
        numbers = {"epoch": epoch[0], "low": low, "high": high, "last": epochs[-1]}
        found.append({**about, **numbers})
    columns = ["seed", "site", "tagset", "epoch", "low", "high", "last"]
    return pd.DataFrame(found, columns=columns)


def _stack(lists: pd.Series):
    return pd.DataFrame(lists.tolist()).to_numpy()
