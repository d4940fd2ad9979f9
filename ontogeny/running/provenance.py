"""What made each file: rule, parameters, code and inputs, kept beside its checksum.

Snakemake remembers parameters in `.snakemake` alone. Where that was deleted, or
results were copied without it, files of another config would pass for those of this
one; so each output says itself by what it was made.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import inf
from pathlib import Path
from typing import Any

from ontogeny.disk.files import sha256, write_text
from ontogeny.errors import InputError, again
from ontogeny.running.sums import sum_path

SHOWN_CHARACTERS = 40
"""At most so much of a parameter's value is told."""


@dataclass(frozen=True)
class Record:
    """By what a file was made.

    Attributes:
        rule: Its name.
        wildcards: Of the job.
        params: Of the job, as JSON has them, but for `code`.
        code: The parameter `code`: a fingerprint of the script and its modules.
        inputs: SHA-256 of each input that the workflow had made, by role: the name
            that the rule gives it, or none.
        given: The same of inputs that were brought, such as a user's own text, and
            their sizes in bytes: [sum, size]; the sum is None where it is not known.
        output: The file, from the working folder; "" where that is not known yet.
        sha256: The file's.
    """

    rule: str
    wildcards: dict[str, str]
    params: dict[str, Any] = field(default_factory=dict)
    code: Any = None
    inputs: dict[str, list[str]] = field(default_factory=dict)
    given: dict[str, list[list[Any]]] = field(default_factory=dict)
    output: str = ""
    sha256: str = ""


def record_path(path: str | Path) -> Path:
    """Where it is kept by what a file was made.

    >>> record_path("results/mini/claims.md").as_posix()
    'results/mini/.sums/claims.md.json'
    """
    return sum_path(path).with_suffix(".json")


def keep_records(job: Any) -> None:
    """Keep by what a job's outputs were made.

    Args:
        job: Has rule, wildcards, params, input and output.
    """
    params, code = of_params(job.params)
    made, given = divide(by_role(job.input), hashed_bytes=inf)
    record = Record(job.rule, dict(job.wildcards.items()), params, code, made, given)
    for output in job.output:
        own = {"output": str(output), "sha256": kept_sum(output) or ""}
        about = json.dumps({**asdict(record), **own}, indent=1, sort_keys=True)
        write_text(about, record_path(output))


def divide(
    files: Mapping[str, Sequence[str]], *, hashed_bytes: float
) -> tuple[dict[str, list[str]], dict[str, list[list[Any]]]]:
    """Inputs by role, made ones and brought ones, as `Record` has them.

    Args:
        files: By role.
        hashed_bytes: Brought files are read if they are no larger together.
    """
    made: dict[str, list[str]] = {}
    brought: dict[str, list[Path]] = {}
    for role, paths in files.items():
        sums = [kept_sum(path) for path in paths]
        own = [Path(path) for path, kept in zip(paths, sums, strict=True) if not kept]
        if all(path.is_file() for path in own):  # else it is still to be made
            made[role] = [kept for kept in sums if kept]
            brought[role] = own
    size = sum(path.stat().st_size for paths in brought.values() for path in paths)
    given = {
        role: [
            [sha256(path) if size <= hashed_bytes else None, path.stat().st_size]
            for path in found
        ]
        for role, found in brought.items()
        if found
    }
    return {role: sums for role, sums in made.items() if sums}, given


def read_record(path: str | Path) -> Record | None:
    """By what a file was made; None if nothing readable says so of this file."""
    try:
        record = Record(**json.loads(record_path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    sections = (record.wildcards, record.params, record.inputs, record.given)
    fits = isinstance(record.rule, str) and all(isinstance(s, dict) for s in sections)
    return record if fits and record.sha256 == kept_sum(path) else None


def recorded(folder: str | Path) -> Iterator[tuple[Path, Record | None]]:
    """What the workflow has made under a folder, in order, and by what, if it says so.

    Links to folders are followed, each once; hidden files are left out.
    """
    seen = set()
    for place, folders, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        if real in seen:
            folders[:] = []
            continue
        seen.add(real)
        for name in sorted(files):
            if not name.startswith("."):
                path = Path(place, name)
                yield path, read_record(path)


def kept_sum(path: str | Path) -> str | None:
    """The SHA-256 that was kept of a file when it was made; None if none was."""
    try:
        return sum_path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None


def by_role(files: Any) -> dict[str, list[str]]:
    """A job's files by the names that its rule gives them; "": those without.

    >>> from snakemake.iocontainers import InputFiles
    >>> by_role(InputFiles(["a.txt", "b.txt"]))
    {'': ['a.txt', 'b.txt']}
    >>> by_role(InputFiles(fromdict={"train": "a.txt", "parts": ["b.txt", "c.txt"]}))
    {'train': ['a.txt'], 'parts': ['b.txt', 'c.txt']}
    """
    roles: dict[str, list[str]] = {}
    for role, value in getattr(files, "_allitems", lambda: [(None, list(files))])():
        values = [value] if isinstance(value, str | Path) else value
        roles.setdefault(role or "", []).extend(str(path) for path in values)
    return roles


def check_places(paths: Iterable[str | Path]) -> None:
    """Check that files are where the job that made them put them.

    Raises:
        InputError: For the first that was made as another, such as another seed's
            weights that were copied here.
    """
    for path in paths:
        record = read_record(path)
        if record and not is_placed(path, record):
            raise InputError(misplaced(path, record))


def is_placed(path: str | Path, record: Record) -> bool:
    """Whether a file is where it was made, in whatever working folder."""
    parts = Path(record.output).parts
    return Path(path).parts[-len(parts) :] == parts


def misplaced(path: str | Path, record: Record) -> str:
    """The sentence for a file that was made as another."""
    return (
        f"{path} was made as {record.output}, not here: delete it and {again(path)}; "
        f"if it is here on purpose, delete {record_path(path)}."
    )


def of_params(params: Any) -> tuple[dict[str, Any], Any]:
    """A job's parameters as `Record` has them, and `code`.

    An address is left out: it may hold a password, and the file's sum decides.
    """
    kept = plain({n: value for n, value in params.items() if n not in ("code", "url")})
    return kept, plain(dict(params.items()).get("code"))


def plain(value: Any) -> Any:
    """A parameter as JSON has it.

    >>> plain({"seeds": range(2), "at": Path("a.txt"), "clip": None})
    {'seeds': [0, 1], 'at': 'a.txt', 'clip': None}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | range):
        return [plain(part) for part in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, set | frozenset):
        return sorted(map(plain, value), key=str)
    return str(value)


def changes(before: Any, now: Any, place: str = "") -> list[str]:
    """Which parameters differ, a phrase each.

    >>> changes({"min_count": 5, "lm": {"epochs": 3}}, {"min_count": 8, "lm": {}})
    ['min_count: 5, now 8', 'lm.epochs: 3, now none']
    """
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        return [
            phrase
            for key in dict.fromkeys([*before, *now])
            for phrase in changes(
                before.get(key), now.get(key), f"{place}.{key}" if place else str(key)
            )
        ]
    if before == now:
        return []
    return [f"{place}: {_short(before)}, now {_short(now)}"]


def _short(value: Any) -> str:
    if value is None:
        return "none"
    text = value if isinstance(value, str) else json.dumps(value)
    text = " ".join(text.split())
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"
