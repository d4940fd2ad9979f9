"""States of unfinished trainings: to whom they belong, and whether to anyone."""

import os
from pathlib import Path

import pytest

from ontogeny.disk.files import write_text
from ontogeny.errors import InputError
from ontogeny.running.states import (
    is_delivered,
    keep_delivered,
    read_states,
    state_folder,
)
from ontogeny.running.sums import FOLDER, keep_sums


def test_a_folder_depends_on_all_that_decides_the_result_and_on_the_job(tmp_path):
    base = {"seed": 1, "data": {"train": "ab"}, "code": "x", "recipe": {"epochs": 3}}
    folder = state_folder(tmp_path, ["a"], **base)
    assert folder == state_folder(tmp_path, ["a"], **dict(reversed(base.items())))
    for key in base:
        assert state_folder(tmp_path, ["a"], **{**base, key: "other"}) != folder
    assert state_folder(tmp_path, ["b"], **base) != folder


def test_states_tell_what_they_are_of_and_whether_it_has_been_made(tmp_path):
    outputs = [str(tmp_path / "out" / name) for name in ("a", "b")]
    folder = state_folder(tmp_path / "state", outputs, seed=1)
    (folder / "state.pt").write_bytes(bytes(1000))
    (state,) = read_states(tmp_path / "state")
    assert (state.folder, state.outputs) == (folder, tuple(outputs))
    assert state.size > 1000
    assert not state.is_made
    (tmp_path / "out").mkdir()
    for output, later in zip(outputs, (10, -10), strict=True):
        (tmp_path / "out" / output).touch()
        os.utime(output, (0, state.saved_at + later))
    assert not state.is_made, "b is of an earlier training"
    os.utime(outputs[1], (0, state.saved_at + 10))
    assert state.is_made


def test_a_folder_of_which_nothing_is_known_is_a_state_all_the_same(tmp_path):
    (tmp_path / "state" / "ab").mkdir(parents=True)
    (tmp_path / "state" / "file").touch()
    (state,) = read_states(tmp_path / "state")
    assert (state.outputs, state.size, state.is_made) == ((), 0, False)
    assert read_states(tmp_path / "none") == []


def test_finished_runs_stay_until_another_has_made_their_files(tmp_path):
    def finished(outputs, **identity):
        folder = state_folder(tmp_path, outputs, **identity)
        write_text("state", folder / "state.pt")
        keep_delivered(folder)
        return folder

    other = finished(["b"], seed=1)
    unfinished = state_folder(tmp_path, ["a"], seed=3)
    first = finished(["a"], seed=1)
    assert state_folder(tmp_path, ["a"], seed=1) == first
    assert {s.folder: s.is_delivered for s in read_states(tmp_path)} == {
        other: True, unfinished: False, first: True
    }  # fmt: skip
    second = finished(["a", "one more epoch"], seed=2)
    assert {s.folder for s in read_states(tmp_path)} == {other, unfinished, second}


def test_a_finished_run_is_delivered_to_its_own_alone(tmp_path):
    folder = state_folder(tmp_path, ["a"], seed=1)
    assert not is_delivered(folder, "ab")
    keep_delivered(folder, "ab")
    assert is_delivered(folder)
    assert is_delivered(folder, "ab")
    with pytest.raises(InputError, match=f"other data, .*: delete {folder} to train"):
        is_delivered(folder, "cd")


@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_a_finished_run_that_is_damaged_is_set_aside_and_an_unfinished_one_is_not(
    tmp_path, damage
):
    folders = [state_folder(tmp_path, ["a"], seed=seed) for seed in (1, 2)]
    for folder in folders:
        write_text("weights", folder / "epoch0.safetensors")
        keep_sums([folder / "epoch0.safetensors"])
    keep_delivered(folders[0])
    for folder in folders:
        if damage == "changed":
            (folder / "epoch0.safetensors").write_text("w")
        else:
            (folder / "epoch0.safetensors").unlink()
    assert [state_folder(tmp_path, ["a"], seed=seed) for seed in (1, 2)] == folders
    assert not is_delivered(folders[0])
    assert [path.name for path in folders[0].iterdir()] == ["outputs.txt"]
    assert (folders[1] / FOLDER).exists()
    (aside,) = (state for state in read_states(tmp_path) if state.is_damaged)
    assert aside.outputs == ("a",)
    assert not aside.is_delivered


def test_an_environment_s_training_is_its_own(tmp_path, monkeypatch):
    folder = state_folder(tmp_path, ["a"], seed=1)
    monkeypatch.setattr("ontogeny.running.states.version", lambda _: "9.9.9")
    assert state_folder(tmp_path, ["a"], seed=1) != folder


def test_states_are_read_while_others_are_written(tmp_path, monkeypatch):
    folder = state_folder(tmp_path, ["a"], seed=1)
    write_text("state", folder / "state.pt")
    gone = folder / ".state.pt.tmp"
    glob = Path.rglob
    monkeypatch.setattr(Path, "rglob", lambda *a: [*glob(*a), gone])
    (state,) = read_states(tmp_path)
    assert state.size > 0
