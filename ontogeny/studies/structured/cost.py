"""Stages of the study of structured sparsification."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ontogeny.cost import rates, sizes
from ontogeny.cost.networks import Network
from ontogeny.cost.plan import Needs, Plan
from ontogeny.cost.stage import Stage, figures, tables
from ontogeny.studies.structured.about import STUDY
from ontogeny.studies.structured.names import identifier, training_jobs

DRAWN = {"dense": 1.0, "w": 2.4, "wn": 2.4, "wgn": 2.4}
"""Times a dense training's work: normals drawn, their KL, Adam on twice as many."""
PRUNED = 1.1
"""Times a dense training's: penalties and cut."""
SEQUENCE = 3.0
"""Times more where z is drawn by sequence, in a loop over time."""
CHARACTERS_WORD = 5.4
"""Characters of a word, its blank included; of PTB."""
CHARACTERS = 50
ENCODE_WORD, ENCODE_MEMORY_WORD = 4e-6, 60
"""Seconds and bytes for a word of a text, or a character, that is encoded."""
TEXT_WORDS = 1_000
"""ASSUME: of a generated article that is classified, before it is cut."""


def needs(plan: Plan) -> Needs:
    """Data sets of tasks that are not the corpus."""
    files = {
        (task.dataset, file)
        for task in plan.section("structured").tasks.values()
        if task.dataset
        for file in plan.datasets[task.dataset].files
    }
    return Needs(files=frozenset(files))


def stages(plan: Plan) -> Iterator[Stage]:
    """Texts, trainings, measures, tables and claims."""
    tasks = plan.section("structured").tasks
    for name, task in tasks.items():
        yield from _of_task(plan, name, task)
    measured = tuple(f"measure_structured_{identifier(name)}" for name in tasks)
    yield tables("tabulate_structured", 1, measured)
    yield tables("judge_structured", plan.languages, measured)
    yield figures("plot_figure", len(STUDY.figures), ("tabulate_structured",))


def _of_task(plan: Plan, name: str, task: Any) -> Iterator[Stage]:
    seeds = len(task.seeds or plan.settings.seeds)
    jobs = plan.languages * seeds
    words, held_out, types = _text(plan, task)
    before: tuple[str, ...] = ("keep_sentences", "encode_official")
    if task.kind != "words":
        rule = f"encode_task_{identifier(name)}"
        yield Stage(
            rule,
            plan.languages,
            rates.START_TABLE + words * ENCODE_WORD,
            rates.TABLES + ENCODE_MEMORY_WORD * words,
            disk=words * rates.TOKENS_WORD,
            after=("generate_corpus", "fetch"),
        )
        before = (rule,)
    model = _network(task, types)
    trained = []
    for job, (_, variants) in training_jobs({name: task}).items():
        rule = f"train_structured_{job}"
        trained.append(rule)
        yield _training(
            plan, rule, task, variants, model, (words, held_out), jobs, before
        )
    yield Stage(
        f"measure_structured_{identifier(name)}",
        jobs,
        rates.START_TORCH + _measuring_s(plan, task, model, held_out),
        rates.TORCH + 6 * model.weights + rates.ROWS_LOGITS * types,
        after=tuple(trained),
    )


def _text(plan: Plan, task: Any) -> tuple[float, float, int]:
    """Symbols of the training split and of the others, and types."""
    if task.kind == "words":
        text = plan.text
        if task.text == "official":
            text = sizes.official(plan.settings, plan.datasets)
        return text.parts.train, text.parts.valid + text.parts.test, text.types
    words = plan.text.words
    if task.dataset:
        words = sum(
            sizes.file_words(plan.settings, plan.datasets, task.dataset, file)
            for file in plan.datasets[task.dataset].files
        )
    if task.kind == "characters":
        symbols = CHARACTERS_WORD * words
        return 0.85 * symbols, 0.15 * symbols, CHARACTERS
    read = min(words, task.window * words / TEXT_WORDS)
    return 0.5 * read, 0.5 * read, min(task.vocabulary, sizes.raw_types(words) // 2)


def _network(task: Any, types: int) -> Network:
    outputs = 2 if task.kind == "texts" else types
    embedding = task.embedding or types
    return Network(
        types,
        outputs,
        embedding,
        task.hidden,
        task.layers,
        task.batch,
        task.window,
        halved=task.precision == "bfloat16",
    )


def _training(
    plan: Plan,
    rule: str,
    task: Any,
    variants: list[str],
    model: Network,
    read: tuple[float, float],
    jobs: int,
    before: tuple[str, ...],
) -> Stage:
    words, held_out = read
    plain = model.training_s(words, held_out, task.epochs)
    on_gpu = model.gpu_training_s(words, held_out, task.epochs)
    times, kept = 0.0, 0
    for variant in variants:
        drawn = task.bayes is not None and variant != "dense"
        times += DRAWN[variant] if drawn else PRUNED
        if drawn and task.bayes.z == "sequence" and variant != "w":
            times += SEQUENCE
        kept += len(task.kept(variant)) + 3
    return Stage(
        rule,
        jobs,
        rates.START_TORCH + times * plain,
        model.training_memory(words + held_out) + 2 * model.weights,
        disk=kept * model.weights * (1 + (task.bayes is not None)),
        gpu_s=rates.START_TORCH + times * on_gpu,
        threads=plan.settings.threads,
        after=before,
    )


def _measuring_s(plan: Plan, task: Any, model: Network, held_out: float) -> float:
    """Reading held-out text, gradients, and times of shrunk networks."""
    study = plan.section("structured")
    reading = model.training_s(0, held_out, 0) * len(task.variants)
    steps = 2 * study.lags * study.positions
    jacobians = 8 * task.hidden**2 * task.hidden * steps / rates.OPERATIONS / 2
    return reading + jacobians + 0.2 * study.repetitions * len(task.variants)
