"""An estimate as people read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ontogeny.cli.estimate import Estimate
from ontogeny.corpus import LEAST_KEPT
from ontogeny.cost import rates
from ontogeny.cost.sizes import SENTENCE
from ontogeny.cost.stage import (
    Stage,
    at_once,
    core_hours,
    disk,
    gpu_hours,
    wall_hours,
    wall_hours_with_gpu,
)
from ontogeny.errors import InputError
from ontogeny.settings import Settings
from ontogeny.studies.names import load

LARGE = 0.05
"""Of all core-hours: rules that take less are not listed by themselves."""

MINUTES_BELOW_H = 3
"""Core-hours below which minutes are told."""


def check_something_is_kept(found: Estimate, settings: Settings) -> None:
    """See to it that the filter is likely to leave a sentence.

    Raises:
        InputError: If what it keeps is less than a sentence has.
    """
    if _reads_corpus(settings) and found.text.kept < SENTENCE:
        raise InputError(
            f"There is nothing to estimate: of {found.text.words:,.0f} words, guessed "
            "where --words does not say so, the filter of corpus.min_count is likely "
            "to keep not a single sentence of natural text. `snakemake --cores 1 "
            f"results/{settings.name}/corpus/steps.md` tells what it keeps."
        )


def report(
    found: Estimate, settings: Settings, *, cores: int, every_rule: bool = False
) -> str:
    """The table, and in words what it rests on.

    Args:
        found: Of this config.
        settings: The config.
        cores: That the run would have.
        every_rule: List all rules, not only those that take long.
    """
    gpu, (unit, scale) = settings.device != "cpu", _unit(found)
    headings = ("", "jobs", f"core-{unit}", f"or GPU-{unit}", "disk", "memory")
    least = 0 if every_rule else LARGE * core_hours(found.every)
    body = [headings, *_rows(found, scale, least)]
    columns = [n for n, name in enumerate(headings) if gpu or "GPU" not in name]
    widths = {n: max(len(row[n]) for row in body) for n in columns}
    lines = []
    for row in body:
        first, *others = columns
        cells = [row[first].ljust(widths[first])]
        cells += [row[n].rjust(widths[n]) for n in others]
        lines.append("  ".join(cells).rstrip())
    return "\n".join([*lines, "", *_sentences(found, settings, cores, gpu=gpu)])


def _unit(found: Estimate) -> tuple[str, int]:
    """In what core- and GPU-time is told, and how many of these an hour has."""
    few = core_hours(found.every) < MINUTES_BELOW_H
    return ("minutes", 60) if few else ("hours", 1)


def _rows(found: Estimate, scale: int, least: float) -> Iterator[tuple[str, ...]]:
    for part, stages in found.stages.items():
        yield _row(part, stages, scale)
        for rule in dict.fromkeys(stage.rule for stage in stages):
            own = [stage for stage in stages if stage.rule == rule]
            if core_hours(own) >= least:
                yield _row(f"  {rule}", own, scale)
    yield _row("in all", found.every, scale)


def _row(name: str, stages: Sequence[Stage], scale: int) -> tuple[str, ...]:
    has_use = any(stage.gpu_s is not None for stage in stages)
    return (
        name,
        f"{sum(stage.jobs for stage in stages):,}",
        short(scale * core_hours(stages)),
        short(scale * gpu_hours(stages)) if has_use else "–",
        size(disk(stages)),
        size(max(stage.memory for stage in stages)),
    )


def _sentences(
    found: Estimate, settings: Settings, cores: int, *, gpu: bool
) -> Iterator[str]:
    stages, text, (unit, scale) = found.every, found.text, _unit(found)
    if _reads_corpus(settings) and text.kept < LEAST_KEPT * text.words:
        yield (
            f"Warning: of {text.words:,.0f} words the filter is likely to keep "
            f"{100 * text.kept / text.words:.1f} %, and it ends a run below "
            f"{100 * LEAST_KEPT:.0f} %: lower corpus.min_count, or give more text."
        )
    on = f"{cores} core{'s' * (cores > 1)}"
    yield f"Time on {on}: {duration(wall_hours(stages, cores))}{_one(stages, cores)}."
    if gpu:
        rest = core_hours(stage for stage in stages if stage.gpu_s is None)
        yield (
            f"With one GPU: {duration(wall_hours_with_gpu(stages, cores))}, for "
            f"{short(scale * gpu_hours(stages))} GPU-{unit} and "
            f"{short(scale * rest)} core-{unit}."
        )
    largest = max(stages, key=lambda stage: stage.memory)
    memory = at_once(stages, lambda stage: stage.memory, cores)
    yield (
        f"Memory: {size(largest.memory)} for the largest job, {largest.rule}; on {on} "
        f"at most {size(memory)} at once."
    )
    meanwhile = at_once(stages, lambda stage: stage.meanwhile, cores)
    yield (
        f"Disk: {size(disk(stages))} in results/ and state/, and while it runs up to "
        f"{size(meanwhile)} more: states of tag models, and vectors that are deleted "
        "in the end."
    )
    if _reads_corpus(settings):
        yield _corpus(found, settings)
    yield (
        "Core-hours are by rates measured on an AMD EPYC without a GPU "
        "(docs/performance.md); another machine may take half or twice as long."
    )
    if gpu:
        yield (
            "GPU-hours are an assumption, not a measurement: "
            f"{rates.GPU_OPERATIONS / 1e12:.0f} TFLOP/s achieved in products, "
            f"{rates.GPU_LAYER_WINDOW * 1000:.0f} ms to start the kernels of a window "
            "of an LSTM."
        )


def _reads_corpus(settings: Settings) -> bool:
    return any(load(name).reads_corpus for name in settings.studies)


def _one(stages: Sequence[Stage], cores: int) -> str:
    """The longest job, where more cores would not help."""
    longest = max(stages, key=lambda stage: stage.core_s / stage.threads)
    alone = longest.core_s / min(longest.threads, cores) / 3600
    if alone < 0.5 * wall_hours(stages, cores):
        return ""
    return f", of which one {longest.rule} takes {duration(alone)}"


def _corpus(found: Estimate, settings: Settings) -> str:
    text = found.text
    sizes = (
        f"Corpus: {text.words:,.0f} words, of which the filter keeps "
        f"{text.kept:,.0f}; {text.parts.train:,.0f} to train on, "
        f"sentence ends included, {text.types:,} types"
    )
    if settings.corpus.format == "generated":
        return sizes + "."
    return (
        sizes + ". What is kept and the types are estimated by what min_count leaves "
        "of WikiText-2, and by the paper's sizes; --words says how many words there "
        "are."
    )


def short(number: float) -> str:
    """A number for a table.

    >>> short(0.0321), short(12.34), short(2345.6)
    ('0.03', '12.3', '2,346')
    """
    if number >= 99.95:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 9.995 else f"{number:.2f}"


def size(number: float) -> str:
    """Bytes for a table.

    >>> size(4.1e6), size(2.31e9), size(1.2e12)
    ('4 MB', '2.3 GB', '1.2 TB')
    """
    for unit, name in ((1e12, "TB"), (1e9, "GB")):
        if number >= 0.9995 * unit:
            return f"{number / unit:.1f} {name}"
    return f"{number / 1e6:.0f} MB"


def duration(number: float) -> str:
    """Hours in words.

    >>> duration(0.27), duration(5.2), duration(250)
    ('16 minutes', '5.2 hours', '10.4 days')
    """
    if number < 1.5:
        return f"{max(1, round(60 * number))} minutes"
    return f"{number:.1f} hours" if number < 48 else f"{number / 24:.1f} days"
