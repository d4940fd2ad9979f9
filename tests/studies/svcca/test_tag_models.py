"""Documents side by side, and the tag models that read them."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ontogeny.activations.views import read_views, stack_views
from ontogeny.annotation.texts import make_text
from ontogeny.annotation.treebanks import Labelled
from ontogeny.corpus.filtering import SPLITS
from ontogeny.errors import InputError
from ontogeny.models import IGNORED, LanguageModel
from ontogeny.running.states import keep_delivered
from ontogeny.studies.svcca.tag_training import (
    LabelledTokens,
    score,
    tag_model,
    train_tag_model,
)
from ontogeny.studies.svcca.tag_variants import (
    derived_seed,
    drop_variants,
    final_weights,
    train_variants,
    variant_tokens,
)
from ontogeny.studies.svcca.variants import VARIANTS, Variant
from ontogeny.training.documents import PADDING, DocumentStream
from ontogeny.training.recipe import Recipe
from ontogeny.training.weights import load_weights, sizes

RECIPE = Recipe(
    embedding=12, hidden=12, dropout=0.1, batch=8, window=6, epochs=6, learning_rate=8
)
TYPES, CLASSES = 14, 4


@given(st.lists(st.integers(1, 30), min_size=1, max_size=12), st.integers(1, 5))
def test_every_token_is_read_once_its_document_in_order(sizes, batch):
    documents = np.repeat(np.arange(len(sizes)), sizes)
    ids = np.arange(len(documents))
    stream = DocumentStream(ids, ids, documents, batch=batch, window=7)
    order = torch.cat([window.positions.flatten() for window in stream])
    assert sorted(order[order != PADDING].tolist()) == ids.tolist()
    next_of = dict(zip(range(len(sizes)), np.cumsum([0, *sizes])[:-1], strict=True))
    for window in stream:
        assert len(set(window.documents.tolist())) == len(window.documents) <= batch
        for column, document in enumerate(window.documents.tolist()):
            positions = window.positions[:, column]
            read = positions[positions != PADDING].tolist()
            first = next_of[document]
            assert read == list(range(first, first + len(read)))
            next_of[document] += len(read)
            padded = positions == PADDING
            assert (window.targets[:, column][padded] == IGNORED).all()


def test_a_document_is_read_as_if_it_were_alone():
    torch.manual_seed(0)
    model = LanguageModel(TYPES, embedding=5, hidden=6).double()
    documents = np.repeat(np.arange(5), [19, 3, 30, 1, 12])
    ids = np.random.default_rng(0).integers(0, TYPES, len(documents))
    stream = DocumentStream(ids, ids, documents, batch=3, window=4)
    together = {
        site: torch.empty(len(ids), units, dtype=torch.float64)
        for site, (units,) in model.sites.items()
    }
    for views in read_views(model, stream):
        for site, vectors in views.vectors.items():
            together[site][views.positions] = vectors
    for document in range(5):
        here = documents == document
        alone = DocumentStream(
            ids[here], ids[here], documents[here], batch=1, window=100
        )
        (views,) = read_views(model, alone)
        for site, vectors in views.vectors.items():
            assert torch.allclose(together[site][here], vectors, atol=1e-12)


def test_stacked_views_are_those_wanted_in_text_order():
    model = LanguageModel(TYPES, embedding=5, hidden=6)
    documents = np.repeat(np.arange(4), 9)
    ids = np.random.default_rng(0).integers(0, TYPES, len(documents))
    stream = DocumentStream(ids, ids, documents, batch=3, window=4)
    wanted = ids % 2 == 0
    stacked = stack_views(model, stream, ["embedding"], wanted)["embedding"]
    table = model.embedding.weight.detach().numpy()
    assert (stacked == table[ids[wanted]]).all()


def cyclic(tokens, seed):
    """Words whose next label is known: each word's class is its number's rest."""
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, TYPES, -(-tokens // 20))
    ids = (starts[:, None] + np.arange(20)).ravel()[:tokens] % TYPES
    return LabelledTokens(
        ids, ids % CLASSES, np.repeat(np.arange(len(starts)), 20)[:tokens]
    )


def train(folder, recipe=RECIPE, **kwargs):
    return train_tag_model(
        recipe,
        {"train": cyclic(2000, 0), "valid": cyclic(400, 1)},
        types=TYPES,
        classes=CLASSES,
        **{"rescalings": 3, "seed": 1, "folder": folder, "device": "cpu", **kwargs},
    )


def test_the_best_validation_epoch_is_final_and_right(tmp_path):
    curve = train(tmp_path / "a")
    best = curve.loc[curve["final"], "epoch"].tolist()
    assert best == [curve["valid_loss_nats"][1:].idxmin()]
    model = tag_model(RECIPE, TYPES, CLASSES)
    assert load_weights(model, tmp_path / "a" / "a.safetensors")[0] == best[0]
    assert sizes(tmp_path / "a" / "a.safetensors") == (TYPES, CLASSES)
    test = cyclic(300, 2)
    found = score(model, test.stream(RECIPE, "cpu"), len(test.ids))
    assert found.correct.mean() > 0.99
    assert 0 < found.nats.mean() < 0.1


def test_training_ends_with_the_last_rescaling(tmp_path):
    hasty = Recipe(**{**vars(RECIPE), "learning_rate": 40, "epochs": 40})
    curve = train(tmp_path / "a", hasty, rescalings=2)
    assert curve["rescaled"].sum() == 2
    assert curve["rescaled"].iloc[-1]
    assert curve["epoch"].max() < 40


@pytest.mark.thorough
def test_a_killed_training_ends_with_the_same_bytes(tmp_path, monkeypatch):
    curve = train(tmp_path / "whole" / "a")
    from ontogeny.training.loop import Run

    step = Run._one_step

    def die(run, batch):
        if run.step in deaths:
            deaths.remove(run.step)
            raise KeyboardInterrupt
        step(run, batch)

    deaths = {3, 44, 90}
    monkeypatch.setattr(Run, "_one_step", die)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path / "killed" / "a", save_every_s=0)
    again = train(tmp_path / "killed" / "a", save_every_s=0)
    pd.testing.assert_frame_equal(curve, again)
    one, two = (tmp_path / f / "a" / "a.safetensors" for f in ("whole", "killed"))
    assert one.read_bytes() == two.read_bytes()
    pd.testing.assert_frame_equal(curve, train(tmp_path / "killed" / "a")), "ended"


def labelled(sentences, seed):
    rng = np.random.default_rng(seed)
    for number in range(sentences):
        ids = (rng.integers(TYPES - 2) + np.arange(rng.integers(1, 9))) % (TYPES - 2)
        words = tuple(f"w{i}" for i in ids)
        yield Labelled(
            number % 5 == 0, words, {"xpos": tuple(f"t{i % 4}" for i in ids)}
        )


@pytest.fixture(scope="module")
def text():
    words = ["<unk>", "<eos>", *(f"w{i}" for i in range(TYPES - 2))]
    vocabulary = pd.DataFrame({"id": range(TYPES), "word": words})
    sizes = {"train": 500, "valid": 60, "test": 80}
    return make_text(
        {split: labelled(n, seed) for seed, (split, n) in enumerate(sizes.items())},
        vocabulary,
    )


def test_variants_see_what_they_should(text):
    plain = variant_tokens(text, "xpos", Variant("input", False), seed=0)
    moved = variant_tokens(text, "xpos", Variant("target", False), seed=0)
    shuffled = variant_tokens(text, "xpos", Variant("input", True), seed=0)
    for split in SPLITS:
        both = moved[split].labels[:-1] != IGNORED
        assert (moved[split].labels[:-1][both] == plain[split].labels[1:][both]).all()
    assert (shuffled["train"].labels != plain["train"].labels).any()
    for split in ("valid", "test"):
        assert (shuffled[split].labels == plain[split].labels).all()


def test_true_labels_are_learned_and_shuffled_ones_are_not(text, tmp_path):
    arguments = (RECIPE, text, "xpos")
    options = {"types": TYPES, "rescalings": 3, "seed": 1, "device": "cpu"}
    scores = train_variants(*arguments, folder=tmp_path / "s", **options)
    assert list(scores[["direction", "shuffled"]].itertuples(index=False)) == list(
        VARIANTS
    )
    true, shuffled = scores[~scores["shuffled"]], scores[scores["shuffled"]]
    assert (true["accuracy"] > 0.95).all()
    assert (shuffled["accuracy"] < 0.6).all()
    assert (shuffled["perplexity"] > 2.5).all()
    for row in scores.itertuples():
        assert sum(row.tokens) == row.test_tokens
        assert sum(row.correct) / sum(row.tokens) == pytest.approx(row.accuracy)
    finals = [final_weights(tmp_path / "s", v).read_bytes() for v in VARIANTS]
    (tmp_path / "s" / "outputs.txt").write_text("scores.parquet\n")
    keep_delivered(tmp_path / "s")
    drop_variants(tmp_path / "s")
    kept = {path.stem: path.read_bytes() for path in (tmp_path / "s").glob("*.safe*")}
    assert kept == {v.name: w for v, w in zip(VARIANTS, finals, strict=True)}
    # Delivered, it is not trained again.
    again = train_variants(*arguments, folder=tmp_path / "s", **options)
    pd.testing.assert_frame_equal(again, scores, check_dtype=False)
    assert not list((tmp_path / "s").glob("*/state.pt"))


def test_models_do_not_begin_alike():
    seeds = {
        derived_seed("upos", *variant, seed) for variant in VARIANTS for seed in (1, 2)
    }
    assert len(seeds) == 8
    assert not seeds & {1, 2}


def test_a_diverging_tag_model_is_named(text, tmp_path):
    wild = Recipe(**{**vars(RECIPE), "learning_rate": 1e38, "clip_norm": 1e38})
    with pytest.raises(
        InputError, match=r"Tag model xpos, target_true: .*learning rate"
    ):
        train_variants(
            wild, text, "xpos", types=TYPES, rescalings=3, seed=1,
            folder=tmp_path / "s", device="cpu",
        )  # fmt: skip
