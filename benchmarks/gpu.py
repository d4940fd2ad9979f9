"""What only a GPU can answer, asked in one call: `python -m benchmarks gpu`.

Each part runs in a process of its own, so that neither an error on the GPU nor a
part that hangs costs another; it imports what it needs, so that a missing package
costs no other. What is found is printed and written at once (docs/gpu.md).
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

FOLDER = Path("results/benchmarks/gpu")
NEEDED = (
    "torch", "numpy", "pandas", "pyarrow", "safetensors", "tqdm", "pytest",
    "array_api_compat",
)  # fmt: skip
TABLES = ("curves", "steps", "trainers", "hours")
LEAST_S = 5.0
"""Time left with which no other part is begun."""

LIMITS_S = {
    "facts": 40,
    "tests": 90,
    "resume": 60,
    "trainers": 150,
    "steps": 80,
    "curves": 60,
}
"""The parts, those that tell most first, each a function of `benchmarks.gpu_parts`;
seconds that each may take at full size."""


@dataclass
class Report:
    """What a part finds, told a line at a time on the screen and in files.

    Attributes:
        part: Its name.
        device: "cpu", "cuda" or "auto".
        small: Whether sizes are a processor's.
        folder: Of `rows.jsonl` and `log.txt`.
        failures: Of what was attempted.
    """

    part: str
    device: str
    small: bool
    folder: Path
    failures: int = 0

    @property
    def log(self) -> Path:
        """All lines, what trainings and tests say, and tracebacks."""
        return self.folder / "log.txt"

    def say(self, text: str) -> None:
        """Tell a line."""
        print(f"{self.part}: {text}", flush=True)
        with self.log.open("a") as file:
            print(f"{self.part}: {text}", file=file)

    def row(self, **columns: Any) -> None:
        """Tell a row of the part's table."""
        with (self.folder / "rows.jsonl").open("a") as file:
            print(json.dumps({"part": self.part} | columns), file=file)
        self.say(", ".join(f"{k} {_readable(v)}" for k, v in columns.items()))

    def rows(self, part: str) -> list[dict[str, Any]]:
        """The rows that a part has told."""
        lines = (self.folder / "rows.jsonl").read_text().splitlines()
        return [row for line in lines if (row := json.loads(line)).pop("part") == part]

    @contextmanager
    def attempt(self, what: str) -> Iterator[None]:
        """Tell of an error, and go on."""
        try:
            yield
        except Exception as error:
            self.failures += 1
            first, *_ = str(error).splitlines() or [""]
            self.say(f"{what} FAILED: {type(error).__name__}: {first}")
            with self.log.open("a") as file:
                traceback.print_exc(file=file)

    def listen(self) -> None:
        """Write what this process logs into the log."""
        logging.basicConfig(filename=self.log, level=logging.INFO, format="%(message)s")


def main(arguments: Sequence[str]) -> int:
    """Run parts until all are done or time is up; 1 if not all were done."""
    chosen = _parser().parse_args(arguments)
    start, folder = time.monotonic(), chosen.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    # Said of tqdm's locks when a process is killed.
    ignored = "ignore::UserWarning:multiprocessing.resource_tracker"
    os.environ.setdefault("PYTHONWARNINGS", ignored)
    whole = Report("gpu", chosen.device, chosen.small, folder)
    for name in ("rows.jsonl", "log.txt"):
        (folder / name).write_text("")
    for name in ("summary.txt", *(f"{table}.csv" for table in TABLES)):
        (folder / name).unlink(missing_ok=True)  # of an earlier call
    missing = [package for package in NEEDED if find_spec(package) is None]
    if missing:
        whole.say(f"not installed: {', '.join(missing)}; what needs no such goes on.")
    ends = {}
    for name in chosen.parts or LIMITS_S:
        left = 60 * chosen.minutes - (time.monotonic() - start)
        report = Report(name, chosen.device, chosen.small, folder)
        limit = left if chosen.small else min(LIMITS_S[name], left)
        if left > LEAST_S:
            ends[name] = within(limit, run, report)
        else:
            ends[name] = f"SKIPPED: {chosen.minutes:g} minutes are over"
        report.say(f"{ends[name]}; {time.monotonic() - start:.0f} s since the start")
    _summarise(whole, ends)
    return int(any(end != "done" for end in ends.values()))


def within(limit_s: float, function: Callable[..., None], *arguments: Any) -> str:
    """How a function ended in a process of its own, which may take so many seconds.

    >>> within(60, print)
    'done'
    """
    process = multiprocessing.get_context("spawn").Process(
        target=_grouped, args=(function, *arguments)
    )
    process.start()
    try:
        process.join(limit_s)
        if process.exitcode is None:
            return f"CUT OFF at its limit of {limit_s:.0f} s"
    finally:
        with suppress(ProcessLookupError):  # nor has it left any of its own
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.join()
    if process.exitcode < 0:
        return f"ENDED by {signal.Signals(-process.exitcode).name}"
    return "FAILED" if process.exitcode else "done"


def run(report: Report) -> None:
    """Run a part, and end this process with the number of its failures."""
    report.listen()
    with report.attempt("the rest"):
        getattr(import_module("benchmarks.gpu_parts"), report.part)(report)
    sys.exit(min(report.failures, 1))


def _grouped(function: Callable[..., None], *arguments: Any) -> None:
    os.setpgrp()
    function(*arguments)


def _summarise(report: Report, ends: dict[str, str]) -> None:
    """Each part's table, as CSV and in the summary, and how the parts ended."""
    import pandas as pd

    tables = []
    for name in TABLES:
        table = pd.DataFrame(report.rows(name))
        if len(table):
            table.to_csv(report.folder / f"{name}.csv", index=False)
            shown = table.to_string(index=False, float_format="{:,.4g}".format)
            tables.append(f"{name}\n{shown}\n")
    ended = [f"{name:10}{end}" for name, end in ends.items()]
    summary = "\n".join([*tables, *ended])
    (report.folder / "summary.txt").write_text(f"{summary}\n")
    files = "\n".join(f"  {path.name}" for path in sorted(report.folder.glob("*.*")))
    print(f"\n{summary}\n\nFiles in {report.folder}:\n{files}", flush=True)


def _readable(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks gpu")
    parser.add_argument("--minutes", type=float, default=8.0, help="in all")
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda"])
    parser.add_argument("--small", action="store_true", help="sizes of a processor")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="of the results")
    parser.add_argument("--parts", nargs="+", choices=LIMITS_S, help="not all of them")
    return parser
