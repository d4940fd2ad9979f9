"""The config that a command is asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from ontogeny.errors import InputError
from ontogeny.sections.reading import read_mapping
from ontogeny.settings import Settings, read_settings

DATASETS = Path("config/datasets.yaml")
MODELS = Path("config/models.yaml")


def read_config(configfiles: Sequence[Path], given: Sequence[str] = ()) -> Settings:
    """The settings of config files, put together as Snakemake does.

    Args:
        configfiles: Their paths, from the repository's root; what a later one says
            wins, key by key.
        given: KEY=VALUE each, the value as YAML: what is given by itself wins.

    Raises:
        InputError: If one cannot be read or something in it is wrong.
    """
    config: dict[str, Any] = {}
    for path in configfiles:
        own = read_mapping(path, remedy=", or give --configfile")
        config = _merged(config, own)
    for one in given:
        key, equals, value = one.partition("=")
        try:
            wanted = yaml.safe_load(value)
        except yaml.YAMLError:
            equals = ""
        if not (key and equals):
            raise InputError(
                f'--config {one} is no KEY=VALUE: give it as "lm={{epochs: 5}}".'
            )
        config = _merged(config, {key: wanted})
    return read_settings(config)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Two configs, the second's keys before the first's, at every depth.

    >>> _merged({"lm": {"epochs": 2, "batch": 5}, "name": "a"}, {"lm": {"epochs": 3}})
    {'lm': {'epochs': 3, 'batch': 5}, 'name': 'a'}
    """
    merged = dict(below)
    for key, value in above.items():
        own = merged.get(key)
        if isinstance(own, Mapping) and isinstance(value, Mapping):
            value = _merged(own, value)
        merged[key] = value
    return merged
