"""The config that a command is asked about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ontogeny.sections.reading import read_mapping
from ontogeny.settings import Settings, read_settings

DATASETS = Path("config/datasets.yaml")
MODELS = Path("config/models.yaml")


def read_config(configfile: Path, **given: Any) -> Settings:
    """A config file's settings.

    Args:
        configfile: Its path, from the repository's root.
        **given: Keys that replace the file's.

    Raises:
        InputError: If it cannot be read or something in it is wrong.
    """
    config = read_mapping(configfile, remedy=", or give --configfile")
    return read_settings({**config, **given})
