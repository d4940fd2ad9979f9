"""Locks on a disk that knows none; elsewhere see test_alone.py and test_devices.py."""

import errno
import fcntl

import pytest

from ontogeny.running.alone import lock_path, only_process
from ontogeny.running.locks import take_one


@pytest.fixture
def no_locks(monkeypatch):
    def refuse(file, how):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)


def test_a_job_goes_on_without_locks(no_locks, tmp_path):
    log = tmp_path / "job.log"
    with only_process(log, wait_s=0), only_process(log, wait_s=0):
        assert lock_path(log).read_text().startswith("Process ")


def test_each_takes_the_first_thing_without_locks(no_locks, tmp_path):
    taken = [take_one("ab", tmp_path / "locks") for _ in range(2)]
    assert [(one.number, one.others) for one in taken] == [(0, 0)] * 2
