"""A part of tiny on SLURM, with a cancelled job and one that meets its time limit.

Every job starts Snakemake twice, so it is a small part; all of a run, undisturbed:
`python tests/slurm/compare.py`.
"""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from compare import SOON, SQUEUE, jobs
from runs import call, contents, differences

from ontogeny.running.states import read_states

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

CANCELLED = "rule_train_lm_wildcards_tiny_1"
LATE = "rule_train_one_layer_lm_wildcards_tiny_1"
"""How SLURM's comment names the jobs that are disturbed."""
TARGETS = [
    "results/tiny/sparsity/claims.parquet",
    "results/tiny/figures/sparsity/fig3a.pdf",
    "results/tiny/interdependence/lm/seed1/curve.parquet",
]


@pytest.fixture(scope="module")
def run(slurm, tiny, tmp_path_factory):
    """Run it on SLURM and disturb it; the folder, all that was said, and jobs."""
    folder = tmp_path_factory.mktemp("on_slurm")
    command, where = call(
        *TARGETS,
        *("--configfile", tiny.config, "--workflow-profile", "profiles/slurm"),
        *("--set-resources", "train_lm:gpu=1"),
        *("train_one_layer_lm:gpu=1", "train_one_layer_lm:runtime=1"),
        *(*SQUEUE, *SOON),
        folder=folder,
        repository=tiny.repository,
        cores=None,
    )
    said = folder / "said.txt"
    with said.open("w") as output:
        process = subprocess.Popen(command, **where, stdout=output, stderr=output)
        disturb = [
            (folder / "logs/tiny/train_lm/seed1.log", cancel),
            (folder / "logs/tiny/train_one_layer_lm/seed1.log", stop),
        ]
        while process.poll() is None:
            disturb = [(log, act) for log, act in disturb if not act(log)]
            time.sleep(0.05)
    return folder, said.read_text(), jobs()


def cancel(log):
    """Cancel a training's job after its first epoch."""
    return in_second_epoch(log) and all(
        subprocess.run(["scancel", number], check=False).returncode == 0
        for number, job in jobs().items()
        if job["Comment"] == CANCELLED
    )


def stop(log):
    """Let a training's job do nothing after its first epoch, until it is late."""
    if not in_second_epoch(log):
        return False
    (number,) = (n for n, job in jobs().items() if job["Comment"] == LATE)
    for process in Path("/proc").glob("[0-9]*"):
        try:
            what = (process / "cmdline").read_text()
            variables = (process / "environ").read_text().split("\0")
        except OSError:  # it has ended
            continue
        if ".train_lm.py" in what and f"SLURM_JOB_ID={number}" in variables:
            assert {"CUDA_VISIBLE_DEVICES=0", "CUDA_VISIBLE_DEVICES=1"} & {*variables}
            os.kill(int(process.name), signal.SIGSTOP)
            return True
    return False


def in_second_epoch(log):
    return log.exists() and " Epoch 1: " in log.read_text()


def states(all_jobs, comment):
    return sorted(
        job["JobState"] for job in all_jobs.values() if job.get("Comment") == comment
    )


def test_it_ends_well(run):
    folder, said, _ = run
    assert re.search(r"^(\d+) of \1 steps \(100%\) done$", said, re.M), said[-5000:]
    assert all(state.is_delivered for state in read_states(folder / "state"))


def test_a_cancelled_job_is_submitted_again_and_goes_on(run):
    folder, _, all_jobs = run
    assert states(all_jobs, CANCELLED) == ["CANCELLED", "COMPLETED"]
    log = (folder / "logs/tiny/train_lm/seed1.log").read_text()
    assert re.search(r"Resuming at step \d+, epoch [12]", log)


def test_a_job_that_meets_its_time_limit_goes_on_in_the_next(run):
    folder, _, all_jobs = run
    assert states(all_jobs, LATE) == ["COMPLETED", "TIMEOUT"]
    log = (folder / "logs/tiny/train_one_layer_lm/seed1.log").read_text()
    assert re.search(r"Resuming at step \d+, epoch 2", log)


def test_memory_and_time_are_asked_for_as_estimated(run):
    _, _, all_jobs = run
    limits = {CANCELLED: [], LATE: []}
    for _, job in sorted(all_jobs.items(), key=lambda item: int(item[0])):
        asked = job["MinMemoryNode"], job["TimeLimit"]
        limits.get(job["Comment"], []).append(asked)
    # Half as much again as 410 MB and a little, and twice that when it is submitted
    # again; ten minutes at least, and no more for what goes on from a state.
    assert limits[CANCELLED] == [("700M", "00:10:00"), ("1400M", "00:10:00")]
    # Its time is what this call's --set-resources says.
    assert limits[LATE] == [("700M", "00:01:00"), ("1400M", "00:01:00")]


def test_a_gpu_is_asked_for_where_the_rule_says_so(run):
    _, _, all_jobs = run
    with_gpu = {
        job["Comment"]
        for job in all_jobs.values()
        if job.get("TresPerJob") == "gres:gpu:1"
    }
    assert {CANCELLED, LATE} <= with_gpu
    assert all("train" in comment for comment in with_gpu)


def test_every_result_is_that_of_a_local_run(run, tiny):
    folder, _, _ = run
    ours, theirs = folder / "results", tiny.folder / "results"
    made = contents(ours)
    assert differences(ours, theirs, made) == []
    assert {target.removeprefix("results/") for target in TARGETS} <= made.keys()
