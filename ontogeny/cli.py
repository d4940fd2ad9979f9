"""The command `ontogeny`: useful without the workflow."""

from __future__ import annotations

import argparse
import sys

from ontogeny import __version__


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit status.

    >>> main(["schema"])  # doctest: +ELLIPSIS
    # Made from ontogeny/settings/ by `ontogeny schema`; do not edit.
    ...
    0
    """
    parser = argparse.ArgumentParser(prog="ontogeny", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("schema", help="print the JSON Schema of the config, as YAML")
    parser.parse_args(arguments)

    from ontogeny.settings import schema_yaml

    sys.stdout.write(schema_yaml())
    return 0
