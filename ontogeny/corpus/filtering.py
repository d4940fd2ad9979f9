"""The two-step filter of Saphra & Lopez (2019, §2), splits and the vocabulary.

Three passes over the table of sentences, a row group at a time: count types,
choose the documents' splits, keep sentences; a fourth where hardly any is kept.
Memory grows with the number of types and documents, not of tokens.
"""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ontogeny.corpus import LEAST_KEPT
from ontogeny.corpus.copies import Copies
from ontogeny.corpus.tables import SENTENCES, ReadCorpus, write_batches
from ontogeny.errors import InputError

logger = logging.getLogger(__name__)

SPLITS = ("train", "valid", "test")
UNKNOWN = "<unk>"
END = "<eos>"
SPECIAL = (UNKNOWN, END)
"""Words with the ids 0 and 1; they enter no per-word statistic."""

START = SPECIAL.index(END)
"""Id fed before the first word of a text, as if a sentence had just ended."""

KEPT = SENTENCES.append(pa.field("split", pa.int8()))
"""The kept sentences, cased; `split` is an index into `SPLITS`."""


@dataclass(frozen=True)
class Kept:
    """What the filter found.

    Attributes:
        vocabulary: Columns id, word, count (in the training split), special;
            most frequent first after the special words.
        steps: The what-was-kept table: step, documents, sentences, tokens,
            types, unknown (tokens that are `<unk>`).
    """

    vocabulary: pd.DataFrame
    steps: pd.DataFrame


def keep_sentences(
    corpus: ReadCorpus,
    kept_path: Path,
    *,
    min_count: int,
    shares: Mapping[str, float],
    seed: int,
) -> Kept:
    """Filter, split and write the kept sentences; return vocabulary and counts.

    Types are counted in the whole corpus, lowercased; a sentence holding a word
    met fewer than `min_count` times is dropped; types are counted again in the
    training split, where words still (or now) below `min_count` become
    `<unk>`. An `<unk>` of the source stays one and drops no sentence. A document
    whose text equals an earlier one's is counted, and told, but kept.

    Args:
        corpus: As it was read.
        kept_path: Where table `KEPT` goes.
        min_count: 100 in the paper.
        shares: Share of the documents in each of `SPLITS`; 70/10/20 in the paper.
        seed: Of the documents' assignment to splits.

    Raises:
        InputError: If the filter keeps less than `LEAST_KEPT` of the tokens, or
            fewer than three documents.

    Source: Saphra & Lopez 2019 §2 "Language model".
    """
    documents = corpus.number_of_documents()
    everything, texts = _Count(documents), Copies(documents)
    for batch in corpus.batches():
        everything.add(batch)
        texts.add(batch)
    frequent = pa.array(
        [w for w, n in everything.types.items() if n >= min_count or w == UNKNOWN],
        type=pa.string(),
    )

    copied, copies, left = texts.copies(), _Count(documents), _Count(documents)
    for batch in corpus.batches():
        left.add(_frequent_only(batch, frequent))
        if copied.any():
            copies.add(batch.filter(pa.array(copied[batch["document"].to_numpy()])))
    _check_enough(corpus, everything, left, min_count)
    split_of = _assign(left.has_sentence, shares, seed)
    if copied.any():
        logger.warning(
            "%d of %d documents equal an earlier one. Splits are by document, so a "
            "text may stand in training and in test: leave copies out.",
            copied.sum(),
            documents,
        )

    counts = [_Count(documents) for _ in SPLITS]
    write_batches(_kept(corpus, frequent, split_of, counts), KEPT, kept_path)
    vocabulary = _vocabulary(counts[0].types, min_count)
    return Kept(vocabulary, _steps(everything, copies, left, counts, vocabulary))


def lowercase(tokens: pa.Array) -> pa.Array:
    """Words as the language model sees them; tagging has seen them cased."""
    return pc.utf8_lower(tokens)


class _Count:
    """Documents, sentences, tokens and types of some sentences."""

    def __init__(self, documents: int) -> None:
        self.types: Counter[str] = Counter()
        self.has_sentence = np.zeros(documents, dtype=bool)
        self.sentences = 0

    def add(self, batch: pa.RecordBatch) -> None:
        self.has_sentence[batch["document"].to_numpy()] = True
        self.sentences += len(batch)
        found = pc.value_counts(lowercase(batch["tokens"].flatten()))
        words, occurrences = (found.field(name).to_pylist() for name in (0, 1))
        self.types.update(dict(zip(words, occurrences, strict=True)))


def _kept(
    corpus: ReadCorpus, frequent: pa.Array, split_of: np.ndarray, counts: list[_Count]
) -> Iterator[pa.RecordBatch]:
    """The rows of table `KEPT`; each split is counted on the way."""
    for batch in corpus.batches():
        kept = _frequent_only(batch, frequent)
        splits = split_of[kept["document"].to_numpy()]
        for split, count in enumerate(counts):
            count.add(kept.filter(pa.array(splits == split)))
        yield kept.append_column(KEPT.field("split"), pa.array(splits))


def _frequent_only(batch: pa.RecordBatch, frequent: pa.Array) -> pa.RecordBatch:
    """Drop every sentence that holds a word which is not frequent."""
    tokens = batch["tokens"]
    rare = pc.invert(pc.is_in(lowercase(tokens.flatten()), value_set=frequent))
    sentence = pc.list_parent_indices(tokens).to_numpy()
    dropped = np.zeros(len(batch), dtype=bool)
    dropped[sentence[rare.to_numpy(zero_copy_only=False)]] = True
    return batch.filter(pa.array(~dropped))


def _check_enough(
    corpus: ReadCorpus, everything: _Count, left: _Count, min_count: int
) -> None:
    if not everything.sentences:
        raise InputError(
            "The corpus is empty: not one sentence was found in its files; "
            "check corpus.files and corpus.format."
        )
    kept, tokens = left.types.total(), everything.types.total()
    if kept < LEAST_KEPT * tokens:
        raise InputError(
            f"The filter keeps {left.sentences:,} of {everything.sentences:,} "
            f"sentences ({kept:,} of {tokens:,} tokens), as a sentence goes if it "
            f"holds a word met fewer than {min_count} times: "
            f"{_remedy(corpus, everything.types)}."
        )
    documents = left.has_sentence.sum()
    if documents < len(SPLITS):
        raise InputError(
            f"The corpus has {documents} document(s) after the filter, and "
            "training, validation and test need one each: give more files, or lower "
            "corpus.min_count."
        )


def _remedy(corpus: ReadCorpus, types: Counter[str]) -> str:
    """The largest `min_count` that keeps half of the tokens, in words."""
    tokens = _tokens_by_rarest(corpus, types)
    kept = 0
    for count in sorted(tokens, reverse=True):
        kept += tokens[count]
        if kept >= tokens.total() / 2:
            break
    if count > 1:
        return f"corpus.min_count: {count} would keep half of the tokens"
    return (
        f"even corpus.min_count: 2 would keep no more than {kept - tokens[1]:,} "
        "tokens, so give more text, or check that it is what it seems (corpus.format)"
    )


def _tokens_by_rarest(corpus: ReadCorpus, types: Counter[str]) -> Counter[int]:
    """Tokens of all sentences whose rarest word is met so many times.

    They stay for every `min_count` up to that.
    """
    counts_of = {**types, UNKNOWN: sys.maxsize}  # drops no sentence
    found: Counter[int] = Counter()
    for batch in corpus.batches():
        words = lowercase(batch["tokens"].flatten()).to_pylist()
        sentence = pc.list_parent_indices(batch["tokens"]).to_numpy()
        rarest = np.full(len(batch), sys.maxsize)
        np.minimum.at(rarest, sentence, np.array([counts_of[word] for word in words]))
        found.update(rarest[sentence].tolist())
    return found


def _assign(has_kept: np.ndarray, shares: Mapping[str, float], seed: int) -> np.ndarray:
    """Split of each document, shape (documents,); at least one in each split."""
    documents = np.flatnonzero(has_kept)
    total = sum(shares[split] for split in SPLITS)
    valid, test = (
        max(1, round(len(documents) * shares[split] / total)) for split in SPLITS[1:]
    )
    valid = min(valid, len(documents) - 2)
    test = min(test, len(documents) - 1 - valid)
    order = np.random.default_rng(seed).permutation(documents)
    split_of = np.zeros(len(has_kept), dtype=np.int8)
    split_of[order[:valid]] = 1
    split_of[order[valid : valid + test]] = 2
    return split_of


def _vocabulary(types: Counter[str], min_count: int) -> pd.DataFrame:
    kept = {w: n for w, n in types.items() if n >= min_count and w not in SPECIAL}
    words = sorted(kept, key=lambda word: (-kept[word], word))
    unknown = sum(types.values()) - sum(kept.values())
    return pd.DataFrame(
        {
            "id": np.arange(len(SPECIAL) + len(words), dtype=np.int32),
            "word": [*SPECIAL, *words],
            "count": [unknown, 0, *(kept[word] for word in words)],
            "special": [True] * len(SPECIAL) + [False] * len(words),
        }
    )


def _steps(
    everything: _Count,
    copies: _Count,
    left: _Count,
    splits: list[_Count],
    vocabulary: pd.DataFrame,
) -> pd.DataFrame:
    known = set(vocabulary.loc[~vocabulary["special"], "word"])
    rows = [
        ("read", everything, None),
        ("documents that equal an earlier one", copies, None),
        ("kept by the filter", left, known),
    ]
    rows += [(f"{s} split", c, known) for s, c in zip(SPLITS, splits, strict=True)]
    return pd.DataFrame(
        {
            "step": step,
            "documents": count.has_sentence.sum(),
            "sentences": count.sentences,
            "tokens": sum(count.types.values()),
            "types": len(
                count.types.keys() - {UNKNOWN}
                if words is None
                else count.types.keys() & words
            ),
            "unknown": sum(
                n
                for word, n in count.types.items()
                if (word == UNKNOWN if words is None else word not in words)
            ),
        }
        for step, count, words in rows
    )
