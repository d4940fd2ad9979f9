"""How the workflow was called: with which profile, on how many cores, where."""

import os
import sys

from snakemake.exceptions import WorkflowError

from ontogeny.running.alone import WORKFLOW
from ontogeny.errors import InputError
from ontogeny.disk.files import check_writable
from ontogeny.settings import check_profile

WRITTEN = ["results", "logs", "state"]

# Jobs end with it.
os.environ[WORKFLOW] = str(os.getpid())

try:
    # With --directory Snakemake is there by now; PWD still is the caller's.
    check_profile(
        sys.argv[1:],
        shell_folder=os.environ.get("PWD", ""),
        workflow=workflow.basedir,
    )
    # A dry run, too, writes .snakemake, and stumbles over a file for a folder.
    files = [path for path in WRITTEN if os.path.isfile(path)]
    check_writable([".snakemake", *files])
except InputError as error:
    raise WorkflowError(str(error)) from None

CORES = workflow.resource_settings.cores or 0  # none for --unlock and --summary

if CORES > (os.cpu_count() or 1):
    logger.warning(
        f"--cores {CORES} exceeds this machine's {os.cpu_count()}: "
        "jobs will wait for each other."
    )


onstart:
    try:
        check_writable(WRITTEN)
        # Before Snakemake deletes what the jobs made earlier.
        if workflow.local_exec and any(
            job.resources.get("gpu") for job in workflow.dag.needrun_jobs()
        ):
            from ontogeny.training.devices import check_gpu

            check_gpu()
    except InputError as error:
        raise WorkflowError(str(error)) from None
