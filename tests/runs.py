"""Snakemake itself, as a user starts it, and the tiny run."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace


@dataclass
class Run:
    """How a call of Snakemake ended."""

    status: int
    text: str

    @property
    def jobs(self):
        """How many jobs of each rule there were, or would be."""
        table = re.search(
            r"^Job stats:\njob +count\n[- ]+\n((?:.+\n)+)", self.text, re.M
        )
        rows = (line.split() for line in table[1].splitlines()) if table else ()
        counts = {rule: int(count) for rule, count in rows}
        return {r: n for r, n in counts.items() if r not in ("total", "all")}


def call(*arguments, folder, repository, path=(), cores=2):
    """How Snakemake is called: the command, and where and with which variables.

    Args:
        arguments: Targets first, then options.
        folder: Where results go; made if need be.
        repository: Whose workflow and core run.
        path: In front of Python's.
        cores: None for those that a profile gives.
    """
    folder.mkdir(exist_ok=True)
    command = [
        *(sys.executable, "-m", "snakemake"),
        *([] if cores is None else ["--cores", str(cores)]),
        *("--directory", str(folder), *map(str, arguments)),
    ]
    python_path = os.pathsep.join(map(str, [*path, repository]))
    variables = {**os.environ, "PWD": str(repository), "PYTHONPATH": python_path}
    return command, {"cwd": repository, "env": variables}


def run_snakemake(*arguments, **how):
    """Call Snakemake (see `call`) and wait for its end."""
    command, where = call(*arguments, **how)
    done = subprocess.run(
        command,
        **where,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Run(done.returncode, done.stdout)


def contents(folder, names=None):
    """The bytes of files, by name.

    Args:
        folder: Where they are.
        names: Which; None: all but those under benchmarks, which hold times.
    """
    if names is None:
        paths = (path.relative_to(folder) for path in sorted(folder.rglob("*")))
        names = [str(path) for path in paths if "benchmarks" not in path.parts]
        names = [name for name in names if (folder / name).is_file()]
    return {name: (folder / name).read_bytes() for name in names}


def differences(results, reference, names=None):
    """What is not as in another run, one phrase each.

    Args:
        results: A folder of results.
        reference: The other run's.
        names: Which of the other's files must be there; None: all.
    """
    ours, theirs = contents(results), contents(reference)
    wanted = theirs.keys() & (theirs if names is None else names)
    both = [name for name in ours if name in theirs]
    return [
        *(f"{name} is missing" for name in sorted(wanted - ours.keys())),
        *(f"{name} is left over" for name in ours if name not in theirs),
        *(f"{name} differs" for name in both if ours[name] != theirs[name]),
    ]


def make_once(folder, make):
    """Call `make` to fill a folder, once for all processes; others wait for its end."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / "done"
        if not done.exists():
            for left in folder.iterdir():  # by one that failed
                if left.is_dir():
                    shutil.rmtree(left)
            make()
            done.touch()


def job(rule="made", **parts):
    """A job as a script's `main` takes it: by index, by name, with `get`."""
    from snakemake.iocontainers import Namedlist

    files = {name: _files(parts.get(name, [])) for name in ("input", "output", "log")}
    names = ("params", "wildcards", "resources")
    values = {name: Namedlist(fromdict=parts.get(name, {})) for name in names}
    return SimpleNamespace(rule=rule, **files, **values)


def _files(parts):
    """Files in one row, those of a name also by it, as Snakemake has them."""
    from snakemake.iocontainers import Namedlist

    if not isinstance(parts, dict):
        return Namedlist(toclone=map(str, parts))
    row = Namedlist()
    for name, files in parts.items():
        start = len(row)
        if isinstance(files, (str, Path)):
            row.append(str(files))
            row._set_name(name, start)
        else:
            row.extend(map(str, files))
            row._set_name(name, start, end=len(row))
    return row


class Tiny:
    """A copy of the repository, and the folder it runs in."""

    def __init__(self, repository, folder):
        self.repository, self.folder = repository, folder

    @property
    def config(self):
        return self.repository / "config" / "tiny.yaml"

    @property
    def results(self):
        return self.folder / "results" / "tiny"

    def copied(self, folder, repository=None):
        """The same run in a folder of its own, to change; of another repository.

        What is in the folder of all is read by other processes meanwhile.
        """
        unlocked = shutil.ignore_patterns("locks")
        shutil.copytree(self.folder, folder, ignore=unlocked)
        return Tiny(repository or self.repository, folder)

    def run(self, *arguments):
        return run_snakemake(
            *arguments,
            *("--configfile", self.config),
            folder=self.folder,
            repository=self.repository,
        )

    @contextmanager
    def changed(self, name, old, new):
        """A file of the repository, changed for a while."""
        path: Path = self.repository / name
        text = path.read_text()
        assert old in text, f"{name} no longer holds {old!r}"
        path.write_text(text.replace(old, new, 1))
        try:
            yield
        finally:
            path.write_text(text)
