"""Stages of the study of lottery tickets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ontogeny.cost import rates, sizes
from ontogeny.cost.plan import Needs, Plan
from ontogeny.cost.stage import Stage, figures, tables
from ontogeny.studies.lottery.about import STUDY
from ontogeny.studies.lottery.names import DENSE, LAST_ANALYSED, PASS_BYTES, UNTRAINED
from ontogeny.studies.lottery.probe_cost import (
    controlled,
    probe_stages,
)

OPERATIONS = 38e9
"""Per second of one core, in a Transformer's step: Multi30k, 3 layers of 128 units."""
SUBWORDS = 1.15
"""Of a word: 5,000 units on Multi30k, 1.4 on mini."""
BPE_WORD = 2.5e-5
BPE_MERGE = 8e-4
DECODING = 9.0
"""Times a forward pass over the target, with a beam of four."""
SIMILARITY = 3.0
"""Times a forward pass over both sides: maps, sums and resamples."""
GPU_LAYER_STEP = 8e-3
"""Of a layer at one step on a GPU, whatever its width: its kernels' starts. Multi30k on
an H200, beside other trainings (docs/gpu.md). ASSUME: alone it takes as long."""
PAIR_WORDS = 13
"""Of a sentence, where nobody says how many there are."""


class Sides(NamedTuple):
    """Words of a side of each text.

    Attributes:
        train: Of those that are learned from.
        valid: –
        tests: All together.
        pairs: Sentences of valid.
    """

    train: float
    valid: float
    tests: float
    pairs: float


def needs(plan: Plan) -> Needs:
    """The corpus where its sister language is read; and tagged texts."""
    study = plan.section("lottery")
    names = {study.xpos} - {None}
    if study.semantics == "generated":
        names.add("generated")
    files = set()
    if study.semantics not in (None, "generated"):
        tagged = plan.datasets[study.semantics].semantics["train"]
        files |= {(study.semantics, file) for file in tagged}
    if study.dataset:
        pairs = plan.datasets[study.dataset].pairs.values()
        files |= {(study.dataset, file) for sides in pairs for file in sides}
    return Needs(
        corpus=not (study.dataset or study.files),
        control=controlled(plan),
        treebanks=(
            *((name, ("train",)) for name in sorted(names)),
            *(study.probes.treebanks() if study.probes else ()),
        ),
        files=frozenset(files | (study.probes.files() if study.probes else set())),
    )


def stages(plan: Plan) -> Iterator[Stage]:
    """Texts, trainings, translations, measures, tables and claims."""
    study, sides = plan.section("lottery"), _sides(plan)
    seeds = study.seeds or plan.settings.seeds
    runs, measured = study.runs(seeds), study.measured(seeds)
    text_s = 2 * sides.train * BPE_WORD + study.subwords * BPE_MERGE
    yield Stage(
        "encode_pairs",
        1 + controlled(plan),
        rates.START_TABLE + text_s,
        rates.TABLES + 300 * sides.train,
        after=("keep_sentences", "fetch"),
    )
    weights = 4 * parameters(study)
    dense = sum(chain == DENSE for chain, _ in runs)
    dense += len(seeds) * controlled(plan)
    yield _training(plan, "dense", dense, study.epochs, sides, 6 * weights)
    for chain in study.chain_names():
        iterations = study.chains[chain]
        epochs = iterations * study.retrained
        after = ("train_lottery_magnitude",) * (chain == "shuffled")
        yield _training(
            plan, chain, len(seeds), epochs, sides, 3 * iterations * weights,
            after=("train_lottery_dense", *after),
        )  # fmt: skip
    trained = tuple(f"train_lottery_{name}" for name in ("dense", *study.chain_names()))
    for chain in (DENSE, *study.chain_names()):
        yield _translating(plan, chain, sum(own == chain for own, _ in runs), sides)
    yield Stage(
        "measure_lottery_masks",
        1,
        rates.START_TORCH + 2e-9 * weights * len(runs),
        rates.TORCH + 4 * weights,
        after=trained,
    )
    for chain in dict.fromkeys(chain for chain, _ in measured):
        jobs = sum(own == chain for own, _ in measured)
        yield _measuring(plan, chain, jobs, sides, trained)
    yield from probe_stages(plan)
    measures = ("measure_lottery", "translate_lottery", "probe_lottery")
    for rule in ("tabulate_lottery", "judge_lottery"):
        yield tables(rule, 1, measures)
    yield figures("plot_figure", len(STUDY.figures), ("tabulate_lottery",))


def parameters(study: Any) -> int:
    """Of a model, by its section of the config."""
    model = study.model
    layer = 12 * model.d**2 + 4 * model.d * model.inner
    return model.layers * layer + study.subwords * model.d


def _operations(study: Any) -> float:
    """Of a subword of both sides, forward and backward: six for each weight."""
    return 6 * parameters(study)


def _training(
    plan: Plan,
    chain: str,
    jobs: int,
    epochs: int,
    sides: Sides,
    disk: float,
    *,
    after: tuple[str, ...] = (),
) -> Stage:
    study = plan.section("lottery")
    read = epochs * (SUBWORDS * sides.train + SUBWORDS * sides.valid * rates.FORWARD)
    decoded = epochs * min(1, study.curve_pairs / sides.pairs) * sides.valid
    work = (read + SUBWORDS * decoded * rates.FORWARD * DECODING / 3) * _operations(
        study
    )
    starts = 2 * study.model.layers * GPU_LAYER_STEP
    starts *= epochs * SUBWORDS * sides.train / study.batch
    return Stage(
        f"train_lottery_{chain}",
        jobs,
        rates.START_TORCH + work / OPERATIONS,
        rates.TORCH + 48 * parameters(study),
        disk=disk,
        gpu_s=rates.START_TORCH + starts + work / rates.GPU_OPERATIONS,
        threads=study.threads or plan.settings.threads,
        after=("encode_pairs", *after),
    )


def _translating(plan: Plan, chain: str, jobs: int, sides: Sides) -> Stage:
    study = plan.section("lottery")
    models = study.chains.get(chain, 1)
    beam = study.beam / 4 * DECODING + 2
    words = SUBWORDS * sides.tests
    if study.test_pairs:
        words = min(words, SUBWORDS * study.test_pairs * PAIR_WORDS)
    work = models * words * rates.FORWARD * beam * _operations(study)
    return Stage(
        "translate_lottery",
        jobs,
        rates.START_TORCH + work / OPERATIONS,
        rates.TORCH + 8 * parameters(study) + 300 * sides.tests,
        gpu_s=rates.START_TORCH + work / rates.GPU_OPERATIONS,
        threads=study.threads or plan.settings.threads,
        after=(f"train_lottery_{chain}",),
        detail=chain,
    )


def _measuring(
    plan: Plan, chain: str, jobs: int, sides: Sides, trained: tuple[str, ...]
) -> Stage:
    study = plan.section("lottery")
    models = min(study.chains.get(chain, 1), LAST_ANALYSED // study.prunings_at_once)
    share = min(1, study.measured_pairs / sides.pairs)
    words = SUBWORDS * share * sides.valid
    forward = words * rates.FORWARD * _operations(study) / OPERATIONS
    model = study.model
    sums = 40 * words * model.layers**2 * model.d**2 / rates.CROSS_OPERATIONS
    # Of each model and LTH0, by forty groups: pairs of layers, and the layers.
    of_model = 2 * model.layers * (2 * model.layers + 1) * 320 * model.d**2
    sums_held = models * of_model
    resampling = 3e-6 * study.resamples * model.layers * model.d**2 / 64
    each = SIMILARITY * forward + sums + resampling
    return Stage(
        "measure_lottery",
        jobs,
        rates.START_TORCH + (models + 1) * each,
        1.2 * rates.TORCH + 32 * parameters(study) + min(sums_held, PASS_BYTES),
        after=trained if chain != UNTRAINED else ("train_lottery_dense",),
        detail=chain,
    )


def _sides(plan: Plan) -> Sides:
    """How long the texts are.

    Raises:
        InputError: If nobody says, and a file is not here.
    """
    study, generated = plan.section("lottery"), sizes.GENERATED_SENTENCE
    if study.files:
        words = {
            text: Path(sides[0]).stat().st_size / rates.RAW_WORD["text"]
            for text, sides in _own(study).items()
        }
    elif study.dataset:
        files = plan.datasets[study.dataset].pairs
        words = {
            text: sizes.file_words(
                plan.settings, plan.datasets, study.dataset, sides[0]
            )
            for text, sides in files.items()
        }
    else:
        # No sentence is left out for a rare word.
        shares, every = plan.settings.corpus.splits, plan.settings.corpus.tokens or 0
        total = shares.train + shares.valid + shares.test
        words = {
            name: every * getattr(shares, name) / total
            for name in ("train", "valid", "test")
        }
    length = PAIR_WORDS if study.files or study.dataset else generated
    train, valid = words.pop("train"), words.pop("valid")
    if study.pairs:
        train = min(train, study.pairs * length)
    return Sides(train, valid, sum(words.values()), max(1.0, valid / length))


def _own(study: Any) -> dict[str, tuple[str, str]]:
    return {"train": study.files.train, "valid": study.files.valid, **study.files.test}
