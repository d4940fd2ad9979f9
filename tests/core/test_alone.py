"""One process at a job, which does not outlive its workflow."""

import os
import signal
import subprocess
import sys
from contextlib import suppress

import psutil
import pytest
from processes import has_ended

from ontogeny.errors import InputError
from ontogeny.running.alone import lock_path, only_process

# A job as the workflow starts it, that says when it is at work, and takes long.
JOB = """
import sys, time
from types import SimpleNamespace
from ontogeny.jobs import run

def main(job):
    print("at work", flush=True)
    time.sleep(60)

run(main, SimpleNamespace(log=[sys.argv[1]], input=[], output=[]))
"""
# What starts it as the workflow does, and tells its number.
WORKFLOW = """
import subprocess, sys
print(subprocess.Popen([sys.executable, "-c", *sys.argv[1:]]).pid, flush=True)
sys.stdin.read()
"""


def started(code, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def at_work(tmp_path):
    """A workflow, its job, which is at work, and the job's log."""
    log = tmp_path / "logs" / "job.log"
    with started(WORKFLOW, JOB, log) as workflow:
        job = psutil.Process(int(workflow.stdout.readline()))
        assert workflow.stdout.readline() == "at work\n"
        yield workflow, job, log
        workflow.kill()
        with suppress(psutil.NoSuchProcess):
            job.kill()


def test_a_second_process_is_told_which_is_at_the_job(at_work):
    _, job, log = at_work
    told = rf"^Process {job.pid} on \S+ is still at this job \(.*job\.log\)"
    with pytest.raises(InputError, match=told), only_process(log, wait_s=0):
        pass
    assert not has_ended(job)


def test_the_lock_holds_even_when_the_log_has_been_deleted(at_work):
    _, _, log = at_work
    log.unlink()  # as Snakemake does before it starts a job
    with pytest.raises(InputError, match="is still"), only_process(log, wait_s=0):
        pass


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_process_leaves_no_lock(at_work, how):
    _, job, log = at_work
    job.send_signal(how)
    with only_process(log, wait_s=10):
        assert lock_path(log).read_text().startswith(f"Process {os.getpid()} on ")
    with only_process(log, wait_s=0):
        pass


def test_a_job_ends_soon_after_its_workflow_has_been_killed(at_work):
    workflow, job, log = at_work
    assert not has_ended(job)
    workflow.kill()
    assert has_ended(job, within_s=10)
    assert log.read_text().endswith("The workflow has ended, and so does its job.\n")


def test_a_job_ends_if_its_workflow_has_ended_before_it_began(tmp_path, monkeypatch):
    with started("pass") as workflow:
        pass
    monkeypatch.setenv("ONTOGENY_WORKFLOW", str(workflow.pid))
    log = tmp_path / "job.log"
    with started(JOB, log) as job:
        assert has_ended(psutil.Process(job.pid), within_s=10)
    assert log.read_text().endswith("The workflow has ended, and so does its job.\n")


def test_a_lock_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "logs").touch()
    with (
        pytest.raises(InputError, match=r"job\.log\.lock cannot be written"),
        only_process(tmp_path / "logs" / "job.log"),
    ):
        pass
