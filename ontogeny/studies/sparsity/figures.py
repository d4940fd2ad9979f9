"""The table behind each sparsity figure.

Whatever a figure draws or says is a column here; plotting computes nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ontogeny.studies.sparsity.inputs import Inputs
from ontogeny.studies.sparsity.subsets import HEADLINE, common_words
from ontogeny.studies.sparsity.tables import Runs, across_seeds, correlations
from ontogeny.studies.sparsity.words import Series


def tabulate(inputs: Inputs, params: Any) -> dict[str, pd.DataFrame]:
    """The tables behind all figures, and `correlations` that most are made from.

    Args:
        inputs: By seed.
        params: thresholds (figure2_min_count; figure5_min_count, which also makes a
            word "frequent"; matched_words) and resamples, of `correlations`.

    Returns:
        By name: correlations, fig2, fig3a, fig3b, fig4, fig5, checks; early3a, early3b
        and early4, with steps instead of epochs, where early steps were measured.
    """
    runs, counts = inputs.observations, params.thresholds
    how = {
        "frequent_count": counts["figure5_min_count"],
        "matched_words": counts["matched_words"],
        "resamples": params.resamples,
    }
    table, early = correlations(runs, **how), {}
    if inputs.early:
        first = correlations(inputs.early, **how)
        early = {
            "early3a": figure3(first, "target"),
            "early3b": figure3(first, "input"),
            "early4": figure4(first),
        }
    return {
        **{name: own.rename(columns={"epoch": "step"}) for name, own in early.items()},
        "correlations": table,
        "fig2": figure2(runs, min_count=counts["figure2_min_count"]),
        "fig3a": figure3(table, "target"),
        "fig3b": figure3(table, "input"),
        "fig4": figure4(table),
        "fig5": figure5(runs, min_count=counts["figure5_min_count"]),
        "checks": checks(table),
    }


def figure2(runs: Runs, *, min_count: int) -> pd.DataFrame:
    """Mean χ(h̄²) of each frequent target word at each epoch.

    Args:
        runs: Observations of each seed.
        min_count: Smallest training count of a word shown.

    Returns:
        Columns word, rank (1 = most frequent), count, word_class ("open",
        "closed", "neither"), epoch, concentration (mean over the seeds that
        met the word; NaN if none did), seeds (number that did), rescaled
        (share of seeds rescaled after this epoch). Sorted by rank, epoch; no
        rows if no word is frequent enough.

    Source: Saphra & Lopez (2019), arXiv:1908.01817, figure 2.
    """
    first = common_words(runs)
    table = pd.concat(
        [_words(runs, at).assign(epoch=epoch) for at, epoch in enumerate(first.epochs)]
    )
    table["rescaled"] = table["epoch"].map(_rescaled_share(runs))
    table = table[table["count"] >= min_count].sort_values(["rank", "epoch"])
    columns = ["word", "rank", "count", "word_class", "epoch"]
    return table[[*columns, "concentration", "seeds", "rescaled"]].reset_index(
        drop=True
    )


def figure3(table: pd.DataFrame, role: str) -> pd.DataFrame:
    """Correlation of χ with frequency at each layer over training.

    Args:
        table: Of `correlations`.
        role: "target" for figure 3a (ρ←), "input" for 3b (ρ→).

    Returns:
        Columns of `across_seeds`; rows of measure "concentration", subset
        "all", that role, for both quantities at embedding, h1 and h2.

    Raises:
        ValueError: If the role is neither.

    Source: Saphra & Lopez (2019), arXiv:1908.01817, figure 3.
    """
    if role not in ("target", "input"):
        raise ValueError(f'role must be "target" or "input", got {role!r}')
    rows = (table["measure"] == "concentration") & (table["subset"] == "all")
    rows &= (table["role"] == role) & (table["site"] != "logits")
    return across_seeds(table[rows])


def figure4(table: pd.DataFrame) -> pd.DataFrame:
    """ρ←(h̄²) over training by word class, and in samples matched in frequency.

    Args:
        table: Of `correlations`.

    Returns:
        Columns of `across_seeds`; rows of subset "open", "closed", "open
        matched" and "closed matched". Where `subset_words` is below
        `requested_words` a class had too few words, and the figure says so.

    Source: Saphra & Lopez (2019), arXiv:1908.01817, figure 4.
    """
    classes = ["open", "closed", "open matched", "closed matched"]
    rows = _of(table, "concentration", HEADLINE) & table["subset"].isin(classes)
    return across_seeds(table[rows])


def figure5(runs: Runs, *, min_count: int) -> pd.DataFrame:
    """Mean χ(h̄²) and frequency of each word after the last epoch.

    Args:
        runs: Observations of each seed.
        min_count: Smallest training count of a word shown.

    Returns:
        Columns word, rank, count, word_class, epoch (the last), concentration,
        seeds: as in `figure2`. Only words that were met as targets.

    Source: Saphra & Lopez (2019), arXiv:1908.01817, figure 5.
    """
    table = _words(runs, -1).assign(epoch=common_words(runs).epochs[-1])
    table = table[(table["count"] >= min_count) & (table["seeds"] > 0)]
    columns = ["word", "rank", "count", "word_class", "epoch"]
    return table[[*columns, "concentration", "seeds"]].reset_index(drop=True)


def checks(table: pd.DataFrame) -> pd.DataFrame:
    """What could explain ρ←(h̄²): correlations of ‖h̄²‖₁ and of χ(x̄).

    Args:
        table: Of `correlations`.

    Returns:
        Columns of `across_seeds`; role "target", subset "all", for measure
        "concentration" at h2 and logits and measure "l1" at h2, all of
        gradients.

    Source: Saphra & Lopez (2019), arXiv:1908.01817, §4.
    """
    rows = _of(table, "concentration", HEADLINE) | _of(table, "l1", HEADLINE)
    rows |= _of(table, "concentration", HEADLINE._replace(site="logits"))
    return across_seeds(table[rows & (table["subset"] == "all")])


def _of(table: pd.DataFrame, measure: str, series: Series) -> pd.Series:
    rows = table["measure"] == measure
    for column, value in series._asdict().items():
        rows &= table[column] == value
    return rows


def _words(runs: Runs, at: int) -> pd.DataFrame:
    """χ(h̄²) of every word at one epoch, over seeds."""
    first = common_words(runs)
    chi = np.array([run.concentration[HEADLINE][at] for run in runs.values()])
    seeds = np.isfinite(chi).sum(axis=0)
    total = np.nansum(chi, axis=0)
    rank = pd.Series(-first.counts).rank(method="first").astype(int)
    return pd.DataFrame(
        {
            "word": first.words,
            "rank": rank,
            "count": first.counts,
            "word_class": np.where(first.classes == "", "neither", first.classes),
            "concentration": np.where(seeds > 0, total, np.nan) / np.maximum(seeds, 1),
            "seeds": seeds,
        }
    )


def _rescaled_share(runs: Runs) -> dict[int, float]:
    epochs = common_words(runs).epochs
    share = np.mean([np.isin(epochs, run.rescalings) for run in runs.values()], axis=0)
    return dict(zip(epochs.tolist(), share.tolist(), strict=True))
