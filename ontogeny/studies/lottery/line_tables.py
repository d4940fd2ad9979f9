"""The tables behind figures of lines over prunings.

Source: 003, figures 4, A1, A2 and A5; table A1 as a figure. `drift` and `alignment`
are our own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ontogeny.statistics.bootstrap import resampling_weights
from ontogeny.statistics.resampled import accuracy_draws
from ontogeny.studies.lottery.heatmap_tables import mirrored
from ontogeny.studies.lottery.inputs import Inputs
from ontogeny.studies.lottery.names import ANOTHER, CHAINS, DENSE, DIAGONAL, UNTRAINED
from ontogeny.studies.lottery.points import (
    from_dense,
    mean_draws,
    points,
    sorted_by_chain,
    sparsities,
    with_null,
    with_sparsity,
)
from ontogeny.studies.lottery.sparsities import sparsity_by
from ontogeny.translation.bleu import bleu

MODEL = ["chain", "prunings"]
MEAN, BEST = "mean of heads", "best head"


def last_losses(curves: pd.DataFrame) -> pd.DataFrame:
    """Validation loss of every model, after the last epoch of its training.

    Args:
        curves: Of `Inputs`.

    Returns:
        Columns chain, prunings, seed, value (nats per subword).
    """
    known = curves[curves["valid_loss_nats"].notna()].sort_values("epoch")
    last = known.drop_duplicates([*MODEL, "seed"], keep="last")
    return last[[*MODEL, "seed"]].assign(value=last["valid_loss_nats"])


def quality_table(inputs: Inputs) -> pd.DataFrame:
    """BLEU and validation loss of every model of every chain.

    Returns:
        Columns quantity (bleu, valid_loss_nats), test (of BLEU: the first text),
        chain, prunings, sparsity, value, low, high, seeds (see `points`); each chain
        begins with LTH0. BLEU's interval is over pairs of the test text. Chain
        `another` is LTH0 of seeds that have no chain.
    """
    test = next(iter(inputs.quality["test"]), "")
    own = inputs.quality[inputs.quality["test"].eq(test)]
    scores = own[[*MODEL, "seed"]].assign(value=own["bleu"])
    scores = scores.assign(draws=_bleu_draws(inputs.sentences, scores, test))
    tables = {"bleu": scores, "valid_loss_nats": last_losses(inputs.curves)}
    found = []
    for quantity, table in tables.items():
        marked = with_null(table)
        another = marked[marked["chain"].eq(ANOTHER)]
        rows = points(pd.concat([from_dense(table), another]), MODEL)
        rows = sorted_by_chain(rows, ["prunings"])
        rows.insert(0, "quantity", quantity)
        rows.insert(1, "test", test if quantity == "bleu" else "")
        found.append(rows)
    return with_sparsity(
        pd.concat(found, ignore_index=True), sparsities(inputs.modules)
    )


def _bleu_draws(sentences: pd.DataFrame, models: pd.DataFrame, test: str) -> list[Any]:
    """BLEU in resamples of the test text's pairs, the same of all models."""
    if models.loc[models["chain"].isin(CHAINS), "seed"].nunique() != 1:
        return [None] * len(models)  # seeds tell the spread then
    own = sentences[sentences["test"].eq(test)]
    of = dict(iter(own.sort_values("pair").groupby([*MODEL, "seed"])["statistics"]))
    found: list[Any] = []
    for model in models[[*MODEL, "seed"]].itertuples(index=False, name=None):
        statistics = of.get(model)
        if statistics is None:
            found.append(None)
            continue
        matrix = np.stack(statistics.to_list()).astype(float)
        found.append(bleu(resampling_weights(len(matrix)).astype(float) @ matrix))
    return found


def with_dense(inputs: Inputs, measure: str, stack: str | None = None) -> pd.DataFrame:
    """How like LTH0 each layer of each model is.

    Args:
        inputs: Of all runs.
        measure: "NeuronSim" or "LayerSim".
        stack: Only that of this stack.

    Returns:
        Columns chain, seed, prunings, stack, layer, value, draws; each chain begins
        with LTH0 beside itself: 1. Chain `another` has 0 prunings.
    """
    keys = ["chain", "seed", "prunings", "stack", "layer"]
    if measure == "NeuronSim":
        table = inputs.neurons[inputs.neurons["statistic"].eq("similarity")]
    else:
        both = mirrored(inputs.layers)
        of_dense = both["prunings_a"].eq(0) & both["layer_a"].eq(both["layer_b"])
        table = both[of_dense].rename(
            columns={
                "prunings_b": "prunings",
                "layer_b": "layer",
                "similarity": "value",
            }
        )
    if stack:
        table = table[table["stack"].eq(stack)]
    chains = table[table["chain"].isin(CHAINS) & table["prunings"].gt(0)]
    start = chains.drop_duplicates(["chain", "seed", "stack", "layer"])
    start = start.assign(
        prunings=0, value=1.0, draws=pd.Series([[1.0]] * len(start), start.index)
    )
    found = pd.concat(
        [start, chains, table[table["chain"].eq(ANOTHER)]], ignore_index=True
    )
    return found[[*keys, "value", "draws"]]


def layer_lines(inputs: Inputs, measure: str, stack: str) -> pd.DataFrame:
    """A line for each layer and chain: likeness to LTH0 (figures 4 and A5).

    Args:
        inputs: Of all runs.
        measure: "NeuronSim" or "LayerSim".
        stack: "encoder" or "decoder".

    Returns:
        Columns measure, stack, chain, prunings, sparsity, layer, value, low, high,
        seeds.
    """
    keys = ["chain", "prunings", "stack", "layer"]
    rows = points(with_dense(inputs, measure, stack), keys)
    rows = sorted_by_chain(rows, ["layer", "prunings"])
    rows.insert(0, "measure", measure)
    return with_sparsity(rows, sparsities(inputs.modules))


def drift(inputs: Inputs) -> pd.DataFrame:
    """A line for each chain: mean likeness of layers to LTH0's.

    Returns:
        Columns measure (LayerSim, NeuronSim), stack, chain, prunings, sparsity, value,
        low, high, seeds.
    """
    keys = ["stack", *MODEL]
    found = []
    for measure in ("LayerSim", "NeuronSim"):
        table = with_dense(inputs, measure)
        models = table.groupby([*keys, "seed"], sort=False)
        means = models["value"].mean().reset_index()
        means["draws"] = [mean_draws(list(rows["draws"])) for _, rows in models]
        rows = sorted_by_chain(points(means, keys), ["stack", "prunings"])
        rows.insert(0, "measure", measure)
        found.append(rows)
    filled = [rows for rows in found if len(rows)] or found[:1]
    return with_sparsity(
        pd.concat(filled, ignore_index=True), sparsities(inputs.modules)
    )


def module_lines(modules: pd.DataFrame, kinds: tuple[str, ...]) -> pd.DataFrame:
    """A line for each layer's module of the magnitude chain (figures A1 and A2).

    Args:
        modules: Of `Inputs`.
        kinds: Of module: fc; or self and cross.

    Returns:
        Columns stack, kind, layer, prunings, sparsity (of all prunable weights),
        value (of the module), low, high, seeds.
    """
    of = sparsities(modules)
    own = from_dense(modules)
    own = own[own["chain"].eq("magnitude") & own["kind"].isin(kinds)]
    keys = ["stack", "kind", "layer", *MODEL]
    table = sparsity_by(own, [*keys, "seed"]).rename("value").reset_index()
    rows = points(table, keys).sort_values(["layer", "prunings"], kind="stable")
    return with_sparsity(rows, of).drop(columns="chain").reset_index(drop=True)


def alignment(inputs: Inputs) -> pd.DataFrame:
    """How often a target word's attention is largest at the word it translates.

    Returns:
        Columns heads (mean of heads; best head, chosen of each model and layer), chain
        (also untrained, and `diagonal` of layer 0), prunings, sparsity, layer, value,
        low, high, seeds. Intervals are over groups of sentences.
    """
    keys = ["chain", "seed", "prunings", "layer"]
    table = inputs.alignment
    models = table[table["chain"].isin((DENSE, *CHAINS))]
    nulls = table[table["chain"].isin((UNTRAINED, DIAGONAL))]
    # A guess by position knows no layers and heads.
    diagonal = nulls["chain"].eq(DIAGONAL)
    nulls = nulls.assign(layer=nulls["layer"].mask(diagonal, 0))
    every = pd.concat([from_dense(models), nulls])
    if every.empty:
        columns = ["heads", *MODEL, "layer", "value", "low", "high", "seeds"]
        return pd.DataFrame(columns=[*columns, "sparsity"])
    sums = every.groupby([*keys, "head", "group"], sort=False)[["right", "words"]]
    of_heads = sums.sum().unstack("group", fill_value=0)
    right, words = (of_heads[name].to_numpy(float) for name in ("right", "words"))
    rows = of_heads.index.to_frame(index=False)
    rows = rows.assign(row=rows.index, value=right.sum(axis=1) / words.sum(axis=1))
    guess = rows["chain"].eq(DIAGONAL)
    of_mean = rows[rows["head"].eq(0)]
    best = rows[rows["head"].gt(0) | guess].sort_values("value", ascending=False)
    best = best.drop_duplicates(keys)
    both = [of_mean.assign(heads=MEAN), best.assign(heads=BEST)]
    chosen = pd.concat(both).sort_values("row", kind="stable")
    at, weights = chosen["row"].to_numpy(int), resampling_weights(len(right.T))
    draws = accuracy_draws(right[at], words[at], weights)[1:]
    chosen["draws"] = pd.Series(list(draws.T), chosen.index)
    found = points(chosen, ["heads", *MODEL, "layer"])
    found = sorted_by_chain(found, ["heads", "layer", "prunings"])
    return with_sparsity(found, sparsities(inputs.modules))
