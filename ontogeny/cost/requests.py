"""What a job asks a cluster for, by what it is estimated to take."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from ontogeny.cost import rates
from ontogeny.cost.stage import Stage

# Rates are of one machine, and a job that asks for too little is killed.
MEMORY_MARGIN = 1.5
TIME_MARGIN = 3
LEAST = {"mem_mb": 500, "runtime": 10}
RESUMED = (
    "train_first_epoch",
    "train_lm",
    "train_one_layer_lm",
    "train_scaffold",
    "train_tag_models",
    "train_structured",
    "train_predefined_taggers",
    "train_predefined_lm",
    "train_predefined_recite",
    "train_predefined_awd",
)
"""How rules begin whose jobs go on in the next one where a time limit cut them; others
begin anew."""
UNKNOWN = {"mem_mb": 2000, "runtime": 240}
"""Of a rule that no stage knows: of another study, or of one's own."""


def requests(
    stages: Sequence[Stage], rule: str, *, gpu: bool, attempt: int = 1
) -> dict[str, int]:
    """Memory and time that each job of a rule asks for.

    Args:
        stages: Of the whole run.
        rule: Its name.
        gpu: Whether jobs that have a use for a GPU get one.
        attempt: Counts how often a job was tried. The second asks for twice
            the memory and time of the first, the third for three times; but for
            no more time where it goes on from a state.

    Returns:
        `mem_mb`, in steps of 100 MB, and `runtime`, in minutes, for Snakemake.

    >>> requests([Stage("train", 1, core_s=3600, memory=1e9)], "train", gpu=False)
    {'mem_mb': 1500, 'runtime': 180}
    """
    asked = _first(stages, rule, gpu=gpu)
    times = {"mem_mb": attempt, "runtime": 1 if rule.startswith(RESUMED) else attempt}
    return {resource: times[resource] * asked[resource] for resource in asked}


def _first(stages: Sequence[Stage], rule: str, *, gpu: bool) -> dict[str, int]:
    own = [stage for stage in stages if stage.rule == rule]
    if not own:
        return UNKNOWN
    memory_mb = max(_memory(stage, gpu=gpu) for stage in own) * MEMORY_MARGIN / 1e6
    minutes = max(_seconds(stage, gpu=gpu) for stage in own) / 60
    return {
        "mem_mb": max(LEAST["mem_mb"], 100 * ceil(memory_mb / 100)),
        "runtime": max(LEAST["runtime"], ceil(minutes)),
    }


def in_words(stages: Sequence[Stage], rule: str) -> str:
    """How long a job of a rule takes, for its message.

    >>> in_words([Stage("train", 1, core_s=3600, memory=1e9, gpu_s=61)], "train")
    'about 60 min of a core, or an assumed 1 of a GPU'
    """
    own = [stage for stage in stages if stage.rule == rule]
    if not own:
        return "an unknown time"
    longest = max(own, key=lambda stage: stage.core_s)
    on_cores = f"about {max(1, round(longest.core_s / 60))} min of a core"
    if longest.gpu_s is None:
        return on_cores
    return f"{on_cores}, or an assumed {max(1, round(longest.gpu_s / 60))} of a GPU"


def _memory(stage: Stage, *, gpu: bool) -> float:
    takes_gpu = gpu and stage.gpu_s is not None
    return stage.memory + (rates.GPU_HOST if takes_gpu else 0)


def _seconds(stage: Stage, *, gpu: bool) -> float:
    device_s = stage.core_s / stage.threads
    if gpu and stage.gpu_s is not None:
        device_s = stage.gpu_s
    if stage.rule.startswith(RESUMED):
        return TIME_MARGIN * device_s
    # Threads may not help, and times on a GPU are assumptions.
    return max(TIME_MARGIN * device_s, stage.core_s)
