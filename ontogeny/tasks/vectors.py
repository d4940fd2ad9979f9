"""Word vectors of a text file, for an embedding to begin with."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ontogeny.disk.files import numbered_lines
from ontogeny.errors import InputError

logger = logging.getLogger(__name__)

BOUND = 0.05
"""Words that the file lacks begin uniform in ± this, as where there is no file."""


def read_vectors(
    path: str | Path, words: Sequence[str], units: int, *, seed: int = 0
) -> tuple[np.ndarray, float]:
    """Vectors of some words, from lines `word v1 … vn` as of word2vec and GloVe.

    A first line of two numbers, how many words and how wide, is passed over;
    so are blank ones.

    Args:
        path: A UTF-8 text.
        words: The vocabulary, in order of id.
        units: Of the embedding.
        seed: Of the words that the file lacks.

    Returns:
        float32, shape (words, units), and the share of the words that the file has.

    Raises:
        InputError: If the file cannot be read, its vectors are of another width or not
            finite, or it has no word of the vocabulary.
    """
    ids = {word: number for number, word in enumerate(words)}
    rng = np.random.default_rng(seed)
    vectors = rng.uniform(-BOUND, BOUND, (len(words), units)).astype(np.float32)
    found: set[str] = set()
    first = True
    for number, line in numbered_lines(Path(path)):
        if not line.strip() or (number == 1 and len(line.split()) == 2):
            continue
        # A word may hold blanks (GloVe's `. . .`), though not the first one.
        word, *values = line.rstrip().rsplit(" ", units)
        if len(values) < units or (first and " " in word):
            raise InputError(
                f"{path}, line {number}: a vector of {len(line.split()) - 1} numbers, "
                f"where the embedding has {units} units: give another file, or as many "
                "units."
            )
        first = False
        if word in ids:
            vectors[ids[word]] = _numbers(values, f"{path}, line {number}")
            found.add(word)
    if not found:
        raise InputError(
            f"{path} has no word of the vocabulary, such as "
            f"{', '.join(list(words)[3:6])}: is it of this language, and cased alike?"
        )
    share = len(found) / len(words)
    logger.info("%s has %.0f %% of the %d words.", path, 100 * share, len(words))
    return vectors, share


def _numbers(values: Sequence[str], where: str) -> np.ndarray:
    try:
        numbers = np.array([float(value) for value in values])
    except ValueError as error:
        raise InputError(f"{where}: {error}.") from error
    if not (np.abs(numbers) <= np.finfo(np.float32).max).all():
        raise InputError(f"{where}: a number is not finite: give another file.")
    return numbers
