"""Steps that several benchmarks take; each loads only what it needs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

SHARES = {"train": 70, "valid": 10, "test": 20}


def read(source: Path, form: str, *, tokenised: bool) -> None:
    """Read a text into tables beside it: `sentences_` and `documents_`, by its stem.

    Args:
        source: The text.
        form: Its format.
        tokenised: Whether tokens stand between blanks already.
    """
    from ontogeny.corpus.readers import read_documents
    from ontogeny.corpus.sentences import choose_splitter, write_sentences

    write_sentences(
        read_documents(form, [source]),
        choose_splitter("en", tokenised=tokenised),
        sentences_path=source.with_name(f"sentences_{source.stem}.parquet"),
        documents_path=source.with_name(f"documents_{source.stem}.parquet"),
    )


def keep(folder: Path, stems: Sequence[str], *, min_count: int) -> str:
    """Filter and encode what `read` has made; a word on the size.

    Args:
        folder: Of the tables; gets `kept`, `documents`, `vocabulary` and splits.
        stems: Of the texts.
        min_count: Of a word that is kept.
    """
    from ontogeny.corpus.encoding import write_tokens
    from ontogeny.corpus.filtering import SPLITS, keep_sentences
    from ontogeny.corpus.tables import ReadCorpus
    from ontogeny.disk.files import write_table

    corpus = ReadCorpus(
        [folder / f"sentences_{stem}.parquet" for stem in stems],
        [folder / f"documents_{stem}.parquet" for stem in stems],
    )
    corpus.write_documents(folder / "documents.parquet")
    kept = keep_sentences(
        corpus, folder / "kept.parquet", min_count=min_count, shares=SHARES, seed=0
    )
    paths = {split: folder / f"{split}.parquet" for split in SPLITS}
    write_tokens(folder / "kept.parquet", kept.vocabulary, paths)
    write_table(kept.vocabulary, folder / "vocabulary.parquet")
    return f"{len(kept.vocabulary):,} types kept"
