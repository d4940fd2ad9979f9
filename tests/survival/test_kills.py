"""A workflow that is killed again and again makes what it makes undisturbed."""

import pytest
from kills import kill_and_compare
from moments import AIMED_AT

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

# Training, recording, tagging and measuring; half a minute of two cores.
TARGETS = [
    "results/tiny/sparsity/claims.parquet",
    "results/tiny/activations/test/seed1/recorded/epoch3.parquet",
]


def test_five_kills_change_no_byte(tiny, tmp_path):
    kills, outputs, wrong = kill_and_compare(
        TARGETS,
        kills=5,
        seed=4,
        config=tiny.config,
        repository=tiny.repository,
        folder=tmp_path / "killed",
        reference=tiny.folder,
    )
    assert wrong == []
    assert len(kills) == 5
    assert len(outputs) > 20
    assert {hit.name for kill in kills for hit in kill.hits} >= AIMED_AT.keys()
    assert len({(kill.signal, kill.whom) for kill in kills}) == 5
    assert all(hit.then for kill in kills for hit in kill.hits)
