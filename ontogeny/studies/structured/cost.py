"""Stages of the study of structured sparsification."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ontogeny.cost import rates, sizes
from ontogeny.cost.language_models import network
from ontogeny.cost.networks import Network
from ontogeny.cost.plan import Needs, Plan
from ontogeny.cost.stage import Stage, figures, tables
from ontogeny.studies.structured.about import STUDY
from ontogeny.studies.structured.names import identifier, training_jobs

DRAWN = {"dense": 1.0, "w": 2.4, "wn": 2.4, "wgn": 2.4}
"""Times a dense training's work: normals drawn, their KL, Adam on twice as many."""
PRUNED = 1.1
"""Times a dense training's: penalties and cut."""
SEQUENCE = {"words": 0.2, "characters": 3.0, "texts": 8.0}
"""Times a dense training's work more where z is drawn by sequence, in a loop over time:
much where there is no large output layer."""
TEXT_STEP = 12e-3
"""Seconds of a step of texts beside their products: small tensors, many of them."""
CHARACTERS_WORD = 5.4
"""Characters of a word, its blank included; of PTB."""
CHARACTERS = 50
ENCODE_WORD, ENCODE_MEMORY_WORD = 4e-6, 60
"""Seconds and bytes for a word of a text, or a character, that is encoded."""
TEXT_WORDS = {"generated": 57, "imdb": 231, "ud-english-ewt": 16}
"""Words of a text in the mean: of pieces of generated articles, of data sets."""
OTHER_TEXT_WORDS = 100
"""ASSUME: of others."""
GATE_TOKENS = 10_000
"""Of a language model whose gates are read."""


def needs(plan: Plan) -> Needs:
    """Data sets of tasks, and the corpus's own in its splits."""
    tasks = plan.section("structured").tasks.values()
    files = {
        (task.dataset, file)
        for task in tasks
        if task.dataset
        for file in _files(plan, task)
    }
    official = any(task.text == "official" for task in tasks)
    return Needs(official=official, files=frozenset(files))


def _files(plan: Plan, task: Any) -> list[str]:
    """Files of a task's data set that are read."""
    about = plan.datasets[task.dataset]
    if task.kind == "characters":
        return list(about.splits.values())
    return sorted({file for files in about.labelled.values() for file in files})


def stages(plan: Plan) -> Iterator[Stage]:
    """Texts, trainings, measures, tables and claims."""
    tasks = plan.section("structured").tasks
    for name, task in tasks.items():
        yield from _of_task(plan, name, task)
    measured = tuple(f"measure_structured_{identifier(name)}" for name in tasks)
    gates: tuple[str, ...] = ()
    if any(need.language_models for need in plan.needs):
        yield _gates_of_others(plan)
        gates = ("measure_lm_gates",)
    yield tables("tabulate_structured", 1, measured + gates)
    yield tables("judge_structured", plan.languages, measured)
    yield figures("plot_figure", len(STUDY.figures), ("tabulate_structured",))


def _gates_of_others(plan: Plan) -> Stage:
    """Gates of the language models that other studies train, at every epoch."""
    lm = plan.settings.lm
    model = network(lm, lm.layers, plan.text)
    return Stage(
        "measure_lm_gates",
        len(plan.settings.seeds),
        rates.START_TORCH + model.training_s(0, GATE_TOKENS, lm.epochs),
        rates.TORCH + 2 * model.weights,
        after=("train_lm",),
    )


def _of_task(plan: Plan, name: str, task: Any) -> Iterator[Stage]:
    seeds = task.seeds or plan.settings.seeds
    jobs = plan.languages * len(seeds)
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
        own = sum(variants[0] in task.variants_of(seed) for seed in seeds)
        read = words, held_out
        trainings = plan.languages * own
        yield _training(plan, rule, task, variants, model, read, trainings, before)
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
            for file in _files(plan, task)
        )
    if task.files:
        # ASSUME: six bytes a word.
        words = sum(path.stat().st_size for path in _own_files(task)) / 6
    if task.kind == "characters":
        symbols = CHARACTERS_WORD * words
        return 0.85 * symbols, 0.15 * symbols, CHARACTERS
    texts = words / _text_words(task)
    read = texts * min(task.window, _text_words(task) + 2)
    learned = 0.5 if task.dataset == "imdb" else 0.8
    learned *= 1 - task.valid_share
    types = int(min(task.vocabulary, sizes.raw_types(words) // 2))
    return learned * read, (1 - learned) * read, types


def _text_words(task: Any) -> float:
    name = task.dataset or ("" if task.files else "generated")
    return TEXT_WORDS.get(name, OTHER_TEXT_WORDS)


def _own_files(task: Any) -> Iterator[Path]:
    for path in (Path(name) for names in task.files.values() for name in names):
        inside = path.rglob("*") if path.is_dir() else [path]
        yield from (one for one in inside if one.is_file())


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
    if task.kind == "texts":
        plain += task.epochs * model.windows(words + held_out / 3) * TEXT_STEP
    on_gpu = model.gpu_training_s(words, held_out, task.epochs)
    times, kept = 0.0, 0
    for variant in variants:
        drawn = task.bayes is not None and variant != "dense"
        times += DRAWN[variant] if drawn else PRUNED
        if drawn and task.bayes.z == "sequence" and variant != "w":
            times += SEQUENCE[task.kind]
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
