"""What the numbers depend on: machine, versions, date, how busy it was."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import torch

from ontogeny.cli.machine import cores, memory_bytes

THREADS = 2
PACKAGES = ("torch", "numpy", "pandas", "pyarrow")


def facts() -> dict[str, object]:
    """Machine and versions; neither the host's name nor any path."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        "cores": cores(),
        "memory_gb": round(memory_bytes() / 1e9, 1),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else "none",
        "system": f"{platform.system()} {platform.machine()}",
        "torch_threads": torch.get_num_threads(),
        "load_average_1_min": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    found = dict(_pair(line) for line in reversed(lines) if ":" in line)
    name = found.get("model name", platform.processor() or "unknown")
    model = found.get("model")
    return f"{name} (family {found['cpu family']}, model {model})" if model else name


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip(), value.strip()
