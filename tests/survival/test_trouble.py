"""Full disks, folders that cannot be written, two workflows, states of others."""

import shutil
import subprocess
from contextlib import contextmanager

import pytest
import torch
from runs import Tiny, call, contents, run_snakemake
from trainings import Training, run_in
from victims import Victim

from ontogeny.running.states import read_states

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

CURVE = "results/tiny/lm/seed1/curve.parquet"
FIGURE = "results/tiny/figures/lm/curve.pdf"
TRAIN = "results/tiny/corpus/train.parquet"


@contextmanager
def mounted(folder, *options):
    """A folder with something mounted at it; where that cannot be, skip."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["mount", *options, folder], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        pytest.skip(f"Nothing can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def remount(folder, options):
    subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True)


@pytest.fixture
def copied(tiny, tmp_path):
    """A copy of the tiny run."""
    return tiny.copied(tmp_path / "copied")


def test_a_full_disk_is_told_and_the_training_is_not_lost(tiny, copied):
    weights = copied.results / "lm"
    shutil.rmtree(weights)
    shutil.rmtree(copied.folder / "state")  # or it would be delivered, not trained
    # Two of the four files of weights fit.
    with mounted(weights, "-t", "tmpfs", "-o", "size=500k", "none"):
        run = copied.run(CURVE)
        assert run.status == 1
        told = (
            r"The disk is full: results/tiny/lm/seed1/epoch2.safetensors could not be"
        )
        assert f"Error: {told} written" in run.text
        assert "Traceback" not in run.text
        assert [path for path in weights.rglob("*") if path.is_file()] == []
        (state,) = read_states(copied.folder / "state")
        assert CURVE in state.outputs
        remount(weights, "size=5m")
        run = copied.run(CURVE)
        assert run.status == 0, run.text
        log = (copied.folder / "logs/tiny/train_lm/seed1.log").read_text()
        assert "Resuming at step" in log
        names = [
            f"results/tiny/lm/seed1/epoch{epoch}.safetensors" for epoch in range(4)
        ]
        assert contents(copied.folder, names) == contents(tiny.folder, names)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_missing_gpu_is_told_before_anything_is_deleted(tiny, copied):
    before = contents(copied.folder / "results")
    run = copied.run(CURVE, "--config", "device=cuda")
    assert run.status == 1
    assert run.text.count("device: cuda was asked for, but PyTorch sees no GPU") == 1
    assert "Traceback" not in run.text
    assert contents(copied.folder / "results") == before
    (copied.folder / FIGURE).unlink()
    plot = copied.run(FIGURE, "--config", "device=cuda", "--rerun-triggers", "mtime")
    assert plot.status == 0, plot.text  # which needs none


@pytest.mark.parametrize("name", ["results", "logs", "state"])
def test_a_file_in_the_place_of_a_folder_is_told_before_any_job(tiny, tmp_path, name):
    run = Tiny(tiny.repository, tmp_path / "run")
    run.folder.mkdir()
    (run.folder / name).write_text("mine")
    for options in ((), ("--dry-run",)):
        ended = run.run(TRAIN, *options)
        assert ended.status == 1
        assert ended.text.count(f"{name}/* cannot be written (File exists)") == 1
        assert len(ended.text.splitlines()) <= 4
    assert (run.folder / name).read_text() == "mine"


def test_results_that_cannot_be_written_are_told_before_any_job(tiny, tmp_path):
    run = Tiny(tiny.repository, tmp_path / "run")
    results = run.folder / "results"
    results.mkdir(parents=True)
    with mounted(results, "--bind", results):
        remount(results, "bind,ro")
        ended = run.run(TRAIN)
    assert ended.status == 1
    assert ended.text.count("results/* cannot be written (Read-only") == 1
    assert "Traceback" not in ended.text
    assert "Finished jobid" not in ended.text
    assert not list((run.folder / ".snakemake").glob("locks/*")), (
        "it must not be locked"
    )


def test_a_second_workflow_in_the_same_folder_ends_and_harms_nothing(tiny, tmp_path):
    how = {"folder": tmp_path / "run", "repository": tiny.repository}
    arguments = (TRAIN, "--configfile", tiny.config)
    first = Victim(*call(*arguments, **how), tmp_path / "run")
    first.start()
    (job,) = first.workers()
    job.suspend()
    try:
        second = run_snakemake(*arguments, **how)
    finally:
        job.resume()
    assert second.status == 1
    assert "Error: Directory cannot be locked." in second.text
    assert "Traceback" not in second.text
    assert "Finished jobid" not in second.text
    assert first.process.wait(120) == 0
    assert contents(how["folder"], [TRAIN]) == contents(tiny.folder, [TRAIN])


def test_a_workflow_for_another_corpus_runs_beside_the_first(tiny, tmp_path):
    how = {"folder": tmp_path / "run", "repository": tiny.repository}
    first = Victim(*call(TRAIN, "--configfile", tiny.config, **how), how["folder"])
    first.start()
    (job,) = first.workers()
    job.suspend()
    try:
        other = ("results/other/config.yaml", "--configfile", tiny.config)
        second = run_snakemake(*other, "--config", "name=other", **how)
    finally:
        job.resume()
    assert second.status == 0, second.text
    assert first.process.wait(120) == 0
    assert contents(how["folder"], [TRAIN]) == contents(tiny.folder, [TRAIN])


def test_a_state_of_another_config_is_never_used_and_can_be_told(
    tiny, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    mine = Training(tiny.folder, tiny.repository, tmp_path)
    other = Training(tiny.folder, tiny.repository, tmp_path, learning_rate=5.0)
    state = mine.kill()
    assert run_in(other) == 0
    assert "Resuming" not in other.said()
    of_other = other.made()
    left = {one.folder: one for one in read_states(tmp_path / "state")}
    assert [one.is_delivered for one in left.values()].count(True) == 1
    assert left[state].is_made, "nobody needs it, for all that is known"
    assert run_in(mine) == 0
    assert "Resuming at step" in mine.said(), "it was needed all the same"
    assert mine.made() == contents(tiny.folder, mine.outputs) != of_other
    (kept,) = read_states(tmp_path / "state")
    assert (kept.folder, kept.is_delivered) == (state, True)
