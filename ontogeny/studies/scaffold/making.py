"""The texts of one scaffold length: training in both settings, and two tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from ontogeny.studies.scaffold.copies import cue, find
from ontogeny.studies.scaffold.corpus import draw_scaffolds, generate
from ontogeny.studies.scaffold.items import draw_items
from ontogeny.studies.scaffold.names import Cell
from ontogeny.studies.scaffold.specification import Specification


class Texts(NamedTuple):
    """What models of one scaffold length learn from and are tested on.

    Attributes:
        training: Word ids by cell's name, int32, shape (tokens,).
        inside: In-domain items by number of occurrences: training's scaffolds.
        outside: Out-domain items: scaffolds that no training text has in its rule.
        counts: One row per cell: setting, occurrences, tokens, copies
            (accidental ones of scaffolds), cue (P(ω | scaffold) as counted) and
            cue_expected.
    """

    training: dict[str, np.ndarray]
    inside: dict[int, pd.DataFrame]
    outside: pd.DataFrame
    counts: pd.DataFrame


def make_texts(
    specification: Specification, cells: Sequence[Cell], *, seed: int, items: int
) -> Texts:
    """Make the texts of one scaffold length.

    Both settings have the same scaffolds at the same number of occurrences.
    What is counted is counted in the finished text.

    Args:
        specification: Sizes; its `occurrences` are those of each cell instead.
        cells: Of the grid.
        seed: With the length, all that is random follows from it.
        items: Of each test, at least.

    Raises:
        InputError: If a text cannot hold what it should.
    """
    texts = Texts({}, {}, pd.DataFrame(), pd.DataFrame())
    used, counts = [], []
    for n in sorted({cell.occurrences for cell in cells}):
        one = replace(specification, occurrences=n)
        rng = np.random.default_rng([seed, specification.length, n])
        scaffolds = draw_scaffolds(one, rng, but=None)
        used.append(scaffolds)
        texts.inside[n] = draw_items(one, scaffolds, rng, items=items)
        for cell in (cell for cell in cells if cell.occurrences == n):
            familiar = cell.setting == "familiar"
            corpus = generate(one, scaffolds, rng, familiar=familiar)
            texts.training[cell.name] = corpus.ids
            counts.append(cell._asdict() | _count(one, scaffolds, corpus.ids, familiar))
    rng = np.random.default_rng([seed, specification.length])
    fresh = replace(specification, occurrences=items, copies=1)
    unseen = draw_scaffolds(fresh, rng, but=np.concatenate(used))
    outside = draw_items(specification, unseen, rng, items=items)
    return texts._replace(outside=outside, counts=pd.DataFrame(counts))


def _count(
    specification: Specification, scaffolds: np.ndarray, ids: np.ndarray, familiar: bool
) -> dict[str, float]:
    each = specification.copies + specification.outside * familiar
    return {
        "length": specification.length,
        "tokens": len(ids),
        "copies": len(find(ids, scaffolds)[0]) - each * len(scaffolds),
        "cue": cue(ids, scaffolds, specification.closing),
        "cue_expected": specification.copies / each,
    }


def tables(texts: Texts) -> dict[str, pd.DataFrame]:
    """The texts as tables by name: cells', inside_{n}, outside and counts."""
    return {
        **{name: pd.DataFrame({"id": ids}) for name, ids in texts.training.items()},
        **{f"inside_{n}": items for n, items in texts.inside.items()},
        "outside": texts.outside,
        "counts": texts.counts,
    }
