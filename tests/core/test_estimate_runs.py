"""Estimates beside what runs have taken (measured_runs.yaml).

The rates come from these runs, so that this tells whether they were taken over
rightly and whether the formulas hold over three scales, not how well a fourth
is foretold.
"""

from pathlib import Path

import pytest
import yaml

from ontogeny.cli.estimate import estimate
from ontogeny.cost.stage import core_hours, disk, wall_hours
from ontogeny.settings import read_datasets, read_settings

HERE = Path(__file__).parent
CONFIG = HERE.parents[1] / "config"
RUNS = yaml.safe_load((HERE / "measured_runs.yaml").read_text())
FILES = {"tiny": "tiny", "mini": "config", "wikitext2": "wikitext2"}
LATER = ("structured", "predefined", "lottery")
FACTOR = 1.5
WHOLE = [name for name, run in RUNS.items() if "wall_s" in run]


def within(found, measured, factor=FACTOR):
    return 1 / factor <= found / measured <= factor


def estimated(name):
    """The stages of a config, but for studies that the runs had not yet."""
    config = yaml.safe_load((CONFIG / f"{FILES[name]}.yaml").read_text())
    config["studies"] = [one for one in config["studies"] if one not in LATER]
    if name == "wikitext2":  # which had none then
        config["control"] = False
        config["scaffold"] |= {"lengths": [2, 4, 8], "seeds": [1]}
    datasets = read_datasets(CONFIG / "datasets.yaml")
    return estimate(read_settings(config), datasets).every


def beside(stages, row):
    """The stages that a row of the table measured jobs of."""
    found = [
        stage
        for stage in stages
        if stage.rule == row["rule"] and row.get("detail", "") in ("", stage.detail)
    ]
    assert found, f"no stage of the estimate is {row}"
    return found


def core_s(stages, row):
    """Core-seconds as estimated, of the row's share of the rule's jobs."""
    whole = sum(stage.jobs * stage.core_s for stage in beside(stages, row))
    return whole * row["jobs"] / row.get("of", row["jobs"])


@pytest.mark.parametrize("name", RUNS)
def test_core_hours_are_those_of_the_run(name):
    stages, jobs = estimated(name), RUNS[name]["jobs"]
    found = sum(core_s(stages, row) for row in jobs)
    assert within(found, sum(row["core_s"] for row in jobs))


@pytest.mark.parametrize("name", RUNS)
def test_every_rule_that_takes_long_is_near(name):
    # So that no rule hides behind another's error.
    stages = estimated(name)
    far = {
        (row["rule"], row.get("detail")): core_s(stages, row) / row["core_s"]
        for row in RUNS[name]["jobs"]
        if row["core_s"] > 10 and not within(core_s(stages, row), row["core_s"], 2)
    }
    assert far == {}


@pytest.mark.parametrize("name", RUNS)
def test_peak_memory_is_that_of_the_run(name):
    stages = estimated(name)
    rows = [row for row in RUNS[name]["jobs"] if row["peak_mb"] > 100]
    largest = max(row["peak_mb"] for row in rows)
    assert within(most_memory(stages, rows) / 1e6, largest)
    far = {}
    for row in rows:
        found = max(stage.memory for stage in beside(stages, row)) / 1e6
        if not within(found, row["peak_mb"]):
            far[row["rule"], row.get("detail")] = found / row["peak_mb"]
    assert far == {}


@pytest.mark.parametrize("name", WHOLE)
def test_disk_and_wall_time_are_those_of_a_whole_run(name):
    stages, measured = estimated(name), RUNS[name]
    assert within(disk(stages) / 1e6, measured["disk_mb"])
    wall_s = 3600 * wall_hours(stages, measured["cores"])
    assert within(wall_s, measured["wall_s"])


def most_memory(stages, rows):
    """Bytes of the largest job of the rules that ran."""
    return max(stage.memory for row in rows for stage in beside(stages, row))


def shown(name):
    """What docs/performance.md has of a run, estimated / measured, row by row."""
    stages, run = estimated(name), RUNS[name]
    measured = sum(row["core_s"] for row in run["jobs"]) / 60
    memory = most_memory(stages, run["jobs"]) / 1e9
    largest = max(row["peak_mb"] for row in run["jobs"]) / 1e3
    if name not in WHOLE:
        timed = sum(core_s(stages, row) for row in run["jobs"]) / 60
        return [
            f"{timed:.0f} / {measured:.0f}",
            "–",
            "–",
            f"{memory:.1f} / {largest:.1f} GB",
        ]
    wall_s = 3600 * wall_hours(stages, run["cores"])
    wall = f"{wall_s:.0f} / {run['wall_s']} s"
    if wall_s > 600:
        wall = f"{wall_s / 60:.1f} / {run['wall_s'] / 60:.1f} min"
    return [
        f"{60 * core_hours(stages):.1f} / {measured:.1f}",
        wall,
        f"{disk(stages) / 1e6:.0f} / {run['disk_mb']:.0f} MB",
        f"{memory:.2f} / {largest:.2f} GB",
    ]


def test_the_page_on_performance_shows_these_numbers():
    page = (CONFIG.parent / "docs" / "performance.md").read_text()
    names = ("core-minutes, estimated / measured", "wall time on 2 cores", "disk",
             "largest job's memory")  # fmt: skip
    for name, *cells in zip(names, *map(shown, RUNS), strict=True):
        assert f"| {' | '.join([name, *cells])} |" in page
