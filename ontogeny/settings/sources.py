"""Whether the files and data sets that a config names can be had."""

from __future__ import annotations

import importlib.util
import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from ontogeny.errors import InputError
from ontogeny.sections.corpus import Corpus
from ontogeny.sections.dataset import (
    Dataset,
    check_treebank,
    file_places,
    known_dataset,
)
from ontogeny.settings.schema import Settings

LANGUAGE_PACKAGES = {
    "ja": ({"sudachipy", "sudachidict_core"}, "pip install sudachipy sudachidict_core"),
    "ko": ({"natto"}, "pip install natto-py, and mecab-ko"),
    "th": ({"pythainlp"}, "pip install pythainlp"),
    "vi": ({"pyvi"}, "pip install pyvi"),
}
"""What spaCy itself asks of a language beside its rules: modules, how they come."""


def check_sources(settings: Settings, datasets: dict[str, Dataset]) -> None:
    """Check that the files and data sets that a config names can be had.

    Raises:
        InputError: For a data set, treebank, file or folder that there is not.
    """
    _check_shards(settings.corpus, datasets)
    pipeline = settings.tagging.pipeline
    if not re.fullmatch(r"[A-Za-z]\w*", pipeline, re.ASCII):
        raise InputError(
            f"Config: tagging.pipeline: {pipeline!r} is no package's name: give that "
            "of an installed pipeline, such as en_core_web_sm; one in a folder is "
            "installed by pip."
        )
    if pipeline != "trained" and not _is_pipeline(pipeline):
        raise InputError(
            f"Config: tagging.pipeline: the spaCy pipeline {pipeline!r} is not "
            f"installed: run `python -m spacy download {pipeline}`, or leave the key "
            "out to have a tagger trained."
        )
    _check_language(settings.corpus)
    if settings.data_dir is not None and not Path(settings.data_dir).is_dir():
        raise InputError(f"Config: data_dir: there is no folder {settings.data_dir}.")
    for name in used_datasets(settings, datasets):
        _check_local(settings.data_dir, name, datasets[name])


def _is_pipeline(package: str) -> bool:
    """Whether spaCy would load it: a module of which a distribution has the name."""
    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return importlib.util.find_spec(package) is not None


def _check_language(corpus: Corpus) -> None:
    raw = not corpus.tokenised and corpus.format in ("text", "jsonl", "parquet")
    modules, remedy = LANGUAGE_PACKAGES.get(corpus.language, (set(), ""))
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if raw and missing:
        raise InputError(
            f"Config: corpus.language: spaCy splits {corpus.language!r} by "
            f"{' and '.join(sorted(missing))}, not installed here: {remedy}; or bring "
            "text whose tokens stand between blanks (tokenised: true)."
        )
    spacy = importlib.util.find_spec("spacy")
    languages = Path(spacy.origin or "").parent / "lang" if spacy else Path()
    known = corpus.language.isalpha() and (languages / corpus.language).is_dir()
    if raw and spacy and not known:
        raise InputError(
            f"Config: corpus.language: spaCy has no rules for {corpus.language!r}: "
            "give one of its codes, such as en or de (xx: no language's)."
        )


def _check_shards(corpus: Corpus, datasets: dict[str, Dataset]) -> None:
    files = len(corpus.paths()) or 1  # a generated corpus is one file
    if corpus.dataset is not None:
        files = len(known_dataset("corpus.dataset", corpus.dataset, datasets).files)
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
        check_treebank("tagging.treebank", tagging.treebank, datasets)
        used.append(("tagging.treebank", tagging.treebank))
    elif corpus.format != "generated":
        raise InputError(
            "Config: tagging.treebank: a generated treebank suits a generated corpus "
            "only; name a treebank of config/datasets.yaml."
        )
    for name in tagging.also_test:
        check_treebank("tagging.also_test", name, datasets)
        used.append(("tagging.also_test", name))
    for name in settings.studies:
        used += settings.study(name).datasets(settings, datasets)
    for key, name in used:
        known_dataset(key, name, datasets)
    return list(dict.fromkeys(name for _, name in used))


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
