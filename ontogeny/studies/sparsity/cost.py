"""Stages of the sparsity study."""

from __future__ import annotations

from collections.abc import Iterator

from ontogeny.cost import rates
from ontogeny.cost.language_models import network
from ontogeny.cost.plan import Needs, Plan
from ontogeny.cost.stage import Stage, figures, small
from ontogeny.studies.sparsity.about import STUDY


def needs(plan: Plan) -> Needs:
    """Language models, and classes of words."""
    return Needs(language_models=True, tags=True, word_classes=True)


def stages(plan: Plan) -> Iterator[Stage]:
    """Measuring, tables, figures and claims."""
    settings, study = plan.settings, plan.section("sparsity")
    yield from _measuring(plan)
    means = plan.text.types * (settings.lm.epochs + 1)
    seeds, splits = len(settings.seeds), len(settings.measuring.splits)
    for rule, jobs, models in (
        ("tabulate_sparsity", 1, seeds),
        ("judge_sparsity", plan.corpora, seeds * splits),
    ):
        yield Stage(
            rule,
            jobs,
            # ASSUME: as the bootstrap goes, for which 1,000 were timed.
            rates.START_TABLE
            + means * models * rates.TABULATE_WORD * study.resamples / 1000,
            rates.TABLES + rates.WORD_MEANS_MEMORY * means * models,
            after=("measure_activations", "classify_words"),
        )
    yield small("tabulate_curve", 1, ("train_lm",))
    yield figures("plot_figure", 1, ("tabulate_curve",))
    drawn = len(STUDY.asked(early=bool(settings.lm.early_steps)))
    yield figures("plot_figure", drawn, ("tabulate_sparsity",))


def _measuring(plan: Plan) -> Iterator[Stage]:
    settings, text = plan.settings, plan.text
    recipe, measuring = settings.lm, settings.measuring
    models = plan.corpora * len(settings.seeds)
    recorded = {epoch % (recipe.epochs + 1) for epoch in measuring.vector_epochs}
    for split in measuring.splits:
        words = min(measuring.tokens, getattr(text.parts, split))
        epochs = (recipe.epochs + 1) / measuring.shards
        yield _pass(
            plan,
            "measure_activations",
            models * measuring.shards,
            words,
            epochs,
            disk=rates.WORD_MEANS * text.types * epochs,
            detail=split,
        )
        if settings.lm.early_steps and split == measuring.splits[0]:
            times = len(settings.lm.early_steps) + 2
            yield _pass(
                plan,
                "measure_first_epoch",
                1,
                words,
                times,
                disk=rates.WORD_MEANS * text.types * times,
                detail=split,
                after="train_first_epoch",
            )
        yield _pass(
            plan,
            "record_activations",
            len(settings.seeds) * len(recorded),
            words,
            1,
            disk=_vectors(plan, words),
            detail=split,
        )


def _pass(
    plan: Plan,
    rule: str,
    jobs: int,
    words: float,
    epochs: float,
    *,
    disk: float,
    detail: str,
    after: str = "train_lm",
) -> Stage:
    """A language model reads words forward and backward, epoch by epoch."""
    recipe = plan.settings.lm
    model = network(recipe, recipe.layers, plan.text)
    read = words * epochs
    operations = rates.MEASURE_OPERATIONS * model.operations
    gpu_s = read * operations / rates.GPU_OPERATIONS
    gpu_s += model.windows(read) * recipe.layers * rates.GPU_LAYER_WINDOW
    return Stage(
        rule,
        jobs,
        rates.START_TORCH + read * (operations / rates.OPERATIONS + rates.MEASURE_WORD),
        rates.TORCH
        + rates.PARAMETER * model.parameters
        + 2 * rates.ROWS_LOGITS * model.outputs
        + rates.MEASURE_MEMORY_WORD * min(words, rates.PIECE_WORDS),
        disk=disk,
        gpu_s=rates.START_TORCH + gpu_s,
        threads=plan.settings.threads,
        after=(after,),
        detail=detail,
    )


def _vectors(plan: Plan, words: float) -> float:
    """Bytes of the per-token files of a split at one epoch."""
    recipe, measuring = plan.settings.lm, plan.settings.measuring
    # The gradient at every site, and at the LSTMs the activation too.
    units = recipe.embedding + 2 * recipe.layers * recipe.hidden
    vectors = min(words, measuring.vector_tokens) * units * 4 * rates.VECTORS
    table = plan.text.types * recipe.embedding * 4
    return words * rates.STATISTICS_WORD + vectors + table
