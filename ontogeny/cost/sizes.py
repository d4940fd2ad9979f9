"""How many words a config's texts hold, before any of them is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, log
from pathlib import Path
from typing import NamedTuple

from ontogeny.cost.rates import RAW_WORD
from ontogeny.errors import InputError
from ontogeny.sections.common import Common
from ontogeny.sections.dataset import Dataset, file_places

# Words of a sentence in the mean: of the generated languages, of WikiText-2, of
# UD English EWT, of the Parallel Meaning Bank.
GENERATED_SENTENCE, SENTENCE, TREEBANK_SENTENCE, MEANING_SENTENCE = 14, 23, 15, 7

# ASSUME: what the filter leaves depends on the words read per `min_count` alone.
# Measured on WikiText-2 with min_count 50, 20, 10 and 5. Its rarest words are
# <unk> already, which drops no sentence, so of raw text less is left.
KEPT = ((49_000, 0.067), (123_000, 0.234), (245_000, 0.455), (491_000, 0.763))
"""Words read per `min_count`: share of them that is kept."""
TYPES = (
    (2_300, 283),
    (19_800, 2_371),
    (76_000, 6_707),
    (256_000, 14_857),
    (2_270_000, 19_500),
)
"""Words of the training split per `min_count`: size of the vocabulary. The last
is the paper's own: 227 M words, 19.5 k types."""


class Parts(NamedTuple):
    """Words of a text's splits, sentence ends included."""

    train: float
    valid: float
    test: float


class Text(NamedTuple):
    """A corpus.

    Attributes:
        words: Read.
        kept: Left by the filter.
        parts: What a model reads.
        types: Size of the vocabulary.
    """

    words: float
    kept: float
    parts: Parts
    types: int


def corpus(
    settings: Common, datasets: Mapping[str, Dataset], given: int | None
) -> Text:
    """The corpus of the config.

    Args:
        settings: The config.
        datasets: Of config/datasets.yaml.
        given: Words, as `--words` says; None: as the config has them.

    Raises:
        InputError: If nobody says how many, or two do: the config of a text that is
            generated, and `given`.
    """
    if given and settings.corpus.tokens:
        raise InputError(
            "--words is for texts that are read, and this config generates its own: "
            "say how many words under corpus.tokens."
        )
    words = given or _corpus_words(settings, datasets)
    threshold, shares = settings.corpus.min_count, settings.corpus.splits
    generated = settings.corpus.format == "generated"
    share = 1.0 if generated or threshold == 1 else kept_share(words / threshold)
    kept = words * share
    total = shares.train + shares.valid + shares.test
    read = kept * (1 + 1 / (GENERATED_SENTENCE if generated else SENTENCE)) / total
    parts = Parts(read * shares.train, read * shares.valid, read * shares.test)
    if generated:
        types = settings.corpus.types
    elif threshold == 1:
        types = whole_vocabulary(kept * shares.train / total)
    else:
        types = vocabulary(kept * shares.train / total / threshold)
    return Text(words, kept, parts, types)


def official(settings: Common, datasets: Mapping[str, Dataset]) -> Text:
    """The corpus's data set in its own splits, with its whole vocabulary."""
    name = settings.corpus.dataset or ""
    files = datasets[name].splits
    # Titles, and the end of each line: a twenty-fifth of WikiText-2.
    parts = Parts(
        *(
            1.04 * file_words(settings, datasets, name, files[split])
            for split in ("train", "valid", "test")
        )
    )
    return Text(sum(parts), sum(parts), parts, whole_vocabulary(parts.train))


def kept_share(words_per_count: float) -> float:
    """Share of the words that the filter keeps, at most the largest measured.

    >>> kept_share(245_000), kept_share(1e9)
    (0.455, 0.763)
    """
    return min(KEPT[-1][1], _interpolated(KEPT, words_per_count))


def vocabulary(words_per_count: float) -> int:
    """Words that are frequent enough.

    >>> vocabulary(76_000), vocabulary(227e6 / 100)
    (6707, 19500)
    """
    return max(3, round(_interpolated(TYPES, words_per_count)))


def whole_vocabulary(words: float) -> int:
    """All types, by Heaps' law through WikiText-2 and WikiText-103.

    >>> round(whole_vocabulary(2_088_628), -3), round(whole_vocabulary(103e6), -4)
    (33000, 270000)
    """
    return round(13.8 * words**0.535)


def raw_types(words: float) -> float:
    """Types of a text before anything is dropped.

    ASSUME: four times those of WikiText, whose rarest words are `<unk>` already.
    """
    return 4 * whole_vocabulary(words)


def _interpolated(points: Sequence[tuple[float, float]], at: float) -> float:
    """On straight lines through the points, both axes logarithmic."""
    right = next((n for n, (x, _) in enumerate(points[1:-1], 1) if at <= x), -1)
    (x, y), (x_right, y_right) = points[right - 1], points[right]
    slope = log(y_right / y) / log(x_right / x)
    return y_right if at == x_right else y * exp(slope * log(at / x))


def treebank(
    settings: Common, datasets: Mapping[str, Dataset], name: str
) -> dict[str, float]:
    """Words of a treebank's parts: train, dev, test, those that there are."""
    if name == "generated":
        train = settings.tagging.treebank_tokens
        return {"train": train, "dev": 0.2 * train, "test": 0.2 * train}
    files = datasets[name].treebank
    return {
        part: file_words(settings, datasets, name, file) for part, file in files.items()
    }


def file_words(
    settings: Common, datasets: Mapping[str, Dataset], name: str, file: str
) -> float:
    """Words of a file of a data set: as said there, or by the size of the file.

    Raises:
        InputError: If it is not said and the file is not here.
    """
    words = datasets[name].files[file].words
    if words is not None:
        return words
    for path in file_places(settings.data_dir, name, file):
        if path.is_file():
            written = RAW_WORD[file_format(settings, datasets[name])]
            return max(1, path.stat().st_size / written)
    raise InputError(
        f"config/datasets.yaml: {name}: {file} has no `words` and is not here, so "
        "nothing can be estimated: add how many there are, about."
    )


def file_format(settings: Common, dataset: Dataset) -> str:
    """The format of a data set's files, as a corpus would have it."""
    annotated = dataset.treebank or dataset.semantics
    return "conllu" if annotated else settings.corpus.format


def _corpus_words(settings: Common, datasets: Mapping[str, Dataset]) -> float:
    about = settings.corpus
    if about.tokens:
        return about.tokens
    if about.dataset:
        files = datasets[about.dataset].files
        return sum(
            file_words(settings, datasets, about.dataset, file) for file in files
        )
    try:
        size = sum(Path(path).stat().st_size for path in about.paths())
    except InputError as error:
        raise InputError(
            f"{str(error).rstrip('.')}: give --words, how many it will hold."
        ) from None
    return max(1, size / RAW_WORD[about.format])
