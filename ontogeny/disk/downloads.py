"""Files of a data set: from a local folder or the net, always checked."""

from __future__ import annotations

import logging
import shutil
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from ontogeny.disk.files import sha256 as checksum
from ontogeny.disk.files import whole
from ontogeny.errors import InputError

logger = logging.getLogger(__name__)

ATTEMPTS = 3

MOST_BYTES = 20_000_000_000
"""Size of a download at most, where config/datasets.yaml does not say it."""

MOST_SECONDS = 12 * 3600
"""Time that an attempt may take."""


def fetch(
    url: str | None,
    target: Path,
    *,
    sha256: str,
    licence: str,
    local: Path | None = None,
    most_bytes: int | None = None,
) -> None:
    """Put a file in place if its checksum is right; else leave nothing.

    Args:
        url: Where it is downloaded from, unless there is a local copy; None: it
            is nowhere else.
        target: Where it goes.
        sha256: The checksum it must have.
        licence: Shown in the log.
        local: A copy on this machine; None: download.
        most_bytes: Size at which a download is broken off; None: `MOST_BYTES`.

    Raises:
        InputError: If the local copy is missing, the download fails, is too large or
            takes too long, or the checksum is another one (both are named).
    """
    with whole(target) as temporary:
        if local is not None:
            try:
                shutil.copyfile(local, temporary)
            except OSError as error:
                raise InputError(
                    f"{local} cannot be read ({error.strerror}): put the file there, "
                    "or leave data_dir out to download it."
                ) from error
        elif url is None:
            raise InputError(
                f"{target.name} has no url in config/datasets.yaml: set data_dir to "
                "the folder that has it."
            )
        else:
            _download(url, temporary, _Limit(most_bytes or MOST_BYTES))
        found = checksum(temporary)
        if found != sha256:
            raise InputError(
                f"{local or shown(url or '')} is not the file it should be: its "
                f"SHA-256 is {found}, expected {sha256}. Fetch it anew; if it has "
                "really changed, config/datasets.yaml must say so."
            )
    logger.info("%s: licence %s.", target, licence)


class _TooMuchError(Exception):
    """A download has met its limit; not of the kinds that pooch tries again."""


class _Limit:
    """Counts a download's bytes in the place of pooch's bar of progress."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.total = 0

    @property
    def total(self) -> int:
        """The size that the server announces; pooch sets it as an attempt begins."""
        return self._total

    @total.setter
    def total(self, size: int) -> None:
        self._total = size
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self._size, self._begin = 0, time.monotonic()

    def update(self, size: int) -> None:
        """Count so many bytes more, or fewer: pooch counts whole chunks."""
        before, self._size = self._size, self._size + size
        if before >= self.most_bytes or self.total > self.most_bytes:
            raise _TooMuchError(
                f"is larger than the {self.most_bytes / 1e9:.3g} GB that it may have: "
                "if that is right, say so by `bytes` in config/datasets.yaml"
            )
        if time.monotonic() - self._begin > MOST_SECONDS:
            raise _TooMuchError(
                f"was not there after {MOST_SECONDS / 3600:.3g} hours: download it "
                "elsewhere and set data_dir"
            )

    def close(self) -> None:
        """Nothing is shown, so nothing is closed."""


def _download(url: str, target: Path, limit: _Limit) -> None:
    import pooch
    import requests

    pooch.get_logger().setLevel("WARNING")  # it tells the whole address
    fetcher = pooch.create(
        target.parent,
        base_url="",
        urls={target.name: url},
        registry={target.name: None},
        retry_if_failed=ATTEMPTS - 1,
    )
    # What a killed job left there would pass for the download.
    target.unlink(missing_ok=True)
    try:
        fetcher.fetch(target.name, downloader=pooch.HTTPDownloader(progressbar=limit))
    except _TooMuchError as error:
        raise InputError(f"{shown(url)} {error}.") from None
    except (requests.RequestException, OSError, ValueError) as error:
        raise InputError(
            f"{shown(url)} could not be downloaded ({type(error).__name__}) in "
            f"{ATTEMPTS} attempts: check the connection, or download it elsewhere and "
            "set data_dir."
        ) from error


def shown(url: str) -> str:
    """A URL without what may be secret: name, password, query.

    >>> shown("https://me:secret@example.org/a.txt?token=secret#x")
    'https://example.org/a.txt'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that is none"
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))
