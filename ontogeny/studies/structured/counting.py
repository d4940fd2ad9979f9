"""The row of counts of one network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ontogeny.models.gated import Plain
from ontogeny.pruning.structure import count
from ontogeny.studies.structured.texts import Text


def count_row(loaded: Any, text: Text, unequal: Mapping[str, float]) -> pd.DataFrame:
    """What is left of a network, in one row.

    Columns weights, nonzero, compression; lstm_weights, lstm_nonzero; parameters,
    biases, biases_remaining; words, words_remaining; low_snr_share; operations,
    operations_shrunk, operations_skipped, operations_output, operations_output_shrunk
    (multiply–adds of a step); shrunk_error, skipped_error; epoch; chance;
    vectors_share.

    Args:
        loaded: See `ontogeny.studies.structured.measured.Loaded`.
        text: That was learned from.
        unequal: By how much smaller forms differ (`timing.errors`).
    """
    network: Plain = loaded.network
    embedding, lstm, output, _ = network
    others = () if embedding is None else (embedding.weight.detach(),)
    left = count(lstm, output, others=others)
    lstm_weights = [w for name, w in lstm.named_parameters() if "weight" in name]
    read = network.words_read
    row = {
        "weights": left.weights,
        "nonzero": left.nonzero,
        "compression": left.compression,
        "lstm_weights": sum(weight.numel() for weight in lstm_weights),
        "lstm_nonzero": _of_lstm(network),
        "parameters": loaded.parameters,
        "biases": 4 * lstm.hidden_size * lstm.num_layers + len(output.bias),
        "biases_remaining": 4 * sum(left.neurons) + len(output.bias),
        "words": len(read),
        "words_remaining": int(read.sum()),
        "low_snr_share": loaded.low_snr_share,
        "operations": left.operations,
        "operations_shrunk": left.operations_shrunk,
        "operations_skipped": left.operations_skipped,
        "operations_output": left.operations_output,
        "operations_output_shrunk": left.operations_output_shrunk,
        "shrunk_error": unequal["shrunk"],
        "skipped_error": unequal["skipped"],
        "epoch": loaded.epoch,
        "chance": text.chance,
        "vectors_share": text.vectors_share,
    }
    return pd.DataFrame([row])


def _of_lstm(network: Plain) -> int:
    """Weights of the LSTM that are left, where nothing else counts as left."""
    _, lstm, output, _ = network
    alone = count(lstm, output)
    return alone.nonzero - int((output.weight != 0).sum())
