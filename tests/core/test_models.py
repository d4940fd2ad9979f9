"""Language models by name, and one that is no LSTM: the GRUs of docs/own-model.md."""

import copy

import numpy as np
import pandas as pd
import pytest
import torch
import yaml

from ontogeny.activations.measuring import write_recordings
from ontogeny.activations.recording import record
from ontogeny.activations.views import stack_views
from ontogeny.errors import InputError
from ontogeny.measures.places import by_place, place
from ontogeny.models import LanguageModel, Model, SiteModel, map_state
from ontogeny.models.dropout import Dropout
from ontogeny.settings import chosen_model, read_models, read_settings
from ontogeny.training.documents import DocumentStream
from ontogeny.training.language_model import train_language_model
from ontogeny.training.loop import Callback
from ontogeny.training.recipe import Recipe
from ontogeny.training.stream import Stream, StreamLoss

TYPES, WORDS = 12, 400
SIZES = {"embedding": 5, "hidden": 6}
GOOD = {"name": "a", "corpus": {"format": "generated", "tokens": 1000}}
LSTM = {"code": "ontogeny.models.lm.LanguageModel", "layer": "lstm"}


@pytest.fixture(scope="module")
def ids():
    return np.random.default_rng(0).integers(0, TYPES, WORDS).astype(np.int32)


# By name


def registered(folder, **entry):
    path = folder / "models.yaml"
    path.write_text(yaml.safe_dump({"lstm": LSTM, "mine": {**LSTM, **entry}}))
    return read_models(path)


def test_every_registered_model_names_its_sites_as_it_is_registered(root):
    models = read_models(root / "config" / "models.yaml")
    assert models["lstm"].model_dump() == LSTM
    for entry in models.values():
        for layers in (1, 2):
            model = Recipe(code=entry.code, layers=layers).model(TYPES)
            assert isinstance(model, Model)
            assert list(model.sites) == ["embedding", *entry.layers(layers)]


def test_a_config_trains_the_lstm_unless_it_names_another(tmp_path):
    models = registered(tmp_path, layer="cell")
    assert chosen_model(read_settings(GOOD), models).layers(2) == ["lstm1", "lstm2"]
    settings = read_settings({**GOOD, "lm": {"model": "mine"}})
    assert chosen_model(settings, models).layers(1) == ["cell1"]


def test_an_unknown_model_is_told_with_those_there_are(tmp_path):
    settings = read_settings({**GOOD, "lm": {"model": "gruu"}})
    with pytest.raises(InputError, match=r"lm\.model: unknown model gruu; .* lstm, m"):
        chosen_model(settings, registered(tmp_path))


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"code": "ontogeny.models.gruu.GruModel"}, "code: there is no module ontog"),
        ({"code": "ontogeny.models.lm.Gru"}, r"code: there is no class Gru in ont"),
        ({"code": "torch.nn.GRU"}, "code: must be a module and class of this package"),
        ({"code": "ontogeny.GruModel"}, "code: must be a module and class of this"),
        ({"layer": "gru1"}, "layer: "),
        ({"sites": ["gru1"]}, "unknown key sites"),
    ],
)
def test_a_mistake_in_the_models_is_named_with_its_file(tmp_path, entry, sentence):
    with pytest.raises(InputError, match=rf"models\.yaml: mine: {sentence}"):
        registered(tmp_path, **entry)


# By place


def test_places_are_alike_in_every_model():
    for name in ("lstm", "gru"):
        sites = [f"{name}2", "logits", "embedding", f"{name}1"]
        found = by_place(sites)
        assert list(found.values()) == ["embedding", f"{name}1", f"{name}2"]
        assert [place(found[at]) for at in found] == list(found)


@pytest.mark.parametrize(
    "sites", [["embedding", "gru1"], ["embedding", "gru"], ["embedding", "a1", "b1"]]
)
def test_a_study_of_two_layers_refuses_other_models(sites):
    with pytest.raises(InputError, match=f"two recurrent .* {', '.join(sites)}\\.$"):
        by_place(sites)


# What is carried


def test_a_state_keeps_its_shape():
    h, c = torch.zeros(1, 2, 3), torch.ones(1, 2, 3)
    for state in (h, [h], (h, c), [(h, c), (c, h)]):
        first = map_state(lambda one, other: one, state, copy.deepcopy(state))
        assert [first] == [state]  # the very same tensors, in the same places
    with pytest.raises(ValueError, match="zip"):
        map_state(torch.add, [h], [h, c])


def loss_of(model, stream):
    return StreamLoss()(model, stream[0], 0)["loss_nats"].item()


@pytest.mark.parametrize("layers", [1, 2])
def test_the_state_of_any_model_goes_from_window_to_window(gru, ids, layers):
    torch.manual_seed(0)
    model = gru(TYPES, **SIZES, layers=layers).eval()
    loss, stream = StreamLoss(), Stream(ids, start=1, batch=4, window=7)
    whole = Stream(ids, start=1, batch=4, window=14)
    with torch.no_grad():
        halves = [loss(model, stream[at], at)["loss_nats"].item() for at in (0, 1)]
        saved = copy.deepcopy(loss.state_dict())
        third = loss(model, stream[2], 2)["loss_nats"]
        assert np.mean(halves) == pytest.approx(loss_of(model, whole), abs=1e-6)
        resumed = StreamLoss()
        resumed.load_state_dict(saved)
        assert resumed(model, stream[2], 2)["loss_nats"] == third
        assert third != StreamLoss()(model, stream[2], 2)["loss_nats"]


def test_documents_of_any_model_are_read_each_from_a_zero_state(gru, ids):
    torch.manual_seed(0)
    model, documents = gru(TYPES, **SIZES).eval(), np.arange(WORDS) // 30
    stream = DocumentStream(ids, ids, documents, batch=3, window=7)
    found = stack_views(model, stream, ["gru1", "gru2"], np.ones(WORDS, dtype=bool))
    alone: dict[str, list] = {"embedding": [], "gru1": [], "gru2": []}
    with torch.no_grad():
        for number in range(documents[-1] + 1):
            words = torch.from_numpy(ids[documents == number]).long()[:, None]
            model(words, at_site=lambda site, x: alone[site].append(x[:, 0]) or x)
    for site, vectors in found.items():
        np.testing.assert_allclose(vectors, torch.cat(alone[site]), atol=1e-6)


# From training to measures


class Kill(Callback):
    """Ends a training where a kill might."""

    def after_step(self, run):
        if run.step == 30:
            raise KeyboardInterrupt


@pytest.mark.thorough
def test_a_killed_training_of_any_model_ends_with_the_same_bytes(
    gru, ids, tmp_path, monkeypatch
):
    recipe = Recipe(
        **SIZES, batch=4, window=7, epochs=3, learning_rate=2.0,
        code=f"{gru.__module__}.{gru.__name__}",
    )  # fmt: skip
    splits = dict.fromkeys(("train", "valid", "test"), ids)

    def train(name):
        train_language_model(
            recipe, splits, types=TYPES, start=1, seed=1, folder=tmp_path / name,
            device="cpu", save_every_s=0,
        )  # fmt: skip
        return (tmp_path / name / "epoch3.safetensors").read_bytes()

    whole = train("whole")
    from ontogeny.training import language_model

    with monkeypatch.context() as patch:
        progress = language_model.Progress
        patch.setattr(language_model, "Progress", Kill)
        with pytest.raises(KeyboardInterrupt):
            train("killed")
        patch.setattr(language_model, "Progress", progress)
        assert train("killed") == whole


@pytest.fixture(scope="module")
def text(ids):
    place = np.arange(WORDS, dtype=np.int32)
    return pd.DataFrame({"id": ids, "document": place // 40, "sentence": place // 8})


@pytest.mark.parametrize("layers", [1, 2])
def test_every_site_of_any_model_is_recorded(gru, ids, layers):
    torch.manual_seed(0)
    model = gru(TYPES, **SIZES, layers=layers).double()
    stream = Stream(ids, start=1, batch=4, window=7)
    recorded = list(record(model, stream))
    sites = {site for _, site in recorded[0].readings}
    assert sites == {*model.sites, "logits"}
    # What the softmax passes down to the last layer: Wᵀ(p − onehot).
    at = f"gru{layers}"
    h = torch.cat([r.readings["activation", at].vectors for r in recorded])
    p = torch.softmax(model.decoder(h), -1)
    p[torch.arange(len(p)), torch.cat([r.targets for r in recorded])] -= 1
    down = torch.cat([r.readings["gradient", at].vectors for r in recorded])
    torch.testing.assert_close(down, (p @ model.decoder.weight).detach())


def test_recurrent_layers_stay_in_training_mode_and_dropout_does_not(gru):
    for model in (gru(TYPES, **SIZES), LanguageModel(TYPES, **SIZES)):
        model.eval()
        cells = [m for m in model.modules() if isinstance(m, torch.nn.RNNBase)]
        assert len(cells) == 2
        assert all(cell.training for cell in cells)
        assert not model.dropout.training
        assert not model.training


def test_lstms_drop_units_by_masks_that_are_drawn_fast():
    model = LanguageModel(TYPES, **SIZES, dropout=0.3)
    dropouts = [m for m in model.modules() if isinstance(m, torch.nn.Dropout)]
    assert [(type(m), m.p) for m in dropouts] == [(Dropout, 0.3)]


def test_a_site_registered_under_another_name_is_told(gru, ids, text, tmp_path):
    model = gru(TYPES, **SIZES)
    stream = Stream(ids, start=1, batch=4, window=7)
    files = {"cell1": tmp_path / "cell1.parquet"}
    with pytest.raises(
        InputError, match="no site cell1: its sites are embedding, gru1"
    ):
        write_recordings(
            model,
            [text],
            lambda _: stream,
            files,
            rows=len(text),
            vector_tokens=0,
            metadata={},
        )
    assert not list(tmp_path.iterdir())


class Maps(SiteModel):
    """A model that is neither recurrent nor of words."""

    @property
    def sites(self):
        return {"pooled": (3,)}

    @property
    def maps(self):
        return {"attention": (2, 5)}

    @classmethod
    def from_recipe(cls, recipe, types):
        model = cls()
        model.units = recipe.hidden, types
        return model


def test_a_model_of_sites_and_maps_needs_nothing_of_streams():
    model = Recipe(code=f"{__name__}.Maps", hidden=7).model(11)
    assert model.units == (7, 11)
    assert not isinstance(model, Model)
    assert LanguageModel(TYPES, **SIZES).maps == {}
