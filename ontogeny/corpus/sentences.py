"""From documents to a table of tokenised sentences."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ontogeny.corpus.readers import Document
from ontogeny.corpus.tables import DOCUMENTS, SENTENCES
from ontogeny.disk.files import parquet_writer
from ontogeny.errors import InputError

logger = logging.getLogger(__name__)

ROWS_PER_GROUP = 8192

FORGET_AFTER = 5_000_000
"""Characters after which spaCy's memory of words begins anew."""

Splitter = Callable[[Iterable[str]], Iterator[list[list[str]]]]
"""Turns each paragraph into its sentences, each a list of tokens."""


def split_at_marks(paragraphs: Iterable[str]) -> Iterator[list[list[str]]]:
    """Sentences of tokenised text: tokens stand between blanks.

    A sentence ends after `.`, `!` or `?` and closing quotes, or with the line.

    >>> next(split_at_marks(['He said " No . " Then he left .']))
    [['He', 'said', '"', 'No', '.', '"'], ['Then', 'he', 'left', '.']]
    """
    for paragraph in paragraphs:
        sentences: list[list[str]] = []
        for line in paragraph.split("\n"):
            sentences.append([])
            ended = False
            for token in line.split():
                if ended and token not in _CLOSING_QUOTES:
                    sentences.append([])
                    ended = False
                sentences[-1].append(token)
                ended = ended or token in _ENDS
        yield [sentence for sentence in sentences if sentence]


_ENDS = frozenset(".!?")
_CLOSING_QUOTES = frozenset(['"', "''", "'", "”", "’", "»"])


def choose_splitter(language: str, *, tokenised: bool) -> Splitter:
    """`split_at_marks` for tokenised text, else spaCy's rules for a language.

    Args:
        language: spaCy's code of the language, e.g. "en".
        tokenised: Whether tokens stand between blanks already.

    Raises:
        InputError: If spaCy has no such language.
    """
    if tokenised:
        return split_at_marks
    # spaCy takes seconds to import and is needed for raw text alone.
    import spacy

    try:
        nlp = spacy.blank(language)
    except ImportError as error:
        raise InputError(
            f"spaCy has no rules for language {language!r}: "
            "set corpus.language to one of its codes, such as en or de."
        ) from error
    nlp.add_pipe("sentencizer")
    nlp.max_length = sys.maxsize  # the limit is for parsers, which rules are not

    zones = ExitStack()
    characters = FORGET_AFTER

    def split(paragraphs: Iterable[str]) -> Iterator[list[list[str]]]:
        nonlocal characters
        # spaCy remembers every word it has seen: now and then it must forget.
        if characters >= FORGET_AFTER:
            zones.close()
            zones.enter_context(nlp.memory_zone())
            characters = 0
        # Raw text is wrapped anywhere: its line ends mean no more than a blank.
        for doc in nlp.pipe(" ".join(text.split()) for text in paragraphs):
            characters += len(doc.text)
            sentences = (
                [token.text for token in sentence if not token.is_space]
                for sentence in doc.sents
            )
            yield [sentence for sentence in sentences if sentence]

    return split


def write_sentences(
    documents: Iterable[Document],
    split: Splitter,
    *,
    sentences_path: Path,
    documents_path: Path,
) -> None:
    """Write tables `SENTENCES` and `DOCUMENTS`, one document in memory at a time."""
    with (
        parquet_writer(sentences_path, SENTENCES) as to_sentences,
        parquet_writer(documents_path, DOCUMENTS) as to_documents,
    ):
        sentence_rows, document_rows = _Rows(to_sentences), _Rows(to_documents)
        sentences = 0
        for number, document in enumerate(documents):
            document_rows.add(number, document.title)
            for tokens in _sentences_of(document, split):
                sentence_rows.add(number, sentences, tokens)
                sentences += 1
        sentence_rows.flush()
        document_rows.flush()
    logger.info("Read %d sentences.", sentences)


def _sentences_of(document: Document, split: Splitter) -> Iterator[list[str]]:
    yield from map(list, document.sentences)
    for sentences in split(document.paragraphs):
        yield from sentences


class _Rows:
    """Rows on their way to a Parquet file, a row group at a time."""

    def __init__(self, writer: pq.ParquetWriter) -> None:
        self._writer = writer
        self._columns: list[list] = [[] for _ in writer.schema]

    def add(self, *row: object) -> None:
        for column, value in zip(self._columns, row, strict=True):
            column.append(value)
        if len(self._columns[0]) >= ROWS_PER_GROUP:
            self.flush()

    def flush(self) -> None:
        if self._columns[0]:
            schema = self._writer.schema
            self._writer.write_table(pa.table(self._columns, schema=schema))
        self._columns = [[] for _ in self._columns]
