"""Peak memory of the workflow's steps on a text of WikiText-2's size.

Each step runs in a process of its own, as a rule does, through the functions
that the rule's script calls.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from benchmarks import steps
from benchmarks.own_process import alone, answer
from benchmarks.timing import Criterion

# WikiText-2 as it is read: its three files together. Every word is kept, which
# the filter would not do: the vocabulary is larger than in any run on it.
TOKENS, TYPES = 2_450_000, 30_000
DOCUMENTS, SENTENCE = 720, 22
LIMIT_GB = 2.0
STEPS = 10
MEASURED = 14_000


def run(folder: Path) -> dict[str, pd.DataFrame]:
    """Run all steps, one after the other, and return the peak of each."""
    with TemporaryDirectory(dir=folder) as files:
        rows = [alone("benchmarks.memory", step, files) for step in STAGES]
    return {"peak": pd.DataFrame(rows)}


def criteria(tables: dict[str, pd.DataFrame]) -> list[Criterion]:
    """The limit holds for every step."""
    peak = tables["peak"]
    worst = peak.loc[peak["peak_gb"].idxmax()]
    return [
        Criterion(
            "peak memory on WikiText-2's size, the largest step",
            f"≤ {LIMIT_GB:g} GB",
            f"{worst['peak_gb']:.2f} GB ({worst['step']})",
            bool(worst["peak_gb"] <= LIMIT_GB),
        )
    ]


def _generate(folder: str) -> str:
    files = Path(folder)
    from benchmarks.training import zipfian

    # Every word once, then by Zipf's law.
    ids = [*range(TYPES), *zipfian(TYPES, TOKENS - TYPES)]
    with (files / "text").open("w", encoding="utf-8") as file:
        for start in range(0, TOKENS, SENTENCE):
            if start // SENTENCE % (TOKENS // SENTENCE // DOCUMENTS) == 0:
                file.write(f"\n = Article {start} = \n\n")
            words = " ".join(f"word{id}" for id in ids[start : start + SENTENCE - 1])
            file.write(f" {words} .\n")
    return f"{TOKENS / 1e6:.2f} M tokens"


def _read(folder: str) -> str:
    steps.read(Path(folder, "text"), "wikitext", tokenised=True)
    return f"{TOKENS / 1e6:.2f} M tokens"


def _keep(folder: str) -> str:
    return steps.keep(Path(folder), ["text"], min_count=1)


def _train(folder: str) -> str:
    files = Path(folder)
    from ontogeny.corpus.filtering import SPLITS
    from ontogeny.disk.files import read_table
    from ontogeny.training.language_model import train_language_model
    from ontogeny.training.recipe import Recipe

    recipe = Recipe(epochs=1)
    splits = {
        split: read_table(files / f"{split}.parquet", ["id"])["id"].to_numpy()
        for split in SPLITS
    }
    few = STEPS * recipe.batch * recipe.window
    train_language_model(
        recipe,
        # A few steps reach the peak; all of the text was read.
        {name: ids[:few] for name, ids in splits.items()},
        types=len(read_table(files / "vocabulary.parquet")),
        start=1,
        seed=0,
        folder=files,
        device="cpu",
    )
    return f"{len(splits['train']) / 1e6:.2f} M tokens read, {STEPS} steps"


def _measure(folder: str) -> str:
    files = Path(folder)
    from ontogeny.activations import ChosenTokens, measure_epochs, record_epoch
    from ontogeny.disk.files import read_table
    from ontogeny.training.recipe import Recipe

    sites = ("embedding", "lstm1", "lstm2", "logits", "embedding_table")
    tokens = ChosenTokens(files / "train.parquet", MEASURED)
    vocabulary = read_table(files / "vocabulary.parquet")
    weights = [files / f"epoch{epoch}.safetensors" for epoch in (0, 1)]
    measure_epochs(Recipe(), weights, tokens, vocabulary, device="cpu")
    record_epoch(
        Recipe(),
        weights[-1],
        tokens,
        vocabulary,
        {site: files / f"{site}_vectors.parquet" for site in sites},
        vector_tokens=MEASURED,
        device="cpu",
    )
    return f"two epochs, {MEASURED:,} tokens at most, all vectors of one kept"


STAGES: dict[str, Callable[[str], str]] = {
    "generate the text": _generate,
    "read": _read,
    "filter and encode": _keep,
    "train": _train,
    "measure": _measure,
}


if __name__ == "__main__":
    answer(STAGES, *sys.argv[1:])
