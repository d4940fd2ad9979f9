"""Errors of learners of English, from the First Certificate in English."""

from __future__ import annotations

from typing import ClassVar

from ontogeny.tasks.probing import paper
from ontogeny.tasks.probing.columns import Columns
from ontogeny.tasks.probing.task import Files

DATA = "fce"
TRAIN = ((DATA, "fce-public.train.original.tsv"),)


class GrammaticalError(paper.GrammaticalError, Columns):
    """Words, c(orrect) or i(ncorrect); the last 2,222 training sentences validate."""

    stands_in = "the same, validated on sentences of training"
    text = DATA
    files: ClassVar[Files] = {
        "train": TRAIN,
        "valid": TRAIN,
        "test": ((DATA, "fce-public.test.original.tsv"),),
    }
    held_out = 2_222

    def label(self, row: list[str]) -> str:
        """The last column."""
        return row[-1]
