"""The table behind each figure of the SVCCA study (thesis ch. 4).

Whatever a figure draws or says is a column here; plotting computes nothing.
Every table of curves has epoch, its value (mean over seeds), value_min,
value_max, seeds, rescaled (the share of seeds whose step size was divided after
that epoch) and articles (how many the common test corpus is made of); those of
similarities also null (what the views score when moved against each other) and
calibrated (the mean over seeds of (score − null) / (1 − null), which are means over the
other seeds where these are compared; the value in the table `calibrated`), and of those
to tag models learned (whether these are better than their shuffled twins).
`decodable` has task, title, metric, data, form, items, unknown and site, too.
`stabilisation` is described in `ontogeny.studies.svcca.stabilisation`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.measures.similarity.null import calibrated
from ontogeny.statistics.bootstrap import resampling_weights
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.statistics.learning import perplexity
from ontogeny.statistics.over_seeds import over_seeds
from ontogeny.studies.svcca.inputs import Inputs
from ontogeny.studies.svcca.names import COMMON, LEARNED_POINTS
from ontogeny.studies.svcca.stabilisation import stabilisation
from ontogeny.studies.svcca.table2 import table2, table2_markdown

TASK = ["title", "metric", "data", "form", "items", "unknown"]
MEANS = ["kept_a", "kept_b", "null", "calibrated"]
OF_TAGGERS = ("fig8", "fig9", "fig10", "fig11", "calibrated")
TAGGER = ["site", "tagset", "direction", "shuffled", "domain"]


def tabulate(inputs: Inputs, params: Any) -> dict[str, pd.DataFrame | str]:
    """The tables behind all figures, and table 2, also as a page.

    Args:
        inputs: Of all seeds.
        params: preset, the convention of similarity; resamples of groups of sentences.

    Returns:
        By name: fig2 to fig11, calibrated, stabilisation, decodable, table2, table2_md;
        early3 to early9, with steps instead of epochs, where early steps were measured.
    """
    similarity, diagnostics, scores, curves, probes, early, _ = inputs
    rescaled = curves.groupby("epoch")["rescaled"].mean()
    shown = _of_preset(similarity, params.preset)
    tables = {
        "fig2": figure2(curves),
        **_over_time("fig", shown, diagnostics, rescaled),
    }
    both = beside_own_domain(shown)
    for name, direction in (("fig10", "target"), ("fig11", "input")):
        some = both[both["direction"] == direction]
        tables[name] = by_epoch(some, TAGGER, "score", rescaled)
    common = shown[(shown["comparison"] == "tagger") & (shown["domain"] == COMMON)]
    tables["calibrated"] = by_epoch(common, TAGGER, "calibrated", rescaled)
    weights = resampling_weights(SENTENCE_GROUPS, params.resamples)
    tables["stabilisation"] = stabilisation(common, weights)
    tables["decodable"] = decodable(probes, rescaled)
    if early:
        first = _of_preset(early[0], params.preset)
        # No rate is divided within an epoch.
        never = pd.Series(0.0, index=first["epoch"].unique())
        for name, table in _over_time("early", first, early[1], never).items():
            tables[name] = table.rename(columns={"epoch": "step"})
    topics, known = scores.loc[scores["tagset"] == "topic", "classes"], learned(scores)
    for table in tables.values():
        table["articles"] = int(topics.max())
    for name in (*OF_TAGGERS, "early8", "early9"):
        if name in tables:
            pairs = zip(tables[name]["tagset"], tables[name]["direction"], strict=True)
            tables[name]["learned"] = [known[pair] for pair in pairs]
    tables["stabilisation"]["learned"] = [
        known[tagset, "target"] for tagset in tables["stabilisation"]["tagset"]
    ]
    models = table2(scores, known)
    return {**tables, "table2": models, "table2_md": table2_markdown(models)}


def learned(scores: pd.DataFrame) -> dict[tuple[str, str], bool]:
    """Whether tag models are `LEARNED_POINTS` better than those of shuffled labels.

    Args:
        scores: Of tag models.

    Returns:
        By tagset and direction.
    """
    accuracy = scores.pivot(
        index=["tagset", "direction"], columns="shuffled", values="accuracy"
    )
    better = 100 * (accuracy[False] - accuracy[True]) > LEARNED_POINTS
    return dict(zip(better.index.tolist(), better.tolist(), strict=True))


def _of_preset(similarity: pd.DataFrame, preset: str) -> pd.DataFrame:
    shown = similarity[similarity["preset"] == preset]
    found = map(calibrated, shown["score"], shown["null"])
    return shown.assign(calibrated=list(found))


def _over_time(
    form: str, shown: pd.DataFrame, diagnostics: pd.DataFrame, rescaled: pd.Series
) -> dict[str, pd.DataFrame]:
    """Figures 3 to 9, over epochs or steps.

    Args:
        form: How their names begin.
        shown: Similarities of one preset.
        diagnostics: Of classifiers.
        rescaled: See `by_epoch`.
    """
    tables = {}
    for number, comparison in ((3, "self"), (4, "seed"), (5, "layers")):
        rows = shown[shown["comparison"] == comparison]
        sites = ["site", "other_site"]
        tables[f"{form}{number}"] = by_epoch(rows, sites, "score", rescaled)
    counted = diagnostics.assign(tokens=diagnostics["tokens"].map(np.sum))
    common = shown[(shown["comparison"] == "tagger") & (shown["domain"] == COMMON)]
    keys = ["site", "tagset", "direction", "shuffled"]
    for number, direction in ((6, "input"), (7, "target")):
        rows = counted[counted["direction"] == direction]
        tables[f"{form}{number}"] = by_epoch(rows, keys, "accuracy", rescaled)
    for number, direction in ((8, "target"), (9, "input")):
        rows = common[common["direction"] == direction]
        tables[f"{form}{number}"] = by_epoch(rows, TAGGER, "score", rescaled)
    return tables


def beside_own_domain(similarity: pd.DataFrame) -> pd.DataFrame:
    """Similarity to tag models on the common corpus and on their own domain.

    Canonical correlations are biased upwards where tokens are few. So a tagset
    with a domain of its own is shown on as many tokens of the common corpus as
    that domain has (comparison "tagger matched"), where these were compared.

    Args:
        similarity: Rows of one preset.

    Returns:
        Some of the rows.

    Source: thesis ch. 4, figures 10 and 11 (there on all tokens).
    """
    tagger = similarity[similarity["comparison"] == "tagger"]
    matched = similarity[similarity["comparison"] == "tagger matched"]
    replaced = tagger["tagset"].isin(matched["tagset"]) & (tagger["domain"] == COMMON)
    return pd.concat([tagger[~replaced], matched])


def figure2(curves: pd.DataFrame) -> pd.DataFrame:
    """Test loss of the language model by epoch.

    Args:
        curves: Columns seed, epoch, test_loss_nats, rescaled.

    Returns:
        Columns epoch, value (test loss in nats), …, and perplexity (its
        exponential: over seeds the geometric mean).

    Source: thesis ch. 4, figure 2.
    """
    rescaled = curves.groupby("epoch")["rescaled"].mean()
    table = by_epoch(curves, [], "test_loss_nats", rescaled)
    return table.assign(perplexity=table["value"].map(perplexity))


def decodable(probes: pd.DataFrame, rescaled: pd.Series) -> pd.DataFrame:
    """Scores of tasks by epoch and site, beside what form alone gives.

    Args:
        probes: Of `ontogeny.studies.svcca.probing`, with a column seed; or empty.
        rescaled: Share of seeds rescaled after each epoch, by epoch.

    Returns:
        Columns task, site, epoch, value, … and `TASK`; empty where no task was asked.
    """
    keys = ["task", "site"]
    if probes.empty:
        return pd.DataFrame(columns=[*keys, "epoch", "value", "rescaled", *TASK])
    table = by_epoch(probes, keys, "score", rescaled)
    about = probes.drop_duplicates("task").set_index("task")[TASK]
    # Each seed's job fits it anew.
    about["form"] = probes.groupby("task")["form"].mean()
    return table.merge(about.reset_index(), on="task", how="left", sort=False)


def by_epoch(
    rows: pd.DataFrame, keys: Sequence[str], value: str, rescaled: pd.Series
) -> pd.DataFrame:
    """Mean and range over seeds of a value, by epoch.

    Args:
        rows: One per seed, epoch and combination of keys.
        keys: Columns that tell lines apart.
        value: Column that is averaged.
        rescaled: Share of seeds rescaled after each epoch, by epoch.

    Returns:
        Columns keys, epoch, value, value_min, value_max, seeds; tokens (the fewest),
        and the means of kept_a, kept_b, null and calibrated, where the rows have them
        and unless that is the value; rescaled. seeds: that have a value.

    >>> rows = pd.DataFrame({"seed": [1, 2], "epoch": 0, "x": [0.2, 0.4]})
    >>> by_epoch(rows, [], "x", pd.Series([0.0])).iloc[0].round(2).tolist()
    [0.0, 0.3, 0.2, 0.4, 2.0, 0.0]
    """
    means = [name for name in MEANS if name in rows and name != value]
    tokens = ["tokens"] if "tokens" in rows else []
    table = over_seeds(
        rows.rename(columns={value: "value"}),
        [*keys, "epoch"],
        mean=["value", *means],
        spread=["value"],
        least=tokens,
        counted="value",
    )
    table["rescaled"] = table["epoch"].map(rescaled)
    told = ["value", "value_min", "value_max", "seeds", *tokens, *means, "rescaled"]
    return table[[*keys, "epoch", *told]]
