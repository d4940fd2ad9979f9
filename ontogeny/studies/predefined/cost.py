"""Stages of the study of predefined sparseness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ontogeny.cost import rates, sizes
from ontogeny.cost.networks import Network
from ontogeny.cost.plan import PARTS, Needs, Plan
from ontogeny.cost.stage import Stage, figures, tables
from ontogeny.studies.predefined.about import STUDY
from ontogeny.studies.predefined.networks import Network as Layers
from ontogeny.studies.predefined.networks import networks
from ontogeny.studies.predefined.taggers import Tagger, taggers

TAG_STEP = 3e-3
"""Of a tagger at one step of 20 sentences, beside its products and its words."""
TAG_CLASSES = 50
CHECKS = 2.0
TIMED_WORDS = 100 * (1 + 20) * (20 + 1)
"""That a model reads while it is timed: steps, batches, repetitions."""
LOGITS = 4 * 100 * 20
"""Bytes for a type, of the scores of a call."""


def needs(plan: Plan) -> Needs:
    """The treebank whose tags are learned, and the text."""
    study = plan.section("predefined")
    trees = ((study.pos.treebank, PARTS),) if study.pos else ()
    text = study.text if networks(study) else ""
    return Needs(corpus=text == "corpus", official=text == "official", treebanks=trees)


def stages(plan: Plan) -> Iterator[Stage]:
    """Trainings, measures, tables and claims."""
    study = plan.section("predefined")
    if study.pos:
        yield _tagging(plan)
    text, trained = plan.text, ["train_predefined_taggers"]
    if study.text == "official":
        text = sizes.official(plan.settings, plan.datasets)
    for task, own in networks(study).items():
        rule = f"train_predefined_{task}"
        yield _reading(plan, rule, getattr(study, task), list(own.values()), text)
        trained.append(rule)
    timing = 0.0
    for task, own in networks(study).items():
        model = _model(getattr(study, task), text)
        timing += len(own) * model.training_s(0, TIMED_WORDS, 0)
    yield Stage(
        "measure_predefined",
        1,
        rates.START_TORCH + CHECKS + timing,
        1.5 * rates.TORCH + LOGITS * text.types,
        after=tuple(trained),
    )
    for rule in ("tabulate_predefined", "judge_predefined"):
        yield tables(rule, 1, ("measure_predefined",))
    yield figures("plot_figure", len(STUDY.figures), ("tabulate_predefined",))


def _reading(
    plan: Plan, rule: str, task: Any, own: Sequence[Layers], text: sizes.Text
) -> Stage:
    """Trainings of language models; each as long as that of the dense one."""
    study = plan.section("predefined")
    network = _model(task, text)
    words, held_out = text.parts.train, text.parts.valid + text.parts.test
    if rule == "train_predefined_recite":
        words = min(words, task.words or words)
        held_out = words  # the text itself is read again
    epochs = task.epochs + getattr(task, "finetune_epochs", 0)
    seeds = len(study.seeds or plan.settings.seeds)
    each = network.training_s(words, held_out, epochs)
    on_gpu = network.gpu_training_s(words, held_out, epochs)
    together = len(own) if task.together else 1
    return Stage(
        rule,
        seeds * len(own) // together,
        rates.START_TORCH + together * each,
        network.training_memory(sum(text.parts)),
        disk=together * 5 * network.weights,
        gpu_s=rates.START_TORCH + together * on_gpu,
        threads=study.threads or plan.settings.threads,
        after=("keep_sentences", "encode_official"),
    )


def _model(task: Any, text: sizes.Text) -> Network:
    """The dense language model of a task."""
    dense = max(task.dense[1:-1] or task.dense)
    # An untied output layer is a matrix more; of a tied one both count once.
    return Network(
        text.types,
        text.types,
        task.dense[0],
        dense,
        len(task.dense) - 1,
        task.batch,
        task.window,
        halved=getattr(task, "precision", "") == "bfloat16",
    )


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
    seeds = len(pos.seeds or study.seeds or plan.settings.seeds)
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
