"""Stages of the SVCCA study: labels, tag models, similarity, classifiers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ontogeny.cost import rates
from ontogeny.cost.networks import Network
from ontogeny.cost.plan import PARTS, Needs, Plan
from ontogeny.cost.stage import Stage, figures, small, tables
from ontogeny.studies.svcca.about import STUDY
from ontogeny.studies.svcca.labels_cost import Tagset, tagsets, views
from ontogeny.studies.svcca.names import COMMON, PANELS
from ontogeny.studies.svcca.probe_cost import probe_stage
from ontogeny.studies.svcca.similarity_cost import MOMENTS, seeds, similarity
from ontogeny.studies.svcca.variants import VARIANTS


def needs(plan: Plan) -> Needs:
    """Language models, tags unless the corpus has them, and what labels come from."""
    svcca, trees, files = plan.section("svcca"), [], set()
    for name in (svcca.xpos, svcca.semantics if svcca.semantics == "generated" else ""):
        if name:
            trees.append((name, PARTS))
    if svcca.semantics not in (None, "generated"):
        labelled = plan.datasets[svcca.semantics].semantics.values()
        files = {(svcca.semantics, file) for part in labelled for file in part}
    if svcca.probes:
        trees += svcca.probes.treebanks()
        files |= svcca.probes.files()
    return Needs(
        language_models=True,
        tags=svcca.upos == "silver",
        treebanks=tuple(trees),
        files=frozenset(files),
    )


def stages(plan: Plan) -> Iterator[Stage]:
    """Everything but the language models themselves."""
    labels = tagsets(plan)
    yield from _texts(plan, labels)
    for tagset in labels:
        yield _tag_models(plan, tagset)
    yield _recording(plan, labels)
    models = len(plan.settings.seeds)
    yield similarity(plan, labels)
    if models > 1:
        yield seeds(plan, labels, "compare_seeds", models * (models - 1))
    yield _classifiers(plan, labels)
    yield from _first_epoch(plan, labels)
    if plan.section("svcca").probes:
        yield probe_stage(plan)
    measured = ("measure_similarity", "compare_seeds", "diagnose", "train_tag_models")
    yield tables("tabulate_svcca", 1, (*measured, "probe_lm"))
    yield tables("judge_svcca", plan.corpora, measured)
    yield small("judge_cost", 1, measured)
    drawn = len(STUDY.asked(early=bool(plan.settings.lm.early_steps)))
    yield figures("plot_figure", drawn, ("tabulate_svcca",))


def _first_epoch(plan: Plan, labels: list[Tagset]) -> Iterator[Stage]:
    """The same of one model, at the steps that are asked for and at both ends."""
    if not plan.settings.lm.early_steps:
        return
    share = (len(plan.settings.lm.early_steps) + 2) / (plan.settings.lm.epochs + 1)
    others = len(plan.settings.seeds) - 1
    for stage, rule, jobs in (
        (similarity(plan, labels), "measure_first_similarity", 1),
        (seeds(plan, labels, "compare_seeds", 1), "compare_first_seeds", others),
        (_classifiers(plan, labels), "diagnose_first_epoch", 1),
    ):
        yield replace(
            stage,
            rule=rule,
            jobs=jobs,
            core_s=share * stage.core_s,
            disk=share * stage.disk,
            gpu_s=share * (stage.gpu_s or 0),
            after=(*stage.after, "train_first_epoch"),
        )


def _texts(plan: Plan, labels: list[Tagset]) -> Iterator[Stage]:
    words = {tagset.domain: sum(tagset.parts) for tagset in labels}
    yield Stage(
        "annotate_articles",
        plan.corpora,
        rates.START
        + plan.text.kept * rates.KEEP_WORD
        + words[COMMON] * rates.LABEL_WORD,
        rates.TABLES + rates.LABELS_MEMORY_WORD * words[COMMON],
        disk=words[COMMON] * rates.LABELS_WORD,
        after=("keep_sentences", "tag_sentences"),
    )
    for domain, number in words.items():
        if domain != COMMON:
            yield Stage(
                "annotate_treebank",
                plan.languages,
                rates.START + number * rates.LABEL_WORD,
                rates.TABLES,
                disk=number * rates.LABELS_WORD,
                after=("keep_sentences", "generate_treebank", "fetch"),
            )
            yield Stage(
                "shuffle_text",
                plan.corpora - plan.languages,
                rates.START + number * rates.LABEL_WORD,
                rates.TABLES,
                disk=number * rates.LABELS_WORD,
                after=("annotate_treebank",),
            )


def _tag_model(plan: Plan, classes: int) -> Network:
    recipe = plan.settings.lm
    return Network(
        plan.text.types,
        classes,
        recipe.embedding,
        recipe.hidden,
        1,
        recipe.batch,
        recipe.window,
    )


def _tag_models(plan: Plan, tagset: Tagset) -> Stage:
    settings, model = plan.settings, _tag_model(plan, tagset.classes)
    svcca, parts = plan.section("svcca"), tagset.parts
    epochs = min(svcca.epochs, rates.RESCALINGS_EPOCHS * svcca.rescalings)
    passes = len(VARIANTS) * epochs * (parts.train + rates.FORWARD * parts.valid)
    operations = model.operations * rates.TAG_PADDING
    weights = len(VARIANTS) * model.weights
    return Stage(
        "train_tag_models",
        plan.corpora,
        rates.START_TORCH + passes * (operations / rates.OPERATIONS + rates.TAG_WORD),
        model.training_memory(5 * sum(parts)),
        disk=weights,
        meanwhile=weights * (epochs + 2),
        gpu_s=rates.START_TORCH
        + passes * operations / rates.GPU_OPERATIONS
        + model.windows(passes) * rates.GPU_LAYER_WINDOW,
        threads=settings.threads,
        after=("annotate_articles", "annotate_treebank"),
        detail=tagset.name,
    )


def _recording(plan: Plan, labels: list[Tagset]) -> Stage:
    read, recipe = views(labels), plan.settings.lm
    model = _tag_model(plan, 50)
    core_s = rates.START_TORCH + sum(read) * (
        rates.RECORD_WORD + rates.FORWARD * model.operations / rates.RECORD_OPERATIONS
    )
    vectors = sum(read) * recipe.hidden * 4 * rates.VECTORS
    moments = MOMENTS * (recipe.hidden**2 + recipe.embedding**2)
    tables = plan.text.types * recipe.embedding * 4
    return Stage(
        "record_tag_models",
        plan.corpora * len(plan.settings.seeds),
        core_s,
        rates.TORCH
        + rates.PARAMETER * model.parameters
        + 16 * max(read) * recipe.hidden
        + 6 * moments,
        meanwhile=vectors + len(read) * (moments + tables),
        gpu_s=core_s / rates.GPU_OTHER,
        threads=plan.settings.threads,
        after=("train_tag_models",),
    )


def _classifiers(plan: Plan, labels: list[Tagset]) -> Stage:
    settings = plan.settings
    recipe, epochs = settings.lm, settings.lm.epochs + 1
    units = max(recipe.embedding, recipe.hidden)
    limit, batch = plan.section("svcca").diagnostic_tokens, 256
    # Of a classifier, in the mean, and until the slowest one of a tagset has converged.
    passes, longest = 9, 30
    words = {t.name: min(limit, t.parts.train) for t in labels}
    products = sum(words[t.name] * (units * t.classes + t.classes**2) for t in labels)
    operations = 6 * passes * len(PANELS) * len(VARIANTS) * products
    steps = longest * sum(words.values()) / batch
    epoch = operations / rates.CLASSIFIER_OPERATIONS + steps * rates.CLASSIFIER_STEP
    core_s = rates.START_TORCH + epochs * epoch
    vectors = len(PANELS) * units * 4
    return Stage(
        "diagnose",
        plan.corpora * len(settings.seeds),
        core_s,
        1.4 * rates.TORCH
        + 2.2 * vectors * max(1.2 * words[t.name] + t.parts.test for t in labels),
        disk=rates.DIAGNOSTICS_EPOCH * epochs,
        gpu_s=core_s / rates.GPU_OTHER,
        threads=settings.threads,
        after=("train_lm", "annotate_articles", "annotate_treebank"),
    )
