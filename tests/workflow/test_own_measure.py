"""The steps of docs/own-measure.md, in a copy of the repository."""

import os
import re
import shutil
import subprocess
import sys
import textwrap

import pandas as pd
import pytest
from pages import blocks

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def steps(root):
    """What the page has one write, by step, and the command of the last one."""
    page = root / "docs" / "own-measure.md"
    parts = re.split(r"^\d\. ", page.read_text(), flags=re.M)[1:]
    return parts, [*blocks(page, "python"), *blocks(page, "")]


@pytest.fixture(scope="module")
def copy(steps, tiny, root, copy_repository, tmp_path_factory):
    """The tiny run, with the measure added to its workflow."""
    folder = tmp_path_factory.mktemp("measure")
    repository = copy_repository(folder / "repository")
    shutil.copy(root / "pyproject.toml", repository)
    parts, (function, script, key, rule, include, _) = steps
    for part, text in zip(parts[:4:3], (function, rule), strict=True):
        (repository / re.search(r"`([\w/]+\.(?:py|smk))`:", part)[1]).write_text(text)
    (repository / re.search(r"`([\w/]+\.py)`:", parts[1])[1]).write_text(script)
    settings = repository / "ontogeny" / "sections" / "common.py"
    before, heading, after = settings.read_text().partition("class Common(")
    key = textwrap.indent(key, "    ")
    settings.write_text(f"{before.rstrip()}\n{key}\n\n{heading}{after}")
    snakefile = repository / "Snakefile"
    text = snakefile.read_text()
    last = text.rindex('include: "', 0, text.index("rule all:"))
    end = text.index("\n", last) + 1
    snakefile.write_text(text[:end] + include + text[end:])
    return tiny.copied(folder / "run", repository)


def test_the_page_s_measure_is_made_from_what_is_there(copy, steps):
    command = steps[1][-1].split()
    assert command[0] == "snakemake"
    run = copy.run(command[1])
    assert run.status == 0, run.text
    assert run.jobs == {"measure_dimension": 1}
    table = pd.read_parquet(copy.folder / command[1])
    assert set(table["site"]) == {"lstm1", "lstm2"}
    assert table["participation_ratio"].between(1, 32).all()


def test_the_page_s_function_passes_its_example(copy):
    module = copy.repository / "ontogeny" / "measures" / "dimension.py"
    command = [sys.executable, "-m", "doctest", str(module)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_page_s_rule_keeps_the_repository_s(copy, root):
    tests = copy.repository / "tests" / "core"
    tests.mkdir(parents=True)
    shutil.copy(root / "tests" / "core" / "test_repository.py", tests)
    shutil.copy(root / "tests" / "imports.py", copy.repository / "tests")
    command = [sys.executable, "-m", "pytest", tests, "-k", "measure_dimension"]
    done = subprocess.run(
        command,
        cwd=copy.repository,
        env={**os.environ, "PYTHONPATH": str(copy.repository)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout, "the rule is complete, its script only translates"


def test_the_page_s_code_is_formatted(copy):
    files = [
        copy.repository / name
        for name in (
            "ontogeny/measures/dimension.py",
            "workflow/scripts/measure_dimension.py",
        )
    ]
    for check in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *check, *map(str, files)]
        done = subprocess.run(
            command, cwd=copy.repository, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
    command = [sys.executable, "-m", "snakefmt", "--check", "rules/dimension.smk"]
    done = subprocess.run(
        command, cwd=copy.repository, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
