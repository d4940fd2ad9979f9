"""Random text with a long-distance rule α q ω, exactly to specification."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ontogeny.studies.scaffold.copies import find
from ontogeny.studies.scaffold.specification import Specification


class Corpus(NamedTuple):
    """A text and what was inserted.

    Attributes:
        ids: Words, int32, shape (tokens,).
        rules: Where each α stands, in order of the text.
        outside: Where each familiar scaffold outside the rule begins.
    """

    ids: np.ndarray
    rules: np.ndarray
    outside: np.ndarray


def draw_scaffolds(
    specification: Specification, rng: np.random.Generator, *, but: np.ndarray | None
) -> np.ndarray:
    """Different random scaffolds, int32, shape (scaffolds, length).

    Args:
        specification: Of the corpus.
        rng: Drawn from.
        but: Scaffolds that must not be among them; None: any may.

    Raises:
        InputError: If there are not so many.
    """
    length, wanted = specification.length, specification.scaffolds
    taken = np.empty((0, length), np.int32) if but is None else but
    specification.check_different(taken=len(taken))
    found = taken
    while len(found) < len(taken) + wanted:
        more = rng.integers(specification.types, size=(wanted, length), dtype=np.int32)
        both = np.concatenate([found, more])
        first = np.unique(both, axis=0, return_index=True)[1]
        found = both[np.sort(first)]
    return found[len(taken) : len(taken) + wanted]


def generate(
    specification: Specification,
    scaffolds: np.ndarray,
    rng: np.random.Generator,
    *,
    familiar: bool,
) -> Corpus:
    """A corpus in which each scaffold occurs exactly as often as it should.

    Background is uniform over Σ. Rules and, if familiar, scaffolds outside them
    are put into different gaps of it, so that at least one background word
    stands between any two: no scaffold is beside α or ω, and every accidental
    copy holds a background word, which is drawn again until there is none.

    Args:
        specification: Sizes and counts.
        scaffolds: Different ones, shape (scaffolds, length).
        rng: Drawn from.
        familiar: Whether scaffolds also stand outside the rule.

    Raises:
        InputError: If it does not fit.

    Source: thesis ch. 5 §4.2, §4.3.

    >>> few = Specification(3, occurrences=4, tokens=80, types=9, copies=2, outside=3)
    >>> rng = np.random.default_rng(0)
    >>> q = draw_scaffolds(few, rng, but=None)
    >>> corpus = generate(few, q, rng, familiar=True)
    >>> len(corpus.ids), len(corpus.rules), len(corpus.outside)
    (80, 4, 6)
    """
    background = specification.background(familiar=familiar)
    in_rule = np.repeat(np.arange(len(scaffolds)), specification.copies)
    alone = np.repeat(np.arange(len(scaffolds)), specification.outside * familiar)
    unit = np.concatenate([in_rule, alone])
    is_rule = np.arange(len(unit)) < len(in_rule)
    order = rng.permutation(len(unit))
    unit, is_rule = unit[order], is_rule[order]
    # Before which background word each unit stands; all different, the end too.
    gaps = np.sort(rng.choice(background + 1, len(unit), replace=False))
    widths = specification.length + 2 * is_rule
    starts = gaps + np.cumsum(widths) - widths

    ids = np.full(specification.tokens, -1, dtype=np.int32)
    rules, outside = starts[is_rule], starts[~is_rule]
    ids[rules] = specification.opening
    ids[rules + specification.length + 1] = specification.closing
    words = np.arange(specification.length)
    ids[(starts + is_rule)[:, None] + words] = scaffolds[unit]
    free = ids < 0
    ids[free] = rng.integers(specification.types, size=background, dtype=np.int32)
    _redraw_copies(ids, free, scaffolds, starts + is_rule, specification.types, rng)
    return Corpus(ids, rules, outside)


def _redraw_copies(
    ids: np.ndarray,
    free: np.ndarray,
    scaffolds: np.ndarray,
    inserted: np.ndarray,
    types: int,
    rng: np.random.Generator,
) -> None:
    """Draw background words again, in place, until only inserted scaffolds stand."""
    while True:
        accidental = np.setdiff1d(find(ids, scaffolds)[0], inserted)
        if not len(accidental):
            return
        windows = accidental[:, None] + np.arange(scaffolds.shape[1])
        again = np.unique(windows[free[windows]])
        ids[again] = rng.integers(types, size=len(again), dtype=np.int32)
