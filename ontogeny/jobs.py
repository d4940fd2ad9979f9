"""Run a script of the workflow: its log, its errors, its files' checksums.

A script is `main(job)`, where `job` has input, output, params, wildcards and
log; it ends with `run(main, snakemake)`.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ontogeny.errors import InputError
from ontogeny.sums import check_sums, keep_sums


def run(main: Callable[[Any], None], job: Any) -> None:
    """Call `main(job)` with the package's log going to the job's log file.

    Inputs are checked before, and checksums of the outputs kept after
    (`ontogeny.sums`).

    An `InputError` becomes one sentence on the terminal and in the log, and
    exit status 1. Anything else is a bug: its traceback goes to both.
    """
    Path(job.log[0]).parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(job.log[0], mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
    try:
        check_sums(job.input)
        main(job)
        keep_sums(job.output)
    except InputError as error:
        logging.error("%s", error)
        print(f"Error: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        logging.error("Interrupted.")
        raise SystemExit(130) from None
    except Exception:
        logging.exception("The job failed:")
        raise
    finally:
        root.removeHandler(handler)
        handler.close()
