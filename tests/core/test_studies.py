"""Every study keeps the contract of `ontogeny.studies.study`."""

import inspect
from collections import Counter

import pytest

from ontogeny.cli.estimate import estimate
from ontogeny.sections.common import StudySection
from ontogeny.settings import Settings, read_datasets, read_settings
from ontogeny.settings.reading import schema_yaml
from ontogeny.studies.names import NAMES, load
from ontogeny.studies.study import module

CALLS = {
    ("inputs", "read"): ["files", "params"],
    ("figures", "tabulate"): ["inputs", "params"],
    ("claims", "judge"): ["inputs", "params"],
    ("cost", "needs"): ["plan"],
    ("cost", "stages"): ["plan"],
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("part", "function"), CALLS)
def test_a_study_is_called_as_every_other(name, part, function):
    found = inspect.signature(getattr(module(name, part), function))
    assert list(found.parameters) == CALLS[part, function]


@pytest.mark.parametrize("name", [*NAMES, "lm"])
def test_what_is_told_of_a_study_is_what_it_draws(name):
    study = load(name)
    assert study.name == name
    drawn = module(name, "plots").FIGURES
    assert list(drawn) == [figure.name for figure in study.asked(early=True)]
    assert all(callable(draw) for draw in drawn.values())
    files = [file for _, file in study.tables]
    assert {page.file for page in study.pages} <= set(files)
    assert all(file.startswith((f"figures/{name}/", f"{name}/")) for file in files)
    assert set(study.sections) <= set(Settings.model_fields)


@pytest.mark.parametrize("name", NAMES)
def test_a_section_is_the_settings_own(name):
    section = module(name, "settings").Section
    assert issubclass(section, StudySection)
    assert Settings.model_fields[name].annotation is section
    assert name in schema_yaml()


def test_claims_have_ids_of_their_own():
    claims = [claim for name in NAMES for claim in module(name, "claims").CLAIMS]
    twice = [name for name, n in Counter(c.id for c in claims).items() if n > 1]
    assert twice == []
    assert all(c.sentence and c.source and c.criterion for c in claims)


@pytest.mark.parametrize("name", NAMES)
def test_the_estimate_has_a_studys_own_stages(name, root):
    settings = read_settings(
        {
            "name": "one",
            "studies": [name],
            "corpus": {"format": "generated", "tokens": 40_000},
            "tagging": {"treebank": "generated"},
            "measuring": {"vector_epochs": [0, -1]},
            "svcca": {"xpos": "generated", "semantics": "generated"},
            "interdependence": {"treebank": "generated"},
        }
    )
    found = estimate(settings, read_datasets(root / "config" / "datasets.yaml"))
    rules = {stage.rule: stage for stage in found.stages[name]}
    assert {f"tabulate_{name}", f"judge_{name}", "plot_figure"} <= rules.keys()
    assert not set(found.stages) & ({*NAMES} - {name})
