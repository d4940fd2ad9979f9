"""The steps of docs/own-study.md, in a copy of the repository."""

import os
import re
import shutil
import subprocess
import sys
import textwrap

import pandas as pd
import pytest
from pages import blocks

from ontogeny.studies.names import NAMES

pytestmark = pytest.mark.slow

SHARED = ("ontogeny/studies/names.py", "ontogeny/settings/schema.py")


@pytest.fixture(scope="module")
def page(root):
    return root / "docs" / "own-study.md"


@pytest.fixture(scope="module")
def written(page):
    """What the page has one write, by file."""
    text = textwrap.dedent(page.read_text())
    files = re.findall(
        r"`([\w/]+\.(?:py|smk))`:\n\n *```python\n(.+?)\n *```", text, re.S
    )
    return {name: textwrap.dedent(code) + "\n" for name, code in files}


@pytest.fixture(scope="module")
def copy(page, written, tiny, root, copy_repository, tmp_path_factory):
    """The tiny run, with the study added to its workflow."""
    base = tmp_path_factory.mktemp("study")
    repository = copy_repository(base / "repository")
    shutil.copy(root / "pyproject.toml", repository)
    folder = repository / "ontogeny" / "studies" / "spread"
    folder.mkdir()
    (folder / "__init__.py").touch()
    for name, code in written.items():
        if name not in SHARED:
            (repository / name).write_text(code)
    names, imported, entry = blocks(page, "python")[-3:]
    path = repository / SHARED[0]
    path.write_text(
        re.sub(r"^NAMES = \([^)]*\)\n", names, path.read_text(), flags=re.M)
    )
    path = repository / SHARED[1]
    path.write_text(
        path.read_text()
        .replace("from ontogeny.studies.interdep", f"{imported}from ontogeny.studies.interdep", 1)
        .replace("    scaffold: Scaffold", f"{textwrap.indent(entry, '    ')}    scaffold: Scaffold")
    )  # fmt: skip
    return tiny.copied(base / "run", repository)


def test_the_page_writes_a_folder_a_script_and_rules(written):
    rooms = {name.rpartition("/")[0] for name in written if name not in SHARED}
    assert rooms == {"ontogeny/studies/spread", "workflow/scripts", "rules"}


def test_the_page_s_study_is_made(copy, page):
    command = blocks(page, "")[-1]
    assert command.startswith("snakemake spread ")
    run = copy.run("spread", "--config", "studies=[spread]")
    assert run.status == 0, run.text
    own = {"measure_spread", "tabulate_spread", "judge_spread", "plot_figure"}
    assert own <= run.jobs.keys() <= own | {"record_activations", "spread"}
    figures = copy.results / "figures" / "spread"
    assert {path.suffix for path in figures.glob("fig1.*")} == {
        ".pdf", ".svg", ".png", ".parquet",
    }  # fmt: skip
    table = pd.read_parquet(figures / "fig1.parquet")
    assert set(table["site"]) == {"lstm1", "lstm2"}
    assert table["value"].between(-1, 1).all()
    assert (table["low"] < table["high"]).all()
    claims = pd.read_parquet(copy.results / "spread" / "claims.parquet")
    assert claims["claim"].tolist() == ["M1"]


def test_it_changes_no_other_study_s_jobs(copy):
    assert "Nothing to be done" in copy.run(*NAMES, "--dry-run").text


def in_copy(copy, *command):
    return subprocess.run(
        [sys.executable, "-m", *map(str, command)],
        cwd=copy.repository,
        env={**os.environ, "PYTHONPATH": str(copy.repository)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_keeps_the_contract_and_the_laws(copy, root):
    (copy.repository / "tests" / "core").mkdir(parents=True)
    for name in ("conftest.py", "runs.py", "pages.py", "imports.py"):
        shutil.copy(root / "tests" / name, copy.repository / "tests")
    for name in ("studies", "laws", "captions"):
        shutil.copy(root / f"tests/core/test_{name}.py", copy.repository / "tests/core")
    done = in_copy(copy, "pytest", "tests/core", "ontogeny/studies/spread")
    assert done.returncode == 0, done.stdout


def test_its_code_is_formatted_and_typed(copy, written, root):
    if (root / ".mypy_cache").is_dir():  # of `make lint`: a minute less
        shutil.copytree(root / ".mypy_cache", copy.repository / ".mypy_cache")
    files = [name for name in written if name.endswith(".py") and name not in SHARED]
    for check in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]):
        typed = [name for name in files if name.startswith("ontogeny/")]
        done = in_copy(copy, *check, *(typed if check == ["mypy"] else files))
        assert done.returncode == 0, done.stdout
    done = in_copy(copy, "snakefmt", "--check", "rules/spread.smk")
    assert done.returncode == 0, done.stderr
