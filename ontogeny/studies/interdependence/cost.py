"""Stages of the study of interdependence."""

from __future__ import annotations

from collections.abc import Iterator

from ontogeny.cost import rates, sizes
from ontogeny.cost.language_models import network, training
from ontogeny.cost.networks import Network
from ontogeny.cost.plan import PARTS, Needs, Plan
from ontogeny.cost.stage import Stage, figures
from ontogeny.studies.interdependence.about import STUDY


def needs(plan: Plan) -> Needs:
    """The treebank whose word pairs are measured, and the text."""
    study = plan.section("interdependence")
    return Needs(
        official=study.text == "official", treebanks=((study.treebank, PARTS),)
    )


def stages(plan: Plan) -> Iterator[Stage]:
    """The one-layer model, word pairs, tables and claims."""
    settings, study = plan.settings, plan.section("interdependence")
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
    drawn = len(STUDY.figures)
    yield figures("plot_figure", drawn, ("tabulate_interdependence",))


def _pairs_of(plan: Plan, words: float) -> float:
    """Pairs of words of one sentence, at most the study's window apart."""
    study = plan.section("interdependence")
    # Of a sentence, as its words see it: long ones have more.
    generated = study.treebank == "generated"
    sentence = sizes.GENERATED_SENTENCE if generated else 22
    window = min(study.window, sentence - 1)
    return words * window * (1 - (window + 1) / 2 / sentence)


def _pairs(plan: Plan, model: Network, words: float, jobs: int, detail: str) -> Stage:
    study, pairs = plan.section("interdependence"), _pairs_of(plan, words)
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
    resamples = plan.section("interdependence").resamples
    return Stage(
        rule,
        jobs,
        rates.START_TABLE + pairs * rates.TABULATE_PAIR * resamples / 1000,
        rates.TABLES + rates.PAIR_MEMORY * pairs,
        after=("measure_interdependence",),
    )
