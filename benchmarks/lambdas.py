"""λ₁ of mini's pruned networks, by a grid in exactly the shipped schedule.

That of W+G+N is the largest with which the network lives on every machine that was
tried; that of W+N the one whose validation perplexity is nearest (Lobacheva et al.
2020: "approximately equal"). Chosen on seed 1.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import torch
import yaml

from benchmarks.timing import Criterion
from ontogeny.corpus.encoding import load_splits
from ontogeny.corpus.filtering import SPLITS, START
from ontogeny.disk.files import read_table
from ontogeny.settings import read_settings
from ontogeny.studies.structured.pruned_variants import train_variant
from ontogeny.studies.structured.task import Task

CORPUS = Path("results/mini/corpus")
LAMBDAS = {
    "wn": (0.004, 0.005, 0.0055, 0.006, 0.008),
    "wgn": (0.0015, 0.002, 0.0025, 0.003),
}
APART = 0.02
"""Of two perplexities that count as equal."""


def run(folder: Path) -> dict[str, pd.DataFrame]:
    """Train a network with each λ₁; mini's corpus must have been made."""
    torch.set_num_threads(1)
    config = yaml.safe_load(Path("config/config.yaml").read_text())
    task = read_settings(config).structured.tasks["mini"]
    rows = [
        {"variant": variant, "lambda_group": value, **_ends(task, variant, value)}
        for variant, values in LAMBDAS.items()
        for value in values
    ]
    return {"grid": pd.DataFrame(rows)}


def _ends(task: Task, variant: str, lambda_group: float) -> dict[str, Any]:
    settings = task.of(variant)
    settings["pruning"]["lambda_group"] = lambda_group
    splits = load_splits({split: str(CORPUS / f"{split}.parquet") for split in SPLITS})
    types = len(read_table(CORPUS / "vocabulary.parquet"))
    with tempfile.TemporaryDirectory() as made:
        curve = train_variant(
            settings,
            splits=splits,
            types=types,
            start=START,
            variant=variant,
            pruned="",
            seed=1,
            folder=Path(made),
            device="cpu",
        )
    last = curve.iloc[-1]
    names = ["valid_perplexity", "neurons_1", "neurons_2", "gates_1", "gates_2"]
    return {name: last[name] for name in names}


def criteria(tables: dict[str, pd.DataFrame]) -> list[Criterion]:
    """Whether the shipped strengths are matched."""
    config = yaml.safe_load(Path("config/config.yaml").read_text())
    its = read_settings(config).structured.tasks["mini"].pruning
    grid = tables["grid"].set_index(["variant", "lambda_group"])["valid_perplexity"]
    assert its is not None
    wn, wgn = grid["wn", its.wn.group], grid["wgn", its.wgn.group]
    apart = abs(wgn / wn - 1)
    what = "validation perplexity of mini's W+G+N and W+N apart"
    return [Criterion(what, f"≤ {APART}", f"{apart:.3f}", bool(apart <= APART))]
