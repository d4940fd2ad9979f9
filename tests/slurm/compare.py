"""Run a config on a SLURM cluster of one node, and compare it with a local run.

As a script, `python tests/slurm/compare.py`: prints what was found and writes
it into docs/cluster.md.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
sys.path.append(str(Path(__file__).parents[2]))

from cluster import cluster, why_not
from pages import write_section
from runs import contents, differences, run_snakemake

from ontogeny.cli.machine import cores

ROOT = Path(__file__).parents[2]
SQUEUE = ("--slurm-status-command", "squeue")
SOON = ("--slurm-init-seconds-before-status-checks", "3")


def jobs():
    """What SLURM knows of each job, by its number."""
    command = ["scontrol", "show", "job", "--oneliner"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    each = [dict(re.findall(r"(\w+)=(\S*)", line)) for line in said.splitlines()]
    return {job["JobId"]: job for job in each if "JobId" in job}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--configfile", type=Path, default=ROOT / "config/config.yaml")
    parser.add_argument("--reference", type=Path, help="a finished local run's folder")
    parser.add_argument("--page", type=Path, default=ROOT / "docs/cluster.md")
    called = parser.parse_args()
    if why_not():
        sys.exit(f"No SLURM cluster can be started: {why_not()}.")
    folder = Path(tempfile.mkdtemp(prefix="on_slurm"))
    config = ("--configfile", called.configfile.resolve())
    reference = called.reference or folder / "local"
    if not called.reference:
        local = run_snakemake(*config, folder=reference, repository=ROOT)
        assert local.status == 0, local.text
    profile = ("--workflow-profile", "profiles/slurm")
    with cluster(folder / "cluster"):
        began = time.time()
        run = run_snakemake(
            *(*config, *profile, *SQUEUE, *SOON),
            folder=folder / "run",
            repository=ROOT,
            cores=None,
        )
        minutes = (time.time() - began) / 60
        states = Counter(job["JobState"] for job in jobs().values())
    assert run.status == 0, run.text[-5000:]
    wrong = differences(folder / "run" / "results", reference / "results")
    files = len(contents(reference / "results"))
    text = (
        f"`python tests/slurm/compare.py`, {called.configfile.name}, one node of "
        f"{cores()} cores: {sum(run.jobs.values())} jobs, "
        f"{', '.join(f'{n} {state}' for state, n in sorted(states.items()))} on SLURM, "
        f"{minutes:.0f} minutes; {files - len(wrong)} of {files} files with "
        "the bytes of a local run."
    )
    print(text)
    if wrong:
        sys.exit("\n".join(wrong))
    write_section(called.page, "slurm", text)


if __name__ == "__main__":
    main()
