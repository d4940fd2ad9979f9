"""Stages of the study of predefined sparseness."""

from __future__ import annotations

from collections.abc import Iterator

from ontogeny.cost import rates
from ontogeny.cost.networks import Network
from ontogeny.cost.plan import PARTS, Needs, Plan
from ontogeny.cost.stage import Stage, figures, tables
from ontogeny.studies.predefined.about import STUDY
from ontogeny.studies.predefined.taggers import Tagger, taggers

TAG_STEP = 3e-3
"""Of a tagger at one step of 20 sentences, beside its products and its words."""
TAG_CLASSES = 50


def needs(plan: Plan) -> Needs:
    """The treebank whose tags are learned."""
    pos = plan.section("predefined").pos
    return Needs(treebanks=((pos.treebank, PARTS),) if pos else ())


def stages(plan: Plan) -> Iterator[Stage]:
    """Trainings, measures, tables and claims."""
    if plan.section("predefined").pos:
        yield _tagging(plan)
    trained = ("train_predefined_taggers",)
    for rule in ("tabulate_predefined", "judge_predefined"):
        yield tables(rule, 1, trained)
    yield figures("plot_figure", len(STUDY.figures), ("tabulate_predefined",))


def _tagging(plan: Plan) -> Stage:
    study = plan.section("predefined")
    pos, words = study.pos, plan.treebank(study.pos.treebank)
    own = taggers(
        pos.widths,
        pos.dimensions,
        pos.hidden,
        ordered_at=pos.ordered_at,
        blocks_at=pos.blocks_at,
    )
    seeds = len(study.seeds or plan.settings.seeds)
    each = [_seconds(plan, tagger, words) for tagger in own]
    read = rates.START_TORCH + sum(words.values()) * rates.LABEL_WORD
    jobs = seeds if pos.together else seeds * len(own)
    largest = _network(plan, own[-1], words["train"]).parameters
    return Stage(
        "train_predefined_taggers",
        jobs,
        read + sum(each) * (1 if pos.together else 1 / len(own)),
        rates.TORCH
        + rates.PARAMETER * largest
        + rates.LABELS_MEMORY_WORD * words["train"],
        disk=8 * largest,
        threads=study.threads or plan.settings.threads,
        after=("generate_treebank", "fetch"),
    )


def _network(plan: Plan, tagger: Tagger, words: float) -> Network:
    pos = plan.section("predefined").pos
    width = tagger.width if tagger.kind == "dense" else pos.dimensions
    types = round(13.8 * words**0.6)
    return Network(types, TAG_CLASSES, width, 2 * tagger.hidden, 1, pos.batch, 1)


def _seconds(plan: Plan, tagger: Tagger, words: dict[str, float]) -> float:
    pos = plan.section("predefined").pos
    network = _network(plan, tagger, words["train"])
    sentence = 15 if pos.treebank != "generated" else 14
    steps = words["train"] / sentence / pos.batch
    products = words["train"] * network.operations / rates.OPERATIONS
    updating = steps * rates.PARAMETER_STEP * network.parameters
    reading = words["dev"] * rates.TAG_WORD * rates.FORWARD
    return pos.epochs * (steps * TAG_STEP + products + updating + reading)
