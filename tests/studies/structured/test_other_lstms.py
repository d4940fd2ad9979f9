"""Gates of the language models that other studies train."""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file

from ontogeny.disk.files import read_table, write_table
from ontogeny.measures.gates import GateSpread, gate_values
from ontogeny.studies.structured.texts import gate_block
from ontogeny.training.callbacks import METADATA
from ontogeny.training.recipe import Recipe

TYPES = 11


@pytest.fixture
def measured(script, tmp_path, write_words):
    """The script's table, of a model at two epochs."""
    recipe = {"embedding": 3, "hidden": 4, "dropout": 0.5}
    torch.manual_seed(0)
    weights = []
    for epoch in (0, 1):
        model = Recipe(**recipe).model(TYPES)
        weights.append(tmp_path / f"epoch{epoch}.safetensors")
        about = {METADATA: json.dumps({"epoch": epoch, "step": 10 * epoch})}
        save_file(model.state_dict(), weights[-1], about)
    out = tmp_path / "gates.parquet"
    script(
        "measure_lm_gates",
        input={
            "weights": list(map(str, weights)),
            "valid": str(write_words(tmp_path)),
            "vocabulary": str(write_words(tmp_path, "vocabulary", range(TYPES))),
        },
        params={"recipe": recipe},
        output={"gates": str(out)},
    )
    return model, read_table(out)


@pytest.fixture
def write_words():

    def write(folder, name="valid", ids=None):
        drawn = np.random.default_rng(0).integers(0, TYPES, 700)
        path = folder / f"{name}.parquet"
        write_table(pd.DataFrame({"id": list(drawn if ids is None else ids)}), path)
        return path

    return write


@pytest.mark.parametrize(
    ("words", "shape"), [(7, (1, 7)), (45, (2, 22)), (10**5, (500, 20))]
)
def test_a_block_of_words_stands_in_columns(words, shape):
    block = gate_block(np.arange(words))
    assert block.shape == shape
    assert block[:, 1].tolist() == list(range(shape[0], 2 * shape[0]))


def test_every_gate_of_every_layer_has_its_spread_at_every_epoch(measured):
    model, table = measured
    assert len(table) == 2 * 2 * 4 * 4
    assert list(table) == ["epoch", "layer", "gate", "unit", "spread"]
    drawn = np.random.default_rng(0).integers(0, TYPES, 700)
    x = model.eval().embedding(gate_block(drawn))
    for layer, lstm in enumerate(model.lstms, 1):
        gates, x, _ = gate_values(lstm, x)
        seen = GateSpread()
        seen.add(gates)
        own = table.query(f"epoch == 1 and layer == {layer}")
        found = own["spread"].to_numpy().reshape(4, 4)
        np.testing.assert_allclose(found, seen.spread(), rtol=1e-6)
        assert list(own["gate"].unique()) == ["i", "f", "g", "o"]
