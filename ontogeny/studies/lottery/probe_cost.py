"""Stages of the probes of lottery tickets."""

from __future__ import annotations

from collections.abc import Iterator

from ontogeny.cost import rates
from ontogeny.cost.plan import Plan
from ontogeny.cost.probes import probe_words
from ontogeny.cost.stage import Stage
from ontogeny.studies.lottery.names import WITH_MLP, WITH_NULL
from ontogeny.studies.lottery.probe_settings import probed_models

MOSES_WORD = 150e-6
"""Of a word of a task's text, split by Moses's rules."""
CODED = 1.25
"""Times a linear probe: a description length; an MLP of 1,024 units."""
NONLINEAR = 17.0
TASKS = 18


def controlled(plan: Plan) -> bool:
    """Whether a control language is probed, too."""
    study = plan.section("lottery")
    return bool(
        study.probes
        and plan.settings.control is True
        and not (study.dataset or study.files)
    )


def probe_stages(plan: Plan) -> Iterator[Stage]:
    """Reading tasks, and asking them."""
    study = plan.section("lottery")
    if study.probes is None:
        return
    probes, tasks = study.probes, len(study.probes.chosen())
    training, words = probe_words(plan, probes)
    yield Stage(
        "encode_probes",
        1 + controlled(plan),
        rates.START_TORCH
        + tasks * words * (rates.TASK_WORD + MOSES_WORD * bool(probes.moses)),
        1.2 * rates.TORCH + 2_000 * words,
        disk=60 * tasks * words,
        after=("encode_pairs", "fetch", "generate_treebank"),
    )
    seeds = study.seeds or plan.settings.seeds
    width, sites = study.model.d / 128, study.model.layers + 2
    linear = rates.PROBE_START + rates.PROBE_WORD * training * width
    forward = words * 2 * study.model.layers * 12 * study.model.d**2 / 30e9
    other = study.other_seed(seeds[0], seeds)
    models = probed_models(study.chains, study.prunings_at_once, seeds[0], other)
    # And an untrained one.
    number = len(models) + 1
    paper = number * (forward + sites * linear) + probes.probe_seeds * sites * linear
    # Two sets of labels and a code.
    beside = number * linear * (2 * rates.PROBE_CONVERGED + CODED) * probes.controls
    magnitude = sum(chain == "magnitude" for chain, *_ in models)
    mlp = (2 + magnitude) * linear * NONLINEAR * probes.hidden / 1_024
    form = training * rates.PROBE_FORM_WORD
    own = tasks * (paper + beside + form) + len(WITH_MLP) / TASKS * tasks * mlp
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
