"""Check what a change reaches: its style, the types, and the tests behind it.

A change is what differs from the last commit, new files included. Which files with
tests it reaches, `tests/reach.py` says; runs of the workflow and thorough tests are
left out.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
# So many files are worth more processes, each of which loads PyTorch again.
PARALLEL_FROM = 12
NOTHING_TO_RUN = 5  # pytest's exit status


def answer(*command):
    """The lines that a command prints."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def changed_python():
    """Python files that differ from the last commit, and new ones."""
    differs = answer(
        "git", "diff", "--name-only", "--diff-filter=d", "HEAD", "--", "*.py"
    )
    new = answer("git", "ls-files", "--others", "--exclude-standard", "--", "*.py")
    return sorted({*differs, *new})


def check(*command):
    """Run a tool of this environment; what it says is shown. Its exit status."""
    print("$", *command, flush=True)
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False)
    return done.returncode


def main():
    python = changed_python()
    status = 0
    if python:
        status |= check("ruff", "check", *python)
        status |= check("ruff", "format", "--check", *python)
    if any(name.startswith("ontogeny/") for name in python):
        status |= check("mypy")
    reached = answer(sys.executable, "tests/reach.py")
    if not reached:
        print("What differs from the last commit reaches no test.")
        return status
    print(f"{len(reached)} files with tests or doctests are reached:")
    print(*(f"  {name}" for name in reached), sep="\n", flush=True)
    processes = ["-n", "auto"] if len(reached) >= PARALLEL_FROM else []
    tested = check("pytest", *processes, "-m", "not slow and not thorough", *reached)
    return status | (0 if tested == NOTHING_TO_RUN else tested)


if __name__ == "__main__":
    sys.exit(main())
