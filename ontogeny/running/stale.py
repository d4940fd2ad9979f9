"""Results of another config, other data or another run, before any job runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ontogeny.errors import InputError
from ontogeny.running.provenance import Record, changes, is_placed, recorded

NAMED_RULES, NAMED_FILES = 5, 2
"""Rules, and files of each, that are named at most."""


class Job(NamedTuple):
    """A job as it would be now.

    Attributes:
        record: By what it would make its outputs.
        outputs: These.
        inputs: Files that it reads.
    """

    record: Record
    outputs: set[str]
    inputs: list[str]


@dataclass
class Found:
    """What lies under results/ that is not as it would be made now.

    Attributes:
        stale: Files and what differs, by the rule that makes them.
        other_code: Files that differ in nothing but the code that made them.
        unknown: Files that do not say by what they were made, or no longer rightly.
    """

    stale: dict[str, dict[str, str]] = field(default_factory=dict)
    other_code: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def add(self, path: Path, rule: str, why: str) -> None:
        """Enter a stale file."""
        self.stale.setdefault(rule, {})[str(path)] = why


def compare(
    folders: Iterable[str | Path],
    job_of: Callable[[Record], Job | None],
    decided: Callable[[Path], bool],
) -> Found:
    """Compare files with what would make them now.

    Args:
        folders: In which they are.
        job_of: The job with a record's rule and wildcards, or of the rule that makes
            its file instead, as it would be now; None: this config has none. Asked of
            every file.
        decided: Whether somebody else decides about a file, who remembers more.
    """
    found = Found()
    for folder in folders:
        for path, record in recorded(folder):
            if decided(path):
                continue
            if record is None:
                found.unknown.append(str(path))
                continue
            job = job_of(record)
            if why := _why(path, record, job):
                found.add(path, job.record.rule if job else record.rule, why)
            elif job and job.record.code != record.code and str(path) in job.outputs:
                found.other_code.append(str(path))
    return found


def _why(path: Path, record: Record, job: Job | None) -> str | None:
    """What of a file is not as it would be now; None: nothing is."""
    if not is_placed(path, record):
        return f"made as {record.output}"
    if job is None or str(path) not in job.outputs:
        return None  # left over from another config: nothing asks for it
    now = job.record
    if now.rule != record.rule:
        return f"made by {record.rule}"
    if differ := changes(_lasting(record.params), _lasting(now.params)):
        return differ[0]
    if _newer(job.inputs, path):
        return None  # Snakemake makes it again
    for role in {**record.inputs, **record.given}:
        if role in now.inputs and now.inputs[role] != record.inputs.get(role):
            return f"made of another {role or 'input'}"
        if role in now.given and not _alike(
            record.given.get(role, []), now.given[role]
        ):
            return f"made of another {role or 'text'}"
    return None


def _lasting(params: dict[str, Any]) -> dict[str, Any]:
    """Parameters but where a job ran, which a folder that is copied cannot keep."""
    return {name: value for name, value in params.items() if name != "device"}


def _alike(before: list[list[Any]], now: list[list[Any]]) -> bool:
    """Whether brought files are the same: by sum, where it is known, and size."""
    return len(before) == len(now) and all(
        size == other and (kept == found or found is None)
        for (kept, size), (found, other) in zip(before, now, strict=True)
    )


def _newer(inputs: Iterable[str], output: Path) -> bool:
    """Whether an input is newer than an output, which Snakemake makes again then."""
    made = output.stat().st_mtime
    return any(
        Path(path).exists() and Path(path).stat().st_mtime > made for path in inputs
    )


def refusal(found: Found, forced: Collection[str]) -> InputError | None:
    """The sentence for stale files of rules that are not forced; None: there are none.

    Args:
        found: What `compare` found.
        forced: Names of rules, and files, that are made in any case.
    """
    left = {
        rule: {path: why for path, why in files.items() if path not in forced}
        for rule, files in found.stale.items()
        if rule not in forced
    }
    left = {rule: files for rule, files in left.items() if files}
    if not left:
        return None
    told = []
    for rule, files in [*left.items()][:NAMED_RULES]:
        more = len(files) - NAMED_FILES
        also = f" and {more} more" if more > 0 else ""
        names = f"{', '.join([*files][:NAMED_FILES])}{also}"
        told.append(f"{names} ({rule}: {next(iter(files.values()))})")
    return InputError(
        f"{sum(map(len, left.values()))} files under results/ were made otherwise than "
        "this config says, and .snakemake does not know of it, so that nothing would "
        f"make them again: {'; '.join(told)}{'; …' * (len(left) > NAMED_RULES)}. Add "
        f"`--forcerun {' '.join(left)}` to make them again, and all that comes of "
        "them; or delete what you do not need; or add `--config accept_stale=true "
        "--forcerun save_config` to keep them as they are."
    )
