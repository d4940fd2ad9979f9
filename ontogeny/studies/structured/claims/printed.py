"""Claims that hold the paper's printed numbers: G8 to G11, G18, G20.

Judged of tasks alone that have the paper's sizes and epochs, and so its names.
"""

from __future__ import annotations

from ontogeny.claims.intervals import Statistic, statistic
from ontogeny.claims.regions import above, below, between
from ontogeny.studies.structured.claims.asking import BAYES, TEXTS, structured_claim
from ontogeny.studies.structured.claims.run import TaskRun
from ontogeny.studies.structured.paper import PRINTED

QUALITY = 0.03
COUNTS = 0.15
SPLITS = ("valid", "test")


def near_quality(run: TaskRun, variant: str) -> list[Statistic]:
    """Perplexity of valid and test, over the paper's: within 3 %."""
    theirs = PRINTED[run.paper()][variant].quality
    return [
        statistic(
            f'{split} PP {_short(variant)} / "{number}"',
            run.quality(variant, split) / float(number),
            between(1 - QUALITY, 1 + QUALITY),
        )
        for split, number in zip(SPLITS, theirs, strict=True)
    ]


def near_counts(run: TaskRun, variant: str, what: str) -> list[Statistic]:
    """Neurons or gates of each layer, over the paper's: within 15 %."""
    theirs = getattr(PRINTED[run.paper()][variant], what)
    ours = getattr(run, what)(variant)
    return [
        run.number(
            f'{what} {_short(variant)}, LSTM {layer} / "{number}"',
            own / number,
            between(1 - COUNTS, 1 + COUNTS),
        )
        for layer, (own, number) in enumerate(zip(ours, theirs, strict=True), 1)
    ]


def near_compression(run: TaskRun, variant: str, apart: float) -> Statistic:
    """Compression less the paper's."""
    theirs = PRINTED[run.paper()][variant].compression
    return run.number(
        f'c({variant.upper()}) − "{theirs:g}"',
        run.compression(variant) - theirs,
        between(-apart, apart),
    )


def _short(variant: str) -> str:
    return "D" if variant == "dense" else variant.upper()


@structured_claim(
    "G8",
    "small dense reaches the known perplexity",
    "table 1",
    'valid "120.28", test "114.41", each within 3 %',
    roles=("small",),
)
def g8(run: TaskRun) -> list[Statistic]:
    return near_quality(run, "dense")


@structured_claim(
    "G9",
    "table 1, small W+N",
    "table 1",
    'PP within 3 % of "110.34 – 106.25"; n within 15 % of "72 – 123"',
    roles=("small",),
)
def g9(run: TaskRun) -> list[Statistic]:
    return [*near_quality(run, "wn"), *near_counts(run, "wn", "neurons")]


@structured_claim(
    "G10",
    "table 1, small W+G+N",
    "table 1",
    'PP within 3 % of "110.04 – 105.64"; n within 15 % of "64 – 115", g of "193 – '
    '442"; c "1.49" ± 0.03',
    roles=("small",),
)
def g10(run: TaskRun) -> list[Statistic]:
    return [
        *near_quality(run, "wgn"),
        *near_counts(run, "wgn", "neurons"),
        *near_counts(run, "wgn", "gates"),
        near_compression(run, "wgn", 0.03),
    ]


@structured_claim(
    "G11",
    "table 1, large",
    "table 1",
    'PP within 3 %, n and g within 15 % of the table\'s; c "2.97" and "3.22", each ± '
    "0.1",
    roles=("large",),
)
def g11(run: TaskRun) -> list[Statistic]:
    found = [*near_quality(run, "dense")]
    for variant in ("wn", "wgn"):
        found += near_quality(run, variant)
        found += near_counts(run, variant, "neurons")
        found.append(near_compression(run, variant, 0.1))
    return [*found, *near_counts(run, "wgn", "gates")]


# What c(WGN) must be above or below, as the claim's row has it.
COMPRESSIONS = {
    "imdb": above(1_000),
    "agnews": above(100),
    "char": below(50),
    "word": below(50),
}


@structured_claim(
    "G18",
    "classification compresses by orders more than language modelling",
    "table 2",
    'c(WGN): imdb > 1,000 ("19747"), agnews > 100 ("647"), word and char < 50 '
    '("11.44", "9.8")',
    roles=BAYES,
)
def g18(run: TaskRun) -> list[Statistic]:
    run.text()
    bound = COMPRESSIONS[run.paper()]
    return [run.number("c(WGN)", run.compression("wgn"), bound)]


@structured_claim(
    "G20",
    "… a handful of neurons classify",
    "table 2",
    'n(WGN) < 10 % of the layer, imdb ("4" of 128), agnews ("14" of 512)',
    roles=TEXTS,
)
def g20(run: TaskRun) -> list[Statistic]:
    run.text()
    run.paper()
    left = int(run.neurons("wgn").sum())
    note = f"{left} of {run.task.hidden}"
    return [run.number("n(WGN) / units", left / run.task.hidden, below(0.1), note)]
