"""From documents to a table of tokenised sentences."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ontogeny.corpus.readers import Document
from ontogeny.corpus.splitting import Splitter
from ontogeny.corpus.tables import DOCUMENTS, SENTENCES
from ontogeny.disk.files import parquet_writer

logger = logging.getLogger(__name__)

ROWS_PER_GROUP = 8192


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
