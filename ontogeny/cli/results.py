"""Whether results are what the workflow wrote, where it did, and of what is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ontogeny.cli.findings import Finding, gb
from ontogeny.errors import again
from ontogeny.running.provenance import (
    Record,
    is_placed,
    kept_sum,
    misplaced,
    recorded,
)
from ontogeny.running.sums import FOLDER, is_intact, summed


def examine_results(folder: Path) -> Iterator[Finding]:
    """What is amiss with the results in a folder under results/."""
    made = summed(folder)
    damaged = [path for path in made if not is_intact(path)]
    for path in damaged:
        yield Finding("problem", f"{path} is damaged: delete it and {again(path)}.")
    records = {path: record for path, record in recorded(folder) if record}
    moved = [path for path, record in records.items() if not is_placed(path, record)]
    for path in moved:
        yield Finding("problem", misplaced(path, records[path]))
    if made and not damaged and not moved:
        yield Finding("ok", f"{folder}: {len(made)} files, all as they were written")
    elif not made:
        yield Finding("ok", f"{folder}: nothing made yet")
    yield from _links(folder)
    yield from _deleted(folder, len(made))
    yield from _of_others(folder, records)
    if half := [path for path in folder.rglob(".*.tmp") if path.is_file()]:
        size = sum(path.stat().st_size for path in half)
        yield Finding(
            "note",
            f"{folder}: {len(half)} half-written files of killed jobs ({gb(size)}); "
            f"where nothing runs now: find {folder} -name '.*.tmp' -delete",
        )


def _links(folder: Path) -> Iterator[Finding]:
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() and not path.exists():
            yield Finding(
                "problem",
                f"{path} is a link to {path.readlink()}, which is not there: delete "
                "the link, or bring what it names.",
            )


def _deleted(folder: Path, there: int) -> Iterator[Finding]:
    sums = sorted(folder.rglob(f"{FOLDER}/*.sha256"))
    if len(sums) > there:
        gone = [path.parents[1] / path.stem for path in sums]
        gone = [path for path in gone if not path.exists()]
        yield Finding(
            "note",
            f"{folder}: {len(gone)} file(s) that were made have been deleted since, "
            f"e.g. {gone[0]}; each is made again when something asks for it",
        )


def _of_others(folder: Path, records: dict[Path, Record]) -> Iterator[Finding]:
    """Files that were made of others than any that the workflow has made here."""
    sums = folder.parent.rglob(f"{FOLDER}/*.sha256")
    here = {kept_sum(path.parents[1] / path.stem) for path in sums}
    others = {
        path: role
        for path, record in records.items()
        for role, kept in record.inputs.items()
        if not here.issuperset(kept)
    }
    if others:
        path, role = next(iter(others.items()))
        yield Finding(
            "note",
            f"{folder}: {len(others)} files were made of others than lie here now, "
            f"e.g. {path} of another {role or 'input'}: if no run was broken off, "
            "something has been exchanged; delete them, and the workflow makes them "
            "again",
        )
