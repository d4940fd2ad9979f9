"""The config that a command is asked about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ontogeny.errors import InputError
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
    try:
        config = yaml.safe_load(configfile.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"{configfile} cannot be read ({error.strerror}): start in the root of the "
            "repository, or give --configfile."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{configfile} is not YAML: {one_line(error)}.") from error
    if not isinstance(config or {}, dict):
        raise InputError(f"{configfile} must hold `key: value` pairs.")
    return read_settings({**(config or {}), **given})


def one_line(error: Exception) -> str:
    """An error's message without its line breaks."""
    return " ".join(str(error).split())
