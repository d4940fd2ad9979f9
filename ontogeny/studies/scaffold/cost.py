"""Stages of the study of scaffolds."""

from __future__ import annotations

from collections.abc import Iterator

from ontogeny.cost import rates
from ontogeny.cost.networks import Network
from ontogeny.cost.plan import Needs, Plan
from ontogeny.cost.stage import Stage, figures, tables
from ontogeny.studies.scaffold.about import STUDY
from ontogeny.studies.scaffold.names import grid, trainings
from ontogeny.studies.scaffold.specification import CONTEXT


def needs(plan: Plan) -> Needs:
    """Nothing: it makes its own texts."""
    return Needs()


def stages(plan: Plan) -> Iterator[Stage]:
    """Texts, trainings, measures, tables and claims."""
    study, jobs = plan.section("scaffold"), 0
    seeds = len(study.seeds or plan.settings.seeds)
    model = _scaffold_model(plan)
    plain = grid(study.occurrences, both_at=study.both_at)
    yield Stage(
        "generate_scaffolds",
        seeds * len(study.lengths),
        rates.START + len(plain) * study.tokens * rates.SCAFFOLD_WORD,
        rates.PLAIN + rates.SCAFFOLD_MEMORY_WORD * study.tokens,
        disk=len(plain) * study.tokens * rates.SCAFFOLD_DISK_WORD,
    )
    for length in study.lengths:
        models = _models(plan, length)
        jobs += models
        yield _measuring(plan, model, length, seeds, models)
    yield _training(plan, model, seeds * jobs)
    for rule in ("tabulate_scaffold", "judge_scaffold"):
        yield tables(rule, 1, ("measure_scaffold",))
    yield figures("plot_figure", len(STUDY.figures), ("tabulate_scaffold",))


def _scaffold_model(plan: Plan) -> Network:
    study = plan.section("scaffold")
    recipe, types = study.model, study.types + 2  # α and ω
    return Network(
        types, types, recipe.embedding, recipe.hidden, 1, recipe.batch, recipe.window
    )


def _models(plan: Plan, length: int) -> int:
    """How many are trained on a length, for each seed."""
    study = plan.section("scaffold")
    return len(
        trainings(
            length,
            study.lengths,
            study.occurrences,
            both_at=study.both_at,
            variants=dict(study.variants or {}),
        )
    )


def _training(plan: Plan, model: Network, jobs: int) -> Stage:
    study = plan.section("scaffold")
    epochs, words = study.model.epochs, study.tokens
    return Stage(
        "train_scaffold",
        jobs,
        rates.START_TORCH + model.training_s(words, 0, epochs),
        model.training_memory(words),
        disk=model.weights * (epochs + 2),
        gpu_s=rates.START_TORCH + model.gpu_training_s(words, 0, epochs),
        threads=plan.settings.threads,
        after=("generate_scaffolds",),
    )


def _measuring(
    plan: Plan, model: Network, length: int, jobs: int, models: int
) -> Stage:
    study = plan.section("scaffold")
    checkpoints, items = models * (study.model.epochs + 1), 2 * study.items
    # Growing parts of an item are decomposed once each: its words, and some.
    words = checkpoints * items * (length + 1.5)
    lstm = 8 * model.hidden * (model.embedding + model.hidden)
    word_s = rates.ITEM_WORD + lstm / rates.ITEM_WORD_OPERATIONS
    held = study.items * (CONTEXT + 1 + length) * model.hidden * 4
    return Stage(
        "measure_scaffold",
        jobs,
        rates.START_TORCH + words * word_s,
        0.85 * rates.TORCH + rates.ITEM_COPIES * held,
        disk=checkpoints * rates.SCAFFOLD_MEASURES_EPOCH,
        gpu_s=rates.START_TORCH + words * word_s / rates.GPU_OTHER,
        threads=plan.settings.threads,
        after=("train_scaffold",),
        detail=f"length{length}",
    )
