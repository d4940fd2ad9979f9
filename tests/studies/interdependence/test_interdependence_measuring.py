"""Interdependence of a treebank's pairs: laid out, measured, counted."""

import numpy as np
import pandas as pd
import pytest
import torch

from ontogeny.errors import InputError
from ontogeny.measures.decomposition.interdependence import interdependence
from ontogeny.studies.interdependence import measuring
from ontogeny.studies.interdependence.measuring import measure_trees
from ontogeny.studies.interdependence.pairs import read_trees
from ontogeny.training.callbacks import KeepWeights
from ontogeny.training.language_model import Recipe
from ontogeny.training.loop import Run

RECIPE = Recipe(embedding=5, hidden=4, layers=1, dropout=0)
WORDS = ["<unk>", "<eos>", "the", "dog", "barks", "A"]
VOCABULARY = pd.DataFrame(
    {
        "id": np.arange(6, dtype=np.int32),
        "word": WORDS,
        "count": [7, 0, 50, 9, 4, 3],
        "special": [True, True, False, False, False, False],
    }
)
SENTENCES = [
    [("the", "DET", 2), ("dog", "NOUN", 3), ("barks", "VERB", 0), (".", "PUNCT", 3)],
    [("barks", "VERB", 0)],
    [("A", "DET", 3), ("cat", "NOUN", 3), ("barks", "VERB", 0)],
    [("A", "DET", 2), ("dog", "NOUN", 0)],
]


@pytest.fixture
def treebank(tmp_path):
    lines = []
    for number, words in enumerate(SENTENCES):
        lines.append(f"# sent_id = s{number}")
        if number == 0:
            lines.append("1-2\tthedog" + "\t_" * 8)
        for place, (word, upos, head) in enumerate(words, 1):
            lines.append(f"{place}\t{word}\t_\t{upos}\t_\t_\t{head}\t_\t_\t_")
        if number == 0:
            lines.append("4.1\tghost" + "\t_" * 8)
        lines.append("")
    path = tmp_path / "test.conllu"
    path.write_text("\n".join(lines))
    return path


@pytest.fixture
def checkpoints(tmp_path):
    paths = [tmp_path / f"epoch{epoch}.safetensors" for epoch in (0, 1)]
    for epoch, path in enumerate(paths):
        torch.manual_seed(epoch)
        model = RECIPE.model(len(WORDS))
        optimiser = torch.optim.SGD(model.parameters(), lr=1)
        run = Run(model, None, [], optimiser, epochs=1, epoch=epoch, step=epoch)
        KeepWeights(lambda _, path=path: path).after_epoch(run)
    return paths


def test_pairs_say_where_words_stand(treebank):
    trees = read_trees([treebank], VOCABULARY, window=2, cased=True)
    assert trees.lengths.tolist() == [4, 1, 3, 2]
    assert trees.ids.tolist() == [2, 3, 4, 0, 4, 5, 0, 4, 5, 3]
    first = trees.pairs.iloc[:5]
    assert first["distance"].tolist() == [1, 2, 1, 2, 1]
    assert first["tree_distance"].tolist() == [1, 2, 1, 2, 1]
    assert first["left_class"].tolist() == ["closed", "closed", "open", "open", "open"]
    assert first["right_class"].tolist() == ["open", "open", "open", "other", "other"]
    assert first["known"].tolist() == [True, True, True, False, False]
    assert first["left_count"].tolist() == [50, 50, 9, 9, 4]
    assert trees.pairs["sentence"].tolist() == [0] * 5 + [2] * 3 + [3]


def test_a_lowercased_model_reads_a_lowercased_treebank(treebank):
    trees = read_trees([treebank], VOCABULARY, window=2, cased=False)
    assert trees.ids[5] == 0  # "a" is unknown, "A" would not be


def test_values_are_each_pairs_by_definition(treebank, checkpoints, monkeypatch):
    monkeypatch.setattr(measuring, "_WORDS", 6)  # several batches, out of order
    trees = read_trees([treebank], VOCABULARY, window=2, cased=True)
    found = measure_trees(RECIPE, len(WORDS), checkpoints, trees, window=2)
    torch.manual_seed(1)
    model = RECIPE.model(len(WORDS))
    pairs = found.pairs[found.pairs["epoch"] == 1].reset_index()
    assert pairs["sentence"].tolist() == [0, 0, 0, 2, 3]
    ids = [[2, 3, 4, 0], [5, 0, 4], [5, 3]]
    expected = [(0, 0, 1), (0, 0, 2), (0, 1, 2), (1, 0, 2), (2, 0, 1)]
    for value, (sentence, left, right) in zip(
        pairs["interdependence"], expected, strict=True
    ):
        x = model.embedding(torch.tensor(ids[sentence])).detach()
        steps = torch.arange(len(x))
        one = interdependence(model.lstms[0], x, steps == left, steps == right)
        assert value == pytest.approx(one.item(), rel=1e-4)


def test_what_is_left_out_is_counted(treebank, checkpoints):
    trees = read_trees([treebank], VOCABULARY, window=2, cased=True)
    errors = measure_trees(RECIPE, len(WORDS), checkpoints, trees, window=2).errors
    assert errors["epoch"].tolist() == [0, 1]
    counts = errors.iloc[0].filter(regex="^(?!epoch|.*_logits)")
    assert counts.to_dict() == {
        "sentences": 4, "words": 10, "unknown_words": 2, "pairs": 9,
        "pairs_left_out": 4,
    }  # fmt: skip
    mean, largest = errors["mean_error_logits"], errors["largest_error_logits"]
    assert ((mean > 0) & (mean < largest) & (largest < 1e-5)).all()


def test_the_error_sees_a_decomposition_that_does_not_add_up(
    treebank, checkpoints, monkeypatch
):
    trees = read_trees([treebank], VOCABULARY, window=2, cased=True)

    def wrong(lstm, inputs, focus):
        h = lstm(inputs)[0]
        return h, 0.1 * h

    monkeypatch.setattr(measuring, "decompose", wrong)
    errors = measure_trees(RECIPE, len(WORDS), checkpoints, trees, window=2).errors
    assert (errors["mean_error_logits"] > 0.001).all()


def test_a_treebank_of_unknown_words_is_told(treebank, checkpoints):
    vocabulary = VOCABULARY.assign(word=["<unk>", "<eos>", "x", "y", "z", "w"])
    trees = read_trees([treebank], vocabulary, window=2, cased=True)
    with pytest.raises(InputError, match="no pair of words that the model knows"):
        measure_trees(RECIPE, len(WORDS), checkpoints, trees, window=2)


def test_a_tree_with_a_cycle_is_named_by_file_and_sentence(tmp_path):
    path = tmp_path / "bad.conllu"
    rows = [("a", 0), ("b", 3), ("c", 2)]
    lines = [
        f"{i}\t{w}\t_\tNOUN\t_\t_\t{h}\t_\t_\t_" for i, (w, h) in enumerate(rows, 1)
    ]
    path.write_text("\n".join(["# sent_id = s7", *lines, ""]))
    with pytest.raises(InputError, match=r"bad\.conllu, sentence s7: .*cycle"):
        read_trees([path], VOCABULARY, window=2, cased=True)


def test_an_empty_treebank_is_named(tmp_path):
    path = tmp_path / "empty.conllu"
    path.write_text("\n")
    with pytest.raises(InputError, match=r"empty\.conllu holds no sentence"):
        read_trees([path], VOCABULARY, window=2, cased=True)
