"""`python -m benchmarks gpu` as a machine with a GPU runs it, small, on the processor."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.gpu import LIMITS_S, within

ROOT = Path(__file__).parents[2]

# Read by every Python that starts, also by those that the benchmark starts.
BLOCKING = """
import os
from importlib.machinery import PathFinder

absent, found = os.environ["BLOCKED"].split(), PathFinder.find_spec

@classmethod
def find_spec(cls, name, *arguments):
    return None if name in absent else found(name, *arguments)

PathFinder.find_spec = find_spec
"""
ABSENT = ("snakemake", "spacy", "pydantic", "pooch", "tabulate", "matplotlib")


@pytest.fixture
def gpu(tmp_path):
    """Run it where some modules cannot be imported; the call, and its rows."""
    (tmp_path / "sitecustomize.py").write_text(BLOCKING)

    def call(*arguments, also=()):
        variables = {
            "PYTHONPATH": os.pathsep.join(map(str, (tmp_path, ROOT))),
            "BLOCKED": " ".join([*ABSENT, *also]),
            "OMP_NUM_THREADS": "1",
        }
        command = [sys.executable, "-m", "benchmarks", "gpu", "--small", *arguments]
        done = subprocess.run(
            [*command, "--device", "cpu", "--folder", "found"],
            env=os.environ | variables, cwd=tmp_path, capture_output=True, text=True,
        )  # fmt: skip
        rows = (tmp_path / "found" / "rows.jsonl").read_text().splitlines()
        return done, [json.loads(row) for row in rows]

    return call


@pytest.mark.thorough
def test_every_part_tells_what_it_found_with_little_installed(gpu, tmp_path):
    done, rows = gpu("--minutes", "30")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {row["part"] for row in rows} == {*LIMITS_S, "hours"}
    assert all(f"{part}: done; " in done.stdout for part in LIMITS_S)
    (tests,) = (row for row in rows if row["part"] == "tests")
    assert "skipped" in tests["summary"]
    (resumed,) = (row for row in rows if row["part"] == "resume")
    assert resumed["killed"]
    assert not resumed["different"]
    files = ["log.txt", "summary.txt", "curves.csv", "steps.csv", "trainers.csv"]
    for name in [*files, "hours.csv"]:
        assert (tmp_path / "found" / name).stat().st_size
        assert f"  {name}\n" in done.stdout
    assert not done.stderr


def test_a_part_that_fails_leaves_the_others(gpu, tmp_path):
    chosen = ("--parts", "trainers", "facts")
    done, rows = gpu(*chosen, also=["benchmarks.trainers", "tqdm"])
    assert done.returncode == 1
    assert done.stdout.startswith("gpu: not installed: tqdm; what needs no such")
    missing = "trainers: the rest FAILED: ModuleNotFoundError: No module named"
    assert f"{missing} 'benchmarks.trainers'\n" in done.stdout
    assert "Traceback" in (tmp_path / "found" / "log.txt").read_text()
    assert "Traceback" not in done.stdout
    assert {row["part"] for row in rows} == {"facts"}


def test_what_time_does_not_allow_is_said(gpu):
    done, rows = gpu("--minutes", "0")
    assert done.returncode == 1
    assert done.stdout.count("SKIPPED: 0 minutes are over; ") == len(LIMITS_S)
    assert not rows


def test_a_part_that_hangs_is_cut_off():
    since = time.monotonic()
    assert within(0.5, time.sleep, 600) == "CUT OFF at its limit of 0 s"
    assert time.monotonic() - since < 60


def test_a_part_that_breaks_its_process_is_told():
    assert within(60, os.abort) == "ENDED by SIGABRT"
