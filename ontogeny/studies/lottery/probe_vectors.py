"""Vectors of gold words, from every site of a translation model's encoder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import torch
from torch import Tensor

from ontogeny.models.transformer import EncoderDecoder
from ontogeny.translation.batches import compose_batches
from ontogeny.translation.pairs import ENCODED

EMBEDDING, SOURCE = "embedding", "source"
"""The embedding alone; with the position, which the first layer reads."""


def encoder_sites(layers: int) -> list[str]:
    """Sites that are probed, in the order of their layers, from −1.

    >>> encoder_sites(2)
    ['embedding', 'source', 'encoder1', 'encoder2']
    """
    return [EMBEDDING, SOURCE, *(f"encoder{n}" for n in range(1, layers + 1))]


def layer_of(site: str) -> int:
    """Number of a site's layer; −1 of the embedding, 0 of what the first one reads.

    >>> list(map(layer_of, encoder_sites(2)))
    [-1, 0, 1, 2]
    """
    known = {EMBEDDING: -1, SOURCE: 0}
    return known[site] if site in known else int(site.removeprefix("encoder"))


@torch.no_grad()
def word_vectors(
    model: EncoderDecoder,
    sentences: pa.Table,
    wanted: np.ndarray,
    sites: Sequence[str],
    *,
    tokens: int,
) -> Tensor:
    """The mean vector of the subwords that overlap each word.

    Args:
        model: In evaluation mode.
        sentences: `ontogeny.studies.lottery.probe_texts.READ`.
        wanted: Sentence and word of each, int, shape (words, 2), sorted, each once.
        sites: Of the encoder.
        tokens: Positions of a batch at most.

    Returns:
        float32, shape (sites, words, d), on the model's device.

    Source: Movva & Zhao (2020), A.1 "sub-token averaging". ASSUME: a subword that two
    gold words share counts in both.
    """
    device = model.embedding.weight.device
    d = model.embedding.embedding_dim
    overlaps = _overlaps(sentences, wanted)
    found = torch.zeros(len(sites), len(wanted), d, device=device)
    read = sentences.filter(
        pa.array(np.isin(sentences["sentence"].to_numpy(), np.unique(wanted[:, 0])))
    )
    longest = max(map(len, read["ids"].to_pandas())) + 1
    pairs = pa.table([read["sentence"], read["ids"], read["ids"]], schema=ENCODED)
    for batch in compose_batches(pairs, tokens=max(tokens, longest), device=device):
        seen: dict[str, Tensor] = {}

        def at_site(
            name: str, activation: Tensor, seen: dict[str, Tensor] = seen
        ) -> Tensor:
            seen[name] = activation
            return activation

        model.encode(batch.source, at_site=at_site)
        seen[EMBEDDING] = model.embedding(batch.source) * d**0.5
        own = overlaps[overlaps["sentence"].isin(batch.pairs.tolist())]
        row = pd.Series(range(len(batch.pairs)), index=batch.pairs.tolist())
        rows, pieces, words = (
            torch.from_numpy(np.array(part, np.int64)).to(device)
            for part in (own["sentence"].map(row), own["piece"], own["at"])
        )
        for place, site in enumerate(sites):
            found[place].index_add_(0, words, seen[site][rows, pieces].float())
    counts = np.bincount(overlaps["at"], minlength=len(wanted))
    return found.div_(torch.from_numpy(counts).to(device)[:, None])


def _overlaps(sentences: pa.Table, wanted: np.ndarray) -> pd.DataFrame:
    """Sentence, subword and place of each overlap with a word that is wanted."""
    names = ["sentence", "piece", "word"]
    table = sentences.select(names).to_pandas().explode(["piece", "word"])
    table = table.dropna().astype(np.int64)
    places = pd.DataFrame(wanted, columns=["sentence", "word"])
    places["at"] = np.arange(len(places))
    return table.merge(places, on=["sentence", "word"])
