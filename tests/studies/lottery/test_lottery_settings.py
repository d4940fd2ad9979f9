"""What a config may say of lottery tickets, and what follows from it."""

from fractions import Fraction

import pandas as pd
import pytest

from ontogeny.errors import InputError
from ontogeny.settings import Dataset, read_datasets, read_settings
from ontogeny.studies.lottery.inputs import PROBE_COLUMNS, read
from ontogeny.studies.lottery.names import (
    PROBE_TABLES,
    TABLES,
    iterations_of,
    rate_of,
)
from ontogeny.studies.lottery.settings import Lottery

CORPUS = {"format": "generated", "tokens": 40_000}
TEXT = {"format": "text", "files": ["README.md"]}
CONFIG = {"name": "a", "studies": ["lottery"], "tagging": {"treebank": "generated"}}


def config(corpus=None, **lottery):
    return read_settings({**CONFIG, "corpus": corpus or CORPUS, "lottery": lottery})


def test_what_is_left_out_is_the_papers():
    study = Lottery()
    assert (study.model.layers, study.model.d, study.model.norm) == (6, 1024, "post")
    assert (study.epochs, study.retrained, study.batch) == (60, 30, 28_672)
    assert study.training()["retrain_epochs"] == 30
    assert not study.as_in_paper  # it has not the paper's text
    files = {"train": ("a", "b"), "valid": ("a", "b"), "test": {"t": ("a", "b")}}
    assert Lottery(files=files).as_in_paper
    assert Lottery(files=files, retrain_epochs=30).as_in_paper
    assert Lottery(files=files, curve_pairs=9).as_in_paper  # an instrument
    for key, value in (
        ("pairs", 100),
        ("epochs", 10),
        ("warmup", 100),
        ("prunings_at_once", 2),
    ):
        assert not Lottery(files=files, **{key: value}).as_in_paper


@pytest.mark.parametrize(
    ("lottery", "message"),
    [
        ({"model": {"d": 10, "heads": 4}}, "heads: 4 do not divide d, 10"),
        ({"epochs": 4, "retrain_epochs": 4}, "retrain_epochs: must be less than epochs"),
        ({"epochs": 20, "retrain_epochs": 19, "warmup": None}, "warmup: a tenth"),
        ({"chains": {"magnitude": 1, "shuffled": 2}}, r"chains\.shuffled: takes its"),
        ({"chains": {"magnitude": -1}}, r"chains\.magnitude: must be 0 or more"),
        ({"chains": {"magnitude": 0}}, "chains: at least one needs an iteration"),
        ({"files": {"train": ["a", "b"], "valid": ["a", "b"],
                    "test": {"counts": ["a", "b"]}}},
         r"files\.test: counts is another file's name"),
        ({"files": {"train": ["a", "b"], "valid": ["a", "b"],
                    "test": {"../t": ["a", "b"]}}},
         r"files.*test: '../t' names a file: use letters"),
        ({"files": {"train": ["a", "a"], "valid": ["a", "b"], "test": {"t": ["a", "b"]}}},
         "train: source and target are both a"),
        ({"detokenize": "klingon"}, r"lottery\.detokenize"),
        ({"chains": {"magnitude": 200}, "model": {"layers": 1, "d": 4, "heads": 1,
                                                   "inner": 4}},
         "chains: iteration .* would find 4 weights, of which 1/5 is none"),
        ({"seeds": [3], "null_seed": 3}, r"lottery\.null_seed: 3 is a seed of the study"),
        ({"seeds": [1, 1]}, r"lottery\.seeds must be different"),
        ({"prunings_at_once": 3}, "prunings_at_once"),
        ({"dataset": "multi30k",
          "files": {"train": ["a", "b"], "valid": ["a", "b"], "test": {"t": ["a", "b"]}}},
         "files: give either them or a dataset"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(lottery, message):
    with pytest.raises(InputError, match=message):
        config(**lottery)


def test_a_text_that_is_read_has_no_sister_language():
    with pytest.raises(InputError, match=r"lottery\.dataset: pairs need a data set"):
        config(corpus=TEXT)
    with pytest.raises(InputError, match=r"lottery\.xpos: generated suits a generated"):
        config(corpus=TEXT, dataset="multi30k", xpos="generated")


@pytest.mark.parametrize(
    ("lottery", "message"),
    [
        ({"dataset": "no such"}, "lottery.dataset: unknown data set no such"),
        ({"dataset": "ud-english-ewt"}, r"ud-english-ewt has no `pairs`"),
        ({"semantics": "multi30k"}, r"multi30k has no `semantics`"),
        ({"files": {"train": ["x.en", "x.de"], "valid": ["x.en", "x.de"],
                    "test": {"t": ["x.en", "x.de"]}}},
         r"lottery\.files: x\.en is not there"),
    ],
)  # fmt: skip
def test_what_cannot_be_had_is_told(lottery, message, root):
    settings = config(**lottery)
    datasets = read_datasets(root / "config" / "datasets.yaml")
    with pytest.raises(InputError, match=message):
        settings.lottery.datasets(settings, datasets)


def test_the_null_is_a_seed_of_its_own_or_another_of_the_studys():
    study = Lottery(chains={"magnitude": 2}, null_seed=7)
    assert study.runs([1]) == [("dense", 1), ("dense", 7), ("magnitude", 1)]
    assert study.measured([1])[1:] == [("another", 1), ("untrained", 1)]
    several = Lottery(chains={"magnitude": 2})
    assert [several.other_seed(seed, [1, 2]) for seed in (1, 2)] == [2, 1]
    assert ("dense", 2) in several.runs([1, 2])
    assert several.measured([1]) == [("magnitude", 1), ("untrained", 1)]


def test_chains_have_their_own_order_and_none_of_no_iteration():
    study = Lottery(chains={"unpruned": 2, "magnitude": 3, "random": 0})
    assert study.chain_names() == ["magnitude", "unpruned"]


def test_prunings_at_once_leave_what_as_many_fifths_leave():
    for number in (1, 2, 4):
        assert 1 - rate_of(number) == Fraction(4, 5) ** number
    assert iterations_of("magnitude", 2, 9) == [1, 2, 3, 4]
    assert iterations_of("dense", 1, 9) == []


class Files(dict):
    """Files of a job, by name."""


def test_lth0_is_read_once_and_a_guess_is_no_model(tmp_path):
    """Of tables of single models: each chain's file has LTH0's rows."""

    def written(name, table):
        path = str(tmp_path / name)
        table.to_parquet(path)
        return path

    some = pd.DataFrame({"prunings": [0, 4], "layer": [1, 1], "value": [1.0, 2.0]})
    guess = pd.DataFrame({"prunings": [0], "layer": [0], "value": [3.0]})
    measured = [("magnitude", 1), ("random", 1), ("untrained", 1)]
    files = Files(
        {
            table: [
                written(f"{chain}_{table}.parquet",
                        guess if chain == "untrained" else some)
                for chain, _ in measured
            ]
            for table in TABLES
        }
    )  # fmt: skip
    one = written("one.parquet", some)
    files |= {name: [one] for name in ("curves", "quality", "sentences")}
    files |= dict.fromkeys(("texts", "modules", "overlaps"), one)
    # Another LTH0's rows are in a file of the seed that it is held beside.
    probes = pd.DataFrame(
        [
            ("dense", "encoder1", 0.9),
            ("another", "encoder1", 0.8),
            ("dense", "form", 0.7),
        ],
        columns=["chain", "site", "score"],
    ).assign(task="pos", prunings=0, labels="true", units=[[1]] * 3, sums=[[1.0]] * 3)
    others = [name for name in PROBE_COLUMNS["probes"].split() if name not in probes]
    probes = probes.assign(**dict.fromkeys(others, 1))
    files |= dict.fromkeys(PROBE_TABLES, [written("p.parquet", probes)] * 2)
    files["probe_tasks"] = written("t.parquet", pd.DataFrame({"task": ["pos"]}))
    asked = {"probed": [("", 1), ("control", 1)], "other_seeds": [(1, 7)]}
    params = type("Params", (), {"runs": [("dense", 1)], "measured": measured, **asked})
    found = read(files, params)
    rows = found.probes[["chain", "seed", "site", "score"]].to_numpy().tolist()
    assert rows[:2] == [["dense", 1, "encoder1", 0.9], ["dense", 7, "encoder1", 0.8]]
    assert {row[0] for row in rows[2:]} == {"control"}
    assert found.probe_tasks["form_sums"].map(list).tolist() == [[1.0]]
    spectra = found.spectra[["chain", "prunings"]].to_numpy().tolist()
    assert spectra[:3] == [["dense", 0], ["magnitude", 4], ["random", 4]]
    assert found.alignment["chain"].tolist()[-1] == "diagonal"
    # Where two models are compared LTH0 stays in its chain.
    layers = found.layers.groupby("chain").size()
    assert layers.to_dict() == {"magnitude": 2, "random": 2, "untrained": 1}


@pytest.mark.parametrize(
    ("probes", "message"),
    [
        ({"texts": "closed"}, "no group of tasks 'closed': there are open, generated"),
        ({"tasks": ["pos", "verse"]}, "open has no task 'verse': it has pos, ccg"),
        ({"tasks": ["pos", "pos"]}, "pos is named twice"),
        ({"tasks": ["pos"], "shards": 2}, "1 tasks cannot be dealt between 2 jobs"),
        ({"arguments": {"C": 1}}, "they are of an estimator, and none is given"),
        ({"estimator": "sklearn.nope.X"}, "there is no sklearn.nope.X; give module"),
        ({"estimator": "Ridge"}, "there is no Ridge; give module"),
    ],
)
def test_probes_that_cannot_be_asked_are_told(probes, message):
    with pytest.raises(InputError, match=message):
        config(probes=probes)


def test_generated_tasks_suit_a_generated_corpus_alone():
    files = {"train": ["a", "b"], "valid": ["c", "d"], "test": {"t": ["e", "f"]}}
    with pytest.raises(InputError, match="generated suits a generated corpus only"):
        config(TEXT, files=files, probes={"texts": "generated"})


def test_tasks_are_dealt_between_jobs():
    probes = config(probes={"shards": 4}).lottery.probes
    dealt = [task.name for shard in range(4) for task in probes.dealt(shard)]
    assert sorted(dealt) == sorted(task.name for task in probes.chosen())
    assert len(dealt) == 18


def test_a_task_s_file_must_be_one_of_its_data_set():
    probes = config(probes={"tasks": ["chunk"]}).lottery.probes
    about = Dataset(description="", licence="", files={"other.zip": {"sha256": ""}})
    with pytest.raises(InputError, match=r"task chunk needs conll2000\.zip of"):
        probes.datasets("lottery.probes", {"conll2000": about})
