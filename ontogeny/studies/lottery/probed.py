"""What was probed, resampled once for all figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from ontogeny.studies.lottery.inputs import Inputs
from ontogeny.studies.lottery.names import DENSE, UNTRAINED, WITH_NULL
from ontogeny.studies.lottery.points import from_dense, sparsities
from ontogeny.studies.lottery.probe_points import (
    beside_control,
    form_scores,
    noise_floors,
    own_scores,
    studied,
    text_weights,
    with_draws,
    with_z,
    z_scales,
)

STATIC = "embedding"
"""A site, and in tables a chain: LTH0's embedding, without place and neighbours."""


class Probed(NamedTuple):
    """What was probed, with resamples.

    Attributes:
        tasks: `probe_tasks`, with `place`.
        scores: Of `own_scores`, with draws, z_draws, mean, spread, floor, pale where
            they are of layers 1 … N, of the magnitude and unpruned chains, each of
            which begins with LTH0.
        others: Draws of what has no z: the untrained model and LTH0's embedding, as
            chains `untrained` and `embedding`.
        controls: Of `beside_control`, likewise with LTH0.
        forms: Of `form_scores`.
        scales: Of `z_scales`.
        codes: `probe_codes`.
        sparsity: Of `sparsities`.
    """

    tasks: pd.DataFrame
    scores: pd.DataFrame
    others: pd.DataFrame
    controls: pd.DataFrame
    forms: Mapping[str, np.ndarray]
    scales: pd.DataFrame
    codes: pd.DataFrame
    sparsity: pd.DataFrame

    @classmethod
    def of(cls, inputs: Inputs) -> Probed:
        """What the figures share, made once.

        Args:
            inputs: Of all runs.
        """
        tasks, weights = (
            inputs.probe_tasks,
            text_weights(inputs.probes, inputs.probe_tasks),
        )
        own = own_scores(inputs.probes, tasks)
        scales = z_scales(own, noise_floors(own, inputs.probe_seeds))
        own = own[studied(own)]
        static = own["site"].eq(STATIC) & own["chain"].eq(DENSE)
        of_chains = own["chain"].isin((DENSE, *WITH_NULL)) & own["layer"].ge(1)
        null = own["chain"].eq(UNTRAINED) & own["layer"].ge(1)
        shown = own[static | of_chains | null]
        drawn = with_draws(shown, tasks, weights)
        static = drawn["site"].eq(STATIC)
        drawn["chain"] = drawn["chain"].mask(static, STATIC)
        chains = drawn["chain"].isin((DENSE, *WITH_NULL))
        controls = beside_control(inputs.probes, tasks, weights)
        alone = controls["site"].eq(STATIC)
        return cls(
            tasks=tasks,
            scores=from_dense(with_z(drawn[chains], scales)),
            others=drawn[~chains],
            controls=pd.concat(
                [from_dense(controls[~alone]), controls[alone].assign(chain=STATIC)]
            ),
            forms=form_scores(tasks, weights),
            scales=scales,
            codes=inputs.probe_codes,
            sparsity=sparsities(inputs.modules),
        )
