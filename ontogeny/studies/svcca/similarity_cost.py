"""Stages of the SVCCA study that compare views."""

from __future__ import annotations

from typing import NamedTuple

from ontogeny.cost import rates
from ontogeny.cost.plan import Plan
from ontogeny.cost.stage import Stage
from ontogeny.measures.similarity.null import SHIFTS
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.studies.svcca.labels_cost import Tagset, views
from ontogeny.studies.svcca.names import HALVES, LAYERS, PANELS
from ontogeny.studies.svcca.variants import VARIANTS

MOMENTS = SENTENCE_GROUPS * 8
"""Bytes of a view's moments, in units²."""


def similarity(plan: Plan, labels: list[Tagset]) -> Stage:
    read = views(labels)
    own = len(read) - len(labels) * len(VARIANTS)
    # Own domains are compared twice: whole, and the common text cut to their size.
    pairs = (len(read) + own) * len(PANELS) + len(PANELS) + len(LAYERS)
    # Intervals are widened by halves of some pairs, at one epoch.
    domains = len({tagset.domain for tagset in labels})
    some = (2 * (2 * domains - 1) + 1) * len(PANELS) + len(LAYERS)
    return _comparing(
        plan,
        "measure_similarity",
        len(plan.settings.seeds),
        Comparing(pairs, some, sum(read) + labels[0].parts.test),
        memory=(2 * len(read) + 12) * MOMENTS
        + 16 * 8 * labels[0].parts.test / _units(plan)
        + 4 * len(read) * plan.text.types / _units(plan),
        after=("train_lm", "record_tag_models"),
        epoch_bytes=rates.SIMILARITIES_EPOCH,
    )


def seeds(plan: Plan, labels: list[Tagset], rule: str, jobs: int) -> Stage:
    words = labels[0].parts.test
    return _comparing(
        plan,
        rule,
        jobs,
        Comparing(len(PANELS), len(PANELS), 2 * words),
        memory=12 * MOMENTS + 16 * 8 * words / _units(plan),
        after=("train_lm", "annotate_articles"),
        epoch_bytes=rates.SIMILARITIES_EPOCH / 20,
    )


class Comparing(NamedTuple):
    """What is compared at an epoch.

    Attributes:
        pairs: Of views.
        halved: Of which halves of the groups are scored too, at one epoch.
        words: That enter products of two views, in all pairs.
    """

    pairs: int
    halved: int
    words: float


def _comparing(
    plan: Plan,
    rule: str,
    jobs: int,
    asked: Comparing,
    *,
    memory: float,
    after: tuple[str, ...],
    epoch_bytes: float,
) -> Stage:
    """A job that compares views at every epoch; memory in units²."""
    recipe, units = plan.settings.lm, _units(plan)
    epochs, moves = recipe.epochs + 1, 1 + len(SHIFTS)
    compared = moves * asked.pairs * epochs + 2 * HALVES * asked.halved
    products = moves * 4 * units**2 * asked.words * epochs
    core_s = (
        rates.START_TORCH
        + compared * len(plan.section("svcca").presets) * rates.COMPARE * units**3
        + products / rates.CROSS_OPERATIONS
    )
    return Stage(
        rule,
        plan.corpora * jobs,
        core_s,
        rates.TORCH + (memory + 4 * HALVES * 8 * asked.halved) * units**2,
        disk=epoch_bytes * epochs,
        # Of this the GPU has the model's forward pass alone.
        gpu_s=core_s,
        threads=plan.settings.threads,
        after=after,
    )


def _units(plan: Plan) -> int:
    return max(plan.settings.lm.embedding, plan.settings.lm.hidden)
