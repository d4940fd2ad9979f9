"""Which tests a change reaches: those that use what changed, and few others."""

import subprocess
import sys

import pytest
from reach import TESTS, reached, used

STUDY = "ontogeny/studies/svcca/figures.py"
LOOP = "ontogeny/training/loop.py"


def reached_by(*changed):
    return {path for path in reached(changed) if path.startswith("tests/")}


def test_a_study_s_figures_reach_few_and_the_loop_more():
    few, more = reached_by(STUDY), reached_by(LOOP)
    assert {
        "tests/studies/svcca/test_svcca_figures.py",
        "tests/core/test_laws.py",
    } <= few
    assert "tests/core/test_training.py" in more - few
    assert len(few) < len(more) < len(list(TESTS.rglob("test_*.py")))
    assert not [path for path in few if "sparsity" in path or "scaffold" in path]


def test_the_module_itself_is_there_for_its_doctests(root):
    assert STUDY in reached([STUDY])
    assert "ontogeny/gone.py" not in reached(["ontogeny/gone.py"])
    assert all((root / path).is_file() for path in reached([STUDY, LOOP]))


@pytest.mark.parametrize(
    ("changed", "test"),
    [
        ("workflow/scripts/train_lm.py", "scripts/test_scripts"),  # names the script
        ("ontogeny/running/locks.py", "core/test_devices"),  # in a string of code
        ("tests/curves.py", "studies/sparsity/test_sparsity_claims"),
        ("tests/conftest.py", "core/test_learning"),
        ("tests/core/measured_runs.yaml", "core/test_estimate_runs"),
        ("docs/own-measure.md", "core/test_docs"),
        ("config/tiny.yaml", "core/test_settings"),
        ("tests/core/test_learning.py", "core/test_learning"),
    ],
)
def test_a_change_reaches(changed, test):
    assert f"tests/{test}.py" in reached_by(changed)


@pytest.mark.parametrize("changed", ["tests/slurm/cluster.py"])
def test_helpers_of_workflow_tests_reach_none(changed):
    assert reached_by(changed) == set()


def test_tests_that_run_a_workflow_are_never_chosen():
    slow = ("tests/workflow/", "tests/slurm/", "tests/survival/")
    assert not [
        path for path in reached_by("ontogeny/errors.py") if path.startswith(slow)
    ]


def test_helpers_count_with_what_they_use(root):
    assert root / "ontogeny/disk/files.py" in used(TESTS / "core" / "test_training.py")


def test_it_prints_a_path_a_line(root):
    command = [sys.executable, "tests/reach.py", STUDY]
    printed = subprocess.check_output(command, cwd=root, text=True)
    assert printed.splitlines() == reached([STUDY])


def test_rules_reach_what_reads_them_all():
    assert "tests/core/test_repository.py" in reached(["rules/lm.smk"])
