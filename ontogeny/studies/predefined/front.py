"""What models of equal parameters cost to read with: one front of all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial

import pandas as pd
from torch import Tensor
from torch.nn import functional

from ontogeny.measures.step_times import BATCHES, Timed, step_times
from ontogeny.studies.predefined.language_model import PredefinedModel, size
from ontogeny.studies.predefined.networks import Network

REPETITIONS = 20
"""Of each timing."""
COLUMNS = ["task", "variant", "seed", "test_perplexity", "parameters"]
COLUMNS += ["operations_lstm", "operations_output", "batch", "seconds_per_step"]


def front(
    networks: Mapping[tuple[str, str], Network],
    quality: Mapping[tuple[str, str, int], pd.DataFrame],
    types: int,
) -> pd.DataFrame:
    """Perplexity of every trained model, and what it costs to read with one so large.

    Times are medians of 20 interleaved repetitions of LSTMs and output layer on one
    thread (`step_times`), as of the networks that stand beside them in a front. They
    are of untrained models: the values of weights do not matter.

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
    times = step_times(
        {"/".join(key): timed(model) for key, model in models.items()},
        repetitions=REPETITIONS,
    )
    medians = times.groupby(["batch", "what"])["seconds_per_step"].median()
    for batch in BATCHES:
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
                    "seconds_per_step": medians[batch, f"{task}/{name}"],
                }
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def tested(quality: pd.DataFrame) -> float:
    """Perplexity on the test split, before any finetuning; NaN if there is none."""
    here = (quality["split"] == "test") & (quality["stage"] == "trained")
    words = quality.loc[here, "predictions"].sum()
    return math.exp(quality.loc[here, "nats"].sum() / words) if words else math.nan


def timed(model: PredefinedModel) -> Timed:
    """A model's LSTMs, one after the other, and its output layer."""

    def lstms(x: Tensor) -> tuple[Tensor, list[object]]:
        states = []
        for lstm in model.lstms:
            x, state = lstm(x)
            states.append(state)
        return x, states

    # A tied sparse matrix is made once, not at every step.
    matrix = (model.embedding if model.tied else model.decoder).weight.contiguous()
    bias = model.output_bias if model.tied else model.decoder.bias
    output = partial(functional.linear, weight=matrix, bias=bias)
    return Timed(model.embedding.embedding_dim, lstms, output)
