"""Locks: on a disk that knows none, and where a link stands in their place.

Elsewhere see test_alone.py and test_devices.py.
"""

import errno
import fcntl

import pytest

from ontogeny.errors import InputError
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


@pytest.mark.parametrize("target", ["file", "absent"])
def test_a_link_in_a_lock_s_place_is_refused_and_not_followed(tmp_path, target):
    log, file = tmp_path / "job.log", tmp_path / "file"
    file.write_text("somebody's")
    for lock in (lock_path(log), tmp_path / "locks" / "a.0"):
        lock.parent.mkdir(exist_ok=True)
        lock.symlink_to(tmp_path / target)
    told = r"{}, which a job locks, is a symbolic link: delete it, then start again\.$"
    with pytest.raises(InputError, match=told.format("job.log.lock")):
        only_process(log, wait_s=0).__enter__()
    with pytest.raises(InputError, match=told.format(r"a\.0")):
        take_one("ab", tmp_path / "locks")
    assert file.read_text() == "somebody's"
    assert not (tmp_path / "absent").exists()
