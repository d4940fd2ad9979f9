"""A rule's jobs and what they cost; what many rules cost together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest

from ontogeny.cost import rates


@dataclass(frozen=True)
class Stage:
    """Jobs of a rule that cost the same.

    Attributes:
        rule: As the workflow names it.
        jobs: How many.
        core_s: Seconds of one core that a job takes, its start included.
        memory: Bytes at a job's peak.
        disk: Bytes that a job leaves in results/ and state/.
        meanwhile: Bytes on disk beside them until this job, or all, is done.
        gpu_s: Seconds of a GPU that a job takes where there is one; None: it has
            no use for one.
        threads: Of a job.
        after: Rules whose outputs it reads.
        detail: Which jobs of the rule, where they differ.
    """

    rule: str
    jobs: int
    core_s: float
    memory: float
    disk: float = 0
    meanwhile: float = 0
    gpu_s: float | None = None
    threads: int = 1
    after: tuple[str, ...] = ()
    detail: str = ""


Seconds = Callable[[Stage], float]


def small(rule: str, jobs: int, after: tuple[str, ...] = ()) -> Stage:
    """Jobs that do next to nothing."""
    return Stage(rule, jobs, rates.START, rates.PLAIN, after=after)


def tables(rule: str, jobs: int, after: tuple[str, ...]) -> Stage:
    """Jobs that make small tables, bootstraps and all."""
    return Stage(rule, jobs, rates.START_TABLE, rates.TABLES, after=after)


def figures(rule: str, jobs: int, after: tuple[str, ...]) -> Stage:
    """Figures that are drawn from a table."""
    return Stage(
        rule, jobs, rates.START_PLOT, rates.PLOTS, disk=rates.FIGURE, after=after
    )


def jobs_by_rule(stages: Iterable[Stage]) -> dict[str, int]:
    """How many jobs of each rule there are; none of a rule without any.

    >>> jobs_by_rule([Stage("a", 2, 1, 1), Stage("a", 3, 9, 1), Stage("b", 0, 1, 1)])
    {'a': 5}
    """
    counts: Counter[str] = Counter()
    for stage in stages:
        counts[stage.rule] += stage.jobs
    return {rule: jobs for rule, jobs in counts.items() if jobs}


def core_hours(stages: Iterable[Stage]) -> float:
    """Of all jobs, without a GPU.

    >>> core_hours([Stage("a", 2, 1800, 1)])
    1.0
    """
    return sum(stage.jobs * stage.core_s for stage in stages) / 3600


def gpu_hours(stages: Iterable[Stage]) -> float:
    """Of all jobs that have a use for a GPU.

    >>> gpu_hours([Stage("a", 2, 9000, 1, gpu_s=1800), Stage("b", 1, 60, 1)])
    1.0
    """
    return sum(stage.jobs * (stage.gpu_s or 0) for stage in stages) / 3600


def disk(stages: Iterable[Stage]) -> float:
    """Bytes that all jobs leave in results/ and state/."""
    return sum(stage.jobs * stage.disk for stage in stages)


def at_once(
    stages: Iterable[Stage], what: Callable[[Stage], float], cores: int
) -> float:
    """The most that jobs side by side can have of something, if the largest meet.

    >>> at_once([Stage("a", 3, 1, 5), Stage("b", 1, 1, 9)], lambda s: s.memory, 2)
    14
    """
    largest = nlargest(
        cores, (what(stage) for stage in stages for _ in range(min(stage.jobs, cores)))
    )
    return sum(largest)


def wall_hours(stages: Sequence[Stage], cores: int) -> float:
    """Hours that a run takes on so many cores, without a GPU.

    The cores' share of all work, or the longest chain of jobs that wait for each
    other, whichever is longer.

    >>> wall_hours([Stage("a", 4, 3600, 1)], cores=2)
    2.0
    >>> wall_hours([Stage("a", 4, 3600, 1)], cores=100)
    1.0
    """

    def alone(stage: Stage) -> float:
        return stage.core_s / min(stage.threads, cores)

    return max(core_hours(stages) / cores, _longest_chain(stages, alone) / 3600)


def wall_hours_with_gpu(stages: Sequence[Stage], cores: int) -> float:
    """The same with one GPU, which one job has at a time.

    >>> both = [Stage("a", 2, 36000, 1, gpu_s=1800), Stage("b", 1, 7200, 1)]
    >>> wall_hours_with_gpu(both, cores=2)
    2.0
    """

    def alone(stage: Stage) -> float:
        on_cores = stage.core_s / min(stage.threads, cores)
        return on_cores if stage.gpu_s is None else stage.gpu_s

    rest = core_hours(stage for stage in stages if stage.gpu_s is None)
    work = rest + gpu_hours(stages)
    chain = _longest_chain(stages, alone) / 3600
    return max(work / cores, gpu_hours(stages), chain)


def _longest_chain(stages: Iterable[Stage], alone: Seconds) -> float:
    """Seconds of the longest chain of rules, of each its longest job."""
    longest: dict[str, float] = {}
    after: dict[str, set[str]] = {}
    for stage in stages:
        if stage.jobs:
            longest[stage.rule] = max(longest.get(stage.rule, 0), alone(stage))
            after.setdefault(stage.rule, set()).update(stage.after)
    done: dict[str, float] = {}

    def until(rule: str) -> float:
        if rule not in done:
            before = [until(name) for name in after[rule] if name in longest]
            done[rule] = longest[rule] + max(before, default=0)
        return done[rule]

    return max(map(until, longest), default=0)
