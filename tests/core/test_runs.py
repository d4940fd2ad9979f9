"""What tests of the workflow share is made once, whichever process asks first."""

import multiprocessing

import pytest
from runs import make_once


def ask(folder):
    def make():
        (folder / "part").mkdir()
        with (folder / "calls").open("a") as calls:
            calls.write("made\n")

    make_once(folder, make)


def test_processes_that_ask_at_once_make_it_once(tmp_path):
    folder = tmp_path / "shared"
    asking = [
        multiprocessing.get_context("spawn").Process(target=ask, args=(folder,))
        for _ in range(3)
    ]
    for process in asking:
        process.start()
    for process in asking:
        process.join()
    assert [process.exitcode for process in asking] == [0, 0, 0]
    assert (folder / "calls").read_text() == "made\n"


def test_what_failed_is_made_anew(tmp_path):
    def fail():
        (tmp_path / "half").mkdir()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        make_once(tmp_path, fail)
    ask(tmp_path)
    assert not (tmp_path / "half").exists()
    assert (tmp_path / "part").exists()
