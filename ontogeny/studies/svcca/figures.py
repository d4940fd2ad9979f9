"""The table behind each figure of the SVCCA study (thesis ch. 4).

Whatever a figure draws or says is a column here; plotting computes nothing.
Every table of curves has epoch, its value (mean over seeds), value_min,
value_max, seeds, rescaled (the share of seeds whose step size was divided after
that epoch) and articles (how many the common test corpus is made of).
`decodable` has task, title, metric, data, form, items, unknown and site, too.
`stabilisation` is described in `ontogeny.studies.svcca.stabilisation`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.statistics.bootstrap import resampling_weights
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.statistics.learning import perplexity
from ontogeny.statistics.over_seeds import over_seeds
from ontogeny.studies.svcca.inputs import Inputs
from ontogeny.studies.svcca.names import COMMON
from ontogeny.studies.svcca.stabilisation import stabilisation
from ontogeny.studies.svcca.table2 import table2, table2_markdown

TASK = ["title", "metric", "data", "form", "items", "unknown"]
TAGGER = ["site", "tagset", "direction", "shuffled", "domain"]


def tabulate(inputs: Inputs, params: Any) -> dict[str, pd.DataFrame | str]:
    """The tables behind all figures, and table 2, also as a page.

    Args:
        inputs: Of all seeds.
        params: preset, the convention of similarity; resamples of groups of sentences.

    Returns:
        By name: fig2 to fig11, stabilisation, decodable, table2, table2_md.
    """
    similarity, diagnostics, scores, curves, probes = inputs
    rescaled = curves.groupby("epoch")["rescaled"].mean()
    shown = similarity[similarity["preset"] == params.preset]
    tables: dict[str, pd.DataFrame] = {"fig2": figure2(curves)}
    for name, comparison in (("fig3", "self"), ("fig4", "seed"), ("fig5", "layers")):
        rows = shown[shown["comparison"] == comparison]
        tables[name] = by_epoch(rows, ["site", "other_site"], "score", rescaled)
    counted = diagnostics.assign(tokens=diagnostics["tokens"].map(np.sum))
    for name, direction in (("fig6", "input"), ("fig7", "target")):
        rows = counted[counted["direction"] == direction]
        keys = ["site", "tagset", "direction", "shuffled"]
        tables[name] = by_epoch(rows, keys, "accuracy", rescaled)
    with_taggers = shown[shown["comparison"] == "tagger"]
    common = with_taggers[with_taggers["domain"] == COMMON]
    both = beside_own_domain(shown)
    for names, rows in ((("fig8", "fig9"), common), (("fig10", "fig11"), both)):
        for name, direction in zip(names, ("target", "input"), strict=True):
            some = rows[rows["direction"] == direction]
            tables[name] = by_epoch(some, TAGGER, "score", rescaled)
    weights = resampling_weights(SENTENCE_GROUPS, params.resamples)
    tables["stabilisation"] = stabilisation(common, weights)
    tables["decodable"] = decodable(probes, rescaled)
    topics = scores.loc[scores["tagset"] == "topic", "classes"]
    for table in tables.values():
        table["articles"] = int(topics.max())
    models = table2(scores)
    return {**tables, "table2": models, "table2_md": table2_markdown(models)}


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
        kept_a and kept_b (directions, means) where the rows have them; rescaled.

    >>> rows = pd.DataFrame({"seed": [1, 2], "epoch": 0, "x": [0.2, 0.4]})
    >>> by_epoch(rows, [], "x", pd.Series([0.0])).iloc[0].round(2).tolist()
    [0.0, 0.3, 0.2, 0.4, 2.0, 0.0]
    """
    kept = ["kept_a", "kept_b"] if "kept_a" in rows else []
    tokens = ["tokens"] if "tokens" in rows else []
    table = over_seeds(
        rows.rename(columns={value: "value"}),
        [*keys, "epoch"],
        mean=["value", *kept],
        spread=["value"],
        least=tokens,
    )
    table["rescaled"] = table["epoch"].map(rescaled)
    told = ["value", "value_min", "value_max", "seeds", *tokens, *kept, "rescaled"]
    return table[[*keys, "epoch", *told]]
