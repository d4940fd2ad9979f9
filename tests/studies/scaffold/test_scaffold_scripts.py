"""The scripts of the study of scaffolds, in their order."""

from ontogeny.disk.files import read_table
from ontogeny.running.states import read_states

RECIPE = {
    "embedding": 6, "hidden": 5, "layers": 1, "dropout": 0, "batch": 4, "window": 8,
    "epochs": 2, "learning_rate": 1, "clip_norm": 0.25,
}  # fmt: skip
MACHINE = {"device": "cpu", "threads": 1}
SPECIFICATION = {"tokens": 1_500, "types": 12, "copies": 5, "outside": 20}
CELLS = [("familiar", 20), ("unfamiliar", 20)]
TRAININGS = [(*cell, "plain") for cell in CELLS] + [("unfamiliar", 20, "momentum")]
READING = {"rule": "inclusive", "context": 20, "decoder_bias": False}
NAMES = ["familiar_20", "unfamiliar_20", "inside_20", "outside", "counts"]


def test_scaffolds_from_texts_to_measures(script, folder):
    tables = {name: f"{name}_k2.parquet" for name in NAMES}
    script(
        "generate_scaffolds",
        output=tables,
        params={"specification": SPECIFICATION, "cells": CELLS, "test_items": 40},
        wildcards={"seed": "1", "length": "2"},
    )
    assert read_table(tables["counts"])["copies"].tolist() == [0, 0]
    weights = []
    for setting, n, variant in TRAININGS:
        outputs = [f"{setting}_{variant}/epoch{e}.safetensors" for e in range(3)]
        script(
            "train_scaffold",
            input=[tables[f"{setting}_{n}"]],
            output=outputs,
            params={
                "recipe": RECIPE, "specification": SPECIFICATION,
                "variant": {} if variant == "plain" else {variant: 0.5}, **MACHINE,
            },
            wildcards={"seed": "1"},
        )  # fmt: skip
        weights += outputs
    assert all(state.is_delivered for state in read_states(folder / "state"))
    script(
        "measure_scaffold",
        input={"weights": weights, "inside": [tables["inside_20"]],
               "outside": tables["outside"]},
        output=["measures.parquet"],
        params={
            "recipe": RECIPE, "specification": SPECIFICATION, "trainings": TRAININGS,
            "occurrences": [20], "reading": READING, **MACHINE,
        },
        wildcards={"length": "2"},
    )  # fmt: skip
    measures = read_table("measures.parquet")
    assert set(measures["variant"]) == {"plain", "momentum"}
    assert set(measures["domain"]) == {"in", "out"}
    assert (measures["length"] == 2).all()
