"""Training on scaffolds and reading what the model makes of α and q."""

import numpy as np
import pandas as pd
import pytest
import torch

from ontogeny.measures.decomposition.contextual import decompose
from ontogeny.measures.decomposition.interdependence import interdependence
from ontogeny.studies.scaffold.grid import measure_grid
from ontogeny.studies.scaffold.items import CONTEXT
from ontogeny.studies.scaffold.making import make_texts
from ontogeny.studies.scaffold.measuring import Reading, by_group, measure_items
from ontogeny.studies.scaffold.names import Cell, Training
from ontogeny.studies.scaffold.specification import Specification
from ontogeny.studies.scaffold.training import train_on_scaffolds
from ontogeny.training.recipe import Recipe

SIZES = Recipe(
    embedding=6, hidden=5, layers=1, dropout=0, batch=4, window=10, epochs=2,
    learning_rate=1,
)  # fmt: skip
SPECIFICATION = Specification(3, 20, tokens=1_000, types=12, copies=5, outside=30)


@pytest.fixture(scope="module")
def texts():
    cells = [Cell("familiar", 20), Cell("unfamiliar", 20)]
    return make_texts(SPECIFICATION, cells, seed=0, items=50)


@pytest.fixture(scope="module")
def trained(texts, tmp_path_factory):
    folders = {}
    for name, ids in texts.training.items():
        folders[name] = tmp_path_factory.mktemp(name)
        train_on_scaffolds(SIZES, ids, types=14, seed=1, folder=folders[name])
    return folders


@pytest.fixture
def model():
    torch.manual_seed(0)
    return SIZES.model(14).double().eval()


@pytest.fixture
def words(texts):
    return np.stack(list(texts.outside["words"]))[:7]


def test_probabilities_are_the_models_and_its_parts(model, words):
    found = {
        (q.name, q.position): q.values
        for q in measure_items(model, words, closing=13, prefixes=True)
    }
    output, _ = model(torch.as_tensor(words).long().T)
    own = model.decoder(output[-1]).softmax(1)[:, 13].detach().numpy()
    np.testing.assert_allclose(found["probability", -1], own, rtol=1e-12)

    lstm, x = model.lstms[0], model.embedding(torch.as_tensor(words)).detach()
    steps = torch.arange(words.shape[1])

    def from_(focus):
        relevant, _ = decompose(lstm, x, focus)
        logits = relevant[:, -1] @ model.decoder.weight.T
        return logits.softmax(1)[:, 13].detach().numpy()

    for i in range(4):
        focus = (steps >= CONTEXT) & (steps <= CONTEXT + i)
        np.testing.assert_allclose(
            found["probability_prefix", i], from_(focus), rtol=1e-12
        )
    opening, scaffold = steps == CONTEXT, steps > CONTEXT
    np.testing.assert_allclose(found["probability_open", -1], from_(opening))
    np.testing.assert_allclose(found["probability_scaffold", -1], from_(scaffold))
    np.testing.assert_allclose(
        found["interdependence", -1], interdependence(lstm, x, opening, scaffold)
    )


def test_other_readings_are_the_definition_with_rule_or_state_changed(model, words):
    found = {
        (q.name, q.position): q.values
        for q in measure_items(model, words, closing=13, prefixes=True)
    }
    lstm, x = model.lstms[0], model.embedding(torch.as_tensor(words)).detach()
    steps = torch.arange(words.shape[1])

    def probability(relevant):
        logits = relevant[:, -1] @ model.decoder.weight.T
        return logits.softmax(1)[:, 13].detach().numpy()

    for i in range(4):
        focus = (steps >= CONTEXT) & (steps <= CONTEXT + i)
        murdoch, _ = decompose(lstm, x, focus, rule="murdoch")
        alone, _ = decompose(lstm, x[:, CONTEXT:], focus[CONTEXT:])
        for name, relevant in {"murdoch": murdoch, "zero_state": alone}.items():
            at = found[f"probability_prefix_{name}", i]
            np.testing.assert_allclose(at, probability(relevant), rtol=1e-12)
            if i == 0:
                np.testing.assert_allclose(found[f"probability_open_{name}", -1], at)
    # With nothing before it, all of the rule in focus is all there is.
    whole, _ = lstm(x[:, CONTEXT:].transpose(0, 1))
    np.testing.assert_allclose(
        found["probability_prefix_zero_state", 3],
        probability(whole.transpose(0, 1)),
        rtol=1e-12,
    )


def test_a_reading_of_less_context_with_the_bias_is_read_throughout(model, words):
    torch.nn.init.normal_(model.decoder.bias)
    reading = Reading(rule="murdoch", context=5, decoder_bias=True)
    found = {
        (q.name, q.position): q.values
        for q in measure_items(model, words, closing=13, reading=reading)
    }
    lstm, x = model.lstms[0], model.embedding(torch.as_tensor(words)).detach()
    x = x[:, CONTEXT - 5 :]
    output, _ = lstm(x.transpose(0, 1))
    own = model.decoder(output[-1]).softmax(1)[:, 13].detach().numpy()
    np.testing.assert_allclose(found["probability", -1], own, rtol=1e-12)
    opening = torch.arange(x.shape[1]) == 5
    relevant, _ = decompose(lstm, x, opening, rule="murdoch")
    wanted = model.decoder(relevant[:, -1]).softmax(1)[:, 13].detach().numpy()
    np.testing.assert_allclose(found["probability_open", -1], wanted, rtol=1e-12)


def test_gradients_are_derivatives_by_differences(model, words):
    """Add ε to h at a scaffold word, in every direction, and go on from there."""
    gradients = {
        q.position: q.values
        for q in measure_items(model, words[:1], closing=13)
        if q.name == "gradient_l2"
    }
    x = model.embedding(torch.as_tensor(words[0])).detach()
    lstm = model.lstms[0]

    @torch.no_grad()
    def nats(position, change):
        _, (h, c) = lstm(x[: CONTEXT + 1 + position])
        h = h + change
        for step in range(CONTEXT + 1 + position, len(x)):
            _, (h, c) = lstm(x[step : step + 1], (h, c))
        return -model.decoder(h[0]).log_softmax(0)[13].item()

    for position in (1, 2, 3):
        gradient = [
            (nats(position, e) - nats(position, -e)) / 2e-5
            for e in 1e-5 * torch.eye(5, dtype=torch.float64)
        ]
        assert gradients[position][0] == pytest.approx(
            np.linalg.norm(gradient), rel=1e-5
        )


@pytest.mark.thorough
def test_training_is_the_same_after_a_kill(texts, trained, tmp_path):
    ids = texts.training["familiar_20"]
    short = Recipe(**{**SIZES.__dict__, "epochs": 1})
    train_on_scaffolds(short, ids, types=14, seed=1, folder=tmp_path)
    train_on_scaffolds(SIZES, ids, types=14, seed=1, folder=tmp_path)
    for epoch in (0, 1, 2):
        name = f"epoch{epoch}.safetensors"
        assert (tmp_path / name).read_bytes() == (
            trained["familiar_20"] / name
        ).read_bytes()


def test_momentum_and_decay_change_what_is_learned(texts, trained, tmp_path):
    ids = texts.training["familiar_20"]
    plain = (trained["familiar_20"] / "epoch1.safetensors").read_bytes()
    for variant in ({"momentum": 0.9}, {"weight_decay": 0.01}):
        recipe = Recipe(**{**SIZES.__dict__, **variant, "epochs": 1})
        folder = tmp_path / next(iter(variant))
        train_on_scaffolds(recipe, ids, types=14, seed=1, folder=folder)
        assert (folder / "epoch1.safetensors").read_bytes() != plain


def test_a_grid_has_a_row_per_epoch_domain_quantity_and_group(texts, trained):
    trainings = [Training("familiar", 20), Training("unfamiliar", 20)]
    weights = [
        trained[t.name] / f"epoch{epoch}.safetensors"
        for t in trainings
        for epoch in range(3)
    ]
    table = measure_grid(
        SIZES, SPECIFICATION, trainings, weights, texts.inside, texts.outside
    )
    keys = ["setting", "occurrences", "variant", "length", "epoch", "domain",
            "quantity", "position", "group"]  # fmt: skip
    assert not table.duplicated(keys).any()
    assert set(table["epoch"]) == {0, 1, 2}
    prefixes = table[table["quantity"] == "probability_prefix"]
    assert set(prefixes["epoch"]) == {2}
    assert set(prefixes["position"]) == {0, 1, 2, 3}
    inside = table[(table["domain"] == "in") & (table["quantity"] == "probability")]
    assert inside.groupby(["setting", "epoch"])["items"].sum().unique().tolist() == [52]
    assert table["mean"].notna().all()


def test_groups_are_means_of_their_items():
    from ontogeny.studies.scaffold.measuring import Quantity

    quantity = Quantity("probability", -1, np.array([1.0, 3.0, 5.0]))
    table = by_group(iter([quantity]), np.array([2, 2, 0]))
    assert table[["group", "items", "mean"]].to_numpy().tolist() == [
        [0, 1, 5],
        [2, 2, 2],
    ]
    assert isinstance(table, pd.DataFrame)
