"""How the workflow was called: with which profile, on how many cores, where."""

import os
import sys

from snakemake.exceptions import WorkflowError

from ontogeny.errors import InputError
from ontogeny.machine import check_writable
from ontogeny.settings import check_profile

WRITTEN = ["results", "logs", "state"]

try:
    # Snakemake has changed the folder by now; PWD still is the caller's.
    check_profile(sys.argv[1:], [os.environ.get("PWD", ""), "", workflow.basedir])
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
    except InputError as error:
        raise WorkflowError(str(error)) from None
