"""Results of another config, other data or another run, before any job runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ontogeny.errors import InputError
from ontogeny.running.provenance import Record, changes, recorded
from ontogeny.running.sums import summed

NAMED_RULES, NAMED_FILES = 5, 2
"""Rules, and files of each, that are named at most."""


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
    expected: Callable[[Record], tuple[Record, set[str]] | None],
    decided: Callable[[Path], bool],
) -> Found:
    """Compare files with what would make them now.

    Args:
        folders: In which they are.
        expected: By what a job with a record's rule and wildcards would make its
            outputs now, and these; None: this config has no such job.
        decided: Whether somebody else decides about a file, who remembers more.
    """
    found = Found()
    jobs: dict[object, tuple[Record, set[str]] | None] = {}
    for folder in folders:
        known = set()
        for path, record in recorded(folder):
            known.add(path)
            job = record.rule, tuple(sorted(record.wildcards.items()))
            if job not in jobs:
                jobs[job] = expected(record)
            current = jobs[job]
            if current is None or decided(path):
                continue
            now, outputs = current
            if str(path) not in outputs or record.output != str(path):
                found.add(path, record.rule, f"made as {record.output}")
            elif differ := [*changes(record.params, now.params), *_inputs(record, now)]:
                found.add(path, record.rule, differ[0])
            elif record.code != now.code:
                found.other_code.append(str(path))
        found.unknown += [
            str(path)
            for path in summed(folder)
            if path not in known and not decided(path)
        ]
    return found


def _inputs(record: Record, now: Record) -> list[str]:
    """Which inputs that are there now are others than those it was made of."""
    return [
        f"made of another {role or 'input'}"
        for role, sums in now.inputs.items()
        if role in record.inputs and record.inputs[role] != sums
    ]


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
