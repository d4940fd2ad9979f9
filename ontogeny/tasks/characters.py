"""A text as characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd

from ontogeny.corpus.filtering import SPLITS
from ontogeny.disk.files import numbered_lines
from ontogeny.errors import InputError


def encode_characters(
    paths: Mapping[str, str | Path],
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """A text in its splits as characters: lines stripped, blanks as `_`, `\\n` kept.

    So the character files of Penn Treebank are made of those of words, byte by byte,
    once a blank stands after each character (sums: config/datasets.yaml): 50
    characters, 5,017,482 of them in the training split.

    Args:
        paths: By split, a UTF-8 text.

    Returns:
        The vocabulary: id, character, count (in training), the most frequent first; and
        by split a row a character: id, line (from 1).

    Raises:
        InputError: If a file cannot be read or is empty, or a held-out split has a
            character that training lacks.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.txt")
    ...     _ = path.write_text(" a ba \\n")
    ...     vocabulary, splits = encode_characters(dict.fromkeys(SPLITS, path))
    >>> vocabulary["character"].tolist(), splits["test"]["id"].tolist()
    (['a', '\\n', '_', 'b'], [0, 2, 3, 0, 1])
    """
    texts = {split: _lines(Path(paths[split])) for split in SPLITS}
    counts = Counter(chain.from_iterable(texts["train"]))
    known = sorted(counts, key=lambda character: (-counts[character], character))
    ids = {character: number for number, character in enumerate(known)}
    for split, lines in texts.items():
        strange = sorted(set(chain.from_iterable(lines)) - ids.keys())
        if strange:
            raise InputError(
                f"{paths[split]} has {len(strange)} character(s) that "
                f"{paths['train']} lacks, such as {strange[0]!r}: it cannot be read by "
                "characters."
            )
    vocabulary = pd.DataFrame(
        {
            "id": np.arange(len(known), dtype=np.int32),
            "character": known,
            "count": [counts[character] for character in known],
        }
    )
    return vocabulary, {split: _numbers(lines, ids) for split, lines in texts.items()}


def _lines(path: Path) -> list[str]:
    lines = [f"{'_'.join(line.split())}\n" for _, line in numbered_lines(path)]
    if not any(line.strip() for line in lines):
        raise InputError(f"{path} has no character: give a text.")
    return lines


def _numbers(lines: Sequence[str], ids: Mapping[str, int]) -> pd.DataFrame:
    lengths = [len(line) for line in lines]
    return pd.DataFrame(
        {
            "id": np.fromiter(
                (ids[c] for line in lines for c in line), np.int32, sum(lengths)
            ),
            "line": np.repeat(np.arange(1, len(lines) + 1, dtype=np.int32), lengths),
        }
    )
