"""How good the measured models are, and how much of the treebank they know."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

PERCENT = 100.0


def describe_models(
    errors: Mapping[int, pd.DataFrame], curves: Mapping[int, pd.DataFrame]
) -> pd.DataFrame:
    """One row per model whose pairs were measured.

    Args:
        errors: By seed, of `ontogeny.studies.interdependence.measuring`, of one epoch.
        curves: By seed, the training's.

    Returns:
        Columns seed, epoch, valid_perplexity and test_perplexity (of the
        model's own text), sentences, words, unknown_words_percent, pairs,
        pairs_left_out_percent, mean_error_logits, largest_error_logits.

    >>> error = {"epoch": 2, "sentences": 9, "words": 50, "unknown_words": 5,
    ...          "pairs": 80, "pairs_left_out": 20,
    ...          "mean_error_logits": 1e-7, "largest_error_logits": 1e-6}
    >>> curve = {"epoch": [1, 2], "valid_perplexity": [9.0, 7.0],
    ...          "test_perplexity": [9.5, 8.0]}
    >>> table = describe_models({1: pd.DataFrame([error])}, {1: pd.DataFrame(curve)})
    >>> table.loc[0, ["valid_perplexity", "pairs_left_out_percent"]].tolist()
    [7.0, 25.0]
    """
    rows = []
    for seed, table in errors.items():
        found = table.merge(
            curves[seed][["epoch", "valid_perplexity", "test_perplexity"]], on="epoch"
        )
        for part, whole in (("unknown_words", "words"), ("pairs_left_out", "pairs")):
            found[f"{part}_percent"] = PERCENT * found[part] / found[whole]
        rows.append(found.assign(seed=seed))
    columns = [
        "seed",
        "epoch",
        "valid_perplexity",
        "test_perplexity",
        "sentences",
        "words",
        "unknown_words_percent",
        "pairs",
        "pairs_left_out_percent",
        "mean_error_logits",
        "largest_error_logits",
    ]
    return pd.concat(rows, ignore_index=True)[columns]


def to_markdown(models: pd.DataFrame) -> str:
    """The table of `describe_models` for a reader."""
    # As objects, or counts would be written as the floats beside them.
    return models.astype(object).to_markdown(index=False, floatfmt=".3g", intfmt=",")
