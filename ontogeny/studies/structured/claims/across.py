"""What claims that compare tasks ask: all tasks of one seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ontogeny.claims.intervals import Statistic
from ontogeny.claims.regions import Region
from ontogeny.claims.verdicts import Lacks
from ontogeny.studies.structured.claims.counted import count
from ontogeny.studies.structured.claims.run import TaskRun
from ontogeny.studies.structured.paper import TITLES


@dataclass(frozen=True, eq=False)
class AcrossRun:
    """All tasks of one seed.

    Attributes:
        runs: By role, the task that is it or stands for it.
        several: Whether there are two such seeds at least.
        apart: Tasks that were wanted but have no seed in common.
    """

    runs: Mapping[str, TaskRun]
    several: bool
    apart: tuple[str, ...] = ()

    def of(self, role: str) -> TaskRun:
        """The task for a setting of the paper.

        Raises:
            Lacks: If there is none.
        """
        if self.apart:
            raise Lacks(f"{', '.join(self.apart)} have no seed in common")
        if role not in self.runs:
            raise Lacks(f"no task stands for {NAMED[role]}")
        return self.runs[role]

    def number(
        self, part: str, value: float, region: Region, note: str = ""
    ) -> Statistic:
        """See `count`."""
        return count(part, value, region, note, several=self.several)


NAMED = {
    role: f"{title}, {'pruned' if role in ('small', 'large') else 'Bayesian'}"
    for role, title in TITLES.items()
}
"""Settings for a sentence."""
