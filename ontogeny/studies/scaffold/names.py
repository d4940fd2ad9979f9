"""Which texts and trainings there are for a scaffold length; loads nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Cell(NamedTuple):
    """One training text of the grid, for each scaffold length.

    Attributes:
        setting: "familiar" or "unfamiliar".
        occurrences: n, of the rule.
    """

    setting: str
    occurrences: int

    @property
    def name(self) -> str:
        """As files have it."""
        return f"{self.setting}_{self.occurrences}"


class Training(NamedTuple):
    """One training, for a scaffold length and a seed.

    Attributes:
        setting: "familiar" or "unfamiliar".
        occurrences: n, of the rule.
        variant: "plain", or what of the optimiser is different: "momentum",
            "weight_decay".
    """

    setting: str
    occurrences: int
    variant: str = "plain"

    @property
    def cell(self) -> Cell:
        """The text that it learns from."""
        return Cell(self.setting, self.occurrences)

    @property
    def name(self) -> str:
        """As files have it.

        >>> Training("familiar", 30).name, Training("familiar", 30, "momentum").name
        ('familiar_30', 'familiar_30_momentum')
        """
        return self.cell.name + f"_{self.variant}" * (self.variant != "plain")


def grid(occurrences: Sequence[int], *, both_at: int) -> list[Training]:
    """The plain trainings: unfamiliar at every n, familiar at one.

    Args:
        occurrences: n of the rule; see thesis ch. 5, figure 11.
        both_at: The n at which both settings are compared. Familiar scaffolds
            fill the text, so that a larger n would not fit.

    >>> [training.name for training in grid([30, 100], both_at=100)]
    ['familiar_100', 'unfamiliar_30', 'unfamiliar_100']
    """
    unfamiliar = [Training("unfamiliar", n) for n in occurrences]
    return [Training("familiar", both_at), *unfamiliar]


def trainings(
    length: int,
    lengths: Sequence[int],
    occurrences: Sequence[int],
    *,
    both_at: int,
    variants: Iterable[str],
) -> list[Training]:
    """The trainings of a scaffold length: the grid's, and variants at the shortest.

    Args:
        length: k, words between α and ω.
        lengths: All that there are, the shortest first.
        occurrences: See `grid`.
        both_at: See `grid`; the variants are of its unfamiliar text.
        variants: Names; see `Training`.

    >>> for k in (2, 4):
    ...     found = trainings(k, [2, 4], [30], both_at=30, variants=["momentum"])
    ...     print(*(training.name for training in found))
    familiar_30 unfamiliar_30 unfamiliar_30_momentum
    familiar_30 unfamiliar_30
    """
    plain = grid(occurrences, both_at=both_at)
    if length != lengths[0]:
        return plain
    return [*plain, *(Training("unfamiliar", both_at, name) for name in variants)]
