"""Which language models are trained for each task, and their layers; loads nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

PAPER = [400, 1150, 1150, 400], [400, 1725, 1725, 400]
"""Sizes of the paper's dense and sparse AWD-LSTM, as of `Network`."""
MIDDLE = 1150, 1725
"""Units of their middle layers."""
PAPERS_TRAINING = {"epochs": 500, "finetune_epochs": 500, "batch": 20, "window": 70}
"""Of the paper's AWD-LSTM, as of the config."""


class Network(NamedTuple):
    """The layers of a language model.

    Attributes:
        sizes: Units of the embedding and of each LSTM, from below.
        equal_to: Those of the dense model that has as many parameters, where a layer
            is sparse.
        blocks: Blocks of each sparse LSTM, 0: as few as will do; none: of all.
        tied: Whether the output layer has the embedding's matrix.
        embedding_blocks: Blocks of a sparse embedding, 0: the closed form.
        dropout: Whether anything is dropped, as the task has it.
    """

    sizes: Sequence[int]
    equal_to: Sequence[int] = ()
    blocks: Sequence[int] = ()
    tied: bool = False
    embedding_blocks: int = 0
    dropout: bool = True


def lm_networks(
    dense: Sequence[int],
    sparse: Sequence[int],
    *,
    blocks: Sequence[int] = (),
    tied: bool = False,
    plain: bool = False,
) -> dict[str, Network]:
    """A dense and a wider, sparse language model with as many parameters.

    Args:
        dense: Sizes of the dense one.
        sparse: Sizes of the sparse one.
        blocks: See `Network`.
        tied: See `Network`.
        plain: Whether both are trained without dropout, too.

    >>> list(lm_networks([200, 200, 200], [200, 300, 200], plain=True))
    ['dense', 'sparse', 'dense_plain', 'sparse_plain']
    """
    found = {
        "dense": Network(dense, tied=tied),
        "sparse": Network(sparse, dense, blocks, tied),
    }
    if plain:
        found |= {
            f"{name}_plain": network._replace(dropout=False)
            for name, network in list(found.items())
        }
    return found


def recite_networks(
    dense: Sequence[int], reduced: Sequence[int], *, embedding_blocks: int = 0
) -> dict[str, Network]:
    """The four models that learn by heart, without dropout.

    A dense one; a dense one of fewer units; with as many parameters as that, one with
    the first one's hidden units in sparse LSTMs, and one that is sparse throughout and
    as wide as the first.

    Args:
        dense: Sizes of the dense one.
        reduced: Sizes of the reduced one.
        embedding_blocks: See `Network`.

    >>> recite_networks([400, 1150, 400], [200, 575, 200])["sparse_lstm"].sizes
    [200, 1150, 200]
    """
    narrow = [reduced[0], *dense[1:-1], reduced[-1]]
    # ASSUME: tied, as in AWD-LSTM, so that a sparse embedding saves twice.
    models = {
        "dense": Network(dense),
        "reduced": Network(reduced),
        "sparse_lstm": Network(narrow, reduced),
        "sparse_both": Network(dense, reduced, embedding_blocks=embedding_blocks),
    }
    return {
        name: network._replace(tied=True, dropout=False)
        for name, network in models.items()
    }


def networks(study: Any) -> dict[str, dict[str, Network]]:
    """By task that a config asks for, the language models of the study by name.

    Args:
        study: The section of the config.
    """
    found: dict[str, dict[str, Network]] = {}
    if study.lm:
        own = study.lm
        found["lm"] = lm_networks(
            own.dense, own.sparse, blocks=own.blocks or (), plain=own.plain
        )
    if study.recite:
        own = study.recite
        found["recite"] = recite_networks(
            own.dense, own.reduced, embedding_blocks=own.embedding_blocks or 0
        )
    if study.awd:
        own = study.awd
        found["awd"] = lm_networks(own.dense, own.sparse, tied=True)
    return found


def as_in_paper(study: Any, dataset: str | None) -> bool:
    """Whether AWD-LSTM is trained as in the paper, whose table 1 may stand beside it.

    It has the paper's sizes, epochs, batch and window, and reads Penn Treebank in its
    own splits, with its whole vocabulary.

    Args:
        study: The section of the config.
        dataset: Of the corpus.
    """
    awd = study.awd
    if awd is None or (study.text, dataset) != ("official", "ptb"):
        return False
    trained = all(getattr(awd, key) == value for key, value in PAPERS_TRAINING.items())
    return trained and (awd.dense, awd.sparse) == PAPER


def plain(networks: Mapping[str, Network]) -> dict[str, dict[str, Any]]:
    """Networks as a rule's params have them: `Network(**…)` makes one of each."""
    return {name: network._asdict() for name, network in networks.items()}
