"""What LTH0 and the sparsest model of each chain have in common, beside the nulls.

Every similarity of the study in one table: a number says little without that of a model
which was only retrained, of another seed, and of two models that have seen no text.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ontogeny.studies.lottery.inputs import Inputs
from ontogeny.studies.lottery.names import ANOTHER, CHAINS, DENSE, UNTRAINED

MODELS = (DENSE, *CHAINS, ANOTHER, UNTRAINED)
NEURONS = {
    "similarity": "NeuronSim",
    "absolute": "NeuronSim, whatever the sign",
    "itself": "neurons whose best match is themselves",
}
SPECTRA = {
    "k80": "directions with 80 % of the variance",
    "participation_ratio": "participation ratio",
}
OF = ["measure", "place", "layer"]


def beside_nulls(inputs: Inputs) -> pd.DataFrame:
    """The table.

    Returns:
        Columns measure, place (stack, or kind of attention), layer; a column for each
        of LTH0, chains and nulls, of what was measured: the sparsest analysed model of
        a chain, beside LTH0 where the measure is of two models; and `without_ends`,
        that of the magnitude chain without `</s>` of the source and `<s>` of the
        target. Means over seeds; NaN where there is no such number.
    """
    long = pd.concat(list(_numbers(inputs)), ignore_index=True)
    own = long[long["chain"].isin(MODELS)]
    last = own.groupby("chain")["prunings"].transform("max")
    own = own[own["prunings"].eq(last)]
    rows = own.groupby([*OF, "chain"], sort=False)["value"].mean().unstack("chain")
    less = own[own["chain"].eq("magnitude")].groupby(OF, sort=False)["without_ends"]
    there = [name for name in MODELS if name in rows]
    table = rows[there].join(less.mean()).reset_index()
    return table.assign(layer=table["layer"].astype(str))  # some are "last" or "all"


def _numbers(inputs: Inputs) -> Iterator[pd.DataFrame]:
    """Each measure's: measure, place, layer, chain, prunings, value, without_ends."""
    columns = [*OF, "seed", "chain", "prunings", "value", "without_ends"]
    same = inputs.layers[inputs.layers["layer_a"].eq(inputs.layers["layer_b"])]
    same = same.rename(columns={"similarity": "value", "prunings_b": "prunings"})
    same = same[same["prunings_a"].eq(0)]
    for name, measure in (("value", "LayerSim"), ("debiased", "LayerSim, debiased")):
        of = same.assign(measure=measure, place=same["stack"], value=same[name])
        if name != "value":
            of["without_ends"] = np.nan
        yield of.assign(layer=of["layer_b"])[columns]
    neurons = inputs.neurons
    for statistic, measure in NEURONS.items():
        of = neurons[neurons["statistic"].eq(statistic)]
        yield of.assign(measure=measure, place=of["stack"])[columns]
    maps = inputs.attention
    maps = maps[maps["layer_a"].eq(maps["layer_b"]) & maps["prunings_a"].eq(0)]
    for adjusted, measure in (
        (False, "AttentionSim"),
        (True, "AttentionSim, adjusted"),
    ):
        of = maps[maps["adjusted"].eq(adjusted)]
        of = of.rename(columns={"similarity": "value", "prunings_b": "prunings"})
        of = of.assign(measure=measure, place=of["kind"], layer=of["layer_b"])
        yield of[columns]
    for statistic, measure in SPECTRA.items():
        for centred, how in ((True, "centred"), (False, "raw")):
            of = inputs.spectra
            of = of[of["statistic"].eq(statistic) & of["centred"].eq(centred)]
            named = of.assign(measure=f"{measure}, {how}", place=of["stack"])
            yield named.assign(layer="last")[columns]
    yield _peaked(inputs.peaked)[columns]


def _peaked(table: pd.DataFrame) -> pd.DataFrame:
    """Share of rows of attention maps with a weight above 0.95, all layers together."""
    keys = ["seed", "chain", "prunings", "kind"]
    counts = ["queries", "peaked", "first_queries", "first_peaked"]
    rows = table.groupby(keys, sort=False)[counts].sum().reset_index()
    rows["value"] = rows["peaked"] / rows["queries"]
    left = rows["queries"] - rows["first_queries"]
    rows["without_ends"] = (rows["peaked"] - rows["first_peaked"]) / left
    measure = "share of queries with a weight above 0.95"
    return rows.assign(measure=measure, place=rows["kind"], layer="all")
