"""The workflow profile that a call names."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from ontogeny.errors import InputError


def check_profile(arguments: Sequence[str], folders: Sequence[str | Path]) -> None:
    """Check that a workflow profile which was asked for exists.

    Snakemake passes over one that does not, and runs here what was meant for a
    cluster.

    Args:
        arguments: Of the call of Snakemake.
        folders: Where NAME or profiles/NAME may be; the last is the workflow's.

    Raises:
        InputError: If it is in none of them; names those that the last one has.

    >>> check_profile(["--cores", "2"], ["."])
    >>> check_profile(["--workflow-profile=none"], ["."])
    """
    parser = ArgumentParser(add_help=False, exit_on_error=False)
    parser.add_argument("--workflow-profile")
    name = parser.parse_known_args(arguments)[0].workflow_profile
    places = [Path(folder, sub) for folder in folders for sub in ("", "profiles")]
    if name in (None, "none") or any((place / name).exists() for place in places):
        return
    known = sorted({path.parent.name for path in places[-1].glob("*/*.yaml")})
    raise InputError(
        f"There is no workflow profile {name}, and Snakemake would go on without: "
        f"give the path of its folder; profiles/ has {', '.join(known)}."
    )
