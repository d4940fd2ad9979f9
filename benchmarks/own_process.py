"""A step in a process of its own, as a rule is, and the memory that it took."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path


def alone(
    module: str,
    step: str,
    *arguments: object,
    variables: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """Run a step of a benchmark in a process of its own.

    Args:
        module: Run with the step and its arguments; what it prints last is a
            line of JSON, as by `answer`.
        step: Its name.
        arguments: Of the step.
        variables: Set in its environment.
    """
    command = [sys.executable, "-m", module, step, *map(str, arguments)]
    environment = os.environ | (variables or {})
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment
    )
    if done.returncode:
        raise RuntimeError(f"{step} {arguments} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def answer(steps: Mapping[str, Callable[..., str]], step: str, *arguments: str) -> None:
    """Run a step in this process and print what it took as a line of JSON.

    Args:
        steps: By name; each returns a word on the size of what it did.
        step: The name.
        arguments: Of the step.
    """
    start = time.perf_counter()
    size = steps[step](*arguments)
    seconds = round(time.perf_counter() - start, 1)
    row = {"step": step, "size": size, "peak_gb": peak_gb(), "seconds": seconds}
    print(json.dumps(row))


def peak_gb() -> float:
    """Largest resident memory of this process so far.

    Linux's own figure where there is one: what `getrusage` gives includes what
    the parent held when it started this process.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    for line in lines:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e9
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9
