"""What models of equal parameters cost to read with: one front of all."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from time import perf_counter

import pandas as pd
import torch

from ontogeny.studies.predefined.language_model import PredefinedModel, size
from ontogeny.studies.predefined.networks import Network

BATCHES = (1, 20)
STEPS, REPETITIONS = 5, 20
COLUMNS = ["task", "variant", "seed", "test_perplexity", "parameters"]
COLUMNS += ["operations_lstm", "operations_output", "batch", "seconds_per_step"]


def front(
    networks: Mapping[tuple[str, str], Network],
    quality: Mapping[tuple[str, str, int], pd.DataFrame],
    types: int,
) -> pd.DataFrame:
    """Perplexity of every trained model, and what it costs to read with one so large.

    Times are medians of 20 interleaved repetitions, with carried state and the output
    layer's logits, of untrained models: the values of weights do not matter.

    Args:
        networks: By task and name.
        quality: Of `Trained`, by task, name and seed.
        types: Size of the vocabulary.

    Returns:
        One row per task, variant, seed and batch: columns `COLUMNS`. Multiply–adds
        are per word; seconds per step of a whole batch. Of models that were not tested
        test_perplexity is NaN.
    """
    rows = []
    models = {key: PredefinedModel(types, one).eval() for key, one in networks.items()}
    sizes = {key: size(model) for key, model in models.items()}
    for batch in BATCHES:
        seconds = times(models, batch)
        for (task, name, seed), table in quality.items():
            own = sizes[task, name]
            rows.append(
                {
                    "task": task,
                    "variant": name,
                    "seed": seed,
                    "test_perplexity": tested(table),
                    "parameters": own.parameters,
                    "operations_lstm": own.operations_lstm,
                    "operations_output": own.operations_output,
                    "batch": batch,
                    "seconds_per_step": seconds[task, name],
                }
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def tested(quality: pd.DataFrame) -> float:
    """Perplexity on the test split, before any finetuning; NaN if there is none."""
    here = (quality["split"] == "test") & (quality["stage"] == "trained")
    words = quality.loc[here, "predictions"].sum()
    return math.exp(quality.loc[here, "nats"].sum() / words) if words else math.nan


@torch.no_grad()
def times(
    models: Mapping[tuple[str, str], PredefinedModel], batch: int
) -> dict[tuple[str, str], float]:
    """Median seconds of a step of each model, one after the other."""
    readers = {key: _reader(model, batch) for key, model in models.items()}
    found: dict[tuple[str, str], list[float]] = {key: [] for key in readers}
    for _ in range(REPETITIONS + 1):
        for key, read in readers.items():
            start = perf_counter()
            read()
            found[key].append((perf_counter() - start) / STEPS)
    # Without the first: it warms up.
    return {key: float(pd.Series(own[1:]).median()) for key, own in found.items()}


def _reader(model: PredefinedModel, batch: int) -> Callable[[], None]:
    words = torch.arange(batch)[None, :] % model.embedding.num_embeddings
    # A tied sparse matrix is made once, not at every step.
    matrix = (model.embedding if model.tied else model.decoder).weight.contiguous()
    bias = model.output_bias if model.tied else model.decoder.bias
    state = model(words)[1]

    def read() -> None:
        carried = state
        for _ in range(STEPS):
            output, carried = model(words, carried)
            torch.nn.functional.linear(output[0], matrix, bias)

    return read
