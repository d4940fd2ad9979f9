"""The one list of studies."""

from __future__ import annotations

from ontogeny.studies.study import Study, module

NAMES = (
    "sparsity",
    "svcca",
    "interdependence",
    "scaffold",
    "structured",
    "predefined",
    "lottery",
)
"""In the order in which the report and the claims have them."""


def load(name: str) -> Study:
    """What is told of a study.

    >>> load("svcca").figures[1].name
    'fig3'
    """
    return module(name, "about").STUDY
