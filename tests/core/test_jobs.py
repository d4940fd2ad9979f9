"""Jobs: what goes to the terminal and to the log."""

import subprocess
import sys

import pytest

JOB = """
import logging, sys, warnings
from types import SimpleNamespace
from ontogeny.errors import InputError
from ontogeny.jobs import run

def main(job):
    logging.getLogger("ontogeny.x").info("Step %d.", 1)
    warnings.warn("odd")
    {body}

run(
    main,
    SimpleNamespace(
        rule="train", params={{"seed": 1}}, wildcards={{}},
        log=[sys.argv[1]], input=sys.argv[2:3], output=sys.argv[3:],
    ),
)
"""


@pytest.fixture
def job(tmp_path):
    """Run a job whose `main` ends with a statement; its outcome and its log."""
    log = tmp_path / "logs" / "deep" / "job.log"

    def run(body, *files):
        done = subprocess.run(
            [sys.executable, "-c", JOB.format(body=body), log, *files],
            capture_output=True,
            text=True,
            check=False,
        )
        return done, log.read_text(encoding="utf-8")

    return run


def test_a_job_that_ends_well_logs_and_says_nothing(job):
    done, log = job("pass")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "INFO Step 1." in log
    assert "odd" in log


def test_bad_input_is_one_sentence_and_status_1(job):
    done, log = job("raise InputError('a.txt is missing: make it.')")
    assert done.returncode == 1
    assert done.stderr == "Error: a.txt is missing: make it.\n"
    assert done.stdout == ""
    assert log.endswith("ERROR a.txt is missing: make it.\n")
    assert "Traceback" not in log


@pytest.mark.parametrize(
    "line",
    [
        "raise MemoryError",
        "import torch; torch.empty(10**15)",
        "import torch; raise torch.OutOfMemoryError('CUDA out of memory')",
    ],
)
def test_too_little_memory_is_one_sentence(job, line):
    done, log = job(line)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: There is not enough memory for this job: ")
    assert "Traceback" not in done.stderr + log


def test_a_bug_keeps_its_traceback_in_both_places(job):
    done, log = job("{}['absent']")
    assert done.returncode == 1
    for text in (done.stderr, log):
        assert "Traceback" in text
        assert "KeyError: 'absent'" in text


def test_other_value_errors_are_bugs(job):
    done, _ = job("int('x')")
    assert "Traceback" in done.stderr


def test_a_second_run_replaces_the_log(job):
    job("raise InputError('first')")
    _, log = job("pass")
    assert "first" not in log


def test_outputs_get_checksums_which_the_next_job_checks(job, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    made = "open(job.output[0], 'w').write('made')"
    done, _ = job(made, tmp_path / "none", first)
    assert done.returncode == 0, done.stderr
    done, _ = job(made, first, second)
    assert done.returncode == 0, done.stderr
    first.write_text("Made")
    done, log = job("raise AssertionError('main must not run')", first, second)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {first} is not what the workflow wrote")
    assert "Traceback" not in log
