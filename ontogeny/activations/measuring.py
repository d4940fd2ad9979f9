"""Measure a trained model at one epoch: per-word means, and files of tokens."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ontogeny import __version__
from ontogeny.activations.means import WordMeans
from ontogeny.activations.recording import QUANTITIES, record
from ontogeny.activations.store import SiteWriter, schema, site_writer
from ontogeny.corpus.filtering import START
from ontogeny.files import sha256, write_table
from ontogeny.models import LanguageModel
from ontogeny.sparsity.measures import concentration
from ontogeny.training.devices import choose_device
from ontogeny.training.language_model import Recipe
from ontogeny.training.stream import Stream
from ontogeny.training.weights import load_weights

logger = logging.getLogger(__name__)


def measure(
    model: LanguageModel,
    tokens: pd.DataFrame,
    stream: Stream,
    special: list[int],
    *,
    epoch: int,
    step: int,
    files: Mapping[str, Path] | None = None,
    vector_tokens: int = 0,
    metadata: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Run the model over a text and return its per-word means.

    Args:
        model: At the epoch to measure.
        tokens: The text: columns id, document, sentence.
        stream: The same text as a stream.
        special: Ids that enter no per-word statistic.
        epoch: Epochs trained.
        step: Optimiser steps taken.
        files: By site, where per-token files go, with "embedding_table" for
            the embedding of every word; None: none are written.
        vector_tokens: So many of the first tokens keep their vectors.
        metadata: Kept with the per-token files.

    Returns:
        The table described in `ontogeny.sparsity.words`.
    """
    means = WordMeans(model.decoder.out_features, special)
    about = {**(metadata or {}), "epoch": epoch, "step": step, "rows": len(tokens)}
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
            for site, path in (files or {}).items()
            if site != "embedding_table"
        ]
        for recording in record(model, stream):
            means.add(recording)
            _add(writers, tokens, recording)
    if files:
        types = model.decoder.out_features
        _write_embedding(model, files["embedding_table"], {**about, "rows": types})
    return means.table(epoch=epoch, step=step)


def measure_epochs(
    recipe: Recipe,
    weights: Sequence[str | Path],
    tokens: pd.DataFrame,
    vocabulary: pd.DataFrame,
    *,
    limit: int,
    files: Sequence[str | Path] = (),
    vector_tokens: int = 0,
    device: str = "auto",
    metadata: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Measure a model at every epoch on the same tokens.

    Args:
        recipe: Sizes of the model, and of the stream it reads.
        weights: A checkpoint of each epoch.
        tokens: A split: columns id, document, sentence.
        vocabulary: Columns id, word, special.
        limit: Tokens measured at most, see `choose_tokens`.
        files: Per-token files to write, `epoch{epoch}/{site}.parquet`.
        vector_tokens: So many of the first tokens keep their vectors.
        device: "cpu", "cuda" or "auto".
        metadata: Kept with the per-token files.

    Returns:
        The tables of `measure`, one after the other.
    """
    where = choose_device(device)
    model = recipe.model(len(vocabulary)).to(where)
    # ASSUME: the paper measures at an unstated place; whole documents of the
    # split, drawn with a fixed seed, so that all epochs and seeds see the same.
    tokens = choose_tokens(tokens, limit, seed=0)
    stream = Stream(
        tokens["id"].to_numpy(),
        start=START,
        batch=recipe.batch,
        window=recipe.window,
        device=where,
    )
    special = vocabulary.loc[vocabulary["special"], "id"].tolist()
    tables = []
    for path in weights:
        epoch, step = load_weights(model, path)
        logger.info("Measuring epoch %d, step %d.", epoch, step)
        wanted = {
            file.stem: file
            for file in map(Path, files)
            if file.parent.name == f"epoch{epoch}"
        }
        tables.append(
            measure(
                model,
                tokens,
                stream,
                special,
                epoch=epoch,
                step=step,
                files=wanted,
                vector_tokens=vector_tokens,
                metadata={
                    **(metadata or {}),
                    "model": sha256(path),
                    "version": __version__,
                },
            )
        )
    return pd.concat(tables, ignore_index=True)


def choose_tokens(tokens: pd.DataFrame, limit: int, *, seed: int) -> pd.DataFrame:
    """Whole documents, seeded, holding at most `limit` tokens, in text order.

    The index of what is returned says where in the split a token stands.

    If not even the first document drawn fits, its first `limit` tokens.

    >>> tokens = pd.DataFrame({"id": range(6), "document": [0, 0, 1, 1, 1, 2]})
    >>> len(choose_tokens(tokens, 4, seed=0)) <= 4
    True
    """
    if len(tokens) <= limit:
        return tokens
    sizes = tokens.groupby("document").size()
    drawn = sizes.sample(frac=1, random_state=seed)
    fitting = drawn.index[drawn.cumsum() <= limit]
    if fitting.empty:
        return tokens[tokens["document"] == drawn.index[0]].head(limit)
    return tokens[tokens["document"].isin(fitting)]


def _units(model: LanguageModel, site: str) -> dict[str, int | None]:
    if site == "logits":
        return {"gradient": None}
    (units,) = model.sites[site]
    # An embedding is a row of a table, stored once: only its statistics here.
    return {"activation": None if site == "embedding" else units, "gradient": units}


def _add(writers: list[SiteWriter], tokens: pd.DataFrame, recording: Any) -> None:
    if writers:
        rows = tokens.iloc[recording.positions.cpu().numpy()]
        for writer in writers:
            writer.add(rows, recording)


def _write_embedding(
    model: LanguageModel, path: Path, metadata: Mapping[str, Any]
) -> None:
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
