"""Typed settings: what `config/*.yaml` may say, and what it means.

`ontogeny schema` writes `config/schema.yaml` from the classes in `schema`.
"""

from ontogeny.settings.models import RegisteredModel, chosen_model, read_models
from ontogeny.settings.profiles import check_profile
from ontogeny.settings.reading import read_mapping, read_settings, schema_yaml
from ontogeny.settings.schema import Settings
from ontogeny.settings.sources import (
    Dataset,
    check_sources,
    file_places,
    read_datasets,
    used_datasets,
)

__all__ = [
    "Dataset",
    "RegisteredModel",
    "Settings",
    "check_profile",
    "check_sources",
    "chosen_model",
    "file_places",
    "read_datasets",
    "read_mapping",
    "read_models",
    "read_settings",
    "schema_yaml",
    "used_datasets",
]
