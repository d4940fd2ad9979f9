"""The workflow profile that a call names."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from ontogeny.errors import InputError


def check_profile(
    arguments: Sequence[str], *, shell_folder: str | Path, workflow: str | Path
) -> None:
    """Check that a workflow profile which was asked for is where Snakemake looks.

    Snakemake passes over one that is not, and runs here what was meant for a
    cluster.

    Args:
        arguments: Of the call of Snakemake.
        shell_folder: Where it was called from, if it has been sent elsewhere since.
        workflow: The folder of the Snakefile.

    Raises:
        InputError: If it is not there; names those that the workflow has.

    >>> check_profile(["--cores", "2"], shell_folder=".", workflow=".")
    >>> check_profile(["--workflow-profile=none"], shell_folder=".", workflow=".")
    """
    parser = ArgumentParser(add_help=False, exit_on_error=False)
    parser.add_argument("--workflow-profile")
    parser.add_argument("--directory", "-d")
    called = parser.parse_known_args(arguments)[0]
    name = called.workflow_profile
    own = Path(workflow, "profiles")
    here = Path(shell_folder if called.directory else ".")
    if name in (None, "none") or any(
        (place / name).exists() for place in (here, here / "profiles", own)
    ):
        return
    known = sorted({path.parent.name for path in own.glob("*/*.yaml")})
    raise InputError(
        f"There is no workflow profile {name}, and Snakemake would go on without: "
        f"give the path of its folder; profiles/ has {', '.join(known)}."
    )
