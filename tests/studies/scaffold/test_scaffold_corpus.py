"""Scaffold corpora hold exactly what they should, counted by other means."""

import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.studies.scaffold.copies import cue, find
from ontogeny.studies.scaffold.corpus import draw_scaffolds, generate
from ontogeny.studies.scaffold.items import CONTEXT, draw_items
from ontogeny.studies.scaffold.making import make_texts, tables
from ontogeny.studies.scaffold.names import Cell, Training, grid
from ontogeny.studies.scaffold.specification import Specification
from ontogeny.studies.scaffold.training import train_on_scaffolds
from ontogeny.training.recipe import Recipe

SMALL = {"tokens": 6_000, "types": 40, "copies": 5, "outside": 60}


def made(length, *, familiar, seed=0, **changes):
    specification = Specification(length, 50, **{**SMALL, **changes})
    rng = np.random.default_rng(seed)
    scaffolds = draw_scaffolds(specification, rng, but=None)
    corpus = generate(specification, scaffolds, rng, familiar=familiar)
    return specification, scaffolds, corpus


def brute_force(ids, scaffold):
    """Every place of a sequence, by comparing one window after the other."""
    text, k = ids.tolist(), len(scaffold)
    return [i for i in range(len(text) - k + 1) if text[i : i + k] == scaffold]


@pytest.mark.parametrize("familiar", [False, True])
@pytest.mark.parametrize("length", [2, 3, 5])
def test_a_corpus_is_exactly_to_specification(length, familiar):
    _, scaffolds, (ids, rules, outside) = made(length, familiar=familiar)
    assert ids.shape == (6_000,)
    assert ids.dtype == np.int32
    assert ids.min() >= 0
    opening, closing = 40, 41
    assert np.array_equal(np.flatnonzero(ids == opening), rules)
    assert np.array_equal(np.flatnonzero(ids == closing), rules + length + 1)
    assert len(rules) == 50
    inside = [tuple(ids[a + 1 : a + 1 + length]) for a in rules]
    for scaffold in scaffolds.tolist():
        assert inside.count(tuple(scaffold)) == 5
        expected = [
            a + 1
            for a in rules
            if tuple(ids[a + 1 : a + 1 + length]) == tuple(scaffold)
        ]
        expected += [o for o in outside if ids[o : o + length].tolist() == scaffold]
        assert brute_force(ids, scaffold) == sorted(expected)  # no accidental copy
        assert len(expected) == (65 if familiar else 5)
    assert len(outside) == (600 if familiar else 0)
    for place in outside:  # not beside α or ω
        assert ids[place - 1 : place].tolist() not in ([opening], [closing])
        assert ids[place + length : place + length + 1].tolist() not in (
            [opening],
            [closing],
        )


def test_both_settings_are_equally_long_and_have_the_same_rule():
    lengths = {len(made(3, familiar=familiar)[2].ids) for familiar in (True, False)}
    assert lengths == {6_000}


def test_background_is_uniform():
    _, _, (ids, rules, _) = made(2, familiar=False, tokens=60_000)
    background = np.ones(len(ids), dtype=bool)
    background[(rules[:, None] + np.arange(4)).ravel()] = False
    counts = np.bincount(ids[background], minlength=42)
    assert counts[40:].sum() == 0
    chi2 = ((counts[:40] - counts[:40].mean()) ** 2 / counts[:40].mean()).sum()
    assert 15 < chi2 < 70  # 39 degrees of freedom: about 1 in 1,000 either side


def test_the_same_seed_gives_the_same_text_and_another_another():
    one, same, other = (made(3, familiar=True, seed=s)[2].ids for s in (0, 0, 1))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tokens": 600}, "do not fit apart"),
        ({"copies": 7}, "no multiple"),
        ({"copies": 60}, r"must be at least `copies` \(60\), found 50"),
        ({"types": 3}, "too few different"),
    ],
)
def test_what_does_not_fit_is_told(changes, message):
    with pytest.raises(InputError, match=message):
        made(2, familiar=True, **changes)


def test_a_batch_larger_than_the_text_is_told(tmp_path):
    ids, recipe = np.zeros(99, np.int32), Recipe(layers=1, batch=50)
    with pytest.raises(InputError, match=r"scaffold\.model\.batch: 50 columns leave"):
        train_on_scaffolds(recipe, ids, types=9, seed=0, folder=tmp_path, device="cpu")
    assert not list(tmp_path.iterdir())


def test_the_thesis_grid_ends_at_eight_words():
    assert Specification(8).background(familiar=True) >= 101_000
    with pytest.raises(InputError, match="do not fit"):
        Specification(9).background(familiar=True)
    with pytest.raises(InputError, match="do not fit"):
        Specification(4, 3_000).background(familiar=True)


def test_find_equals_brute_force_on_overlaps():
    rng = np.random.default_rng(0)
    ids = rng.integers(3, size=500).astype(np.int32)
    sequences = np.array([[0, 0, 0], [0, 1, 0], [2, 2, 1]])
    place, which = find(ids, sequences)
    for number, sequence in enumerate(sequences.tolist()):
        assert place[which == number].tolist() == brute_force(ids, sequence)
    assert len(find(ids[:2], sequences)[0]) == 0


def test_the_cue_is_counted():
    specification, scaffolds, corpus = made(3, familiar=True)
    assert cue(corpus.ids, scaffolds, specification.closing) == pytest.approx(5 / 65)
    _, scaffolds, corpus = made(3, familiar=False)
    assert cue(corpus.ids, scaffolds, 41) == 1


def test_items_are_context_opening_and_scaffold():
    specification = Specification(3, types=9)
    scaffolds = np.arange(9).reshape(3, 3)
    items = draw_items(specification, scaffolds, np.random.default_rng(0), items=10)
    assert items["scaffold"].value_counts().tolist() == [4, 4, 4]
    assert (items.groupby("scaffold")["group"].nunique() == 1).all()
    for words, scaffold in zip(items["words"], items["scaffold"], strict=True):
        assert words[CONTEXT] == specification.opening
        assert words[CONTEXT + 1 :].tolist() == scaffolds[scaffold].tolist()
        assert words[:CONTEXT].max() < 9


def test_texts_of_a_length_share_scaffolds_and_test_on_fresh_ones():
    cells = [Cell("familiar", 50), Cell("unfamiliar", 50), Cell("unfamiliar", 100)]
    specification = Specification(3, **SMALL)
    texts = make_texts(specification, cells, seed=1, items=120)
    assert set(tables(texts)) == {
        "familiar_50", "unfamiliar_50", "unfamiliar_100", "inside_50", "inside_100",
        "outside", "counts",
    }  # fmt: skip
    assert (texts.counts["copies"] == 0).all()
    assert texts.counts["cue"].tolist() == pytest.approx(
        texts.counts["cue_expected"].tolist()
    )
    trained = {
        tuple(w[CONTEXT + 1 :]) for n in (50, 100) for w in texts.inside[n]["words"]
    }
    fresh = {tuple(w[CONTEXT + 1 :]) for w in texts.outside["words"]}
    assert len(trained) == 30
    assert len(fresh) == 120
    assert not trained & fresh
    again = make_texts(specification, cells, seed=1, items=120)
    assert all(
        np.array_equal(texts.training[c.name], again.training[c.name]) for c in cells
    )


def test_the_grid_has_one_familiar_training():
    trainings = grid([30, 100, 1000], both_at=100)
    assert [t for t in trainings if t.setting == "familiar"] == [
        Training("familiar", 100)
    ]
    assert len(trainings) == 4
