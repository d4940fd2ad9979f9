"""Snakemake itself, as a user starts it."""

from functools import partial

import pytest
from runs import run_snakemake


@pytest.fixture(scope="session")
def snakemake(root):
    """Run the workflow in a folder; targets come before options."""
    return partial(run_snakemake, repository=root)
