"""`ontogeny estimate`: what a run will take, before it starts."""

import re
import shutil
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from ontogeny.cli import main
from ontogeny.cli.estimate import estimate
from ontogeny.cli.estimate.report import report
from ontogeny.cost import rates, sizes
from ontogeny.cost.networks import Network
from ontogeny.cost.plan import Plan
from ontogeny.cost.requests import RESUMED, requests
from ontogeny.cost.stage import (
    Stage,
    at_once,
    core_hours,
    disk,
    gpu_hours,
    jobs_by_rule,
    wall_hours,
    wall_hours_with_gpu,
)
from ontogeny.errors import InputError
from ontogeny.settings import read_datasets, read_settings
from ontogeny.studies.svcca import cost as svcca

CONFIG = Path(__file__).parents[2] / "config"
DATASETS = read_datasets(CONFIG / "datasets.yaml")
MINI = yaml.safe_load((CONFIG / "config.yaml").read_text())
OWN = {
    "name": "own",
    "corpus": {"format": "jsonl", "files": ["absent/*.jsonl"]},
}
PAPER = 425_000_000
"""Words of which about 227 M are left to train on."""


def with_key(config, path, value):
    """A config in which one key, `section.key`, is another."""
    first, _, rest = path.partition(".")
    inner = with_key(config.get(first, {}), rest, value) if rest else value
    return {**config, first: inner}


def stages(config, words=None):
    return estimate(read_settings(config), DATASETS, words=words).every


def total(config, rule, words=None):
    """Core-seconds of all jobs of a rule."""
    return sum(s.jobs * s.core_s for s in stages(config, words) if s.rule == rule)


@pytest.mark.parametrize(
    ("key", "smaller", "larger"),
    [
        ("corpus.tokens", 300_000, 400_000),
        ("lm.epochs", 12, 13),
        ("lm.hidden", 130, 140),
        ("lm.batch", 40, 20),
        ("seeds", [1], [1, 2, 3]),
        ("control", False, True),
        ("measuring.tokens", 10_000, 20_000),
        ("measuring.splits", ["test"], ["test", "train"]),
        ("svcca.diagnostic_tokens", 500, 600),
        ("svcca.presets", ["svcca"], ["svcca", "cca"]),
        ("tagging.treebank_tokens", 30_000, 40_000),
        ("interdependence.lm.epochs", 5, 6),
        ("scaffold.lengths", [3], [3, 6]),
        ("scaffold.tokens", 200_000, 300_000),
    ],
)
def test_more_work_takes_longer(key, smaller, larger):
    less, more = (stages(with_key(MINI, key, value)) for value in (smaller, larger))
    assert core_hours(less) < core_hours(more)


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("lm.epochs", (10, 20)),
        ("corpus.tokens", (300_000, 600_000)),
        ("seeds", ([1], [1, 2])),
    ],
)
def test_more_of_them_need_more_disk_and_gpu(key, values):
    less, more = (stages(with_key(MINI, key, value)) for value in values)
    assert disk(less) < disk(more)
    assert gpu_hours(less) < gpu_hours(more)


@pytest.mark.parametrize("rule", ["train_lm", "measure_activations", "diagnose"])
def test_time_is_linear_in_the_epochs(rule):
    ten, twenty, thirty = (
        total(with_key(MINI, "lm.epochs", epochs), rule) for epochs in (10, 20, 30)
    )
    assert thirty - twenty == pytest.approx(twenty - ten)
    assert ten < twenty


@pytest.mark.parametrize("rule", ["train_lm", "tag_sentences"])
def test_time_is_linear_in_the_words_of_a_language(rule):
    one, two, three = (
        total(with_key(MINI, "corpus.tokens", n * 10**6), rule) for n in (1, 2, 3)
    )
    assert three - two == pytest.approx(two - one)


def test_a_rare_words_threshold_leaves_less_of_a_text():
    kept = [
        sizes.corpus(
            read_settings(with_key(OWN, "corpus.min_count", threshold)),
            DATASETS,
            10**7,
        )
        for threshold in (1, 20, 100, 1000)
    ]
    for more, less in pairwise(kept):
        assert more.kept > less.kept
        assert more.types > less.types
    assert kept[0].kept == 10**7


def test_the_vocabulary_grows_with_the_words():
    found = [sizes.vocabulary(10**n) for n in range(2, 10)]
    assert found == sorted(set(found))
    assert sizes.vocabulary(1) >= 3


def test_wikitext2_is_as_large_as_it_is():
    settings = read_settings(yaml.safe_load((CONFIG / "wikitext2.yaml").read_text()))
    text = sizes.corpus(settings, DATASETS, None)
    # Of docs/studies/svcca.md and the run that it tells of.
    assert text.words == pytest.approx(2_452_561, rel=0.01)
    assert text.kept == pytest.approx(1_116_151, rel=0.02)
    assert text.parts.train == pytest.approx(793_729, rel=0.05)
    assert text.types == pytest.approx(6_707, rel=0.05)
    official = sizes.official(settings, DATASETS)
    assert official.parts.train == pytest.approx(2_088_628, rel=0.01)
    assert official.types == pytest.approx(33_278, rel=0.02)
    articles, *_ = svcca.tagsets(Plan(settings, DATASETS, text))
    assert sum(articles.parts) == pytest.approx(398_746, rel=0.15)


def test_a_networks_products_are_counted():
    paper = Network(10_000, 10_000, 200, 200, 2, 40, 35)
    lstms, softmax = 2 * 4 * 200 * (200 + 200), 200 * 10_000
    assert paper.operations == 6 * (lstms + softmax)
    biases = 2 * 2 * 4 * 200 + 10_000
    assert paper.parameters == lstms + softmax + 10_000 * 200 + biases
    assert paper.windows(1_400_000) == 1000
    halved = Network(10_000, 10_000, 200, 200, 2, 40, 35, halved=True)
    both = [model.training_s(10**6, 0, 1) for model in (paper, halved)]
    assert 0.5 * both[0] < both[1] < both[0]


def test_parameters_are_those_of_the_model():
    from ontogeny.training.recipe import Recipe

    model = Recipe(embedding=5, hidden=7, layers=2).model(11)
    ours = Network(11, 11, 5, 7, 2, 1, 1).parameters
    assert ours == sum(p.numel() for p in model.parameters())


def test_the_page_on_wikipedia_shows_what_the_command_prints():
    page = (CONFIG.parent / "docs" / "wikipedia.md").read_text()
    settings = read_settings(yaml.safe_load((CONFIG / "wikipedia.yaml").read_text()))
    found = estimate(settings, DATASETS, words=PAPER)
    assert report(found, settings, cores=16, every_rule=False) in page


def test_copied_constants_are_those_of_the_core():
    from ontogeny.activations.choosing import PIECE_TOKENS
    from ontogeny.models.loss import ROWS

    # Importing these would load PyTorch before every run.
    assert rates.PIECE_WORDS == PIECE_TOKENS
    assert rates.ROWS_LOGITS == ROWS * 4 * 3


def test_the_papers_run_is_days_of_a_gpu_and_months_of_a_core():
    found = stages(OWN, words=PAPER)
    assert 2_000 < core_hours(found) < 10_000
    assert 20 < gpu_hours(found) < 200
    assert sum(jobs_by_rule(found).values()) < 2_000
    (training,) = (stage for stage in found if stage.rule == "train_lm")
    # Two seeds wait for none; more cores than jobs do not shorten one.
    assert wall_hours(found, 64) == pytest.approx(training.core_s / 3600, rel=0.01)
    assert wall_hours_with_gpu(found, 64) < 0.2 * wall_hours(found, 64)


def test_threads_shorten_a_training_and_cost_no_core_hours():
    one, two = (stages(with_key(OWN, "threads", n), words=PAPER) for n in (1, 2))
    assert core_hours(one) == core_hours(two)
    assert wall_hours(two, 64) < 0.6 * wall_hours(one, 64)


def test_a_job_asks_for_more_than_it_is_estimated_to_take():
    for gpu in (False, True):
        for stage in stages(OWN, words=PAPER):
            asked = requests([stage], stage.rule, gpu=gpu)
            seconds = stage.gpu_s if gpu and stage.gpu_s else stage.core_s
            assert 60 * asked["runtime"] >= 3 * seconds
            assert 1e6 * asked["mem_mb"] >= 1.5 * stage.memory


def test_a_job_on_a_gpu_asks_for_the_memory_of_its_libraries():
    stage = Stage("train_lm", 1, 3600, 1e9, gpu_s=600)
    asked = [requests([stage], "train_lm", gpu=gpu)["mem_mb"] for gpu in (False, True)]
    assert asked == [1500, 5300]


@pytest.mark.parametrize("gpu_s", [None, 60])
def test_what_cannot_go_on_gets_the_time_that_one_core_takes(gpu_s):
    # Cut by its limit it would begin anew, and be cut again.
    for rule, minutes in ("diagnose", 100), ("train_lm", 3 if gpu_s else 19):
        stage = Stage(rule, 1, 6000, 1e9, gpu_s=gpu_s, threads=16)
        asked = requests([stage], rule, gpu=True)
        assert asked["runtime"] == max(10, minutes)


def test_another_attempt_asks_for_more():
    for rule, minutes in ("diagnose", 900), ("train_lm", 300):
        stages = [Stage(rule, 1, 6000, 1e9)]
        asked = requests(stages, rule, gpu=False, attempt=3)
        assert asked == {"mem_mb": 4500, "runtime": minutes}
    asked = requests([], "mine", gpu=False, attempt=2)
    assert asked == {"mem_mb": 4000, "runtime": 480}


def test_what_can_go_on_keeps_a_state(root):
    rules = "\n".join(path.read_text() for path in (root / "rules").glob("*.smk"))
    scripts = (root / "workflow" / "scripts").glob("*.py")
    keeps = re.compile(r"state_folder\(|train_(variants|each)\(")
    own = {path.stem for path in scripts if keeps.search(path.read_text())}
    again = re.findall(r"^use rule (\w+) as (\w+)", rules, re.M)
    assert own | {new for old, new in again if old in own} == set(RESUMED)


def test_a_rule_that_no_stage_knows_asks_for_something():
    assert requests([], "mine", gpu=False) == {"mem_mb": 2000, "runtime": 240}


@pytest.mark.parametrize("name", ["tiny", "mini", "wikipedia"])
def test_the_page_on_clusters_counts_the_jobs(name):
    file = {"mini": "config"}.get(name, name)
    config = yaml.safe_load((CONFIG / f"{file}.yaml").read_text())
    found = stages(config, words=PAPER if name == "wikipedia" else None)
    number = sum(jobs_by_rule(found).values())
    page = " ".join((CONFIG.parent / "docs" / "cluster.md").read_text().split())
    what = "the [papers' sizes on Wikipedia]" if name == "wikipedia" else name
    assert f"{number} for {what}" in page


CHAIN = [
    Stage("first", 1, 3600, 3, after=("absent",)),
    Stage("second", 2, 3600, 2, after=("first",)),
    Stage("beside", 1, 600, 1, detail="short"),
    Stage("beside", 1, 5400, 1, after=("first",), detail="long"),
]


def test_wall_time_is_the_longest_chain_or_the_share_of_all_work():
    assert wall_hours(CHAIN, 100) == 2.5
    assert wall_hours(CHAIN, 1) == core_hours(CHAIN)
    assert wall_hours([], 2) == 0


def test_jobs_of_a_rule_are_counted_over_its_stages():
    assert jobs_by_rule(CHAIN) == {"first": 1, "second": 2, "beside": 2}
    assert at_once(CHAIN, lambda stage: stage.memory, 3) == 3 + 2 + 2


def test_a_study_by_itself_takes_less():
    whole = core_hours(stages(MINI))
    for study in MINI["studies"]:
        alone = stages({**MINI, "studies": [study]})
        assert core_hours(alone) < whole
    assert "keep_sentences" not in jobs_by_rule(
        stages({**MINI, "studies": ["scaffold"]})
    )


def test_a_part_without_jobs_is_not_listed():
    found = estimate(read_settings({**MINI, "studies": ["scaffold"]}), DATASETS)
    assert list(found.stages) == ["scaffold", "report"]


@pytest.fixture
def here(root, tmp_path, monkeypatch):
    """A folder with a config, from which the command is called."""
    shutil.copytree(root / "config", tmp_path / "config")
    (tmp_path / "config" / "own.yaml").write_text(yaml.safe_dump(OWN))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ask(here, capsys):
    """Call the command; its exit status, what it printed, what it complained of."""

    def call(*arguments):
        status = main(["estimate", *map(str, arguments)])
        return status, *capsys.readouterr()

    return call


def cells(text, row):
    """What stands in a row of the table, in its columns."""
    (line,) = (li for li in text.splitlines() if li.strip().startswith(f"{row}  "))
    return line.split()


def test_the_table_names_parts_and_long_rules(ask):
    status, text, complaint = ask("--cores", 2)
    assert (status, complaint) == (0, "")
    heading = text.splitlines()[0].split("  ")
    assert [h.strip() for h in heading if h.strip()] == [
        "jobs", "core-minutes", "or GPU-minutes", "disk", "memory",
    ]  # fmt: skip
    assert cells(text, "train_lm")[1] == "4"
    assert "  plot_figure" not in text
    jobs = [cells(text, part)[1] for part in ("corpus", "tagging", "report")]
    assert jobs == ["8", "9", "11"]
    assert "Time on 2 cores: " in text
    total = cells(text, "in all")
    assert f"for {total[4]} GPU-minutes and " in text
    assert "an assumption, not a measurement" in text


def test_every_rule_is_listed_on_demand(ask):
    _, text, _ = ask("--rules")
    jobs = jobs_by_rule(stages(MINI))
    listed = Counter()
    for line in text.splitlines()[1:]:
        if line.startswith("  "):
            rule, number, *_ = line.split()
            listed[rule] += int(number)
    assert listed == jobs
    assert f"{sum(jobs.values())}" in cells(text, "in all")


def test_a_large_run_has_hours(ask):
    status, text, _ = ask("--configfile", "config/own.yaml", "--words", PAPER)
    assert status == 0
    assert "core-hours" in text.splitlines()[0]
    assert "of which one train_lm takes" in text
    assert f"for {cells(text, 'in all')[4]} GPU-hours and " in text
    assert "19,500 types" in text


def test_on_the_cpu_nothing_is_said_of_a_gpu(here, ask):
    config = {**OWN, "device": "cpu"}
    (here / "config" / "own.yaml").write_text(yaml.safe_dump(config))
    _, text, _ = ask("--configfile", "config/own.yaml", "--words", 10**6)
    assert "GPU-" not in text


def test_own_files_are_counted_by_their_size(here, ask):
    (here / "absent").mkdir()
    (here / "absent" / "a.jsonl").write_text("x" * 6_000_000)
    status, text, _ = ask("--configfile", "config/own.yaml")
    assert status == 0
    assert "Corpus: 1,000,000 words" in text


def test_words_of_a_generated_text_are_not_given_twice(ask):
    status, text, complaint = ask("--configfile", "config/tiny.yaml", "--words", 10**6)
    assert (status, text) == (1, "")
    assert complaint.count("\n") == 1
    assert "corpus.tokens" in complaint
    assert ask("--configfile", "config/tiny.yaml")[0] == 0


# By what WikiText-2 keeps: of 37,500 words for each of min_count 4.7 %, of 41,700 5.4 %.
@pytest.mark.parametrize(("words", "warned"), [(375_000, "4.7 %"), (417_000, "")])
def test_a_filter_that_will_keep_too_little_is_foretold(here, ask, words, warned):
    config = with_key(OWN, "corpus.min_count", 10)
    (here / "config" / "own.yaml").write_text(yaml.safe_dump(config))
    status, text, _ = ask("--configfile", "config/own.yaml", "--words", words)
    assert status == 0
    warnings = [line for line in text.splitlines() if line.startswith("Warning: ")]
    assert len(warnings) == bool(warned)
    for line in warnings:
        assert f"of 375,000 words the filter is likely to keep {warned}," in line
        assert "lower corpus.min_count" in line


def test_a_filter_that_will_keep_nothing_ends_the_estimate(here, ask):
    config = with_key(OWN, "corpus.min_count", 10)
    for studies, status in (["sparsity"], 1), (["scaffold"], 0):
        config["studies"] = studies
        (here / "config" / "own.yaml").write_text(yaml.safe_dump(config))
        found = ask("--configfile", "config/own.yaml", "--words", 5_000)
        assert found[0] == status
        assert "Warning" not in found[1]
    assert found[2] == ""


def test_missing_files_are_told_with_what_to_do(ask):
    status, text, complaint = ask("--configfile", "config/own.yaml")
    assert (status, text) == (1, "")
    assert complaint.count("\n") == 1
    assert "'absent/*.jsonl' matches no file" in complaint
    assert "give --words" in complaint


def test_a_data_set_without_words_is_told_or_counted_by_its_size(here, ask):
    path = here / "config" / "datasets.yaml"
    entries = yaml.safe_load(path.read_text())
    train = "en_ewt-ud-train.conllu"
    del entries["ud-english-ewt"]["files"][train]["words"]
    path.write_text(yaml.safe_dump(entries))
    own = ("--configfile", "config/own.yaml", "--words", 10**6)
    status, _, complaint = ask(*own)
    assert status == 1
    assert f"ud-english-ewt: {train} has no `words`" in complaint
    (here / "results" / "data" / "ud-english-ewt").mkdir(parents=True)
    (here / "results" / "data" / "ud-english-ewt" / train).write_text("x" * 70_000)
    assert ask(*own)[0] == 0


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({**OWN, "seedz": [1]}, "unknown key seedz"),
        (with_key(OWN, "tagging.treebank", "none"), "unknown treebank none"),
    ],
)
def test_a_mistake_in_the_config_is_one_sentence(here, ask, config, sentence):
    (here / "config" / "own.yaml").write_text(yaml.safe_dump(config))
    status, text, complaint = ask("--configfile", "config/own.yaml", "--words", 10**6)
    assert (status, text) == (1, "")
    assert sentence in complaint


@pytest.mark.parametrize("wrong", [("--cores", "0"), ("--words", "many")])
def test_numbers_must_be_numbers(ask, wrong):
    with pytest.raises(SystemExit, match="2"):
        ask(*wrong)


def test_a_treebank_that_cannot_serve_is_told():
    config = with_key(MINI, "interdependence.treebank", "ud-english-pud")
    with pytest.raises(InputError, match="has no train and dev parts"):
        estimate(read_settings(config), DATASETS)


def test_the_report_can_be_had_without_the_command():
    settings = read_settings(MINI)
    text = report(estimate(settings, DATASETS), settings, cores=1)
    assert "Time on 1 core: " in text
