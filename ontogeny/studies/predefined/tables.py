"""Tables 1 to 3 of predefined sparseness, beside the paper's numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ontogeny.studies.predefined.inputs import Inputs, NetworkRun

PAPER_TABLE1 = {
    ("dense", "trained"): "58.8 ± 0.3",
    ("sparse", "trained"): "57.9 ± 0.3",
    ("dense", "finetuned"): "56.6 ± 0.2",
    ("sparse", "finetuned"): "57.0 ± 0.2",
}
"""Test perplexity of AWD-LSTM on PTB: 002, table 1."""
NOT_AVAILABLE = "not available"

TITLES = {
    "table1": "Table 1: language models",
    "table2": "Table 2: taggers",
    "table3": "Table 3: reciting a text",
}
ABOUT = {
    "table1": "Mean ± standard deviation over seeds. *lm* is the recipe of study 000 "
    "at our sizes, `_plain` without dropout, after its last epoch; *awd* is AWD-LSTM. "
    "Training perplexity is read in evaluation mode; overfit is the difference of "
    "log-perplexities, test − train. The paper's column is its table 1, for AWD-LSTM "
    "at the paper's sizes and epochs on Penn Treebank alone.",
    "table2": "Accuracy on the test part after the last epoch, in percent, mean ± "
    "standard deviation over seeds. The paper's tagger was trained on text that is not "
    "open: its numbers are not available.",
    "table3": "Perplexity of the training text, in evaluation mode, at its best epoch, "
    "without any dropout. The paper's numbers are not available.",
}


def table1(inputs: Inputs, *, paper: bool) -> pd.DataFrame:
    """Language models at equal parameters.

    Args:
        inputs: Of all runs.
        paper: Whether AWD-LSTM was trained as in the paper (`networks.as_in_paper`).

    Returns:
        Columns task, variant, finetune, parameters, lstm_parameters, seeds,
        test_perplexity, test_stdev, train_perplexity, train_stdev, overfit_nats,
        paper.
    """
    rows = _perplexities(inputs, ["lm", "awd"])
    columns = ["task", "variant", "finetune", "parameters", "lstm_parameters", "seeds"]
    columns += ["test_perplexity", "test_stdev", "train_perplexity", "train_stdev"]
    columns += ["overfit_nats", "paper"]
    found = []
    for (task, variant, stage), of in rows.groupby(
        ["task", "variant", "stage"], sort=False
    ):
        of_paper = (
            PAPER_TABLE1.get((str(variant), str(stage)))
            if task == "awd" and paper
            else None
        )
        found.append(
            {
                "task": task,
                "variant": variant,
                "finetune": "yes" if stage == "finetuned" else "no",
                **of.iloc[0][["parameters", "lstm_parameters"]],
                "seeds": len(of),
                "test_perplexity": of["test"].mean(),
                "test_stdev": of["test"].std(),
                "train_perplexity": of["train"].mean(),
                "train_stdev": of["train"].std(),
                "overfit_nats": np.log(of["test"] / of["train"]).mean(),
                "paper": of_paper or NOT_AVAILABLE,
            }
        )
    return pd.DataFrame(found, columns=columns)


def table2(inputs: Inputs) -> pd.DataFrame:
    """Taggers.

    Returns:
        Columns hidden, embedding (dense or sparse, and what is special), width (k′),
        embedding_parameters, parameters, seeds, accuracy_percent, stdev,
        macro_f1_percent, paper.
    """
    columns = ["hidden", "embedding", "width", "embedding_parameters", "parameters"]
    columns += ["seeds", "accuracy_percent", "stdev", "macro_f1_percent", "paper"]
    found = []
    if inputs.taggers.empty:
        return pd.DataFrame(columns=columns)
    for _, of in inputs.taggers.groupby("variant", sort=False):
        first = of.iloc[0]
        special = [first["order"]] if first["order"] != "up" else []
        special += ["blocks"] if first["blocks"] else []
        found.append(
            {
                "hidden": first["hidden"],
                "embedding": ", ".join([first["kind"], *special]),
                **first[["width", "embedding_parameters", "parameters"]],
                "seeds": len(of),
                "accuracy_percent": 100 * of["test_accuracy"].mean(),
                "stdev": 100 * of["test_accuracy"].std(),
                "macro_f1_percent": 100 * of["test_macro_f1"].mean(),
                "paper": NOT_AVAILABLE,
            }
        )
    return pd.DataFrame(found, columns=columns)


def table3(inputs: Inputs) -> pd.DataFrame:
    """Models that learn a text by heart.

    Returns:
        Columns variant, parameters, lstm_parameters, epochs (largest of the seeds'),
        seeds, train_perplexity, train_stdev, paper.
    """
    rows = _perplexities(inputs, ["recite"])
    columns = ["variant", "parameters", "lstm_parameters", "epochs", "seeds"]
    columns += ["train_perplexity", "train_stdev", "paper"]
    found = [
        {
            "variant": variant,
            **of.iloc[0][["parameters", "lstm_parameters"]],
            "epochs": of["epochs"].max(),
            "seeds": len(of),
            "train_perplexity": of["train"].mean(),
            "train_stdev": of["train"].std(),
            "paper": NOT_AVAILABLE,
        }
        for variant, of in rows.groupby("variant", sort=False)
    ]
    return pd.DataFrame(found, columns=columns)


def to_markdown(**tables: pd.DataFrame) -> str:
    """The tables for a reader, each with what it is.

    Args:
        tables: By the names of `TITLES`.
    """
    parts = ["# Predefined sparseness: tables"]
    for name, table in tables.items():
        parts += [f"## {TITLES[name]}", ABOUT[name], _markdown(table)]
    return "\n\n".join(parts) + "\n"


def _markdown(table: pd.DataFrame) -> str:
    if table.empty:
        return "Nothing was trained for it in this run."
    # As text, or a column of whole numbers would be written as its neighbours.
    written = table.map(_written).rename(columns=lambda name: name.replace("_", " "))
    return written.to_markdown(index=False, disable_numparse=True)


def _written(value: object) -> str:
    if isinstance(value, float) and not value.is_integer():
        return "–" if np.isnan(value) else f"{value:.3f}"
    return (
        f"{value:,.0f}" if isinstance(value, int | float | np.integer) else str(value)
    )


def _perplexities(inputs: Inputs, tasks: Sequence[str]) -> pd.DataFrame:
    """Rows of `Inputs.networks` of some tasks, with the perplexity of each split."""
    table = inputs.networks[inputs.networks["task"].isin(tasks)]
    rows = []
    for row in table.to_dict("records"):
        run = row["task"], row["variant"], row["seed"]
        found = perplexities(inputs.quality, run, row["stage"])
        rows.append({**{str(name): value for name, value in row.items()}, **found})
    columns = [*table.columns, "stage", "train", "valid", "test"]
    return pd.DataFrame(rows, columns=list(dict.fromkeys(columns)))


def perplexities(
    quality: Mapping[NetworkRun, pd.DataFrame], run: NetworkRun, stage: str
) -> dict[str, float]:
    """Perplexity of each split that was measured after a stage."""
    table = quality[run]
    sums = (
        table[table["stage"] == stage].groupby("split")[["nats", "predictions"]].sum()
    )
    nats = sums["nats"] / sums["predictions"]
    return {str(split): float(np.exp(value)) for split, value in nats.items()}
