"""What `config/*.yaml` may say of the corpus."""

from __future__ import annotations

import logging
import os
from glob import escape, glob
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from ontogeny.errors import InputError
from ontogeny.sections.section import Section

logger = logging.getLogger(__name__)

ENDINGS = {
    "text": (".txt",),
    "jsonl": (".jsonl", ".ndjson", ".json"),
    "parquet": (".parquet", ".pq"),
    "wikitext": (".txt", ".tokens", ".raw"),
    "conllu": (".conllu", ".conll"),
}
"""How files of a format end that are read in a folder, compressed or not."""
PACKED = ("", ".gz", ".bz2", ".zst")


class Shares(Section):
    """Share of the documents in each split; any unit, they are normalised."""

    train: float = Field(70, gt=0)
    valid: float = Field(10, gt=0)
    test: float = Field(20, gt=0)


class Corpus(Section):
    """Where the text comes from and which of it is kept."""

    format: Literal["generated", "text", "jsonl", "parquet", "wikitext", "conllu"] = (
        Field(description="Format of the files; `generated` makes a built-in language.")
    )
    dataset: str | None = Field(
        None, description="A data set of config/datasets.yaml; all its files are read."
    )
    files: list[str] = Field(
        [], description="Own files: paths, folders or patterns such as texts/*.txt."
    )
    tokens: int | None = Field(
        None, gt=0, description="Words to generate (format `generated` only)."
    )
    types: int = Field(
        1_600, ge=200, description="Word types of a generated language, about."
    )
    language_seed: int = Field(
        20,
        ge=0,
        description="Which language of the kind is generated: another seed, other "
        "words (format `generated` only).",
    )
    shards: int = Field(
        1,
        ge=1,
        description="Jobs that reading is divided into, each of whole files; a "
        "generated corpus is one file.",
    )
    tokenised: bool = Field(
        False,
        description="Tokens stand between blanks already; spaCy is not asked. Of the "
        "format wikitext they do.",
    )
    language: str = Field(
        "en",
        description="spaCy's code, for splitting raw text; words are lowercased as "
        "Unicode has it in any language.",
    )
    sentences: Literal[1, 2] = Field(
        2,
        description="How text is split into sentences; 1: as older results were, "
        "quotes and brackets that open one go to the sentence before.",
    )
    arrives_lowercased: bool = Field(
        False,
        description="The text has no capitals: the tagger learns from lowercased text.",
    )
    min_count: int = Field(
        100, ge=1, description="Occurrences below which a word drops its sentence (§2)."
    )
    splits: Shares = Field(Shares(), description="By document; the paper's 70/10/20.")
    seed: int = Field(0, ge=0, description="Of generation and of the splits.")

    @model_validator(mode="before")
    @classmethod
    def _tokenised_wikitext(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("format") == "wikitext":
            return {"tokenised": True, **values}
        return values

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.format == "wikitext" and not self.tokenised:
            raise ValueError(
                "tokenised: text of the format wikitext is, and its <unk> would be "
                "three words: leave the key out"
            )
        given = {"files": self.files, "dataset": self.dataset, "tokens": self.tokens}
        wanted = ("tokens",) if self.format == "generated" else ("files", "dataset")
        if [name for name in given if given[name]] not in [[name] for name in wanted]:
            raise ValueError(
                f"format {self.format!r} needs {' or '.join(wanted)}, and nothing else "
                f"of {', '.join(given)}"
            )
        return self

    @property
    def file_format(self) -> str:
        """Format of the files that are read; a generated text is CoNLL-U."""
        return "conllu" if self.format == "generated" else self.format

    def paths(self) -> list[str]:
        """Own files, folders opened and patterns expanded, sorted.

        Raises:
            InputError: If an entry is empty or matches no file.
        """
        found: list[str] = []
        for entry in self.files:
            if not entry.strip():
                raise InputError("Config: corpus.files: an entry is empty.")
            entry = os.path.expanduser(entry)
            if Path(entry).is_dir():
                paths = _in_folder(Path(entry), ENDINGS[self.file_format])
            else:
                pattern = escape(entry) if Path(entry).exists() else entry
                every = sorted(glob(pattern, recursive=True))
                paths = [path for path in every if Path(path).is_file()]
            if not paths:
                raise InputError(
                    f"Config: corpus.files: {entry!r} matches no file "
                    f"(looked for from {Path.cwd()})."
                )
            found += paths
        odd = next((path for path in found if "{" in path or "}" in path), None)
        if odd:
            raise InputError(
                f"Config: corpus.files: {odd!r} has braces in its name, which "
                "Snakemake takes for wildcards: call the file or folder otherwise."
            )
        # A file given twice, by a link too, would stand in two splits.
        first: dict[Path, str] = {}
        for path in found:
            first.setdefault(Path(path).resolve(), path)
        return list(first.values())


def _in_folder(folder: Path, endings: tuple[str, ...]) -> list[str]:
    """Files of a format in a folder and those in it, sorted; each folder once.

    Raises:
        InputError: If there are others alone.
    """
    wanted = tuple(end + packed for end in endings for packed in PACKED)
    seen: set[Path] = set()
    found: list[str] = []
    others: list[str] = []
    for here, folders, files in os.walk(folder, followlinks=True):
        real = Path(here).resolve()
        if real in seen:  # a link to where it lies
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in files:
            if not name.startswith(".") and Path(here, name).is_file():
                of = found if name.lower().endswith(wanted) else others
                of.append(str(Path(here, name)))
    if others and not found:
        raise InputError(
            f"Config: corpus.files: no file in {folder} ends in "
            f"{' or '.join(endings)}: name them by a pattern, such as {folder}/*."
        )
    if others:
        logger.warning(
            "corpus.files: %d file(s) in %s end otherwise, such as %s: not read.",
            len(others), folder, min(others),
        )  # fmt: skip
    return sorted(found)
