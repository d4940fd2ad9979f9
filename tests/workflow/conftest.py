"""Snakemake itself, as a user starts it."""

import os
import re
import resource
import subprocess
import sys
from dataclasses import dataclass

import pytest


@dataclass
class Run:
    """How a call of Snakemake ended; cpu in seconds, with all its jobs."""

    status: int
    text: str
    cpu: float

    @property
    def jobs(self):
        """How many jobs of each rule there were, or would be."""
        table = re.search(
            r"^Job stats:\njob +count\n[- ]+\n((?:.+\n)+)", self.text, re.M
        )
        rows = (line.split() for line in table[1].splitlines()) if table else ()
        counts = {rule: int(count) for rule, count in rows}
        return {r: n for r, n in counts.items() if r not in ("total", "all")}


@pytest.fixture(scope="session")
def snakemake(root):
    """Run the workflow in a folder; targets come before options."""

    def run(*arguments, folder, repository=root, path=(), cores=2):
        folder.mkdir(exist_ok=True)
        before = _cpu()
        python_path = os.pathsep.join(map(str, [*path, repository]))
        done = subprocess.run(
            [
                *(sys.executable, "-m", "snakemake"),
                *([] if cores is None else ["--cores", str(cores)]),
                *("--directory", str(folder), *map(str, arguments)),
            ],
            cwd=repository,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": python_path},
            text=True,
            check=False,
        )
        return Run(done.returncode, done.stdout, _cpu() - before)

    return run


def _cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
