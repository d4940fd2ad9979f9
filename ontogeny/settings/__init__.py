"""Typed settings: what `config/*.yaml` may say, and what it means.

`ontogeny schema` writes `config/schema.yaml` from the classes in `schema`.
"""

from ontogeny.sections.dataset import Dataset, file_places, read_datasets
from ontogeny.sections.reading import read_mapping
from ontogeny.settings.models import RegisteredModel, chosen_model, read_models
from ontogeny.settings.profiles import check_profile
from ontogeny.settings.reading import read_settings, schema_yaml
from ontogeny.settings.schema import Settings
from ontogeny.settings.sources import check_sources, used_datasets

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
