"""Processes that are no children of the tests."""

import time

import psutil

POLL_S = 0.05


def has_ended(process, within_s=0):
    """Whether a process of `psutil` has ended or does so; one that nobody reaps has."""
    until = time.monotonic() + within_s
    while _runs(process):
        if time.monotonic() >= until:
            return False
        time.sleep(POLL_S)
    return True


def _runs(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
