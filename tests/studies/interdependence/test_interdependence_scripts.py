"""The scripts of the study of interdependence, in their order."""

import pandas as pd
import pytest

from ontogeny.disk.files import read_table
from ontogeny.errors import InputError

RECIPE = {
    "embedding": 6, "hidden": 5, "layers": 1, "dropout": 0, "batch": 4, "window": 8,
    "epochs": 2, "learning_rate": 1, "clip_norm": 0.25,
}  # fmt: skip
MACHINE = {"device": "cpu", "threads": 1}


@pytest.fixture(scope="module")
def official(folder, script):
    """A text in official splits, and a one-layer model that has read it."""
    for split, lines in {"train": 60, "valid": 9, "test": 9}.items():
        (folder / f"{split}.txt").write_text("The dog barks at a cat .\n\n" * lines)
    splits = {split: f"{split}.txt" for split in ("train", "valid", "test")}
    tables = {name: f"{name}.parquet" for name in [*splits, "vocabulary"]}
    script("encode_official", input=splits, output=tables)
    weights = [f"epoch{epoch}.safetensors" for epoch in range(3)]
    script(
        "train_lm",
        input=tables,
        output={"weights": weights, "curve": "curve.parquet"},
        params={"recipe": {**RECIPE, "precision": "bfloat16"}, **MACHINE},
        wildcards={"seed": "1"},
    )
    return {"weights": weights, "curve": "curve.parquet", **tables}


def measure(script, official, epochs, trees="trees.conllu"):
    script(
        "measure_interdependence",
        input={**official, "trees": [trees]},
        output={"pairs": f"{epochs}.parquet", "errors": f"{epochs}_errors.parquet"},
        params={
            "recipe": RECIPE, "window": 3, "epochs": epochs, "cased": True, **MACHINE
        },
    )  # fmt: skip
    return read_table(f"{epochs}.parquet"), read_table(f"{epochs}_errors.parquet")


ROWS = ["1\tThe\tDET\t2", "2\tdog\tNOUN\t3", "3\tbarks\tVERB\t0", "4\tloudly\tADV\t3"]


def conllu(rows):
    split = [row.split("\t") for row in rows]
    lines = [f"{i}\t{w}\t_\t{u}\t_\t_\t{h}\t_\t_\t_" for i, w, u, h in split]
    return "\n".join(["# sent_id = one", *lines, ""]) + "\n"


def test_pairs_are_measured_at_the_best_epoch_or_at_all(script, official, folder):
    (folder / "trees.conllu").write_text(conllu(ROWS) * 3)
    pairs, errors = measure(script, official, "best")
    assert len(pairs) == 9
    assert pairs["epoch"].nunique() == 1
    assert pairs["epoch"].iloc[0] > 0
    assert errors["unknown_words"].tolist() == [3]
    assert errors["pairs_left_out"].tolist() == [9]
    every, _ = measure(script, official, "all")
    assert sorted(set(every["epoch"])) == [0, 1, 2]
    same = every[every["epoch"] == pairs["epoch"].iloc[0]].reset_index(drop=True)
    pd.testing.assert_frame_equal(same, pairs)


def test_a_cycle_is_told_with_file_and_sentence(script, official, folder):
    bad = [*ROWS[:2], "3\tbarks\tVERB\t2", "4\tat\tADP\t0"]
    (folder / "bad.conllu").write_text(conllu(bad))
    with pytest.raises(InputError, match=r"bad\.conllu, sentence one: .*cycle"):
        measure(script, official, "best", "bad.conllu")
    check = {"output": ["trees.md"], "params": {"parts": ["test"]}}
    with pytest.raises(InputError, match=r"bad\.conllu, sentence one: .*cycle"):
        script("check_trees", input=["bad.conllu"], **check)
    (folder / "good.conllu").write_text(conllu(ROWS))
    script("check_trees", input=["good.conllu"], **check)
    assert "| test   |           1 |       4 |" in (folder / "trees.md").read_text()
