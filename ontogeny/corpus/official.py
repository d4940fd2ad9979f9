"""Tokenised text in its official splits, as it stands: cased, nothing dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from ontogeny.corpus.filtering import END, SPECIAL, SPLITS, UNKNOWN
from ontogeny.disk.files import numbered_lines
from ontogeny.errors import InputError


def encode_official(
    paths: Mapping[str, str | Path],
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Word ids of text files that are split into training and test already.

    A line's words stand between blanks; `<eos>` ends every line, blank ones and
    headings too, as in the usual perplexities of WikiText. The vocabulary holds
    every word of the three files, so that no word becomes `<unk>` but those
    that are in the source.

    Args:
        paths: By split, a UTF-8 text.

    Returns:
        The vocabulary, columns id, word, count (in the training split) and
        special, most frequent first after the special words; and for each split
        a table of its tokens: id and line (from 1).

    Raises:
        InputError: If a file cannot be read, is not UTF-8, or has no word.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.txt")
    ...     _ = path.write_text("The end\\n")
    ...     vocabulary, tokens = encode_official(dict.fromkeys(SPLITS, path))
    >>> vocabulary["word"].tolist(), tokens["test"]["id"].tolist()
    (['<unk>', '<eos>', 'The', 'end'], [2, 3, 1])
    """
    texts = {split: _lines(Path(paths[split])) for split in SPLITS}
    counts = {
        split: Counter(word for line in lines for word in line)
        for split, lines in texts.items()
    }
    words = sorted(
        set().union(*counts.values()) - set(SPECIAL),
        key=lambda word: (-counts["train"][word], word),
    )
    vocabulary = pd.DataFrame({"word": [*SPECIAL, *words]})
    vocabulary.insert(0, "id", np.arange(len(vocabulary), dtype=np.int32))
    vocabulary["count"] = [counts["train"][word] for word in vocabulary["word"]]
    vocabulary["special"] = vocabulary["word"].isin(SPECIAL)
    ids = dict(zip(vocabulary["word"], vocabulary["id"], strict=True))
    return vocabulary, {split: _encode(lines, ids) for split, lines in texts.items()}


def _lines(path: Path) -> list[list[str]]:
    # A word that reads `<eos>` ends no line: it is unknown.
    lines = [
        [UNKNOWN if word == END else word for word in line.split()]
        for _, line in numbered_lines(path)
    ]
    if not any(lines):
        raise InputError(f"{path} has no word: give a text of tokens between blanks.")
    return lines


def _encode(lines: list[list[str]], ids: Mapping[str, int]) -> pd.DataFrame:
    numbers = np.arange(1, len(lines) + 1, dtype=np.int32)
    return pd.DataFrame(
        {
            "id": np.array(
                [ids[word] for line in lines for word in [*line, END]], dtype=np.int32
            ),
            "line": np.repeat(numbers, [len(line) + 1 for line in lines]),
        }
    )
