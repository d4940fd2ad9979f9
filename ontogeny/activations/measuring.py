"""Measure a trained model at one epoch: per-word means, and files of tokens."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ontogeny import __version__
from ontogeny.activations.choosing import ChosenTokens
from ontogeny.activations.means import WordMeans
from ontogeny.activations.recording import QUANTITIES, record
from ontogeny.activations.store import schema, site_writer
from ontogeny.corpus.filtering import START
from ontogeny.disk.files import sha256, write_table
from ontogeny.errors import InputError
from ontogeny.measures.concentration import concentration
from ontogeny.models import Model
from ontogeny.training.devices import choose_device
from ontogeny.training.recipe import Recipe
from ontogeny.training.stream import Stream
from ontogeny.training.weights import load_weights

logger = logging.getLogger(__name__)

Layout = Callable[[np.ndarray], Stream]
"""Lays the word ids of a text out in columns and windows."""


def measure(
    model: Model,
    pieces: Iterable[pd.DataFrame],
    layout: Layout,
    special: list[int],
    *,
    epoch: int,
    step: int,
) -> pd.DataFrame:
    """Run the model over a text and return its per-word means.

    ASSUME: each piece of a long text is read from a zero state; the paper does
    not say how its text is laid out.

    Args:
        model: At the epoch to measure.
        pieces: The text in order: columns id, document, sentence; the index is
            a token's place in the split.
        layout: Makes the stream of a piece.
        special: Ids that enter no per-word statistic.
        epoch: Epochs trained.
        step: Optimiser steps taken.

    Returns:
        The table described in `ontogeny.studies.sparsity.words`.
    """
    means = WordMeans(model.decoder.out_features, special)
    for tokens in pieces:
        for recording in record(model, layout(tokens["id"].to_numpy())):
            means.add(recording)
    return means.table(epoch=epoch, step=step)


def write_recordings(
    model: Model,
    pieces: Iterable[pd.DataFrame],
    layout: Layout,
    files: Mapping[str, Path],
    *,
    rows: int,
    vector_tokens: int,
    metadata: Mapping[str, Any],
) -> None:
    """Run the model over a text and write what every token gives at each site.

    Args:
        model: At the epoch to record.
        pieces: As in `measure`.
        layout: As in `measure`.
        files: By site, where its tokens go (see `ontogeny.activations.store`),
            with "embedding_table" for the embedding of every word.
        rows: Tokens of all pieces.
        vector_tokens: So many of the first tokens keep their vectors.
        metadata: Kept with the files.

    Raises:
        InputError: If a file is asked for of a site that the model has not, or
            if the disk is full.
    """
    about = {**metadata, "rows": rows}
    with ExitStack() as stack:
        writers = [
            stack.enter_context(
                site_writer(
                    path,
                    site,
                    _units(model, site),
                    vector_tokens=vector_tokens,
                    metadata=about,
                )
            )
            for site, path in files.items()
            if site != "embedding_table"
        ]
        before = 0
        for tokens in pieces:
            for recording in record(model, layout(tokens["id"].to_numpy())):
                read = tokens.iloc[recording.positions.cpu().numpy()]
                for writer in writers:
                    writer.add(read, recording, before)
            before += len(tokens)
    types = model.decoder.out_features
    _write_embedding(model, files["embedding_table"], {**about, "rows": types})


def measure_epochs(
    recipe: Recipe,
    weights: Sequence[str | Path],
    tokens: ChosenTokens,
    vocabulary: pd.DataFrame,
    *,
    device: str = "auto",
) -> pd.DataFrame:
    """Measure a model at several epochs on the same tokens.

    Args:
        recipe: Sizes of the model, and of the streams it reads.
        weights: A checkpoint of each epoch.
        tokens: The text.
        vocabulary: Columns id, word, special.
        device: "cpu", "cuda" or "auto".

    Returns:
        The tables of `measure`, one after the other.
    """
    model, layout, special = _prepare(recipe, vocabulary, device)
    tables = []
    for path in weights:
        epoch, step = load_weights(model, path)
        logger.info("Measuring epoch %d, step %d.", epoch, step)
        tables.append(measure(model, tokens, layout, special, epoch=epoch, step=step))
    return pd.concat(tables, ignore_index=True)


def record_epoch(
    recipe: Recipe,
    weights: str | Path,
    tokens: ChosenTokens,
    vocabulary: pd.DataFrame,
    files: Mapping[str, Path],
    *,
    vector_tokens: int,
    device: str = "auto",
    metadata: Mapping[str, Any] | None = None,
) -> None:
    """Write the per-token files of one epoch.

    Args:
        recipe: As in `measure_epochs`.
        weights: The epoch's checkpoint.
        tokens: The text.
        vocabulary: Columns id, word, special.
        files: By site, as in `write_recordings`.
        vector_tokens: So many of the first tokens keep their vectors.
        device: "cpu", "cuda" or "auto".
        metadata: Kept with the files.
    """
    model, layout, _ = _prepare(recipe, vocabulary, device)
    epoch, step = load_weights(model, weights)
    about = {
        **(metadata or {}),
        "epoch": epoch,
        "step": step,
        "model": sha256(weights),
        "version": __version__,
    }
    write_recordings(
        model,
        tokens,
        layout,
        files,
        rows=tokens.rows,
        vector_tokens=vector_tokens,
        metadata=about,
    )


def _prepare(
    recipe: Recipe, vocabulary: pd.DataFrame, device: str
) -> tuple[Model, Layout, list[int]]:
    where = choose_device(device)
    layout = partial(
        Stream, start=START, batch=recipe.batch, window=recipe.window, device=where
    )
    special = vocabulary.loc[vocabulary["special"], "id"].tolist()
    return recipe.model(len(vocabulary)).to(where), layout, special


def _units(model: Model, site: str) -> dict[str, int | None]:
    if site == "logits":
        return {"gradient": None}
    if site not in model.sites:
        raise InputError(
            f"The model has no site {site}: its sites are {', '.join(model.sites)}; "
            "config/models.yaml must name them so."
        )
    (units,) = model.sites[site]
    # An embedding is a row of a table, stored once: only its statistics here.
    return {"activation": None if site == "embedding" else units, "gradient": units}


def _write_embedding(model: Model, path: Path, metadata: Mapping[str, Any]) -> None:
    table = model.embedding.weight.detach().cpu()
    units = table.shape[1]
    fields = schema({QUANTITIES[0]: units}, {**metadata, "site": "embedding_table"})
    columns = {
        "word": pa.array(np.arange(len(table), dtype=np.int32)),
        "activation": pa.FixedSizeListArray.from_arrays(
            pa.array(table.numpy().reshape(-1)), units
        ),
        "activation_concentration": pa.array(concentration(table).numpy()),
        "activation_l1": pa.array(table.abs().sum(-1).numpy()),
    }
    write_table(pa.table(columns, metadata=fields.metadata), path)
