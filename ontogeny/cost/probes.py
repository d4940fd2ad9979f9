"""How many words tasks of probes read."""

from __future__ import annotations

from typing import NamedTuple

from ontogeny.cost.plan import Plan
from ontogeny.sections.probe_tasks import ProbeTasks

WHOLE_WORDS = 200_000
"""Training words of a task whose text is read whole."""
TEST_WORDS = 25_000


class ProbeWords(NamedTuple):
    """Of one task, in the mean.

    Attributes:
        training: To learn from.
        read: Of all parts.
    """

    training: float
    read: float


def probe_words(plan: Plan, asked: ProbeTasks) -> ProbeWords:
    """Words of one of a config's tasks."""
    training = asked.words or WHOLE_WORDS
    generated = {name: plan.treebank(name)["test"] for name, _ in asked.treebanks()}
    tested = sum(generated.values()) or TEST_WORDS
    held_out = asked.validation_words or WHOLE_WORDS / 8
    return ProbeWords(training, training + held_out + tested)
