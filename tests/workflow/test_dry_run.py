"""Configs and the jobs they would run; nothing is run here."""

import subprocess
from pathlib import Path

import pytest
import yaml
from runs import call

from ontogeny.cli.estimate import estimate
from ontogeny.cost.stage import jobs_by_rule
from ontogeny.errors import InputError
from ontogeny.settings import (
    check_sources,
    chosen_model,
    read_datasets,
    read_models,
    read_settings,
)
from ontogeny.studies.names import NAMES, load

pytestmark = pytest.mark.slow

CONFIG = Path(__file__).parents[2] / "config"
CONFIGS = sorted(
    path
    for path in CONFIG.glob("*.yaml")
    if path.stem not in ("schema", "datasets", "models")
)
WITH_FILES = ("--quiet", "host")  # the reasons of jobs name their files
TINY = yaml.safe_load((CONFIG / "tiny.yaml").read_text())


def empty_data_dir(folder):
    """A folder with a file of every data set, for runs that open none."""
    datasets = yaml.safe_load((CONFIG / "datasets.yaml").read_text())
    for name, dataset in datasets.items():
        (folder / name).mkdir(parents=True)
        for file in dataset["files"]:
            (folder / name / file).touch()
    return folder


@pytest.fixture
def dry_run(snakemake, tmp_path):
    """Dry run of a config, given as a file's path or by its keys."""

    def run(config, *more, path=()):
        if isinstance(config, dict):
            (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
            config = tmp_path / "config.yaml"
        return snakemake(
            "--dry-run",
            "--configfile",
            config,
            *more,
            folder=tmp_path / "run",
            path=path,
        )

    return run


def assert_estimated(run, config):
    """Assert that `ontogeny estimate` knows the jobs of a dry run of a config."""
    settings = read_settings(config)
    datasets = read_datasets(CONFIG / "datasets.yaml")
    # How many words there are does not decide how many jobs.
    words = None if settings.corpus.tokens else 10**6
    found = estimate(settings, datasets, words=words)
    estimated = jobs_by_rule(found.every)
    assert not set(run.jobs) - set(estimated), (
        "rules that run and that no stage of ontogeny/cli/estimate has: give each one"
    )
    assert estimated == run.jobs, (
        "ontogeny/cli/estimate counts other jobs than Snakemake runs"
    )


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_every_config_gives_jobs_without_torch_or_spacy(
    dry_run, tmp_path, monkeypatch, config
):
    # Where these are None, importing them is an error.
    code = "import sys\nsys.modules.update(torch=None, spacy=None)\n"
    (tmp_path / "sitecustomize.py").write_text(code)
    data_dir = empty_data_dir(tmp_path / "data")
    settings = yaml.safe_load(config.read_text())
    shards = settings["corpus"].get("shards", 1)
    tasks = settings.get("structured", {}).get("tasks", {}).values()
    own = [
        file
        for task in tasks
        for files in task.get("files", {}).values()
        for file in files
    ]
    pairs = settings.get("lottery", {}).get("files") or {}
    for sides in (pairs.get("train", []), pairs.get("valid", [])):
        own += sides
    own += [file for sides in pairs.get("test", {}).values() for file in sides]
    for pattern in [*settings["corpus"].get("files", []), *own]:
        for shard in range(shards):
            file = tmp_path / "run" / pattern.replace("*", str(shard))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
    run = dry_run(config, "--config", f"data_dir={data_dir}", path=[tmp_path])
    assert run.status == 0, run.text
    control = settings.get("control", False)
    languages = 1 + bool(control)
    complete = read_settings(settings)
    models = len(complete.seeds) * languages if "svcca" in complete.studies else 0
    assert run.jobs.get("train_lm", 0) == models
    figures = sum(
        len(load(study).asked(early=bool(complete.lm.early_steps)))
        for study in complete.studies
    )
    assert run.jobs["plot_figure"] == figures + ("sparsity" in complete.studies)
    # Lottery tickets with pairs of their own ask nothing of the corpus.
    asked = complete.studies != ["lottery"] or complete.corpus.tokens
    read = 1 + (control is True)  # shuffled, it has been read
    assert run.jobs.get("read_corpus", 0) == bool(asked) * shards * read
    assert sum(run.jobs.values()) < 2000  # submissions, on a cluster
    monkeypatch.chdir(tmp_path / "run")  # own files are looked for from there
    assert_estimated(run, settings)


def test_the_default_config_is_mini_wherever_it_runs(snakemake, tmp_path):
    run = snakemake("--dry-run", *WITH_FILES, folder=tmp_path)
    assert run.status == 0, run.text
    assert "results/mini/claims.md" in run.text


def test_seeds_can_be_given_on_the_command_line(dry_run):
    run = dry_run(
        CONFIG / "tiny.yaml", "--config", "seeds=[1,2,3]", "control=false", *WITH_FILES
    )
    assert run.jobs["train_lm"] == 3
    assert "results/tiny/lm/seed3/curve.parquet" in run.text


def test_any_corpus_has_a_shuffled_control(dry_run, tmp_path):
    settings = yaml.safe_load((CONFIG / "wikitext2.yaml").read_text())
    settings |= {"control": "shuffled", "data_dir": str(empty_data_dir(tmp_path / "d"))}
    run = dry_run(settings, *WITH_FILES)
    assert run.status == 0, run.text
    assert run.jobs["shuffle_corpus"] == 1
    assert run.jobs["shuffle_text"] == 2
    assert run.jobs["keep_sentences"] == run.jobs["train_tagger"] == 1
    assert run.jobs["train_lm"] == 2 * len(settings["seeds"])
    page = dry_run(
        settings, *WITH_FILES, "--", "results/wikitext2_control/corpus/steps.md"
    )
    assert page.jobs["shuffle_corpus"] == page.jobs["keep_sentences"] == 1
    # Trees are not shuffled.
    assert run.jobs["judge_svcca"] == 2
    assert run.jobs["judge_interdependence"] == 1
    assert_estimated(run, settings)


def test_a_config_replaces_the_default_and_is_not_merged_into_it(dry_run):
    run = dry_run({"name": "b", "corpus": {"format": "generated", "tokens": 9_000},
                   "tagging": {"treebank": "generated"}}, *WITH_FILES)  # fmt: skip
    assert run.status == 0, run.text
    assert "control" not in run.text
    assert "mini" not in run.text.replace("of mini.", "")  # the language's name
    assert "epoch50.safetensors" in run.text, "a key left out has the paper's value"


MISTAKES = [
    (
        {**TINY, "lm": {"epoch": 3}},
        "Config: unknown key lm.epoch; did you mean epochs?",
    ),
    (
        {**TINY, "lm": {"model": "gruu"}},
        "Config: lm.model: unknown model gruu; config/models.yaml has lstm;",
    ),
    ({**TINY, "seedz": [1]}, "Config: unknown key seedz; did you mean seeds?"),
    ({"corpus": TINY["corpus"]}, "Config: the key name is missing."),
    ({**TINY, "seeds": [1, 1]}, "Config: seeds must be different numbers"),
    (
        {**TINY, "data_dir": "/no/where"},
        "Config: data_dir: there is no folder /no/where.",
    ),
    (
        {"name": "a", "corpus": {"format": "text", "files": ["absent/*"]}},
        "Config: corpus.files: 'absent/*' matches no file",
    ),
    (
        {**TINY, "tagging": {"treebank": "ud-english-etw"}},
        "Config: tagging.treebank: unknown treebank ud-english-etw",
    ),
    (
        {**TINY, "svcca": {"epoch": 3}},
        "Config: unknown key svcca.epoch; did you mean epochs?",
    ),
    (
        {**TINY, "svcca": {"xpos": "ud-english-pud"}},
        "Config: svcca.xpos: ud-english-pud has no train and dev parts",
    ),
    (
        {**TINY, "svcca": {"semantics": "wikitext-2"}},
        "Config: svcca.semantics: wikitext-2 has no train, dev and test parts",
    ),
    (
        {**TINY, "svcca": {"presets": ["pwcca"]}},
        "Config: svcca.presets: pwcca has no interval, so it cannot come first",
    ),
    (
        {**TINY, "interdependence": {"treebank": "ud-english-pud"}},
        "Config: interdependence.treebank: ud-english-pud has no train and dev parts",
    ),
    (
        {**TINY, "scaffold": {"lengths": [2, 9]}},
        "Config: scaffold: length 9, 1,000 occurrences: 911,000 words",
    ),
    (
        {"name": "a", "corpus": {"format": "conllu", "dataset": "ud-english-ewt"},
         "interdependence": {"text": "official"}},
        "Config: interdependence.text: ud-english-ewt has no splits of its own",
    ),
    (
        {"name": "a", "corpus": {"format": "text", "files": ["."]},
         "svcca": {"upos": "gold"}},
        "Config: svcca.upos: gold needs corpus.format conllu or generated",
    ),
]  # fmt: skip


def check(config):
    """What the Snakefile does with a config; to start Snakemake for each takes long."""
    settings = read_settings(config)
    chosen_model(settings, read_models(CONFIG / "models.yaml"))
    check_sources(settings, read_datasets(CONFIG / "datasets.yaml"))
    settings.corpus.paths()


@pytest.mark.parametrize(("config", "sentence"), MISTAKES)
def test_a_mistake_in_the_config_is_one_sentence(config, sentence):
    with pytest.raises(InputError) as told:
        check(config)
    assert str(told.value).startswith(sentence)


# One of each check: of a key, of a model, of the sources, of own files.
@pytest.mark.parametrize(
    ("config", "sentence"), [MISTAKES[index] for index in (0, 1, 5, 6)]
)
def test_a_mistake_in_the_config_is_told_before_any_job(
    dry_run, tmp_path, config, sentence
):
    run = dry_run(config)
    assert run.status == 1
    assert run.text.count(sentence) == 1
    assert "Traceback" not in run.text
    assert len(run.text.splitlines()) <= 4
    assert not run.jobs
    assert not (tmp_path / "run" / "results").exists()


def test_a_key_given_twice_is_told(dry_run, tmp_path):
    config = tmp_path / "twice.yaml"
    config.write_text((CONFIG / "tiny.yaml").read_text() + "\nname: other\n")
    run = dry_run(config)
    assert run.status == 1
    assert run.text.count(f"{config} is not YAML: the key name is there twice") == 1
    assert "Traceback" not in run.text


def test_a_mistake_on_the_command_line_is_told_too(dry_run):
    run = dry_run(CONFIG / "tiny.yaml", "--config", "thread=2")
    assert run.status == 1
    assert "unknown key thread; did you mean threads?" in run.text


def test_more_cores_than_there_are_is_a_warning(dry_run):
    run = dry_run(CONFIG / "tiny.yaml", "--cores", "4096")
    assert run.status == 0
    assert "--cores 4096 exceeds this machine's" in run.text


def test_data_sets_are_fetched_before_they_are_read(dry_run, tmp_path):
    data_dir = empty_data_dir(tmp_path / "data")
    run = dry_run(CONFIG / "wikitext2.yaml", "--config", f"data_dir={data_dir}")
    # WikiText-2, EWT, PUD, PMB; for probes Universal NER, STREUSLE, UDS, CoNLL-2000.
    assert run.jobs["fetch"] == (3 + 3 + 1 + 4) + (3 + 3 + 2 + 1)
    assert "licence: CC BY-SA 4.0" in run.text
    assert "generate_corpus" not in run.jobs


def test_an_installed_pipeline_trains_no_tagger(dry_run, tmp_path):
    # An installed package's presence is all that a dry run asks for.
    package = tmp_path / "site" / "xx_present"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    about = package.with_name("xx_present-1.0.dist-info")
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: xx_present\n")
    tagging = {**TINY["tagging"], "pipeline": "xx_present"}
    config = {**TINY, "tagging": tagging}
    run = dry_run(config, path=[package.parent])
    assert run.status == 0, run.text
    assert "train_tagger" not in run.jobs
    assert run.jobs["tag_sentences"] == 4
    assert_estimated(run, config)


def test_an_absent_pipeline_is_told_before_any_job(dry_run):
    tagging = {**TINY["tagging"], "pipeline": "en_core_web_xx"}
    run = dry_run({**TINY, "tagging": tagging})
    assert run.status == 1
    assert "pipeline 'en_core_web_xx' is not installed: run" in run.text
    assert not run.jobs


def test_a_lock_can_be_removed_without_saying_how_many_cores(snakemake, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump(TINY))
    run = snakemake("--unlock", "--configfile", config, folder=tmp_path, cores=None)
    assert run.status == 0, run.text


def test_a_profile_that_does_not_exist_is_an_error(dry_run):
    run = dry_run(CONFIG / "tiny.yaml", "--workflow-profile", "profiles/slrum")
    assert run.status == 1
    assert "no workflow profile profiles/slrum" in run.text
    assert "default, slurm" in run.text
    run = dry_run(CONFIG / "tiny.yaml", "--workflow-profile", "profiles/default")
    assert run.status == 0, run.text


def test_a_profile_beside_the_snakefile_alone_is_an_error_from_elsewhere(tmp_path):
    # Snakemake takes it for profiles/profiles/slurm there, and runs here.
    command, where = call(
        *("--snakefile", CONFIG.parent / "Snakefile", "--dry-run"),
        *("--configfile", CONFIG / "tiny.yaml"),
        *("--workflow-profile", "profiles/slurm", "--jobs", 2),
        folder=tmp_path / "run",
        repository=CONFIG.parent,
        cores=None,
    )
    where |= {"cwd": tmp_path, "env": where["env"] | {"PWD": str(tmp_path)}}
    done = subprocess.run(command, **where, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no workflow profile profiles/slurm" in done.stdout + done.stderr


@pytest.mark.parametrize("study", NAMES)
def test_a_study_by_itself_makes_nothing_for_the_others(dry_run, study):
    config = {**TINY, "studies": [study]}
    run = dry_run(config)
    assert run.status == 0, run.text
    assert_estimated(run, config)
    assert ("train_lm" in run.jobs) == (study in ("sparsity", "svcca"))
    assert ("measure_activations" in run.jobs) == (study == "sparsity")
    assert ("keep_sentences" in run.jobs) == (study != "scaffold")


def test_a_study_that_all_does_not_make_is_a_target_still(snakemake, tmp_path):
    tiny = ("--configfile", CONFIG / "tiny.yaml", "--config", "studies=[sparsity]")
    run = snakemake("svcca", "--dry-run", *tiny, folder=tmp_path)
    assert run.status == 0, run.text
    assert {"judge_svcca", "plot_figure"} <= run.jobs.keys()
