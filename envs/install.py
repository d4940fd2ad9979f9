"""Install what a lock names into the Python that runs this, and say how far it is.

pip says nothing for minutes with `--quiet`, and a thousand lines without.
"""

import re
import subprocess
import sys
import time
from pathlib import Path

EVERY = 20
FOUND = ("Collecting", "Processing")  # from an index, from a file
# What pip says of each package and place in turn; the rest, such as errors, is shown.
ROUTINE = re.compile(
    r"\s|Collecting|Downloading|Using cached|Installing|Successfully|Looking in|"
    r"Preparing|Requirement already|Processing|INFO: |WARNING: Location|$"
)


def main(lock: Path) -> int:
    """Install, and end with pip's exit status."""
    total = sum("==" in line for line in lock.read_text().splitlines())
    print(
        f"{total} packages come into {sys.prefix}: two to five minutes with PyTorch's "
        "CPU build, longer with that for CUDA (3 GB).",
        flush=True,
    )
    command = [sys.executable, "-m", "pip", "install", "--progress-bar", "off"]
    # Most modules are never imported; what is, Python compiles then, and keeps.
    command += ["--no-compile"]
    command += ["--disable-pip-version-check", "--no-input", "-r", str(lock)]
    start, found = time.monotonic(), 0
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        for line in pip.stdout or ():
            found += line.startswith(FOUND)
            said = f"  {found} of {total} fetched"
            if line.startswith("Installing collected"):
                said = "  all fetched; unpacking them, a minute or so"
            elif not ROUTINE.match(line):
                said = line.rstrip()
            elif not line.startswith(FOUND) or found % EVERY:
                continue
            print(f"{said} ({time.monotonic() - start:.0f} s)", flush=True)
    return pip.returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
