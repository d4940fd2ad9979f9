"""What this machine has."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

MEMORY_LIMITS = (
    "/sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
)
"""Where Linux keeps what a container or a cluster's job may use."""


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_bytes() -> int:
    """How much memory there is, or is allowed here."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in map(Path, MEMORY_LIMITS):
        text = path.read_text().strip() if path.exists() else ""
        if text.isdigit():
            found.append(int(text))
    return min(found)


def free_bytes(folder: str | Path) -> int:
    """How much space is left where a folder is, or would be made."""
    folder = Path(folder).absolute()
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
