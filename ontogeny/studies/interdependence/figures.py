"""The table behind each figure of interdependence in English (thesis ch. 5 §3).

Whatever a figure draws or says is a column here; plotting computes nothing.
Columns of every table are described in `ontogeny.studies.interdependence.tables`.

Source: thesis ch. 5, figures 3 and 4; `epochs` is our own.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pandas as pd

from ontogeny.studies.interdependence.epochs import by_epoch
from ontogeny.studies.interdependence.inputs import Inputs
from ontogeny.studies.interdependence.models import describe_models, to_markdown
from ontogeny.studies.interdependence.pair_sums import (
    ALL_LINES,
    LINES,
    Sums,
    largest,
    means,
    sum_pairs,
)
from ontogeny.studies.interdependence.tables import Draws, Options, with_mean


def tabulate(inputs: Inputs, params: Any) -> dict[str, pd.DataFrame | str]:
    """The tables behind all figures, and of the models, also as a page.

    Args:
        inputs: Of all seeds.
        params: min_pairs, that a value needs; resamples of groups of sentences.

    Returns:
        By name: fig3, fig4, epochs, models, models_md.
    """
    options = Options(params.min_pairs, params.resamples)
    pairs, epochs = inputs.pairs, inputs.epochs
    assert epochs is not None
    shape = largest(pairs.values())
    sums = {}
    sentences = {}
    for seed, table in pairs.items():
        resampled = options.of(table)
        sentences[seed] = resampled.sentences
        sums[seed] = sum_pairs(table, resampled, shape)
    models = describe_models(inputs.errors, inputs.curves)
    return {
        "fig3": figure3(sums, sentences, options),
        "fig4": figure4(sums, sentences, options),
        "epochs": by_epoch(epochs, options),
        "models": models,
        "models_md": to_markdown(models),
    }


def figure3(
    sums: Mapping[int, Sums], sentences: Mapping[int, int], options: Options
) -> pd.DataFrame:
    """Mean interdependence by sequential distance, of pairs of any class.

    Args:
        sums: By seed.
        sentences: How many, by seed.
        options: Of the study.

    Returns:
        Columns distance and those of every table.
    """
    found = {}
    for seed, one in sums.items():
        number, total = (x.sum(axis=2)[:, 1:] for x in one.of(ALL_LINES))
        mean = means(total, number, options.min_pairs)
        found[seed] = Draws(mean, number[0], sentences[seed])
    distances = next(iter(sums.values())).distances[1:]
    return with_mean(pd.DataFrame({"distance": distances}), found, options)


def figure4(
    sums: Mapping[int, Sums], sentences: Mapping[int, int], options: Options
) -> pd.DataFrame:
    """Mean interdependence by syntactic distance, sequential distance and class.

    Args:
        sums: By seed.
        sentences: How many, by seed.
        options: Of the study.

    Returns:
        Columns distance, tree_distance, line (of `LINES`) and those of every table.
        Every combination has its row, so that gaps stay gaps.
    """
    found = {}
    for seed, one in sums.items():
        both = (x[:, 1:, 1:, : len(LINES)] for x in (one.pairs, one.total))
        number, total = (x.reshape(len(x), -1) for x in both)
        mean = means(total, number, options.min_pairs)
        found[seed] = Draws(mean, number[0], sentences[seed])
    one = next(iter(sums.values()))
    places = product(one.distances[1:], one.tree_distances[1:], LINES)
    keys = pd.DataFrame(places, columns=["distance", "tree_distance", "line"])
    return with_mean(keys, found, options)
