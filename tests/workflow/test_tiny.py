"""The tiny run, whole; then what does and what does not run again."""

import re
import shutil
import subprocess
from contextlib import ExitStack

import pytest

from ontogeny.running.states import read_states
from ontogeny.studies.names import NAMES, load

pytestmark = pytest.mark.slow

DRAWN = [f"{study}/{f.name}" for study in [*NAMES, "lm"] for f in load(study).figures]
FIGURES = [
    f"figures/{name}.{suffix}"
    for name in DRAWN
    for suffix in ("pdf", "svg", "png", "parquet")
]
PAGES = [
    "claims.md",
    "config.yaml",
    "tagging/accuracy.parquet",
    "figures/svcca/table2.md",
    "../benchmarks/tiny/cost.md",
]


@pytest.fixture(scope="module")
def tiny(tiny, copy_repository, tmp_path_factory):
    """A copy, of whose repository files are changed and of whose run deleted."""
    folder = tmp_path_factory.mktemp("tiny")
    return tiny.copied(folder / "run", copy_repository(folder / "repository"))


def test_every_figure_and_page_is_there(tiny):
    for name in [*FIGURES, *PAGES]:
        assert (tiny.results / name).stat().st_size > 0, name
    assert "control" in (tiny.results / "claims.md").read_text()


def test_logs_and_benchmarks_are_there_and_no_training_is_unfinished(tiny):
    logs = {path.stem for path in (tiny.folder / "logs").rglob("*.log")}
    assert {"generate_corpus", "keep_sentences", "seed1", "judge_sparsity"} <= logs
    assert list((tiny.folder / "results" / "benchmarks").rglob("*.tsv"))
    assert all(state.is_delivered for state in read_states(tiny.folder / "state"))
    assert not list(tiny.folder.rglob("*.tmp"))


def test_a_second_run_has_nothing_to_do(tiny):
    run = tiny.run()
    assert run.status == 0
    assert "Nothing to be done" in run.text


def test_one_deleted_figure_is_one_job(tiny):
    figure = tiny.results / "figures" / "sparsity" / "fig3a.pdf"
    before = figure.read_bytes()
    figure.unlink()
    run = tiny.run("results/tiny/figures/sparsity/fig3a.pdf")
    assert run.status == 0, run.text
    assert run.jobs == {"plot_figure": 1}
    assert figure.read_bytes() == before, "equal runs give equal bytes"


def test_deleted_vectors_are_made_again_only_when_asked_for(tiny, tmp_path):
    copy = tiny.copied(tmp_path / "copy")
    vectors = sorted(copy.results.glob("activations/*/seed*/epoch*/*.parquet"))
    assert sum(path.stat().st_size for path in vectors) > 1_000_000
    shutil.copy(tiny.repository / "Makefile", copy.folder)
    subprocess.run(["make", "clean-activations"], cwd=copy.folder, check=True)
    assert not any(path.exists() for path in vectors)
    assert "Nothing to be done" in copy.run("--dry-run").text
    assert "record_activations" in copy.run("measurements", "--dry-run").jobs


def test_trees_that_were_never_checked_are_no_reason_to_train_again(tiny):
    checked = tiny.results / "interdependence" / "trees.md"
    text = checked.read_bytes()
    checked.unlink()
    try:
        assert tiny.run("--dry-run").jobs == {"check_trees": 1}
    finally:
        checked.write_bytes(text)


PROSE = [
    ("ontogeny/models/lm.py", '"""', '"""Reworded. '),
    ("ontogeny/disk/files.py", "import os\n", "import os  # a comment\n"),
    ("ontogeny/__init__.py", '__version__ = "', '__version__ = "9'),
    ("workflow/scripts/train_lm.py", '"""Train', '"""Really train'),
    ("config/tiny.yaml", "name: tiny", "# A comment.\nname: tiny"),
    ("rules/lm.smk", '"Training a', '"Teaching a'),
]
# Sentences of errors and of the log, wherever they are made.
TOLD = [
    (
        "ontogeny/training/loop.py",
        "lower the learning rate",
        "reduce the learning rate",
    ),
    ("ontogeny/errors.py", "is missing: run", "is not there: run"),
    ("ontogeny/running/jobs.py", "There is not enough memory", "Memory is short"),
    ("ontogeny/training/language_model.py", "No claim is judged", "Nothing is judged"),
]


def test_prose_runs_nothing_again(tiny):
    with ExitStack() as changes:
        for change in [*PROSE, *TOLD]:
            changes.enter_context(tiny.changed(*change))
        run = tiny.run("--dry-run")
    assert run.status == 0, run.text
    assert "Nothing to be done" in run.text


def jobs_after(tiny, name, old, new):
    with tiny.changed(name, old, new):
        run = tiny.run("--dry-run")
    assert run.status == 0, run.text
    return set(run.jobs)


CODE = ("import annotations\n", "import annotations\nCHANGED = 1\n")


def test_changed_plotting_plots_again_and_computes_nothing(tiny):
    assert jobs_after(tiny, "ontogeny/plots/style.py", *CODE) == {"plot_figure"}


def test_changed_plots_of_a_study_plot_its_figures_alone(tiny):
    with tiny.changed("ontogeny/studies/svcca/plots.py", *CODE):
        run = tiny.run("--dry-run")
    assert run.jobs == {"plot_figure": 13}
    assert set(re.findall(r"Plotting \w+ of (\w+)", run.text)) == {"svcca"}


def test_changed_tables_of_a_study_are_tabulated_and_drawn_again(tiny):
    jobs = jobs_after(tiny, "ontogeny/studies/sparsity/figures.py", *CODE)
    assert jobs == {"tabulate_sparsity", "plot_figure"}


def test_a_changed_model_trains_again_and_tags_nothing(tiny):
    jobs = jobs_after(tiny, "ontogeny/models/lm.py", *CODE)
    assert {"train_lm", "measure_activations", "plot_figure"} <= jobs
    assert {"train_tag_models", "measure_similarity", "diagnose"} <= jobs
    assert not jobs & {"read_corpus", "keep_sentences", "train_tagger", "tag_sentences"}


def test_a_changed_threshold_keeps_the_models(tiny):
    jobs = jobs_after(tiny, "config/tiny.yaml", "resamples: 200", "resamples: 300")
    assert {"tabulate_sparsity", "judge_sparsity", "plot_figure"} <= jobs
    assert not jobs & {"train_lm", "measure_activations", "classify_words"}


def test_a_further_seed_trains_one_more_per_language(tiny):
    with tiny.changed("config/tiny.yaml", "seeds: [1]", "seeds: [1, 2]"):
        run = tiny.run("--dry-run")
    assert run.jobs["train_lm"] == run.jobs["train_one_layer_lm"] == 2
    assert not run.jobs.keys() & {"train_tagger", "train_tag_models"}
    for rule in ("record_tag_models", "measure_similarity", "diagnose"):
        assert run.jobs[rule] == 2, rule  # each language's; none of the first seed
    assert run.jobs["compare_seeds"] == 2 * 2  # either with the other


def test_changed_similarity_trains_nothing_again(tiny):
    jobs = jobs_after(tiny, "ontogeny/measures/similarity/cca.py", *CODE)
    assert {"measure_similarity", "judge_svcca", "plot_figure"} <= jobs
    assert not jobs & {"train_lm", "train_tag_models", "diagnose", "tabulate_sparsity"}


def test_changed_decomposition_trains_nothing_again(tiny):
    jobs = jobs_after(tiny, "ontogeny/measures/decomposition/cell.py", *CODE)
    assert {"measure_interdependence", "measure_scaffold"} <= jobs
    assert {"judge_interdependence", "judge_scaffold"} <= jobs
    assert not jobs & {"train_one_layer_lm", "train_scaffold", "judge_svcca"}


def test_a_study_left_out_is_not_made(tiny):
    with tiny.changed("config/tiny.yaml", "svcca, interdependence, scaffold", "svcca"):
        run = tiny.run("--forceall", "--dry-run")
    assert {"train_lm", "judge_svcca"} <= run.jobs.keys()
    assert not run.jobs.keys() & {"train_one_layer_lm", "judge_scaffold"}


def test_views_of_tag_models_are_dropped_when_they_have_been_used(tiny):
    assert not list(tiny.results.rglob("views/**/*.parquet"))
