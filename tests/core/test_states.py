"""States of unfinished trainings: to whom they belong, and whether to anyone."""

import os

from ontogeny.states import read_states, state_folder


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
