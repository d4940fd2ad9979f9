"""Documents that stand in a corpus more than once."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class Copies:
    """Finds documents whose text equals an earlier one's, in 8 bytes a document.

    Texts are equal if they have the same tokens, cased, in the same sentences. A
    title is no part of the text, and a document without a sentence equals none.

    Args:
        documents: How many there are.

    >>> batch = pa.RecordBatch.from_pylist(
    ...     [{"document": n, "tokens": [word]} for n, word in enumerate("aba")]
    ... )
    >>> texts = Copies(3)
    >>> texts.add(batch)
    >>> texts.copies().tolist()
    [False, False, True]
    """

    def __init__(self, documents: int) -> None:
        self._fingerprints = np.zeros(documents, dtype=np.int64)
        self._has_sentence = np.zeros(documents, dtype=bool)

    def add(self, batch: pa.RecordBatch) -> None:
        """Take in rows of table `SENTENCES`, in order; a document may go on later."""
        fingerprints = self._fingerprints
        documents = batch["document"].to_numpy()
        lines = pc.binary_join(batch["tokens"], " ").to_pylist()
        for document, line in zip(documents.tolist(), lines, strict=True):
            # Python's hash is another in every process, so it is never stored. It has
            # 64 bits: of 400,000 corpora of ten million texts, one has a chance match.
            fingerprints[document] = hash((fingerprints[document], line))
        self._has_sentence[documents] = True

    def copies(self) -> np.ndarray:
        """Whether each document equals an earlier one, bool, shape (documents,)."""
        filled = np.flatnonzero(self._has_sentence)
        _, first = np.unique(self._fingerprints[filled], return_index=True)
        found = self._has_sentence.copy()
        found[filled[first]] = False
        return found
