"""Results of another config, other data or another run, before any job runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ontogeny.errors import InputError
from ontogeny.running.provenance import Record, changes, recorded
from ontogeny.running.sums import summed

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
        unknown: Files that do not say by what they were made.
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
        job_of: The job with a record's rule and wildcards, as it would be now; None:
            this config has none.
        decided: Whether somebody else decides about a file, who remembers more.
    """
    found = Found()
    jobs: dict[object, Job | None] = {}
    for folder in folders:
        known = set()
        for path, record in recorded(folder):
            known.add(path)
            key = record.rule, tuple(sorted(record.wildcards.items()))
            if key not in jobs:
                jobs[key] = job_of(record)
            job = jobs[key]
            if job is None or decided(path):
                continue
            now = job.record
            if str(path) not in job.outputs or record.output != str(path):
                found.add(path, record.rule, f"made as {record.output}")
            elif differ := changes(record.params, now.params):
                found.add(path, record.rule, differ[0])
            elif (role := _other_input(record, now)) and not _newer(job.inputs, path):
                found.add(path, record.rule, f"made of another {role}")
            elif record.code != now.code:
                found.other_code.append(str(path))
        found.unknown += [
            str(path)
            for path in summed(folder)
            if path not in known and not decided(path)
        ]
    return found


def _other_input(record: Record, now: Record) -> str | None:
    """The first role in which another input is there than was when a file was made."""
    for role, sums in now.inputs.items():
        if role in record.inputs and record.inputs[role] != sums:
            return role or "input"
    return None


def _newer(inputs: Iterable[str], output: Path) -> bool:
    """Whether an input is newer than an output, which Snakemake makes again then."""
    made = output.stat().st_mtime
    return any(
        Path(path).exists() and Path(path).stat().st_mtime > made for path in inputs
    )


def refusal(found: Found, forced: Iterable[str]) -> InputError | None:
    """The sentence for stale files of rules that are not forced; None: there are none.

    Args:
        found: What `compare` found.
        forced: Names of rules that run in any case.
    """
    left = {rule: files for rule, files in found.stale.items() if rule not in forced}
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
        "them; or move results/ away; or add `--config accept_stale=true --forcerun "
        "save_config` to keep them as they are."
    )
