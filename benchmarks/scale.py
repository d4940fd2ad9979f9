"""Time and peak memory of reading, filtering, tagging and measuring against size.

Text as an encyclopaedia's: raw, in JSONL shards, words by Zipf's law, and always
new ones among them. Each job
runs in a process of its own, as a rule does; a sharded step's seconds are the
sum over its jobs, its peak that of the largest.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from benchmarks import steps
from benchmarks.own_process import alone, answer
from benchmarks.timing import Criterion

SIZES = (1_000_000, 10_000_000, 50_000_000)
SHARD, DOCUMENT, SENTENCE = 5_000_000, 1_000, 20
TYPES, MIN_COUNT = 20_000, 10
# Words that drop their sentences, and of which a text never runs out.
RARE_TYPES, RARE_SHARE = 10_000_000, 0.01
MEASURED_SHARE = 0.02
# From 10 to 50 M tokens: what grows with types and documents is there by then.
LINEAR, FLAT = 1.5, 1.25


def run(folder: Path, sizes: tuple[int, ...] = SIZES) -> dict[str, pd.DataFrame]:
    """Run every step at every size."""
    rows = [row for tokens in sizes for row in _at(folder, tokens)]
    return {"cost": pd.DataFrame(rows)}


def criteria(tables: dict[str, pd.DataFrame]) -> list[Criterion]:
    """Time grows as the tokens do, memory does not, between the two largest."""
    cost = tables["cost"]
    small, large = sorted(cost["tokens"].unique())[-2:]
    by_size = cost.set_index(["tokens", "step"])
    growth = by_size.loc[large] / by_size.loc[small]
    times = growth["seconds"] / (large / small)
    found = []
    for what, limit, ratios in (
        ("seconds a token", LINEAR, times),
        ("peak memory", FLAT, growth["peak_gb"]),
    ):
        worst = ratios.idxmax()
        found.append(
            Criterion(
                f"{what} at {large:,} tokens / at {small:,}, the worst step",
                f"≤ {limit:g}",
                f"{ratios[worst]:.2f} ({worst})",
                bool(ratios[worst] <= limit),
            )
        )
    return found


def _at(folder: Path, tokens: int) -> list[dict[str, object]]:
    """One row a step: tokens, step, jobs, seconds, peak_gb."""
    shards = -(-tokens // SHARD)
    measured = int(tokens * MEASURED_SHARE)
    with TemporaryDirectory(dir=folder) as files:

        def jobs(step: str, *arguments: object) -> list[dict[str, object]]:
            return [alone("benchmarks.scale", step, files, *arguments)]

        def sharded(step: str) -> list[dict[str, object]]:
            return [job for k in range(shards) for job in jobs(step, k, shards)]

        for shard in range(shards):
            jobs("generate", shard, tokens // shards)
        jobs("prepare")
        done = {
            "read": sharded("read"),
            "filter and encode": jobs("keep", shards),
            "tag": sharded("tag"),
            "classify": jobs("classify", shards),
            "measure": jobs("measure", measured),
        }
    return [
        {
            "tokens": tokens,
            "step": step,
            "jobs": len(rows),
            "seconds": sum(row["seconds"] for row in rows),
            "peak_gb": max(row["peak_gb"] for row in rows),
        }
        for step, rows in done.items()
    ]


def _generate(folder: str, shard: str, tokens: str) -> str:
    from benchmarks.training import zipfian

    # With its full stop a sentence has SENTENCE tokens.
    shape = int(tokens) // SENTENCE, SENTENCE - 1
    ids = zipfian(TYPES, shape[0] * shape[1], seed=int(shard)).reshape(shape)
    rng = np.random.default_rng(int(shard))
    rare = TYPES + rng.integers(RARE_TYPES, size=shape)
    ids = np.where(rng.random(shape) < RARE_SHARE, rare, ids)
    with Path(folder, f"{shard}.jsonl").open("w") as file:
        for start in range(0, len(ids), DOCUMENT // SENTENCE):
            lines = ids[start : start + DOCUMENT // SENTENCE].tolist()
            text = " ".join(
                " ".join(f"word{number}" for number in line).capitalize() + "."
                for line in lines
            )
            file.write(json.dumps({"title": f"{shard}-{start}", "text": text}) + "\n")
    return f"{int(tokens):,} tokens"


def _prepare(folder: str) -> str:
    """A tagger and a model, so that there is something to tag and measure by."""
    from ontogeny.grammar.parts import treebank
    from ontogeny.tagging.pipeline import train_pipeline

    parts = treebank(3_000, language="mini", types=1_000, seed=0)
    tagger = train_pipeline(
        parts["train"], parts["dev"], lowercase=False, seed=0, max_epochs=1
    )
    Path(folder, "tagger.bin").write_bytes(tagger)
    return "a tagger"


def _read(folder: str, shard: str, _: str) -> str:
    steps.read(Path(folder, f"{shard}.jsonl"), "jsonl", tokenised=False)
    return f"shard {shard}"


def _keep(folder: str, shards: str) -> str:
    stems = [str(shard) for shard in range(int(shards))]
    return steps.keep(Path(folder), stems, min_count=MIN_COUNT)


def _tag(folder: str, shard: str, shards: str) -> str:
    from ontogeny.tagging.pipeline import load_pipeline
    from ontogeny.tagging.shards import tag_shard

    name = f"{int(shard) + 1}-of-{shards}"
    tag_shard(
        load_pipeline(Path(folder, "tagger.bin")),
        Path(folder, "kept.parquet"),
        Path(folder, f"{name}.parquet"),
        shard=name,
    )
    return f"shard {name}"


def _classify(folder: str, shards: str) -> str:
    from ontogeny.disk.files import read_table
    from ontogeny.tagging.classes import word_classes
    from ontogeny.tagging.shards import count_training_tags

    counts = count_training_tags(
        Path(folder, "kept.parquet"),
        list(Path(folder).glob(f"*-of-{shards}.parquet")),
        read_table(Path(folder, "vocabulary.parquet")),
    )
    return f"{len(word_classes(counts)):,} types"


def _measure(folder: str, tokens: str) -> str:
    from safetensors.torch import save_file

    from ontogeny.activations import ChosenTokens, measure_epochs
    from ontogeny.disk.files import read_table
    from ontogeny.training.callbacks import METADATA
    from ontogeny.training.recipe import Recipe

    vocabulary = read_table(Path(folder, "vocabulary.parquet"))
    weights = Path(folder, "epoch0.safetensors")
    model = Recipe().model(len(vocabulary))
    about = {METADATA: json.dumps({"epoch": 0, "step": 0})}
    save_file(model.state_dict(), weights, about)
    chosen = ChosenTokens(Path(folder, "test.parquet"), int(tokens))
    measure_epochs(Recipe(), [weights], chosen, vocabulary, device="cpu")
    return f"{chosen.rows:,} tokens"


STEPS: dict[str, Callable[..., str]] = {
    "generate": _generate,
    "prepare": _prepare,
    "read": _read,
    "keep": _keep,
    "tag": _tag,
    "classify": _classify,
    "measure": _measure,
}


if __name__ == "__main__":
    answer(STEPS, *sys.argv[1:])
