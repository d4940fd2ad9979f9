"""What the final tag models make of a text, on disk: vectors and moments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from ontogeny import __version__
from ontogeny.activations.blocks import about, blocks
from ontogeny.activations.views import write_views
from ontogeny.disk.files import sha256, write_bytes
from ontogeny.errors import InputError, unreadable
from ontogeny.measures.similarity.moments import Moments
from ontogeny.studies.svcca.domains import Domain
from ontogeny.studies.svcca.tag_model import TagModel
from ontogeny.studies.svcca.tag_training import tag_model
from ontogeny.studies.svcca.variants import VARIANTS
from ontogeny.training.devices import choose_device
from ontogeny.training.recipe import Recipe
from ontogeny.training.weights import load_weights, sizes

RECURRENT = "lstm1"
"""The tag models' recurrent site; their other one is a table, `embedding`."""


class TagView(NamedTuple):
    """A tag model's representation of a text.

    Attributes:
        tagset: What it predicts.
        direction: "target" or "input".
        shuffled: Whether it was trained on shuffled labels.
        embedding: The table of all words, float32, (types, units).
        moments: By site, of its view of the text.
        path: Its vectors at `RECURRENT`, a file of `ontogeny.activations`.
    """

    tagset: str
    direction: str
    shuffled: bool
    embedding: np.ndarray
    moments: dict[str, Moments]
    path: Path


def record_views(
    recipe: Recipe,
    weights: Sequence[str],
    domains: Mapping[str, Domain],
    names: Sequence[tuple[str, str, str]],
    *,
    vectors: Sequence[str],
    moments: Sequence[str],
    device: str = "auto",
) -> None:
    """Read texts with tag models.

    Args:
        recipe: Of the language model, whose sizes theirs are.
        weights: The model of each view.
        domains: By name, the texts.
        names: Domain, tagset and variant's name of each view.
        vectors: Where each view's vectors go.
        moments: Where each view's moments go.
        device: "cpu", "cuda" or "auto".
    """
    for path, (domain, *_), to_vectors, to_moments in zip(
        weights, names, vectors, moments, strict=True
    ):
        model = tag_model(recipe, *sizes(path)).to(choose_device(device))
        load_weights(model, path)
        told = {"model": sha256(path), "version": __version__}
        recorded = record(model, domains[domain], Path(to_vectors), told)
        write_bytes(recorded, to_moments)


def record(model: TagModel, domain: Domain, path: Path, metadata: dict) -> bytes:
    """Write a tag model's vectors, and return its moments for safetensors.

    Args:
        model: Trained.
        domain: The text.
        path: Where the vectors go.
        metadata: Kept with them.
    """
    told = {**metadata, "fingerprint": domain.fingerprint}
    stream = domain.stream("sentence")
    write_views(model, stream, domain.tokens, path, site=RECURRENT, metadata=told)
    table = model.embedding.weight.detach().cpu().numpy()
    embedding = Moments.of(
        table, counts=domain.counts(len(table)), fingerprint=domain.fingerprint
    )
    recurrent = Moments(
        model.decoder.in_features,
        groups=embedding.groups,
        fingerprint=domain.fingerprint,
    )
    row = 0
    for vectors in blocks(path):
        recurrent.update(vectors, groups=domain.groups[row : row + len(vectors)])
        row += len(vectors)
    arrays = {
        f"{site}.{name}": array
        for site, moments in (("embedding", embedding), (RECURRENT, recurrent))
        for name, array in moments.state().items()
    }
    model_sha = np.frombuffer(bytes.fromhex(metadata["model"]), dtype=np.uint8).copy()
    return save({**arrays, "table": table, "model": model_sha})


def open_view(
    tagset: str, direction: str, shuffled: bool, vectors: Path, moments: Path
) -> TagView:
    """A tag model's view from its two files.

    Raises:
        InputError: If a file is missing or damaged, or they are of another
            model or text.
    """
    try:
        arrays = load(moments.read_bytes())
        states: dict[str, dict[str, np.ndarray]] = {}
        for name, array in arrays.items():
            site, _, part = name.partition(".")
            states.setdefault(site, {})[part] = array
        table = states.pop("table")[""]
        model = states.pop("model")[""].tobytes().hex()
        found = {site: Moments.from_state(state) for site, state in states.items()}
    except (SafetensorError, OSError, LookupError, ValueError) as error:
        raise unreadable(moments, error) from error
    told = about(vectors)
    same = (model, found[RECURRENT].fingerprint)
    if (told.get("model"), told.get("fingerprint")) != same:
        raise InputError(
            f"{vectors} and {moments} are of different models or tokens: delete both "
            "and run the workflow again, which remakes them."
        )
    return TagView(tagset, direction, shuffled, table, found, vectors)


def open_views(
    names: Sequence[tuple[str, str, str]],
    vectors: Sequence[str],
    moments: Sequence[str],
) -> dict[str, list[TagView]]:
    """The views of many tag models, by domain.

    Args:
        names: Domain, tagset and variant's name of each.
        vectors: Their files.
        moments: Likewise.
    """
    variants = {variant.name: variant for variant in VARIANTS}
    found: dict[str, list[TagView]] = {}
    for (domain, tagset, name), *paths in zip(names, vectors, moments, strict=True):
        view = open_view(tagset, *variants[name], *map(Path, paths))
        found.setdefault(domain, []).append(view)
    return found
