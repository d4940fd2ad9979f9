"""The workflow as a module of another one, as docs/module.md says."""

import shutil
import subprocess
from functools import partial

import pytest
import yaml
from pages import blocks
from runs import run_snakemake

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page(root):
    """The page's Snakefile, importing this repository, and its config."""
    path = root / "docs" / "module.md"
    (snakefile,), (config,) = blocks(path, "python"), blocks(path, "yaml")
    assert "/path/to/ontogeny" in snakefile
    return snakefile.replace("/path/to/ontogeny", str(root)), yaml.safe_load(config)


@pytest.fixture(scope="module")
def importing(root, page):
    """Write a workflow that imports this one with a config; run it."""

    def write(folder, config):
        (folder / "Snakefile").write_text(page[0])
        (folder / "config.yaml").write_text(yaml.safe_dump({"ontogeny": config}))
        return partial(run_snakemake, folder=folder, repository=folder, path=[root])

    return write


@pytest.fixture(scope="module")
def tiny_config(root):
    return yaml.safe_load((root / "config" / "tiny.yaml").read_text())


def test_the_same_jobs_are_listed(importing, tiny_config, snakemake, root, tmp_path):
    tiny = root / "config" / "tiny.yaml"
    itself = snakemake("--dry-run", "--configfile", tiny, folder=tmp_path / "itself")
    imported = importing(tmp_path, tiny_config)("--dry-run")
    assert imported.status == 0, imported.text
    assert itself.jobs["train_lm"] == 2
    assert imported.jobs == {f"ontogeny_{rule}": n for rule, n in itself.jobs.items()}


def test_a_page_is_made_and_stands_in_the_report(importing, tiny_config, tmp_path):
    run = importing(tmp_path, tiny_config)
    page = "language_models/results/tiny/pages/steps.html"
    made = run(page)
    assert made.status == 0, made.text
    assert "sentences" in (tmp_path / page).read_text()
    assert not (tmp_path / "results").exists()
    # The first page, which else comes with all claims.
    landing = tmp_path / "language_models" / "results" / "tiny" / "report.rst"
    landing.write_text("How it came out.\n")
    report = run(page, "--report", "report.html")
    assert report.status == 0, report.text
    assert "How it came out." in (tmp_path / "report.html").read_text()


def test_the_page_s_config_finds_texts_beside_the_prefix(importing, page, tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("A text .\n")
    run = importing(tmp_path, page[1]["ontogeny"])("--dry-run")
    assert run.status == 0, run.text
    assert run.jobs["ontogeny_read_corpus"] == 1


# As the catalog's Snakedeploy writes it, beside a copy of config/.
DEPLOYED = """\
configfile: "config/config.yaml"


module ontogeny:
    snakefile:
        github("someone/ontogeny", path="workflow/Snakefile", tag="v1")
    config:
        config


use rule * from ontogeny
"""


def git(folder, *arguments):
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    command = ["git", *identity, *map(str, arguments)]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


@pytest.fixture
def deployed(root, copy_repository, tmp_path, monkeypatch):
    """A workflow that takes this one from a git host, which Snakemake has cached."""
    (tmp_path / "repository").mkdir()
    repository = copy_repository(tmp_path / "repository")
    git(repository, "init", "--quiet")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message", "all")
    git(repository, "tag", "v1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache = tmp_path / "snakemake" / "snakemake" / "source-cache"
    clone = cache / "snakemake-git-cache" / "github.com" / "someone" / "ontogeny"
    git(tmp_path, "clone", "--quiet", "--bare", repository, clone)
    folder = tmp_path / "deployed"
    (folder / "config").mkdir(parents=True)
    shutil.copy(root / "config" / "tiny.yaml", folder / "config" / "config.yaml")
    (folder / "Snakefile").write_text(DEPLOYED)
    return partial(run_snakemake, folder=folder, repository=folder, path=[root])


def test_it_is_imported_from_a_git_host(deployed):
    run = deployed("results/tiny/config.yaml")
    assert run.status == 0, run.text
    assert run.jobs == {"save_config": 1}
