"""Test items: some background, α, a scaffold; ω is to come."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.studies.scaffold.specification import CONTEXT, Specification


def draw_items(
    specification: Specification,
    scaffolds: np.ndarray,
    rng: np.random.Generator,
    *,
    items: int,
) -> pd.DataFrame:
    """At least so many occurrences of the rule, each scaffold equally often.

    Args:
        specification: Of the training corpus.
        scaffolds: Those tested on, shape (scaffolds, length).
        rng: Of the background and the groups.
        items: How many occurrences at least.

    Returns:
        One row per item: scaffold (its number), group (of `SENTENCE_GROUPS`, seeded, of
        whole scaffolds: the units of the bootstrap), and words, a list of
        `CONTEXT` background words, α and the scaffold's.

    >>> few = Specification(3, types=9)
    >>> rng = np.random.default_rng(0)
    >>> table = draw_items(few, np.zeros((2, 3), int), rng, items=3)
    >>> len(table), len(table["words"][0])
    (4, 24)
    """
    repeats = -(-items // len(scaffolds))
    which = np.repeat(np.arange(len(scaffolds)), repeats)
    group = rng.permutation(len(scaffolds)) % SENTENCE_GROUPS
    words = np.empty((len(which), CONTEXT + 1 + specification.length), np.int32)
    words[:, :CONTEXT] = rng.integers(specification.types, size=(len(which), CONTEXT))
    words[:, CONTEXT] = specification.opening
    words[:, CONTEXT + 1 :] = scaffolds[which]
    return pd.DataFrame(
        {
            "scaffold": which.astype(np.int32),
            "group": group[which].astype(np.int16),
            "words": list(words),
        }
    )
