"""Run a script of the workflow: its log, its errors, its files' checksums.

A script is `main(job)`, where `job` has rule, input, output, params, wildcards and
log; it ends with `run(main, snakemake)`.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ontogeny.errors import InputError, one_line
from ontogeny.running.alone import ends_with_parent, only_process
from ontogeny.running.provenance import check_places, keep_records
from ontogeny.running.sums import check_sums, keep_sums

NO_MEMORY = (
    "There is not enough memory for this job: run fewer jobs at a time (--cores), or "
    "make the model, its batch or its vocabulary smaller."
)


def run(main: Callable[[Any], None], job: Any) -> None:
    """Call `main(job)` with the package's log going to the job's log file.

    Inputs are checked before, and after it the outputs' checksums are kept
    (`ontogeny.running.sums`) and by what they were made
    (`ontogeny.running.provenance`). One process at a time runs a job, and ends when its
    workflow does (`ontogeny.running.alone`).

    An `InputError` becomes one sentence on the terminal and in the log, and
    exit status 1. Anything else is a bug: its traceback goes to both.
    """
    try:
        with only_process(job.log[0]), ends_with_parent():
            _run(main, job)
    except InputError as error:
        print(f"Error: {error}", file=sys.stderr)
        raise SystemExit(1) from None


def _run(main: Callable[[Any], None], job: Any) -> None:
    handler = _Log(job.log[0], mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
    try:
        check_sums(job.input)
        check_places(job.input)
        main(job)
        keep_sums(job.output)
        keep_records(job)
    except InputError as error:
        logging.error("%s", error)
        raise
    except KeyboardInterrupt:
        logging.error("Interrupted.")
        raise SystemExit(130) from None
    except Exception as error:
        if _is_out_of_memory(error):
            logging.error("%s (%s)", NO_MEMORY, one_line(error))
            raise InputError(NO_MEMORY) from None
        logging.exception("The job failed:")
        raise
    finally:
        root.removeHandler(handler)
        handler.close()


def _is_out_of_memory(error: Exception) -> bool:
    """Whether NumPy, PyTorch's processor or a GPU was refused memory."""
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"
        or "can't allocate memory" in str(error)
    )


class _Log(logging.FileHandler):
    """A log; a full disk costs lines of it, and not the job."""

    def handleError(self, record: logging.LogRecord) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)

    def close(self) -> None:
        with suppress(OSError):
            super().close()
