"""The stage of tasks of probes, asked of language models."""

from __future__ import annotations

from ontogeny.cost import rates
from ontogeny.cost.plan import Plan
from ontogeny.cost.probes import probe_words
from ontogeny.cost.stage import Stage
from ontogeny.studies.svcca.names import PANELS


def probe_stage(plan: Plan) -> Stage:
    """Linear probes of all tasks, sites and epochs, a job a seed."""
    settings, asked = plan.settings, plan.section("svcca").probes
    recipe, tasks = settings.lm, len(asked.chosen())
    units = max(recipe.embedding, recipe.hidden)
    words = probe_words(plan, asked)
    probe = (
        rates.PROBE_START
        + rates.PROBE_WORD * rates.PROBE_CONVERGED * words.training * units / 128
    )
    epochs = len(asked.numbers(recipe.epochs))
    each = (
        words.read * (rates.TASK_WORD + epochs * rates.RECORD_WORD)
        + words.training * rates.PROBE_FORM_WORD
        + epochs * len(PANELS) * probe
    )
    core_s = rates.START_TORCH + tasks * each
    return Stage(
        "probe_lm",
        len(settings.seeds),
        core_s,
        1.3 * rates.TORCH + (tasks * 2_000 + 24 * units) * words.read,
        gpu_s=core_s / rates.GPU_OTHER,
        threads=settings.threads,
        after=("train_lm", "generate_treebank", "fetch"),
    )
