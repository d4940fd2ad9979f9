"""The data sets of `config/datasets.yaml`, and whether a config's can be had."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from ontogeny.errors import InputError
from ontogeny.sections.corpus import Corpus
from ontogeny.sections.section import Section
from ontogeny.settings.reading import read_entries
from ontogeny.settings.schema import Settings
from ontogeny.settings.studies import Svcca


class File(Section):
    """One file of a data set."""

    url: str | None = Field(
        None, description="Where it is downloaded from; null: it is in data_dir only."
    )
    sha256: str = Field(description="Checksum, checked whatever its source.")
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

    @model_validator(mode="after")
    def _parts_are_files(self) -> Self:
        parts = {
            **{f"treebank.{part}": [file] for part, file in self.treebank.items()},
            **{f"splits.{part}": [file] for part, file in self.splits.items()},
            **{f"semantics.{part}": files for part, files in self.semantics.items()},
        }
        for part, files in parts.items():
            for file in files:
                if file not in self.files:
                    raise ValueError(f"{part}: there is no file {file} among its files")
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


def check_sources(settings: Settings, datasets: dict[str, Dataset]) -> None:
    """Check that the files and data sets that a config names can be had.

    Raises:
        InputError: For a data set, treebank, file or folder that there is not.
    """
    _check_shards(settings.corpus, datasets)
    pipeline = settings.tagging.pipeline
    if pipeline != "trained" and importlib.util.find_spec(pipeline) is None:
        raise InputError(
            f"Config: tagging.pipeline: the spaCy pipeline {pipeline!r} is not "
            f"installed: run `python -m spacy download {pipeline}`, or leave the key "
            "out to have a tagger trained."
        )
    if settings.data_dir is not None and not Path(settings.data_dir).is_dir():
        raise InputError(f"Config: data_dir: there is no folder {settings.data_dir}.")
    for name in used_datasets(settings, datasets):
        _check_local(settings.data_dir, name, datasets[name])


def _check_shards(corpus: Corpus, datasets: dict[str, Dataset]) -> None:
    files = len(corpus.paths()) or 1  # a generated corpus is one file
    if corpus.dataset is not None:
        files = len(_known_dataset("corpus.dataset", corpus.dataset, datasets).files)
    if corpus.shards > files:
        raise InputError(
            f"Config: corpus.shards: there are {files} file(s) for {corpus.shards} "
            "jobs, and each reads whole files."
        )


def used_datasets(settings: Settings, datasets: dict[str, Dataset]) -> list[str]:
    """The data sets that a config's studies read, each once.

    Raises:
        InputError: For one that is unknown or cannot serve where it is named.
    """
    corpus, tagging = settings.corpus, settings.tagging
    used = []
    if corpus.dataset is not None:
        used.append(("corpus.dataset", corpus.dataset))
    if tagging.treebank != "generated":
        _check_treebank("tagging.treebank", tagging.treebank, datasets)
        used.append(("tagging.treebank", tagging.treebank))
    elif corpus.format != "generated":
        raise InputError(
            "Config: tagging.treebank: a generated treebank suits a generated corpus "
            "only; name a treebank of config/datasets.yaml."
        )
    for name in tagging.also_test:
        _check_treebank("tagging.also_test", name, datasets)
        used.append(("tagging.also_test", name))
    if "svcca" in settings.studies:
        used += _used_by_svcca(settings.svcca, datasets)
    if "interdependence" in settings.studies:
        used += _used_by_interdependence(settings, datasets)
    for key, name in used:
        _known_dataset(key, name, datasets)
    return list(dict.fromkeys(name for _, name in used))


def _used_by_svcca(svcca: Svcca, datasets: dict[str, Dataset]) -> list[tuple[str, str]]:
    used = []
    if svcca.xpos not in (None, "generated"):
        _check_treebank("svcca.xpos", svcca.xpos, datasets)
        used.append(("svcca.xpos", svcca.xpos))
    if svcca.semantics not in (None, "generated"):
        _known_dataset("svcca.semantics", svcca.semantics, datasets)
        if set(datasets[svcca.semantics].semantics) != {"train", "dev", "test"}:
            raise InputError(
                f"Config: svcca.semantics: {svcca.semantics} has no train, dev and "
                "test parts with semantic tags in config/datasets.yaml."
            )
        used.append(("svcca.semantics", svcca.semantics))
    return used


def _used_by_interdependence(
    settings: Settings, datasets: dict[str, Dataset]
) -> list[tuple[str, str]]:
    study, name = settings.interdependence, settings.corpus.dataset
    if study.text == "official" and name in datasets and not datasets[name].splits:
        raise InputError(
            f"Config: interdependence.text: {name} has no splits of its own in "
            "config/datasets.yaml; take `corpus`."
        )
    if study.treebank == "generated":
        return []
    _check_treebank("interdependence.treebank", study.treebank, datasets)
    return [("interdependence.treebank", study.treebank)]


def _check_treebank(key: str, name: str, datasets: dict[str, Dataset]) -> None:
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


def _treebanks(datasets: dict[str, Dataset]) -> list[str]:
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


def _check_local(data_dir: str | None, name: str, dataset: Dataset) -> None:
    """Whether the files of a data set are in data_dir, or else have a url."""
    for file, about in dataset.files.items():
        _, *local = file_places(data_dir, name, file)
        if not local and about.url is None:
            raise InputError(
                f"Config: data_dir: {name}/{file} has no url in config/datasets.yaml: "
                f"set data_dir to the folder in which {name}/{file} is, or give a url."
            )
        if local and not local[0].is_file():
            raise InputError(
                f"Config: data_dir: {local[0]} is missing; put it there"
                f"{', or leave data_dir out to have it downloaded' * bool(about.url)}."
            )


def _known_dataset(key: str, name: str, datasets: dict[str, Dataset]) -> Dataset:
    if name not in datasets:
        raise InputError(
            f"Config: {key}: unknown data set {name}; "
            f"config/datasets.yaml has {', '.join(datasets)}."
        )
    return datasets[name]
