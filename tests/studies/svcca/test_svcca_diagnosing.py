"""Diagnostic classifiers of a language model, on words whose labels are known."""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file

from ontogeny.annotation.labels import UNLABELLED
from ontogeny.annotation.texts import make_text
from ontogeny.annotation.treebanks import NO_LABEL, Labelled
from ontogeny.corpus.filtering import END, SPLITS
from ontogeny.models import LanguageModel
from ontogeny.statistics.groups import SENTENCE_GROUPS
from ontogeny.studies.svcca.diagnosing import _prepare, diagnose
from ontogeny.studies.svcca.variants import VARIANTS
from ontogeny.training.callbacks import METADATA

WORDS = [f"w{number}" for number in range(12)]
LABELS = dict.fromkeys(WORDS, NO_LABEL) | {w: w[-1] for w in WORDS[:10]}
LABELS = {word: label and "abcd"[int(label) % 4] for word, label in LABELS.items()}
SITES = {"embedding": 16, "lstm1": 8, "lstm2": 8}


def sentences(number, seed):
    rng = np.random.default_rng(seed)
    for n in range(number):
        words = tuple(rng.choice(WORDS, rng.integers(2, 8)))
        labels = tuple(LABELS[word] for word in words)
        same = tuple("one" for _ in words)
        yield Labelled(n % 10 == 0, words, {"upos": labels, "topic": same})


@pytest.fixture(scope="module")
def text():
    vocabulary = pd.DataFrame({"word": ["<unk>", END, *WORDS]}).reset_index(names="id")
    sizes = zip(SPLITS, (260, 60, 130), strict=True)
    return make_text(
        {s: list(sentences(n, i)) for i, (s, n) in enumerate(sizes)}, vocabulary
    )


@pytest.fixture(scope="module")
def table(text, tmp_path_factory):
    torch.manual_seed(0)
    model = LanguageModel(len(WORDS) + 2, embedding=16, hidden=8)
    path = tmp_path_factory.mktemp("lm") / "epoch3.safetensors"
    about = {METADATA: json.dumps({"epoch": 3, "step": 30})}
    save_file(model.state_dict(), path, about)
    return diagnose(model, [path], [text], limit=1000, seed=0)


def rows(table, **wanted):
    return table[np.logical_and.reduce([table[k] == v for k, v in wanted.items()])]


def test_every_site_and_variant_has_a_row(table):
    assert len(table) == len(SITES) * 2 * len(VARIANTS)
    assert not table.duplicated(["site", "tagset", "direction", "shuffled"]).any()
    assert set(table["site"]) == set(SITES)
    assert (table["epoch"].unique(), table["step"].unique()) == ([3], [30])


def test_tokens_are_those_with_a_label_by_group_of_their_sentence(text, table):
    test = text.tokens[text.tokens["split"] == SPLITS.index("test")]
    expected = {way: np.zeros(SENTENCE_GROUPS, int) for way in ("input", "target")}
    for rank, (_, tokens) in enumerate(test.groupby("sentence")):
        known = (tokens["upos"] != UNLABELLED).tolist()
        expected["input"][rank % SENTENCE_GROUPS] += sum(known)
        # Of words: `<eos>`, which has no label, is not asked for the next one's.
        expected["target"][rank % SENTENCE_GROUPS] += sum(known[1:])
    for way, tokens in expected.items():
        for found in rows(table, tagset="upos", direction=way)["tokens"]:
            np.testing.assert_array_equal(found, tokens)
    right = table["correct"].map(sum) / table["tokens"].map(sum)
    np.testing.assert_allclose(table["accuracy"], right)


def test_what_a_site_holds_is_found_and_what_it_does_not_is_not(table):
    def of(**wanted):
        return rows(table, tagset="upos", **wanted)["accuracy"].to_numpy()

    assert of(site="embedding", direction="input", shuffled=False) == [1.0]
    # Words are drawn: neither the next one nor shuffled labels can be told.
    assert of(direction="target").max() < 0.45
    # Of ten words each may be answered rightly by chance.
    assert of(shuffled=True).max() < 0.6
    # h² of an untrained model of 8 units: much, but not all, in thirty epochs.
    assert of(direction="input", shuffled=False).min() > 0.5


def test_a_tagset_of_one_label_is_always_right(table):
    one = rows(table, tagset="topic")
    assert (one["accuracy"] == 1).all()
    # The bias alone tells it, which a falling step lets grow so far.
    assert one["loss_nats"].between(0, 0.2).all()


def test_drawn_tokens_are_as_many_as_asked_for_and_the_test_part_is_whole(text):
    train, valid, test = _prepare(text, 500, 0, torch.device("cpu"))
    assert (len(train.groups), len(valid.groups)) == (500, 100)
    tokens = text.tokens[text.tokens["split"] == SPLITS.index("test")]
    assert (
        len(test.groups) == (tokens[["upos", "topic"]] != UNLABELLED).any(axis=1).sum()
    )
    # Shuffled labels are those of the training part alone.
    for part, alike in ((train, False), (valid, True), (test, True)):
        true, shuffled = part.labels["upos"][[2, 3]]
        assert torch.equal(true, shuffled) is alike
