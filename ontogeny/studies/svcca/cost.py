"""Stages of the SVCCA study: labels, tag models, similarity, classifiers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ontogeny.cost import rates, sizes
from ontogeny.cost.networks import Network
from ontogeny.cost.plan import PARTS, Needs, Plan
from ontogeny.cost.sizes import Parts
from ontogeny.cost.stage import Stage, figures, small, tables
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.studies.svcca.about import STUDY
from ontogeny.studies.svcca.names import COMMON, LAYERS, PANELS
from ontogeny.studies.svcca.probe_cost import probe_stage
from ontogeny.studies.svcca.variants import VARIANTS

MOMENTS = SENTENCE_GROUPS * 8
"""Bytes of a view's moments, in units²."""

ARTICLE, GENERATED_ARTICLE = 9_500, 750
"""Words of one of the longest articles: the thesis's hundred, and mini's."""


class Tagset(NamedTuple):
    """Labels of one kind, and the text that they are learned from.

    Attributes:
        name: As the workflow has it.
        classes: Different labels, about.
        domain: The text.
        parts: Its words.
    """

    name: str
    classes: int
    domain: str
    parts: Parts


def tagsets(plan: Plan) -> list[Tagset]:
    """All that the config asks for."""
    svcca = plan.section("svcca")
    articles = _articles(plan)
    found = [
        Tagset("upos", 17, COMMON, articles),
        Tagset("topic", svcca.articles, COMMON, articles),
    ]
    if svcca.xpos:
        found.append(Tagset("xpos", 49, "xpos", _xpos(plan)))
    if svcca.semantics:
        parts = _semantics(plan)
        found += [
            Tagset("sem_coarse", 13, "sem", parts),
            Tagset("sem_fine", 70, "sem", parts),
        ]
    return found


def _articles(plan: Plan) -> Parts:
    """The longest articles of the training split."""
    settings = plan.settings
    generated = settings.corpus.format == "generated"
    longest = plan.section("svcca").articles * (
        GENERATED_ARTICLE if generated else ARTICLE
    )
    words, shares = min(0.5 * plan.text.parts.train, longest), settings.corpus.splits
    train, valid, test = (
        words * share / (shares.train + shares.valid + shares.test)
        for share in (shares.train, shares.valid, shares.test)
    )
    return Parts(train, valid, min(test, plan.section("svcca").test_tokens))


def _xpos(plan: Plan) -> Parts:
    """The treebank of fine parts of speech."""
    parts = plan.treebank(plan.section("svcca").xpos or "")
    ends = 1 + 1 / sizes.TREEBANK_SENTENCE
    return Parts(*(ends * parts[part] for part in ("train", "dev", "test")))


def _semantics(plan: Plan) -> Parts:
    """The data set of semantic tags."""
    name = plan.section("svcca").semantics or ""
    if name == "generated":
        parts = plan.treebank(name)
        ends = 1 + 1 / sizes.GENERATED_SENTENCE
        return Parts(*(ends * parts[part] for part in ("train", "dev", "test")))
    settings, datasets = plan.settings, plan.datasets
    files, ends = datasets[name].semantics, 1 + 1 / sizes.MEANING_SENTENCE
    return Parts(
        *(
            ends
            * sum(
                sizes.file_words(settings, datasets, name, file) for file in files[part]
            )
            for part in ("train", "dev", "test")
        )
    )


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
    yield _similarity(plan, labels)
    yield _classifiers(plan, labels)
    if plan.section("svcca").probes:
        yield probe_stage(plan)
    measured = ("measure_similarity", "diagnose", "train_tag_models")
    yield tables("tabulate_svcca", 1, (*measured, "probe_lm"))
    yield tables("judge_svcca", plan.languages, measured)
    yield small("judge_cost", 1, measured)
    yield figures("plot_figure", len(STUDY.figures), ("tabulate_svcca",))


def _texts(plan: Plan, labels: list[Tagset]) -> Iterator[Stage]:
    words = {tagset.domain: sum(tagset.parts) for tagset in labels}
    yield Stage(
        "annotate_articles",
        plan.languages,
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
        plan.languages,
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


def _views(labels: list[Tagset]) -> list[float]:
    """Words of each tag model's views: the common text's, then its own domain's."""
    common = labels[0].parts.test
    own = [tagset.parts.test for tagset in labels if tagset.domain != COMMON]
    return (len(labels) * [common] + own) * len(VARIANTS)


def _recording(plan: Plan, labels: list[Tagset]) -> Stage:
    views, recipe = _views(labels), plan.settings.lm
    model = _tag_model(plan, 50)
    core_s = rates.START_TORCH + sum(views) * (
        rates.RECORD_WORD + rates.FORWARD * model.operations / rates.RECORD_OPERATIONS
    )
    vectors = sum(views) * recipe.hidden * 4 * rates.VECTORS
    moments = MOMENTS * (recipe.hidden**2 + recipe.embedding**2)
    tables = plan.text.types * recipe.embedding * 4
    return Stage(
        "record_tag_models",
        plan.languages,
        core_s,
        rates.TORCH
        + rates.PARAMETER * model.parameters
        + 16 * max(views) * recipe.hidden
        + 6 * moments,
        meanwhile=vectors + len(views) * (moments + tables),
        gpu_s=core_s / rates.GPU_OTHER,
        threads=plan.settings.threads,
        after=("train_tag_models",),
    )


def _similarity(plan: Plan, labels: list[Tagset]) -> Stage:
    settings, views = plan.settings, _views(labels)
    recipe, epochs = settings.lm, settings.lm.epochs + 1
    units = max(recipe.embedding, recipe.hidden)
    own = len(views) - len(labels) * len(VARIANTS)
    # Own domains are compared twice: whole, and the common text cut to their size.
    pairs = (len(views) + own) * len(PANELS) + 2 * len(PANELS) + len(LAYERS)
    crosses = 4 * units**2 * (sum(views) + labels[0].parts.test)
    epoch = (
        pairs * len(plan.section("svcca").presets) * rates.COMPARE * units**3
        + crosses / rates.CROSS_OPERATIONS
    )
    core_s = rates.START_TORCH + epochs * epoch
    return Stage(
        "measure_similarity",
        plan.languages * len(settings.seeds),
        core_s,
        rates.TORCH
        + (2 * len(views) + 12) * MOMENTS * units**2
        + len(views) * plan.text.types * recipe.embedding * 4
        + 9 * 8 * labels[0].parts.test * units,
        disk=rates.SIMILARITIES_EPOCH * epochs,
        # Of this the GPU has the model's forward pass alone.
        gpu_s=core_s,
        threads=settings.threads,
        after=("train_lm", "record_tag_models"),
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
        plan.languages * len(settings.seeds),
        core_s,
        1.4 * rates.TORCH
        + 2.2 * vectors * max(1.2 * words[t.name] + t.parts.test for t in labels),
        disk=rates.DIAGNOSTICS_EPOCH * epochs,
        gpu_s=core_s / rates.GPU_OTHER,
        threads=settings.threads,
        after=("train_lm", "annotate_articles", "annotate_treebank"),
    )
