"""The steps of docs/own-model.md, in a copy of the repository."""

import os
import shlex
import shutil
import subprocess
import sys

import pandas as pd
import pytest
import yaml
from pages import blocks
from runs import Tiny, run_snakemake

pytestmark = pytest.mark.slow

PAGE = "docs/own-model.md"
# What the page's run is cut to here: one study, fewer epochs and tokens.
CUT = {
    "studies": ["sparsity"],
    "measuring": {"tokens": 5000, "vector_epochs": [-1], "vector_tokens": 100},
}
EPOCHS = 2


@pytest.fixture(scope="module")
def commands(root):
    """What the page has one type, with targets and options apart from Snakemake."""
    lines = [line for block in blocks(root / PAGE, "") for line in block.splitlines()]
    typed = [shlex.split(line.replace("--cores 2", "")) for line in lines]
    assert {program for program, *_ in typed} == {"snakemake"}
    return [arguments for _, *arguments in typed]


@pytest.fixture(scope="module")
def repository(root, copy_repository, tmp_path_factory):
    """The repository, with the model and the config of the page."""
    repository = copy_repository(tmp_path_factory.mktemp("model"))
    shutil.copy(root / "pyproject.toml", repository)
    (repository / "ontogeny" / "models" / "gru.py").write_text(
        blocks(root / PAGE, "python")[0]
    )
    entry, config = blocks(root / PAGE, "yaml")
    with (repository / "config" / "models.yaml").open("a") as file:
        file.write(entry)
    tiny = yaml.safe_load((repository / "config" / "tiny.yaml").read_text())
    whole = {**tiny, **yaml.safe_load(config)}
    (repository / "config" / "gru.yaml").write_text(yaml.safe_dump(whole))
    return repository


@pytest.fixture(scope="module")
def made(repository, commands, tmp_path_factory):
    """The page's run, cut, and how it is called."""
    config = yaml.safe_load((repository / "config" / "gru.yaml").read_text())
    config["lm"]["epochs"] = EPOCHS
    cut = tmp_path_factory.mktemp("cut") / "gru.yaml"
    cut.write_text(yaml.safe_dump({**config, **CUT}))
    folder = tmp_path_factory.mktemp("run")

    def call(*more):
        arguments = [str(cut) if a == "config/gru.yaml" else a for a in commands[1]]
        return run_snakemake(*arguments, *more, folder=folder, repository=repository)

    run = call()
    assert run.status == 0, run.text
    assert run.jobs["train_lm"] == 1
    return folder / "results" / "gru", call


def test_the_pages_commands_are_sound(repository, commands, tmp_path):
    whole, _, one_layer = (
        run_snakemake(
            *arguments, "--dry-run", folder=tmp_path, repository=repository
        )
        for arguments in commands
    )  # fmt: skip
    assert whole.status == 0, whole.text
    jobs = {"train_lm", "train_tag_models", "measure_similarity", "plot_figure"}
    assert jobs < whole.jobs.keys()
    assert one_layer.status == 0, one_layer.text
    assert one_layer.jobs["train_lm"] == 1
    assert "/gru1.parquet" in one_layer.text
    assert "/gru2.parquet" not in one_layer.text


def test_results_are_of_the_model_s_sites(made):
    results, _ = made
    words = pd.read_parquet(
        results / "activations" / "test" / "seed1" / "words" / "1-of-1.parquet"
    )
    assert list(words["site"].unique()) == ["embedding", "gru1", "gru2", "logits"]
    assert words["concentration"].between(0, 1).sum() > 1000
    files = results / "activations" / "test" / "seed1" / f"epoch{EPOCHS}"
    assert {path.stem for path in files.glob("*.parquet")} == {
        "embedding", "embedding_table", "gru1", "gru2", "logits",
    }  # fmt: skip
    curve = pd.read_parquet(results / "lm" / "seed1" / "curve.parquet")
    first, *_, last = curve["valid_perplexity"]
    assert last < first / 2


def test_they_fill_the_places_of_the_papers(made):
    results, _ = made
    figures = results / "figures" / "sparsity"
    for name in ("fig2", "fig3a", "fig3b", "fig4", "fig5", "checks"):
        assert (figures / f"{name}.pdf").stat().st_size > 1_000
    table = pd.read_parquet(figures / "fig3a.parquet")
    assert set(table["site"]) == {"embedding", "h1", "h2"}
    assert table["pearson"].notna().any()
    claims = pd.read_parquet(results / "sparsity" / "claims.parquet")
    judged = claims[claims["verdict"] != "not run"]["claim"]
    assert {"S3", "S5", "S6", "S7", "S19"} <= set(judged)


def test_the_page_s_notebook_opens_them(root, made, repository):
    results, _ = made
    code = blocks(root / PAGE, "python")[1].replace("epoch3", f"epoch{EPOCHS}")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=results.parents[1],
        env={**os.environ, "PYTHONPATH": str(repository)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "'gru2'" in done.stdout
    assert "(100, 32)" in done.stdout


def test_a_second_run_has_nothing_to_do(made):
    _, call = made
    run = call()
    assert run.status == 0, run.text
    assert not run.jobs, run.text
    assert "Nothing to be done" in run.text


def test_a_change_of_the_class_trains_it_again(made, repository):
    _, call = made
    path = repository / "ontogeny" / "models" / "gru.py"
    text = path.read_text()
    try:
        path.write_text(text.replace("-0.1, 0.1", "-0.2, 0.2"))
        assert call("--dry-run").jobs["train_lm"] == 1
    finally:
        path.write_text(text)


def test_no_other_model_s_results_are_out_of_date(tiny, repository):
    run = Tiny(repository, tiny.folder).run("--dry-run")
    assert run.status == 0, run.text
    assert not run.jobs, run.text
    assert "Nothing to be done" in run.text


def test_the_page_s_class_is_formatted_and_its_example_runs(repository):
    path = str(repository / "ontogeny" / "models" / "gru.py")
    for tool in (["ruff", "check"], ["ruff", "format", "--check"], ["doctest"]):
        done = subprocess.run(
            [sys.executable, "-m", *tool, path],
            cwd=repository,
            env={**os.environ, "PYTHONPATH": str(repository)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
