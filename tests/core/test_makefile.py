"""The commands of the Makefile, without what they install or run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Stands for every Python of `make env`: notes how it is called, and copies itself
# where a virtual environment has its own.
PYTHON = """#!/bin/sh
mkdir -p .venv/bin
cp "$0" .venv/bin/python 2> /dev/null
printf '%s\\n' "$*" >> calls
"""
PIP = """
for name in {names}:
    print(f"Collecting {{name}}==1.0 (from -r lock)")
    print("  Downloading it from somewhere")
print("Installing collected packages: all")
print("ERROR: the disk is full")
raise SystemExit(3)
"""


def run(*command, **how):
    return subprocess.run(
        [*map(str, command)], capture_output=True, text=True, check=False, **how
    )


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_the_environment_is_made_in_a_folder_whose_name_has_a_blank(tmp_path):
    folder = tmp_path / "my clone's dir"
    folder.mkdir()
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "python").write_text(PYTHON)
    (folder / "python").chmod(0o755)
    done = run("make", "env", "PYTHON=./python", cwd=folder)
    assert done.returncode == 0, done.stderr
    _, venv, packages, package = (folder / "calls").read_text().splitlines()
    assert venv == "-m venv .venv"
    assert packages == "envs/install.py requirements.lock"
    assert package.endswith("--editable .")
    again = run("make", "env", "PYTHON=./python", cwd=folder)
    assert "Nothing to be done" in again.stdout, again.stderr


def test_installing_says_how_far_it_is_and_fails_as_pip_does(tmp_path):
    names = [f"package{n}" for n in range(45)]
    (tmp_path / "lock").write_text("".join(f"{name}==1.0\n" for name in names))
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "__init__.py").touch()
    (tmp_path / "pip" / "__main__.py").write_text(PIP.format(names=names))
    done = run(
        *(sys.executable, ROOT / "envs" / "install.py", tmp_path / "lock"),
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert done.returncode == 3
    first, *steps = done.stdout.splitlines()
    assert first.startswith("45 packages come into ")
    assert [step.rpartition(" (")[0] for step in steps] == [
        "  20 of 45 fetched",
        "  40 of 45 fetched",
        "  all fetched; unpacking them, a minute or so",
        "ERROR: the disk is full",
    ]


@pytest.mark.parametrize("status", [0, 4])
def test_a_stage_ends_as_its_command_does_and_is_timed(tmp_path, status):
    stages = tmp_path / "stages"
    done = run(
        *(
            ROOT / ".ci" / "stage",
            "Some tests",
            "sh",
            "-c",
            f"echo said; exit {status}",
        ),
        env={**os.environ, "STAGES": str(stages)},
    )
    assert done.returncode == status
    assert done.stdout.startswith("\n=== Some tests\nsaid\n")
    failed = "  FAILED" if status else ""
    assert " ".join(stages.read_text().split()) == f"Some tests 0 s{failed[1:]}"


def test_continuous_integration_runs_the_readme_s_command():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "\nmake test  " in readme
    assert "make test" in (ROOT / ".ci" / "run").read_text().splitlines()
