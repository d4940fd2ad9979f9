"""How the workflow was called: with which profile, on how many cores."""

import os
import sys

from snakemake.exceptions import WorkflowError

from ontogeny.errors import InputError
from ontogeny.settings import check_profile

try:
    # Snakemake has changed the folder by now; PWD still is the caller's.
    check_profile(sys.argv[1:], [os.environ.get("PWD", ""), "", workflow.basedir])
except InputError as error:
    raise WorkflowError(str(error)) from None

CORES = workflow.resource_settings.cores or 0  # none for --unlock and --summary

if CORES > (os.cpu_count() or 1):
    logger.warning(
        f"--cores {CORES} exceeds this machine's {os.cpu_count()}: "
        "jobs will wait for each other."
    )
