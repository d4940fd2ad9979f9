"""Numbers that a run has with every other, as of similarity to other seeds.

In each of them all runs have a part, so that their variance s² says little of how sure
their mean is. The mean's own variance is told by leaving out one run at a time, with
every pair that it is in (the jackknife):

    (S − 1)/S · Σ_i (θ_(−i) − θ_(·))²

with S runs, θ_(−i) the mean over the others, of their numbers with each other, and
θ_(·) the mean of these. Runs are given numbers whose mean is that of theirs and whose
s²/S is that variance, θ + (S − 1)(θ_(·) − θ_(−i)): then all else is as of other means
over runs. Of numbers that each run has by itself they are those numbers.

Source: Tukey's pseudo-values (1958), moved to the mean itself; for pairs, Arvesen
(1969). Simulated in tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ontogeny.claims.intervals import Statistic


def pseudo_values(
    numbers: Sequence[Statistic], deleted: Sequence[Sequence[Statistic]]
) -> list[Statistic]:
    """What stands for the number of each run, in the sample and in every resample.

    Args:
        numbers: The same number of each run, with every other.
        deleted: For each run, left out: that number of every other, with the rest.

    >>> from ontogeny.claims.regions import above
    >>> def runs(*values):
    ...     return [Statistic("x", v, np.empty(0), above(0)) for v in values]
    >>> alone = runs(1.0, 2.0, 6.0), [runs(2.0, 6.0), runs(1.0, 6.0), runs(1.0, 2.0)]
    >>> [number.estimate for number in pseudo_values(*alone)]
    [1.0, 2.0, 6.0]
    """
    if numbers[0].of:
        of_runs = zip(*(number.of for number in numbers), strict=True)
        of_deleted = zip(
            *(zip(*(number.of for number in own), strict=True) for own in deleted),
            strict=True,
        )
        parts = map(pseudo_values, of_runs, of_deleted)
        whole = zip(numbers, zip(*parts, strict=True), strict=True)
        return [replace(number, of=of) for number, of in whole]
    without = np.stack([_mean(own) for own in deleted])  # (runs, 1 + resamples)
    values = _mean(numbers) + (len(numbers) - 1) * (without.mean(0) - without)
    return [
        replace(number, estimate=float(own[0]), resamples=own[1:])
        for number, own in zip(numbers, values, strict=True)
    ]


def _mean(numbers: Sequence[Statistic]) -> np.ndarray:
    """Over runs, of the sample and of each resample, shape (1 + resamples,)."""
    draws = [np.concatenate([[n.estimate], n.resamples]) for n in numbers]
    return np.asarray(np.mean(draws, axis=0))
