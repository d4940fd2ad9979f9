"""Results without `.snakemake`: another config's are never taken for this one's."""

import json
import os
import re
import shutil

import pytest
from runs import run_snakemake

from ontogeny.running.provenance import record_path, recorded

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

TARGET = "results/tiny/figures/lm/curve.parquet"
OTHER = ("min_count: 5", "min_count: 8")


@pytest.fixture(scope="module")
def plan(tiny, tmp_path_factory):
    """Plan a copy of the tiny run that Snakemake does not remember."""
    folder = tmp_path_factory.mktemp("forgotten")
    shutil.copytree(tiny.folder / "results", folder / "results", copy_function=os.link)

    def run(*options, **changed):
        config = folder / "config.yaml"
        text = tiny.config.read_text()
        for old, new in changed.values():
            assert old in text
            text = text.replace(old, new)
        config.write_text(text)
        return run_snakemake(
            *options,
            "--dry-run",
            *("--configfile", config),
            folder=folder,
            repository=tiny.repository,
        )

    run.folder = folder
    return run


def test_every_file_says_by_what_it_was_made(tiny):
    files = dict(recorded(tiny.results))
    assert len(files) > 300
    assert [path for path, record in files.items() if record is None] == []
    assert {record.rule for record in files.values()} > {"train_lm", "plot_figure"}


def test_its_own_config_s_results_are_taken_without_a_word(plan):
    run = plan("all")
    assert run.status == 0, run.text
    assert "Nothing to be done" in run.text
    assert " under results/ were " not in run.text


def test_another_config_s_are_refused_with_the_command_that_makes_them(plan):
    run = plan("all", change=OTHER)
    assert run.status == 1
    assert "keep_sentences: min_count: 5, now 8" in run.text
    assert "--forcerun keep_sentences`" in run.text
    assert "Traceback" not in run.text


def test_the_named_command_makes_them_and_what_comes_of_them(plan):
    run = plan(TARGET, "--forcerun", "keep_sentences", change=OTHER)
    assert run.status == 0, run.text
    assert run.jobs == {"keep_sentences": 1, "train_lm": 1, "tabulate_curve": 1}


def test_they_can_be_accepted_and_the_config_says_so(plan):
    accepted = ("--forcerun", "save_config", "--config", "accept_stale=true")
    run = plan("all", *accepted, change=OTHER)
    assert run.status == 0, run.text
    assert run.jobs == {"save_config": 1}
    assert "made otherwise, and accepted" in run.text


SHUFFLED = {
    "control": ("control: true", "control: shuffled"),
    "tags": ("upos: gold", "upos: silver"),
}


def test_generated_files_are_not_taken_for_shuffled_ones(plan):
    run = plan("all", **SHUFFLED)
    assert run.status == 1
    forced = run.text.split("--forcerun ")[1].split("`")[0].split()
    assert {"shuffle_corpus", "shuffle_text"} < {*forced}
    run = plan("all", "--forcerun", *forced, **SHUFFLED)
    assert run.status == 0, run.text
    assert run.jobs.keys() > {"shuffle_corpus", "shuffle_text"}


def test_shuffled_files_are_not_taken_for_generated_ones(plan):
    shuffled = {"rule": "other_shuffle_corpus", "wildcards": {}}
    for path, record in recorded(plan.folder / "results/tiny_control"):
        if record.rule in ("keep_sentences", "tag_sentences"):
            kept = record_path(path)
            about = {**json.loads(kept.read_text()), **shuffled}
            kept.unlink()  # linked
            kept.write_text(json.dumps(about))
    run = plan("all")
    assert run.status == 1
    assert "(keep_sentences: made by other_shuffle_corpus)" in run.text
    assert re.search(r"\b1[0-9] files under results/", run.text)
    assert "--forcerun keep_sentences tag_sentences`" in run.text
