"""The command `ontogeny`: useful without the workflow."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from ontogeny import __version__
from ontogeny.errors import InputError

DEFAULT = Path("config/config.yaml")
"""The config that is meant where none is named: mini's."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Returns:
        The exit status: 0 if all is well, 1 if something is wrong that keeps the
        workflow from running or a file from being trusted, or if nobody reads the
        answer; 2, from the parser, for a call that makes no sense.

    >>> main(["schema"])  # doctest: +ELLIPSIS
    # Made from ontogeny/settings/ by `ontogeny schema`; do not edit.
    ...
    0
    """
    called = _parser().parse_args(arguments)
    try:
        status = called.run(called)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # `ontogeny estimate | head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
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
    _add_config(doctor, "whose data and results are looked at")
    doctor.add_argument("--data-dir", help="as --config data_dir=…")
    doctor.set_defaults(run=_doctor)
    estimate = commands.add_parser(
        "estimate", help="say what a run will take: jobs, hours, disk and memory"
    )
    _add_config(estimate, "whose run is estimated")
    estimate.add_argument(
        "--cores", type=_number, help="that it would have (default: this machine's)"
    )
    estimate.add_argument(
        "--words",
        type=_number,
        help="of a corpus that is read (default: as its data set or its files say)",
    )
    estimate.add_argument(
        "--rules", action="store_true", help="list every rule, not only the longest"
    )
    estimate.set_defaults(run=_estimate)
    return parser


def _add_config(parser: argparse.ArgumentParser, meaning: str) -> None:
    parser.add_argument(
        "--configfile",
        type=Path,
        nargs="+",
        default=[DEFAULT],
        help=f"{meaning}, later ones before earlier (default: {DEFAULT})",
    )
    parser.add_argument(
        "--config",
        nargs="+",
        default=[],
        metavar="KEY=VALUE",
        help="keys that go before a file's, as Snakemake takes them",
    )


def _number(text: str) -> int:
    """A whole number, as 425e6 too."""
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not (number >= 1 and number.is_integer()):
        raise argparse.ArgumentTypeError(f"need a whole number from 1, got {text}")
    return int(number)


def _schema(called: argparse.Namespace) -> int:
    from ontogeny.settings import schema_yaml

    sys.stdout.write(schema_yaml())
    return 0


def _doctor(called: argparse.Namespace) -> int:
    from ontogeny.cli.doctor import examine

    given = [*called.config]
    if called.data_dir:
        given.append(f"data_dir={called.data_dir}")
    findings = examine(called.configfile, given)
    for finding in findings:
        print(f"{finding.level:<8} {finding.text}", flush=True)
    return int(any(finding.level == "problem" for finding in findings))


def _estimate(called: argparse.Namespace) -> int:
    from ontogeny.cli.config import DATASETS, MODELS, read_config
    from ontogeny.cli.estimate import estimate
    from ontogeny.cli.estimate.report import check_something_is_kept, report
    from ontogeny.cli.machine import cores
    from ontogeny.settings import chosen_model, read_datasets, read_models

    settings = read_config(called.configfile, called.config)
    chosen_model(settings, read_models(MODELS))
    found = estimate(settings, read_datasets(DATASETS), words=called.words)
    check_something_is_kept(found, settings)
    on = called.cores or cores()
    print(report(found, settings, cores=on, every_rule=called.rules))
    return 0
