"""A cluster on this machine, for as long as its tests take."""

import pytest
from cluster import cluster, why_not


@pytest.fixture(scope="session")
def slurm(tmp_path_factory):
    """A running cluster; without its packages the tests are skipped."""
    reason = why_not()
    if reason:
        pytest.skip(f"No SLURM cluster can be started: {reason}.")
    with cluster(tmp_path_factory.mktemp("slurm") / "cluster"):
        yield
