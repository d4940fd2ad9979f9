"""Which GPU a job takes, with stand-ins for PyTorch's GPUs and real processes."""

import logging
import subprocess
import sys
import tempfile
from types import SimpleNamespace

import pytest
import torch

from ontogeny.errors import InputError
from ontogeny.training import devices
from ontogeny.training.devices import choose_device

HOLDER = """
import sys
from pathlib import Path
from ontogeny.running.locks import take_one

taken = take_one(sys.argv[2:], Path(sys.argv[1]))
print(taken.number, taken.others, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Start a process that takes one of two things; it, and what it got."""
    started = []

    def start(*names):
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, tmp_path / "locks", *(names or "ab")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        return process, tuple(map(int, process.stdout.readline().split()))

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_processes_take_different_ones_then_share_in_turn(holder):
    taken = [holder()[1] for _ in range(5)]
    assert taken == [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2)]


def test_a_killed_process_leaves_its_own_free(holder):
    first, second = holder(), holder()
    first[0].kill()
    first[0].wait()
    assert second[1] == (1, 0)
    assert holder()[1] == (0, 0)


def test_what_has_one_name_is_one_thing_whatever_its_number(holder):
    """As GPU 1 is number 0 where CUDA_VISIBLE_DEVICES leaves no other."""
    assert holder("a", "b")[1] == (0, 0)
    assert holder("b")[1] == (0, 0)
    assert holder("a", "b", "c")[1] == (2, 0)


@pytest.fixture
def gpus(monkeypatch, tmp_path):
    """Two GPUs of which PyTorch knows; the numbers that were made the current one."""
    current = []
    about = [SimpleNamespace(uuid=f"GPU-{i}", name="Test") for i in range(2)]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda i: about[i])
    monkeypatch.setattr(torch.cuda, "set_device", current.append)
    monkeypatch.setattr(torch, "use_deterministic_algorithms", lambda mode: None)
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    # Where other processes of this test take theirs.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(devices.os, "getuid", lambda: 0)
    (tmp_path / "ontogeny-gpus-0").symlink_to(tmp_path / "locks")
    (tmp_path / "locks").mkdir()
    devices._gpu.cache_clear()
    yield current
    devices._gpu.cache_clear()


@pytest.mark.parametrize("name", ["auto", "cuda"])
def test_a_job_takes_the_free_gpu_and_keeps_it(gpus, holder, caplog, name):
    holder("GPU-0")
    with caplog.at_level(logging.INFO):
        chosen = [choose_device(name) for _ in range(2)]
    assert chosen == [torch.device("cuda", 1)] * 2
    assert gpus == [1, 1]
    assert caplog.messages == ["Running on GPU 1 of 2, Test."]
    assert holder("GPU-0", "GPU-1")[1] == (0, 1)


def test_a_job_that_shares_says_so(gpus, holder, caplog):
    holder("GPU-0")
    holder("GPU-1")
    assert choose_device("cuda") == torch.device("cuda", 0)
    (message,) = caplog.messages
    assert message.startswith("All are in use: sharing GPU 0 of 2, Test, with 1 other")
    assert "--resources gpu=2" in message


def test_the_processor_is_taken_where_it_is_asked_for(gpus):
    assert choose_device("cpu") == torch.device("cpu")
    assert gpus == []


def test_without_a_gpu_auto_is_the_processor_and_cuda_an_error(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("auto") == torch.device("cpu")
    with pytest.raises(InputError, match="PyTorch sees no GPU here"):
        choose_device("cuda")
