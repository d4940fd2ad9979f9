"""What models make of the same tokens: views to compare.

Every step of a text is read, in evaluation mode, documents side by side, each
from a zero state (`ontogeny.training.documents`). Rows are put in the order of
the text, whatever a model takes for a document. A fingerprint of the text
travels with them, so that no others are ever compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from ontogeny.activations.recording import Reading, Recording
from ontogeny.activations.store import ROWS_PER_GROUP, site_writer
from ontogeny.measures.concentration import concentration
from ontogeny.models import Model
from ontogeny.training.documents import PADDING, DocumentStates, DocumentStream


class Views(NamedTuple):
    """A window as every site sees it; padded steps are left out.

    Attributes:
        positions: Index of the token read, int64, shape (steps,).
        vectors: By site, shape (steps, units).
    """

    positions: Tensor
    vectors: dict[str, Tensor]


@torch.no_grad()
def read_views(model: Model, stream: DocumentStream) -> Iterator[Views]:
    """Yield the views of all windows of a stream; the model is left in eval mode.

    Args:
        model: A language or tag model.
        stream: Of the text.
    """
    model.eval()
    states = DocumentStates()
    for window in stream:
        activations: dict[str, Tensor] = {}

        def keep(
            site: str, activation: Tensor, kept: dict[str, Tensor] = activations
        ) -> Tensor:
            kept[site] = activation
            return activation

        _, state = model(window.inputs, states.before(window), at_site=keep)
        states.after(window, state)
        read = window.positions != PADDING
        yield Views(
            window.positions[read],
            {site: vectors[read] for site, vectors in activations.items()},
        )


def stack_views(
    model: Model,
    stream: DocumentStream,
    sites: Sequence[str],
    wanted: np.ndarray,
) -> dict[str, np.ndarray]:
    """Rows of some sites in the order of the text, float32, (rows, units) each.

    Args:
        model: A language or tag model.
        stream: Of the text.
        sites: Which sites.
        wanted: Whether a token's row is, by its place in the text, (tokens,).
    """
    found = {
        site: np.empty((int(wanted.sum()), *model.sites[site]), dtype=np.float32)
        for site in sites
    }
    row = np.cumsum(wanted) - 1
    for views in read_views(model, stream):
        positions = views.positions.cpu().numpy()
        here = wanted[positions]
        for site, rows in found.items():
            rows[row[positions[here]]] = views.vectors[site].cpu().numpy()[here]
    return found


def write_views(
    model: Model,
    stream: DocumentStream,
    tokens: pd.DataFrame,
    path: Path,
    *,
    site: str,
    metadata: Mapping[str, Any],
) -> None:
    """Write a site's view of every token, to be opened by `ontogeny.activations`.

    Args:
        model: A language or tag model.
        stream: Of the text.
        tokens: The text: columns document, sentence and id; index from 0.
        path: Where the file goes.
        site: Which site.
        metadata: Kept with the file.
    """
    (units,) = model.sites[site]
    about = {**metadata, "rows": len(tokens)}
    stacked = stack_views(model, stream, [site], np.ones(len(tokens), dtype=bool))
    with site_writer(
        path, site, {"activation": units}, vector_tokens=len(tokens), metadata=about
    ) as writer:
        places = torch.arange(len(tokens))
        for at, vectors in zip(
            places.split(ROWS_PER_GROUP),
            torch.from_numpy(stacked[site]).split(ROWS_PER_GROUP),
            strict=True,
        ):
            rows = tokens.iloc[at.numpy()]
            reading = Reading(concentration(vectors), vectors.abs().sum(-1), vectors)
            inputs = torch.tensor(rows["id"].to_numpy())
            readings = {("activation", site): reading}
            writer.add(rows, Recording(at, inputs, None, None, readings))
