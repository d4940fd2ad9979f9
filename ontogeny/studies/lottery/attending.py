"""Where heads look: peaked rows of attention maps, and gold alignments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.studies.lottery.map_sums import kind_of
from ontogeny.studies.lottery.names import NO_LAYER
from ontogeny.studies.lottery.reading import Positions
from ontogeny.translation.batches import PairBatch

PEAK = 0.95
"""§5.4: the largest weight of a peaked row is above it."""


class Alignment(NamedTuple):
    """A pair's words, and which belong together.

    Attributes:
        source: Word of each source subword, without `</s>`, shape (subwords,).
        first: Position that predicts each target word's first subword, shape (words,).
        gold: Source word of each target word, shape (words,); −1: none is known.
    """

    source: np.ndarray
    first: np.ndarray
    gold: np.ndarray


class Attending:
    """What is counted of one model's maps while it reads.

    Args:
        prunings: Of the model.
        groups: Of each pair, by its number.
        alignments: By a pair's number; of a text without them none.
    """

    def __init__(
        self, prunings: int, groups: np.ndarray, alignments: Mapping[int, Alignment]
    ) -> None:
        self.prunings, self.groups, self.alignments = prunings, groups, alignments
        self._peaked: dict[tuple[str, int], np.ndarray] = {}
        self._aligned: dict[tuple[int, int], np.ndarray] = {}

    def __call__(self, model: int, batch: PairBatch, name: str, alpha: Tensor) -> None:
        """Count a map's rows; see `ontogeny.studies.lottery.comparing.Watch`."""
        kind, layer = kind_of(name), int(name.lstrip(_LETTERS))
        groups = self.groups[batch.pairs.cpu().numpy()]
        self._count_peaks((kind, layer), Positions.of(batch), groups, alpha)
        if kind == "cross" and self.alignments:
            numbers = batch.pairs.tolist()
            for at, (number, group) in enumerate(zip(numbers, groups, strict=True)):
                self._count_aligned(layer, group, self.alignments[number], alpha[at])

    def _count_peaks(
        self,
        place: tuple[str, int],
        positions: Positions,
        groups: np.ndarray,
        alpha: Tensor,
    ) -> None:
        queries = positions.source if place[0] == "encoder_self" else positions.target
        rows = queries[:, None].expand(-1, alpha.shape[1], -1)
        # Of padded keys and of those to come the weight is 0.
        peaked = (alpha.amax(-1) > PEAK) & rows
        # The first position of a decoder sees itself alone; of an encoder all.
        first = slice(0, place[0] != "encoder_self")
        columns = [rows, peaked, rows[..., first], peaked[..., first]]
        counts = torch.stack([one.sum((1, 2)) for one in columns], 1).cpu().numpy()
        kept = self._peaked.setdefault(place, np.zeros((SENTENCE_GROUPS, 4), int))
        np.add.at(kept, groups, counts)

    def _count_aligned(
        self, layer: int, group: int, own: Alignment, alpha: Tensor
    ) -> None:
        known = own.gold >= 0
        keys = len(own.source) + 1  # and `</s>`, which is no word
        words = np.append(own.source, own.source[-1] + 1)
        rows = alpha[:, own.first[known], :keys].double().cpu().numpy()
        summed = np.zeros((*rows.shape[:2], words[-1] + 1))
        for key, word in enumerate(words):
            summed[..., word] += rows[..., key]
        best = np.vstack([summed.mean(0)[None], summed]).argmax(-1)
        for head, right in enumerate((best == own.gold[known]).sum(1)):
            table = np.zeros((SENTENCE_GROUPS, 2), int)
            kept = self._aligned.setdefault((layer, head), table)
            kept[group] += known.sum(), right

    def peaked(self) -> pd.DataFrame:
        """`ontogeny.studies.lottery.inputs.Inputs.peaked`."""
        columns = ["queries", "peaked", "first_queries", "first_peaked"]
        tables = [
            pd.DataFrame(counts, columns=columns).assign(
                prunings=self.prunings, kind=kind, layer=layer, group=_GROUPS
            )
            for (kind, layer), counts in self._peaked.items()
        ]
        return pd.concat(tables, ignore_index=True)

    def alignment(self) -> pd.DataFrame:
        """`ontogeny.studies.lottery.inputs.Inputs.alignment`; perhaps of no row."""
        columns = ["words", "right"]
        tables = [
            pd.DataFrame(counts, columns=columns).assign(
                prunings=self.prunings, layer=layer, head=head, group=_GROUPS
            )
            for (layer, head), counts in self._aligned.items()
        ]
        return pd.concat([NO_ALIGNMENT, *tables], ignore_index=True)


_GROUPS = np.arange(SENTENCE_GROUPS)
_LETTERS = "abcdefghijklmnopqrstuvwxyz_"
NO_ALIGNMENT = pd.DataFrame(
    {
        name: np.zeros(0, int)
        for name in ("prunings", "layer", "head", "group", "words", "right")
    }
)


def alignment_of(
    source: np.ndarray, target: np.ndarray, aligned: Sequence[tuple[int, int]]
) -> Alignment:
    """The alignment of a pair.

    Args:
        source: Word of each source subword (`Subwords.encode`), shape (subwords,).
        target: The same of the target.
        aligned: Source and target word of each gold link; ASSUME: of a target word
            with several the first counts.

    The position that predicts a target subword reads the one before it, `<s>` for the
    first: their numbers are the same.

    >>> found = alignment_of(np.array([0, 0, 1]), np.array([0, 1, 1]), [(1, 0), (0, 1)])
    >>> found.first.tolist(), found.gold.tolist()
    ([0, 1], [1, 0])
    """
    words, first = np.unique(target, return_index=True)
    gold = np.full(len(words), -1)
    for one, other in reversed(aligned):
        gold[other] = one
    return Alignment(source, first, gold)


def guess_by_position(
    alignments: Mapping[int, Alignment], groups: np.ndarray
) -> pd.DataFrame:
    """How often the word at the same share of the source is the gold one.

    Returns:
        As `Attending.alignment`, of layer `NO_LAYER` and head 0.
    """
    counts = np.zeros((SENTENCE_GROUPS, 2), int)
    for number, own in alignments.items():
        known = own.gold >= 0
        places = (np.arange(len(own.gold)) + 0.5) / len(own.gold)
        guess = (places * (own.source[-1] + 1)).astype(int)
        counts[groups[number]] += known.sum(), (guess == own.gold)[known].sum()
    of: dict[str, Any] = {"prunings": 0, "layer": NO_LAYER, "head": 0, "group": _GROUPS}
    return pd.DataFrame(counts, columns=["words", "right"]).assign(**of)
