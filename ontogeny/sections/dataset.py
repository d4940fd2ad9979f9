"""The data sets of `config/datasets.yaml`, and whether one can serve somewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from ontogeny.errors import InputError
from ontogeny.sections.reading import read_entries
from ontogeny.sections.section import Section


class File(Section):
    """One file of a data set."""

    url: str | None = Field(
        None, description="Where it is downloaded from; null: it is in data_dir only."
    )
    sha256: str = Field(description="Checksum, checked whatever its source.")
    bytes: int | None = Field(
        None, gt=0, description="Its size at most; null: 20 GB. Limits a download."
    )
    words: int | None = Field(
        None, gt=0, description="In it, about: what `ontogeny estimate` goes by."
    )


class Dataset(Section):
    """A data set by name: never shipped, always checked."""

    description: str
    licence: str = Field(description="Shown when the data set is fetched.")
    files: dict[str, File]
    treebank: dict[Literal["train", "dev", "test"], str] = Field(
        {}, description="For a treebank: which file is which part."
    )
    splits: dict[Literal["train", "valid", "test"], str] = Field(
        {}, description="For a text in official splits: which file is which."
    )
    semantics: dict[Literal["train", "dev", "test"], list[str]] = Field(
        {}, description="For semantic tags: which files are which part."
    )
    labelled: dict[Literal["train", "test"], list[str]] = Field(
        {},
        description="For texts with a class each: which files are which part; both may "
        "be in one archive.",
    )

    pairs: dict[str, tuple[str, str]] = Field(
        {},
        description="For sentence pairs: which files are source and target of train, "
        "valid, and each text to test on, by its name.",
    )

    @model_validator(mode="after")
    def _parts_are_files(self) -> Self:
        parts = {
            **{f"treebank.{part}": [file] for part, file in self.treebank.items()},
            **{f"splits.{part}": [file] for part, file in self.splits.items()},
            **{f"semantics.{part}": files for part, files in self.semantics.items()},
            **{f"labelled.{part}": files for part, files in self.labelled.items()},
            **{f"pairs.{part}": list(files) for part, files in self.pairs.items()},
        }
        for part, files in parts.items():
            for file in files:
                if file not in self.files:
                    raise ValueError(f"{part}: there is no file {file} among its files")
        if self.pairs and not {"train", "valid"} < set(self.pairs):
            raise ValueError("pairs: needs train, valid, and a text to test on")
        if {"counts", "subwords"} & set(self.pairs):
            raise ValueError("pairs: no text may be called counts or subwords")
        return self


def read_datasets(path: str | Path) -> dict[str, Dataset]:
    """The data sets of a `datasets.yaml`."""
    return read_entries(Dataset, path)


def file_places(data_dir: str | None, name: str, file: str) -> list[Path]:
    """Where a file of a data set may lie: where it is fetched to, then in data_dir.

    >>> [path.as_posix() for path in file_places("sets", "ud", "dev.conllu")]
    ['results/data/ud/dev.conllu', 'sets/ud/dev.conllu']
    """
    folders = ["results/data", *([data_dir] if data_dir else [])]
    return [Path(folder, name, file) for folder in folders]


def known_dataset(key: str, name: str, datasets: Mapping[str, Dataset]) -> Dataset:
    """A data set that a key names.

    Raises:
        InputError: If there is none of that name.
    """
    if name not in datasets:
        raise InputError(
            f"Config: {key}: unknown data set {name}; "
            f"config/datasets.yaml has {', '.join(datasets)}."
        )
    return datasets[name]


def check_treebank(key: str, name: str, datasets: Mapping[str, Dataset]) -> None:
    """Check that a treebank which a key names has the parts that are read there.

    Raises:
        InputError: If it is unknown, or lacks one.
    """
    also = key == "tagging.also_test"
    if name not in datasets:
        known = _treebanks(datasets) + ["generated"] * (not also)
        raise InputError(
            f"Config: {key}: unknown treebank {name}; there are {_listed(known)}; "
            "docs/own-corpus.md says how to add your own."
        )
    needed = ["test"] if also else ["train", "dev", "test"]
    absent = [part for part in needed if part not in datasets[name].treebank]
    if absent:
        raise InputError(
            f"Config: {key}: {name} has no {_listed(absent)} part"
            f"{'s' * (len(absent) > 1)} in config/datasets.yaml, so it cannot serve "
            "here."
        )


def _treebanks(datasets: Mapping[str, Dataset]) -> list[str]:
    """Names of the treebanks, with their parts where they have not all."""
    parts = {name: list(about.treebank) for name, about in datasets.items()}
    return [
        name if len(its) == 3 else f"{name} ({_listed(its)} only)"
        for name, its in parts.items()
        if its
    ]


def _listed(names: Sequence[str]) -> str:
    """Names in a sentence: a, b and c."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
