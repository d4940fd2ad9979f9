"""What is damaged is told with a remedy that works, and is never used."""

import itertools
import random
import shutil
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

import flips
import pytest
from runs import contents
from trainings import Training, run, run_in

from ontogeny.disk.files import sha256
from ontogeny.running.sums import is_intact

pytestmark = [pytest.mark.slow, pytest.mark.thorough]


@pytest.fixture(scope="module")
def finished(tiny, tmp_path_factory):
    """A finished tiny run that may be damaged."""
    copy = tiny.copied(tmp_path_factory.mktemp("flips") / "run")
    return flips.Finished(copy.folder, copy.repository, copy.config)


def test_every_kind_of_file_is_tried(finished):
    kinds = flips.examples(finished.outputs, 1, random.Random(0))
    assert kinds.keys() == {kind.name for kind in flips.KINDS}


def test_damage_is_told_with_a_remedy_wherever_it_is(finished):
    rng = random.Random(1)
    kinds = flips.examples(finished.outputs, 3, rng)
    told = flips.damage_all(finished, list(itertools.chain(*kinds.values())), rng)
    assert [one for one in told if not one.is_right] == []
    assert {one.by for one in told} == {"its reader", "`doctor`"}


@pytest.mark.parametrize("path", ["figures/svcca/fig3.svg", "figures/svcca/table2.md"])
def test_the_remedy_works(finished, path):
    assert flips.repair(finished, f"results/tiny/{path}", random.Random(2))


def test_a_damaged_figure_gets_into_no_report(finished, tmp_path):
    path = finished.folder / "results/tiny/figures/svcca/fig4.svg"
    data = path.read_bytes()
    path.write_bytes(flips.flip(data, 1, random.Random(3)))
    try:
        run = flips.run_snakemake(
            *("--report", tmp_path / "report.html", "--configfile", finished.config),
            folder=finished.folder,
            repository=finished.repository,
        )
    finally:
        path.write_bytes(data)
    assert run.status == 1
    assert "fig4.svg is not what the workflow wrote" in run.text
    assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize("name", ["state.pt", "epoch0.safetensors"])
def test_a_damaged_state_is_told_and_its_remedy_works(finished, tmp_path, name):
    training = Training(finished.folder, finished.repository, tmp_path)
    state = training.kill()
    data, rng = (state / name).read_bytes(), random.Random(4)
    for _, damaged in flips.damages(data, rng):
        (state / name).write_bytes(damaged)
        with redirect_stderr(StringIO()) as said:
            assert run_in(training) == 1
        remedy = f"is damaged: delete {state.relative_to(tmp_path)} to train from"
        assert remedy in said.getvalue()
    shutil.rmtree(state)
    assert run_in(training) == 0
    assert training.made() == contents(finished.folder, training.outputs)


def test_fetched_data_are_checked_too_and_the_remedy_works(root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "sets" / "mine" / "a.txt"
    source.parent.mkdir(parents=True)
    source.write_bytes(random.Random(5).randbytes(1000))
    fetched = Path("results/data/mine/a.txt")
    parts = {
        "output": [fetched],
        "params": {"url": None, "sha256": sha256(source), "licence": "CC0"},
        "resources": {"data_dir": "sets", "most_bytes": 0},
        "wildcards": {"dataset": "mine", "file": "a.txt"},
        "log": ["fetch.log"],
    }
    run(root / "workflow/scripts/fetch.py", parts)
    for _, damaged in flips.damages(fetched.read_bytes(), random.Random(6)):
        fetched.write_bytes(damaged)
        reading = {"input": [fetched], "log": ["read_corpus.log"]}
        with redirect_stderr(StringIO()) as said, pytest.raises(SystemExit, match="1"):
            run(root / "workflow/scripts/read_corpus.py", reading)
        assert f"Error: {fetched} is not what the workflow wrote" in said.getvalue()
    fetched.unlink()
    run(root / "workflow/scripts/fetch.py", parts)
    assert fetched.read_bytes() == source.read_bytes()
    assert is_intact(fetched)
