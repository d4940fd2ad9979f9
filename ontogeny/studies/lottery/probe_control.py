"""Whether a language without structure gives a task more than its form alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ontogeny.measures.probing.metrics import SCORES
from ontogeny.statistics.bootstrap import percentile_interval, resampling_weights
from ontogeny.studies.lottery.inputs import Inputs
from ontogeny.studies.lottery.names import CONTROLLED, FORM
from ontogeny.studies.lottery.probe_points import own_scores

MOST_BEYOND = 0.02
"""By how much a score may exceed that of form alone, by its interval's lower end."""
COLUMNS = ["task", "title", "seed", "form", "score", "beyond", "low", "high", "no_more"]


def without_structure(inputs: Inputs, resamples: int = 1000) -> pd.DataFrame:
    """Scores of the control language's LTH0, last layer, beside those of form alone.

    Args:
        inputs: Of all runs.
        resamples: Of the test sentences, in pairs.

    Returns:
        A row a task and seed, `COLUMNS`: beyond = score − form, with its 95 % interval
        over sentences; no_more, whether low ≤ `MOST_BEYOND`. Empty without a control.
    """
    tasks = inputs.probe_tasks
    own = own_scores(inputs.probes, tasks)
    own = own[own["chain"].eq(CONTROLLED)]
    titles = dict(zip(tasks["task"], tasks["title"], strict=True))
    rows = []
    for (task, seed), both in own.groupby(["task", "seed"], sort=False):
        forms = both["site"].eq(FORM)
        if forms.all() or not forms.any():
            continue
        form, score = both[forms].iloc[0], both[~forms].iloc[0]
        units = len(form["units"])
        weights = np.vstack(
            [np.ones(units), resampling_weights(units, resamples).astype(float)]
        )
        a, b = (
            SCORES[one["metric"]](weights @ np.reshape(one["sums"], (units, -1)))
            for one in (form, score)
        )
        beyond = b - a
        low, high = percentile_interval(beyond[1:])
        told = (task, titles[task], seed, a[0], b[0], beyond[0], low, high)
        rows.append((*told, bool(low <= MOST_BEYOND)))
    table = pd.DataFrame(rows, columns=COLUMNS)
    place = {task: at for at, task in enumerate(titles)}
    return table.sort_values("task", key=lambda names: names.map(place), kind="stable")
