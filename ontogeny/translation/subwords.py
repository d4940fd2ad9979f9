"""Subwords of two languages together, by byte pair encoding."""

from __future__ import annotations

import io
import json
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import redirect_stderr
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ontogeny.disk.files import write_text
from ontogeny.errors import InputError, unreadable
from ontogeny.models.transformer import END, PAD, START, UNKNOWN

logger = logging.getLogger(__name__)

SPECIALS = ("<pad>", "<s>", "</s>", "<unk>")
"""Of the ids `PAD`, `START`, `END` and `UNKNOWN`, which begin every vocabulary."""
NO_WORD = -1
"""The word of a position that belongs to none, such as `</s>`."""

_FINAL = "</w>"
"""What subword-nmt writes after the last character of a word."""


class Subwords:
    """A vocabulary of subwords, and how words are divided into them.

    Its units are, in this order: `SPECIALS`, the characters within a word, the same
    at a word's end, and what each merge makes, in the order in which they were
    learned. So each word of known characters has subwords; another character is
    `<unk>`.

    Args:
        characters: All that a word may have, each once.
        merges: Pairs of subwords, the first learned first; one at a word's end has
            `</w>` after it.

    Attributes:
        units: The subwords by id; those that a word goes on after end in `@@`.

    Source: Sennrich et al. (2016), Neural Machine Translation of Rare Words with
    Subword Units, §3.2. ASSUME: of characters both forms are units, also where a text
    has only one, so that no word of its characters is `<unk>` | only what is there.

    >>> subwords = Subwords("aet", [("a", "t</w>"), ("e", "at</w>")])
    >>> subwords.units[4:]
    ('a@@', 'e@@', 't@@', 'a', 'e', 't', 'at', 'eat')
    >>> ids, word = subwords.encode(["tea", "eat"])
    >>> [subwords.units[id] for id in ids], word.tolist()
    (['t@@', 'e@@', 'a', 'eat'], [0, 0, 0, 1])
    >>> subwords.decode(ids)
    ['tea', 'eat']
    """

    def __init__(self, characters: str, merges: Sequence[tuple[str, str]]) -> None:
        self._characters, self._merges = characters, list(merges)
        pieces = [(one, final) for final in (False, True) for one in characters]
        for first, second in self._merges:
            whole = first + second
            pieces.append((whole.removesuffix(_FINAL), whole.endswith(_FINAL)))
        # Two merges may make the same.
        self._pieces = [(name, True) for name in SPECIALS] + list(dict.fromkeys(pieces))
        self._ids = {piece: id for id, piece in enumerate(self._pieces)
                     if id >= len(SPECIALS)}  # fmt: skip
        self._known: dict[str, list[int]] = {}
        self.units = tuple(name + "@@" * (not final) for name, final in self._pieces)

    def __len__(self) -> int:
        return len(self.units)

    def encode(self, words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Divide words into subwords.

        Args:
            words: Of a sentence.

        Returns:
            Ids of the subwords, int64, shape (subwords,), and the word that each is of,
            from 0, the same. Neither `<s>` nor `</s>` is among them.
        """
        found = [self._known.get(word) or self._divide(word) for word in words]
        ids = np.fromiter(chain.from_iterable(found), np.int64)
        return ids, np.repeat(np.arange(len(words)), [len(one) for one in found])

    def decode(self, ids: Iterable[Any]) -> list[str]:
        """The words of some subwords, as far as the first `</s>`.

        `<pad>` and `<s>` are passed over, `<unk>` ends a word, and so does the end.
        """
        words, word = [], ""
        for id in map(int, ids):
            if id == END:
                break
            if id in (PAD, START):
                continue
            piece, final = self._pieces[id]
            word += piece
            if final:
                words.append(word)
                word = ""
        return words + [word] * bool(word)

    def save(self, path: str | Path) -> None:
        """Write what `load` reads: a small JSON file, a merge a line."""
        content = {
            "characters": self._characters,
            "merges": [" ".join(pair) for pair in self._merges],
        }
        write_text(json.dumps(content, ensure_ascii=False, indent=0), path)

    @classmethod
    def load(cls, path: str | Path) -> Subwords:
        """Read what `save` wrote.

        Raises:
            InputError: If the file is missing or damaged.
        """
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
            merges = [tuple(pair.split(" ")) for pair in content["merges"]]
            if not all(len(pair) == 2 and all(pair) for pair in merges):
                raise ValueError("a merge is of two units")
            return cls(content["characters"], merges)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise unreadable(path, error) from error

    def _divide(self, word: str) -> list[int]:
        # Without a merge the library takes its list to be damaged, and exits.
        pieces = self._library.segment_tokens([word]) if self._merges else list(word)
        last = len(pieces) - 1
        ids = [self._ids.get((piece, at == last), UNKNOWN)
               for at, piece in enumerate(pieces)]  # fmt: skip
        self._known[word] = ids
        return ids

    @cached_property
    def _library(self) -> Any:
        from subword_nmt.apply_bpe import BPE

        lines = ["#version: 0.2", *(" ".join(pair) for pair in self._merges)]
        return BPE(io.StringIO("\n".join(lines)), separator="")


def learn_subwords(sentences: Iterable[Sequence[str]], *, units: int) -> Subwords:
    """Learn subwords that sentences, of both languages, are written in.

    The most frequent pair of neighbours in a word becomes a subword, again and again;
    of equally frequent ones the last in alphabetical order does. It ends at so many
    units, or if no pair is there twice. The order of the sentences does not matter.

    Args:
        sentences: Words of each, of the training split.
        units: Size of the vocabulary at most, special ones included.

    Raises:
        InputError: If there is no word, or the vocabulary would be smaller than the
            special units and both forms of each character.
        ValueError: If a word is empty or has a blank.

    Source: Sennrich et al. (2016), Algorithm 1, in their own code, subword-nmt;
    learned on both languages together, as Movva & Zhao (2020), A.1, have it.

    >>> learn_subwords([["low", "lower"], ["lower", "slow"]], units=20).units[-3:]
    ('we@@', 'wer', 'lower')
    """
    counts = Counter(chain.from_iterable(sentences))
    if not counts:
        raise InputError("There is no word to learn subwords from: give pairs.")
    for word in counts:
        if word.split() != [word]:
            raise ValueError(f"{word!r} is no word: it is empty or has a blank")
    characters = "".join(sorted(set(chain.from_iterable(counts))))
    least = len(SPECIALS) + 2 * len(characters)
    if units < least:
        raise InputError(
            f"{units} subwords are too few for {len(characters)} characters: with "
            f"{len(SPECIALS)} special ones, and each character within a word and at "
            f"its end, they must be {least} or more; lowercase the text, or give more."
        )
    merges = _learn(counts, units - least)
    subwords = Subwords(characters, merges)
    logger.info("%d subwords of %d merges.", len(subwords), len(merges))
    return subwords


def _learn(counts: Counter[str], merges: int) -> list[tuple[str, str]]:
    # Without a pair of characters the library fails.
    if not merges or max(map(len, counts)) == 1:
        return []
    from subword_nmt.learn_bpe import learn_bpe

    lines = [f"{word} {count}" for word, count in counts.items()]
    found = io.StringIO()
    with redirect_stderr(io.StringIO()):  # its bar of progress
        learn_bpe(lines, found, merges, is_dict=True)
    _, *pairs = found.getvalue().splitlines()
    return [tuple(pair.split(" ")) for pair in pairs]  # type: ignore[misc]


def average_by_word(
    vectors: Tensor, word_of_subword: Any, words: int | None = None
) -> Tensor:
    """A vector for each word, the mean of its subwords' vectors.

    Args:
        vectors: Of subwords, shape (subwords, d).
        word_of_subword: Integers, shape (subwords,), as `Subwords.encode` gives them;
            `NO_WORD` for what belongs to no word, such as `</s>`.
        words: How many there are; None: up to the last that has a subword.

    Returns:
        Shape (words, d), of the vectors' type; NaN for a word without a subword.

    Raises:
        ValueError: If the shapes do not fit, or a word is beyond `words`.

    Source: Movva & Zhao (2020), A.1 "sub-token averaging".

    >>> vectors = torch.tensor([[1.0, 0.0], [3.0, 2.0], [5.0, 5.0], [9.0, 9.0]])
    >>> average_by_word(vectors, [0, 0, 1, NO_WORD]).tolist()
    [[2.0, 1.0], [5.0, 5.0]]
    """
    word = torch.as_tensor(word_of_subword, device=vectors.device)
    if vectors.ndim != 2 or word.shape != vectors.shape[:1]:
        raise ValueError(
            "need vectors (subwords, d) and words (subwords,), got "
            f"{tuple(vectors.shape)} and {tuple(word.shape)}"
        )
    of_one = word != NO_WORD
    word, vectors = word[of_one].long(), vectors[of_one]
    last = int(word.max()) + 1 if len(word) else 0
    words = last if words is None else words
    if last > words or (len(word) and int(word.min()) < 0):
        raise ValueError(f"a subword is of none of {words} words")
    sums = vectors.new_zeros(words, vectors.shape[1]).index_add_(0, word, vectors)
    return sums / torch.bincount(word, minlength=words)[:, None]
