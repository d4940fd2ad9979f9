"""Stages of the studies of interdependence and of scaffolds."""

from __future__ import annotations

from collections.abc import Iterator

from ontogeny.cost import rates, sizes
from ontogeny.cost.corpus import PARTS, Plan
from ontogeny.cost.language_models import network, training
from ontogeny.cost.networks import Network
from ontogeny.cost.stage import Stage, figures, tables
from ontogeny.studies.scaffold.names import grid, trainings

INTERDEPENDENCE_FIGURES, SCAFFOLD_FIGURES = 3, 7
CONTEXT = 20
"""Words read before a test item: `ontogeny.studies.scaffold.items.CONTEXT`."""


def interdependence_stages(plan: Plan) -> Iterator[Stage]:
    """The one-layer model, word pairs, tables and claims."""
    if not plan.makes("interdependence"):
        return
    settings, study = plan.settings, plan.settings.interdependence
    trees, text = plan.treebank(study.treebank), plan.text
    whole = sum(trees[part] for part in PARTS)
    yield Stage(
        "check_trees",
        1,
        rates.START + whole * 2 * rates.LABEL_WORD,
        rates.PLAIN,
        after=("generate_treebank", "fetch"),
    )
    if study.text == "official":
        text = sizes.official(settings, plan.datasets)
        yield _encoding(text)
    threads = study.threads or settings.threads
    model = network(study.lm, study.lm.layers, text)
    jobs = plan.languages * len(study.seeds or settings.seeds)
    epochs = study.lm.epochs
    yield training("train_one_layer_lm", jobs, model, text, epochs, threads)
    measured = {"pairs": whole, "epochs": trees["test"] * (epochs + 1)}
    for detail, words in measured.items():
        yield _pairs(plan, model, words, jobs, detail)
    # Of all seeds together.
    pairs = sum(_pairs_of(plan, words) for words in measured.values())
    pairs *= jobs / plan.languages
    yield _tabulating(plan, "tabulate_interdependence", 1, pairs)
    yield _tabulating(plan, "judge_interdependence", plan.languages, pairs)
    drawn = INTERDEPENDENCE_FIGURES
    yield figures("plot_interdependence", drawn, ("tabulate_interdependence",))


def _encoding(text: sizes.Text) -> Stage:
    return Stage(
        "encode_official",
        1,
        rates.START + text.words * rates.KEEP_WORD,
        rates.TABLES + rates.OFFICIAL_MEMORY_WORD * text.words,
        disk=text.words * rates.TOKENS_WORD,
        after=("fetch",),
    )


def _pairs_of(plan: Plan, words: float) -> float:
    """Pairs of words of one sentence, at most the study's window apart."""
    study = plan.settings.interdependence
    # Of a sentence, as its words see it: long ones have more.
    generated = study.treebank == "generated"
    sentence = sizes.GENERATED_SENTENCE if generated else 22
    window = min(study.window, sentence - 1)
    return words * window * (1 - (window + 1) / 2 / sentence)


def _pairs(plan: Plan, model: Network, words: float, jobs: int, detail: str) -> Stage:
    study, pairs = plan.settings.interdependence, _pairs_of(plan, words)
    work = pairs * (rates.PAIR + 8 * study.lm.hidden**2 / rates.PAIR_OPERATIONS)
    core_s = rates.START_TORCH + work
    return Stage(
        "measure_interdependence",
        jobs,
        core_s,
        rates.TORCH + 4 * model.parameters + rates.PAIR_MEMORY * pairs,
        disk=pairs * rates.PAIR_ROW,
        gpu_s=rates.START_TORCH + work / rates.GPU_OTHER,
        threads=study.threads or plan.settings.threads,
        after=("train_one_layer_lm",),
        detail=detail,
    )


def _tabulating(plan: Plan, rule: str, jobs: int, pairs: float) -> Stage:
    resamples = plan.settings.interdependence.resamples
    return Stage(
        rule,
        jobs,
        rates.START_TABLE + pairs * rates.TABULATE_PAIR * resamples / 1000,
        rates.TABLES + rates.PAIR_MEMORY * pairs,
        after=("measure_interdependence",),
    )


def scaffold_stages(plan: Plan) -> Iterator[Stage]:
    """Texts, trainings, measures, tables and claims."""
    if not plan.makes("scaffold"):
        return
    study, jobs = plan.settings.scaffold, 0
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
    yield figures("plot_scaffold", SCAFFOLD_FIGURES, ("tabulate_scaffold",))


def _scaffold_model(plan: Plan) -> Network:
    study = plan.settings.scaffold
    recipe, types = study.model, study.types + 2  # α and ω
    return Network(
        types, types, recipe.embedding, recipe.hidden, 1, recipe.batch, recipe.window
    )


def _models(plan: Plan, length: int) -> int:
    """How many are trained on a length, for each seed."""
    study = plan.settings.scaffold
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
    study = plan.settings.scaffold
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
    study = plan.settings.scaffold
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
