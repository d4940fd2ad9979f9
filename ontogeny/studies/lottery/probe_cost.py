"""Stages of the probes of lottery tickets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ontogeny.cost import rates
from ontogeny.cost.plan import Plan
from ontogeny.cost.stage import Stage
from ontogeny.studies.lottery.names import WITH_NULL
from ontogeny.studies.lottery.probe_settings import probed_models
from ontogeny.tasks.probing.registry import GENERATED

READ_WORD = 60e-6
"""Of a task's text, read; and by Moses's rules."""
MOSES_WORD = 150e-6
LINEAR_WORD = 1.3e-4
"""Of a training word, a linear probe of 128 units trained as in the paper, in the mean
over tasks; its start and end."""
LINEAR_START = 0.15
CONVERGED = 1.5
"""Times that, to convergence; of a description length; of an MLP of 1,024 units."""
CODED = 2.5
NONLINEAR = 9.0
FORM_WORD = 1.5e-4
WHOLE_WORDS = 200_000
"""Training words of a task whose text is read whole."""
TEST_WORDS = 25_000
WITH_MLP, TASKS = 8, 18


def treebank_parts(study: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Treebanks that probes need: the generated one."""
    generated = study.probes and study.probes.texts == GENERATED
    return ((GENERATED, ("train", "dev", "test")),) if generated else ()


def probe_files(study: Any) -> set[tuple[str, str]]:
    """Data sets and files that tasks are read from."""
    if study.probes is None:
        return set()
    every = (
        place
        for task in study.probes.chosen()
        for own in task.files.values()
        for place in own
    )
    return {place for place in every if place[0] != GENERATED}


def controlled(plan: Plan) -> bool:
    """Whether a control language is probed, too."""
    study = plan.section("lottery")
    return bool(
        study.probes and plan.settings.control and not (study.dataset or study.files)
    )


def probe_stages(plan: Plan) -> Iterator[Stage]:
    """Reading tasks, and asking them."""
    study = plan.section("lottery")
    if study.probes is None:
        return
    probes, tasks = study.probes, len(study.probes.chosen())
    training = probes.words or WHOLE_WORDS
    words = training + (probes.validation_words or WHOLE_WORDS / 8) + _tested(plan)
    yield Stage(
        "encode_probes",
        1 + controlled(plan),
        rates.START_TORCH
        + tasks * words * (READ_WORD + MOSES_WORD * bool(probes.moses)),
        1.2 * rates.TORCH + 2_000 * words,
        disk=60 * tasks * words,
        after=("encode_pairs", "fetch", "generate_treebank"),
    )
    seeds = study.seeds or plan.settings.seeds
    width, sites = study.model.d / 128, study.model.layers + 2
    linear = LINEAR_START + LINEAR_WORD * training * width
    forward = words * 2 * study.model.layers * 12 * study.model.d**2 / 30e9
    other = study.other_seed(seeds[0], seeds)
    models = probed_models(study.chains, study.prunings_at_once, seeds[0], other)
    # And an untrained one.
    number = len(models) + 1
    paper = number * (forward + sites * linear) + probes.probe_seeds * sites * linear
    # Two sets of labels and a code.
    beside = number * linear * (2 * CONVERGED + CODED) * probes.controls
    magnitude = sum(chain == "magnitude" for chain, *_ in models)
    mlp = (2 + magnitude) * linear * NONLINEAR * probes.hidden / 1_024
    form = training * FORM_WORD
    own = tasks * (paper + beside + form) + WITH_MLP / TASKS * tasks * mlp
    control = tasks * (forward + linear + form)
    trained = tuple(
        f"train_lottery_{name}" for name in WITH_NULL if name in study.chains
    )
    for name, core_s in (("", own), ("control", control)):
        if name and not controlled(plan):
            continue
        core_s = rates.START_TORCH + core_s / probes.shards
        yield Stage(
            "probe_lottery",
            len(seeds) * probes.shards,
            core_s,
            1.3 * rates.TORCH + max(6e8, 6.0 * words * sites * study.model.d),
            gpu_s=rates.START_TORCH + core_s / 4,
            threads=study.threads or plan.settings.threads,
            after=("encode_probes", "train_lottery_dense", *trained),
            detail=name,
        )


def _tested(plan: Plan) -> float:
    if plan.section("lottery").probes.texts != GENERATED:
        return TEST_WORDS
    return plan.treebank(GENERATED)["test"]
