"""What is learned from a tagset: the next or this word's tag, true or shuffled."""

from __future__ import annotations

from typing import NamedTuple


class Variant(NamedTuple):
    """What a tag model predicts, and whether its labels mean anything.

    Attributes:
        direction: "target", the next word's tag, or "input", this word's.
        shuffled: Whether labels are permuted over the training tokens.
    """

    direction: str
    shuffled: bool

    @property
    def name(self) -> str:
        """For file names.

        >>> Variant("target", True).name
        'target_shuffled'
        """
        return f"{self.direction}_{'shuffled' if self.shuffled else 'true'}"


VARIANTS = tuple(Variant(d, s) for d in ("target", "input") for s in (False, True))
