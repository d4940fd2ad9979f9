"""The command `ontogeny`: useful without the workflow."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ontogeny import __version__
from ontogeny.errors import InputError


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Returns:
        The exit status: 0 if all is well, 1 if something is wrong that keeps the
        workflow from running or a file from being trusted; 2, from the parser,
        for a call that makes no sense.

    >>> main(["schema"])  # doctest: +ELLIPSIS
    # Made from ontogeny/settings/ by `ontogeny schema`; do not edit.
    ...
    0
    """
    called = _parser().parse_args(arguments)
    try:
        return called.run(called)
    except InputError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ontogeny", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    schema = commands.add_parser(
        "schema", help="print the JSON Schema of the config, as YAML"
    )
    schema.set_defaults(run=_schema)
    doctor = commands.add_parser(
        "doctor", help="look at this machine, the data and the results; say what next"
    )
    doctor.add_argument(
        "--configfile",
        type=Path,
        default=Path("config/config.yaml"),
        help="whose data and results are looked at (default: %(default)s)",
    )
    doctor.add_argument("--data-dir", type=Path, help="as data_dir in the config")
    doctor.set_defaults(run=_doctor)
    return parser


def _schema(called: argparse.Namespace) -> int:
    from ontogeny.settings import schema_yaml

    sys.stdout.write(schema_yaml())
    return 0


def _doctor(called: argparse.Namespace) -> int:
    from ontogeny.cli.doctor import examine

    findings = examine(called.configfile, called.data_dir)
    for finding in findings:
        print(f"{finding.level:<8} {finding.text}", flush=True)
    return int(any(finding.level == "problem" for finding in findings))
