"""The longest articles of the training text, cut into runs: words and topics.

Thesis ch. 4 §3.1: universal parts of speech and topic are learned from the 100
longest articles; the test part is the common corpus of all similarities.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from ontogeny.annotation.texts import Text, make_text
from ontogeny.annotation.treebanks import Labelled
from ontogeny.corpus.filtering import SPLITS
from ontogeny.corpus.tables import batches
from ontogeny.corpus.treebank import read_conllu
from ontogeny.errors import InputError
from ontogeny.tagging.upos import UPOS

logger = logging.getLogger(__name__)

FEWEST_SENTENCES = len(SPLITS)


def annotate_articles(
    kept_path: Path,
    upos_paths: Iterable[Path],
    documents: pd.DataFrame,
    vocabulary: pd.DataFrame,
    *,
    upos: str,
    articles: int,
    shares: Mapping[str, float],
    test_tokens: int,
) -> Text:
    """The longest articles as a text with labels `upos` and `topic`.

    Args:
        kept_path: Table `KEPT` of `ontogeny.corpus.filtering`.
        upos_paths: What tags are read from.
        documents: Columns document and title, one row per document in order.
        vocabulary: Columns id and word.
        upos: One of `UPOS_SOURCES`.
        articles: See `longest_articles`.
        shares: See `cut_into_runs`.
        test_tokens: See `cut_into_runs`.
    """
    sentences = longest_articles(kept_path, articles)
    runs = cut_into_runs(sentences, shares, test_tokens=test_tokens)
    tags = UPOS_SOURCES[upos](upos_paths, set(sentences["sentence"]))
    chosen = documents[documents["document"].isin(sentences["document"])]
    titles = dict(zip(chosen["document"], chosen["title"], strict=True))
    return make_text(labelled_articles(sentences, runs, tags, titles), vocabulary)


def longest_articles(kept_path: Path, articles: int) -> pd.DataFrame:
    """The sentences of the longest articles, by tokens, of the training split.

    Args:
        kept_path: Table `KEPT` of `ontogeny.corpus.filtering`.
        articles: How many; where there are fewer, those there are.

    Returns:
        Columns article (0 is the longest), document, sentence, tokens; an
        article's sentences in order, articles in order of their length.

    Raises:
        InputError: If fewer than two articles have a sentence for each split.
    """
    of_groups = [
        _training(batch, with_words=False)
        .groupby("document")["tokens"]
        .agg(["sum", "size"])
        for batch in batches(kept_path)
    ]
    # An article may go on in the next row group.
    of_article = pd.concat(of_groups).groupby(level="document").sum()
    long_enough = of_article[of_article["size"] >= FEWEST_SENTENCES]
    # Ties: the earlier article, so that the choice does not depend on sorting.
    chosen = long_enough.sort_values("sum", ascending=False, kind="stable").index
    chosen = chosen[:articles]
    if len(chosen) < 2:
        raise InputError(
            f"The training text has {len(chosen)} article(s) of {FEWEST_SENTENCES} "
            "sentences or more, and telling topics apart needs two: give more files, "
            "or lower corpus.min_count."
        )
    if len(chosen) < articles:
        logger.warning("There are %d articles, not %d.", len(chosen), articles)
    rank = pd.Series(range(len(chosen)), index=chosen)
    found = [
        _training(batch, with_words=True, documents=chosen)
        for batch in batches(kept_path)
    ]
    table = pd.concat(found, ignore_index=True)
    table.insert(0, "article", table["document"].map(rank))
    return table.sort_values(["article", "sentence"], ignore_index=True)


def cut_into_runs(
    sentences: pd.DataFrame, shares: Mapping[str, float], *, test_tokens: int
) -> pd.Series:
    """The split of each sentence: every article in three contiguous runs.

    Runs end with a sentence, as near to the shares of the article's tokens as
    may be, and each has at least one. Where the test runs hold more than
    `test_tokens` together, all are shortened alike, at their ends.

    Args:
        sentences: Of `longest_articles`.
        shares: Share of the tokens in each of `SPLITS`.
        test_tokens: Tokens of all test runs, `<eos>` not counted, at most.

    Returns:
        By row a split's name, "" for a sentence beyond the shortened runs.
    """
    lengths = sentences["tokens"].map(len)
    splits = lengths.groupby(sentences["article"], sort=False).transform(
        lambda article: _cut(article.to_numpy(), shares)
    )
    in_test = splits == SPLITS.index("test")
    surplus = lengths[in_test].sum() / test_tokens
    if surplus > 1:
        upto = lengths.where(in_test, 0).groupby(sentences["article"]).cumsum()
        allowed = (
            lengths.where(in_test, 0).groupby(sentences["article"]).transform("sum")
        )
        # The first sentence stays, so that every article is in every split.
        first = in_test & (upto == lengths)
        splits = splits.mask(in_test & ~first & (upto > allowed / surplus), -1)
    names = dict(enumerate(SPLITS)) | {-1: ""}
    return splits.map(names)


def labelled_articles(
    sentences: pd.DataFrame,
    runs: pd.Series,
    upos: Mapping[int, Sequence[str]],
    titles: Mapping[int, str],
) -> dict[str, Iterator[Labelled]]:
    """The runs of each split, labelled with parts of speech and topic.

    Topic is the article itself: every word of *Trains* is labelled *Trains*
    (thesis ch. 4 §3.1).

    Args:
        sentences: Of `longest_articles`.
        runs: Of `cut_into_runs`.
        upos: By sentence, a tag per word; "" where a word has none.
        titles: By document.
    """
    return {
        split: _labelled(sentences[runs == split], upos, titles) for split in SPLITS
    }


def silver_upos(tag_paths: Iterable[Path], wanted: set[int]) -> dict[int, list[str]]:
    """Tags of some sentences from `ontogeny.tagging.shards`' tables."""
    return {
        sentence: [UPOS[tag] for tag in tags]
        for path in tag_paths
        for batch in batches(path)
        for sentence, tags in zip(
            batch["sentence"].to_pylist(), batch["tags"].to_pylist(), strict=True
        )
        if sentence in wanted
    }


def gold_upos(paths: Iterable[Path], wanted: set[int]) -> dict[int, list[str]]:
    """Tags of some sentences from the corpus itself, which is CoNLL-U.

    Args:
        paths: The corpus's files, in the order in which it was read: sentences
            are counted through all of them.
        wanted: Numbers of sentences.
    """
    everything = (sentence for path in paths for sentence in read_conllu(path))
    return {
        number: [tag if tag in UPOS else "" for tag in sentence.upos]
        for number, sentence in enumerate(everything)
        if number in wanted
    }


UPOS_SOURCES: dict[str, Callable[[Iterable[Path], set[int]], dict[int, list[str]]]] = {
    "silver": silver_upos,
    "gold": gold_upos,
}


def _training(batch, *, with_words: bool, documents=None) -> pd.DataFrame:
    """The training sentences of a row group; with their words or their number."""
    here = batch.filter(pc.equal(batch["split"], SPLITS.index("train")))
    table = pd.DataFrame(
        {name: here[name].to_numpy() for name in ("document", "sentence")}
    )
    if with_words:
        table["tokens"] = pd.Series(here["tokens"].to_pylist(), dtype=object)
        return table[table["document"].isin(documents)]
    table["tokens"] = pc.list_value_length(here["tokens"]).to_numpy()
    return table


def _cut(lengths: np.ndarray, shares: Mapping[str, float]) -> np.ndarray:
    """Split of each sentence of an article, shape (sentences,)."""
    total = sum(shares[split] for split in SPLITS)
    upto = np.cumsum(lengths)
    ends = np.cumsum([shares[split] for split in SPLITS[:-1]]) / total * upto[-1]
    first, second = (int(np.abs(upto - end).argmin()) + 1 for end in ends)
    first = min(first, len(lengths) - 2)
    second = min(max(second, first + 1), len(lengths) - 1)
    return np.repeat(range(len(SPLITS)), [first, second - first, len(lengths) - second])


def _labelled(
    sentences: pd.DataFrame,
    upos: Mapping[int, Sequence[str]],
    titles: Mapping[int, str],
) -> Iterator[Labelled]:
    before = -1
    columns = ("article", "document", "sentence", "tokens")
    for article, document, sentence, tokens in zip(
        *(sentences[name].tolist() for name in columns), strict=True
    ):
        # The rank keeps articles of one title apart.
        topic = f"{article:03d} {titles.get(document, '')}".strip()
        labels = {"upos": tuple(upos[sentence]), "topic": (topic,) * len(tokens)}
        yield Labelled(article != before, tuple(tokens), labels)
        before = article
