"""The one exception that is meant for the person at the terminal, and its sentences.

The code digests leave this module out: no job runs again because of a sentence.
"""

from __future__ import annotations

import errno
from pathlib import Path

NO_ROOM = {
    errno.ENOSPC: "The disk is full",
    errno.EDQUOT: "The quota of the disk is used up",
    errno.EFBIG: "The limit on a file's size (ulimit -f) is met",
}
"""What is said of the system's errors when a file does not fit."""


class InputError(ValueError):
    """Bad input, told in one sentence: what is wrong, where, what to do.

    Jobs print its message without a traceback and exit with status 1; any
    other exception is a bug of ours and keeps its traceback.
    """


def one_line(error: Exception) -> str:
    """An error's message without its line breaks.

    >>> one_line(ValueError("two\\nlines"))
    'two lines'
    """
    return " ".join(str(error).split())


def unwritable(path: str | Path, error: OSError) -> InputError:
    """The sentence for a file that cannot be written."""
    if error.errno in NO_ROOM:
        return InputError(
            f"{NO_ROOM[error.errno]}: {path} could not be written and was left out; "
            "make room and start again."
        )
    return InputError(
        f"{path} cannot be written ({error.strerror}): see to it that "
        f"{Path(path).parent}/ is a folder that you may write to, then start again."
    )


def unreadable(path: str | Path, error: Exception) -> InputError:
    """The sentence for a file that is missing or damaged."""
    if isinstance(error, FileNotFoundError):
        return InputError(f"{path} is missing: run the workflow to make it.")
    if Path(path).is_dir():
        return InputError(f"{path} is a folder, not a file: name one in it.")
    reason = str(error).splitlines()[0].rstrip(".") if str(error) else "unknown"
    return InputError(
        f"{path} is truncated or damaged ({reason}): delete it and {again(path)}."
    )


def again(*paths: str | Path) -> str:
    """How a file that the workflow made is made once more, once it is deleted.

    A whole run would not: what is up to date is not asked for its inputs.

    >>> again("results/mini/claims.md")
    'make it again: snakemake --cores 1 --configfile CONFIG -- results/mini/claims.md \
(CONFIG: as before)'
    """
    return (
        f"make {'it' if len(paths) == 1 else 'them'} again: snakemake --cores 1 "
        f"--configfile CONFIG -- {' '.join(map(str, paths))} (CONFIG: as before)"
    )
