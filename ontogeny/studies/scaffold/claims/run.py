"""What the claims about scaffolds ask of one seed.

Every quantity comes as *draws*, shape (1 + resamples, …): row 0 is the sample
itself, the others its bootstrap resamples over groups of scaffolds. What was
tested on the same items shares its resamples: differences between settings and
between numbers of occurrences are paired where they can be, those between
scaffold lengths or domains never (`ontogeny.studies.scaffold.draws`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ontogeny.claims.intervals import Statistic, extreme
from ontogeny.claims.regions import Region
from ontogeny.claims.timeline import Timeline
from ontogeny.claims.verdicts import Lacks, claims_of
from ontogeny.studies.scaffold.draws import NAMES, Line, Sample, lengths

PAPER = (
    "LSTMs Compose—and Learn—Bottom-Up (Saphra & Lopez, 2020; thesis ch. 5): scaffolds"
)
FAMILIAR, UNFAMILIAR = "familiar", "unfamiliar"
IN, OUT = "in", "out"

LEARNED = 0.5
"""P(ω) from which on a rule counts as learned, as K9 and K13 have it."""

scaffold_claim = claims_of(PAPER)


@dataclass(frozen=True, eq=False)
class ScaffoldRun(Timeline):
    """One seed.

    Attributes:
        sample: What was measured of its models.
        counts: What was counted in its texts, one row per text.
        occurrences: n at which both settings are compared.
    """

    sample: Sample
    counts: pd.DataFrame
    occurrences: int

    @property
    def epochs(self) -> np.ndarray:
        """Epochs measured, rising, shape (epochs,)."""
        return self.sample.epochs

    def line(self, quantity: str, setting: str, length: int, domain: str) -> Line:
        """A line at the n where both settings are compared."""
        return Line(quantity, setting, length, self.occurrences, domain)

    def curve(self, line: Line) -> np.ndarray:
        """A quantity at every epoch, shape (1 + resamples, epochs).

        Raises:
            Lacks: If it was not measured.
        """
        if line not in self.sample.lines:
            raise Lacks(f"there is no {line.label}")
        return self.sample.draws(line)

    def trained_curve(self, line: Line, at_least: int = 1) -> np.ndarray:
        """A quantity at epochs 1 to E, shape (1 + resamples, epochs)."""
        return self.curve(line)[:, self.trained(at_least)]

    def final(self, line: Line) -> np.ndarray:
        """A quantity at E, shape (1 + resamples,)."""
        return self.curve(line)[:, self.row(self.last())]

    def area(self, line: Line) -> np.ndarray:
        """Mean of a quantity over epochs 1 to E, shape (1 + resamples,)."""
        # ASSUME: the area under a curve is its mean over epochs 1 to E, so that
        # it does not depend on how many there are.
        return self.trained_curve(line).mean(axis=1)

    def lengths(self, quantity: str, *settings: str, domain: str) -> list[int]:
        """Every k measured at the n where both settings are compared.

        Raises:
            Lacks: If a setting was not measured at every such k, or nowhere.
        """
        at = {"domain": domain, "occurrences": self.occurrences}
        known = self.sample.known(quantity, **at)
        what = f"{NAMES[quantity]} at n = {self.occurrences:,}, {domain}-domain"
        every = lengths(known)
        for setting in settings:
            have = lengths([line for line in known if line.setting == setting])
            lost = [f"k = {length}" for length in every if length not in have]
            if lost or not have:
                where = f", {', '.join(lost)}" if have else ""
                raise Lacks(f"there is no {setting} {what}{where}")
        return every

    def grid(self, quantity: str) -> dict[int, list[Line]]:
        """Unfamiliar out-domain lines by k, each at every n, rising (figure 11).

        Raises:
            Lacks: If there are none, or not the same n at every k.
        """
        # ASSUME: unfamiliar and out-domain; appendix B says neither. Familiar
        # scaffolds fill the text, so that n could not be varied.
        known = self.sample.known(quantity, setting=UNFAMILIAR, domain=OUT)
        if not known:
            raise Lacks(f"there is no unfamiliar {NAMES[quantity]}, out-domain")
        found = {k: [one for one in known if one.length == k] for k in lengths(known)}
        if len({tuple(one.occurrences for one in of) for of in found.values()}) > 1:
            raise Lacks("not every k was measured at the same n")
        return found


def first_reached(curve: np.ndarray) -> np.ndarray:
    """Where a curve first reaches `LEARNED`.

    Args:
        curve: Shape (draws, points).

    Returns:
        Index of a point, shape (draws,); the number of points where it never does.

    >>> first_reached(np.array([[0.1, 0.5, 0.2], [0.1, 0.2, 0.3]])).tolist()
    [1, 3]
    """
    reached = curve >= LEARNED
    return np.where(reached.any(axis=1), reached.argmax(axis=1), curve.shape[1])


def worst(
    part: str,
    pick: Callable[[Iterable[float]], float],
    each: list[Statistic],
    region: Region,
    *notes: str,
) -> Statistic:
    """The largest or smallest of several numbers, with the one that it is named.

    Args:
        part: What the number is.
        pick: `max` or `min`.
        each: Numbers; what tells them apart is their part, and is so in every run.
        region: What the criterion asks.
        notes: Facts worth printing beside it.

    >>> from ontogeny.claims.regions import above
    >>> two = [Statistic(f"k = {k}", k / 8, np.empty(0), above(0)) for k in (2, 4)]
    >>> found = worst("gap", min, two, above(0))
    >>> found.estimate, found.note
    (0.25, 'k = 2 decides')
    """
    decides = next(
        (n for n in each if n.estimate == pick(m.estimate for m in each)), each[0]
    )
    name = ": ".join(filter(None, [decides.part, decides.note]))
    told = [f"{name} decides"] if len(each) > 1 else [name]
    # An undefined one is named instead: it leaves no verdict.
    told = [lost.undefined() for lost in each if lost.undefined()] or told
    return extreme(part, pick, each, region, "; ".join([*told, *filter(None, notes)]))


def listed(values: dict[Any, float]) -> str:
    """Numbers by what they are of, for a note.

    >>> listed({"k = 2": 0.25, "k = 4": -0.001})
    'k = 2 +0.250, k = 4 -0.001'
    """
    return ", ".join(f"{name} {value:+.3f}" for name, value in values.items())
