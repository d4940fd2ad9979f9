"""Taggers of the study of predefined sparseness, on a treebank of a few words."""

import logging
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from ontogeny.annotation.treebanks import Labelled
from ontogeny.corpus.treebank import Sentence, write_conllu_file
from ontogeny.disk.files import read_table
from ontogeny.errors import InputError
from ontogeny.models import IGNORED
from ontogeny.predefined import SparseEmbedding
from ontogeny.running.states import read_states
from ontogeny.studies.predefined.drops import (
    DroppedLSTM,
    dropped,
    locked_dropout,
    word_dropout,
)
from ontogeny.studies.predefined.sentences import (
    UNKNOWN,
    UNSEEN,
    batches,
    in_order,
    number,
    read_tagged,
)
from ontogeny.studies.predefined.settings import Pos
from ontogeny.studies.predefined.tag_training import (
    TagLoss,
    answers,
    train_tagger,
)
from ontogeny.studies.predefined.tagger import TagModel, ranks
from ontogeny.studies.predefined.taggers import Tagger, taggers

STUDY = Pos(
    dimensions=6, widths=[1, 3], hidden=[4], epochs=6, ordered_at=3, blocks_at=None,
    learning_rate=0.05, batch=5,
).model_dump()  # fmt: skip
DENSE, SPARSE = Tagger("dense", 3, 4), Tagger("sparse", 3, 4)


def sentence(*pairs):
    words, tags = zip(*(pair.split("/") for pair in pairs), strict=True)
    return Labelled(True, words, {"xpos": tags})


NOUNS = [f"noun{n}" for n in range(12)]


def drawn(count, seed):
    """Sentences in which a word's tag depends on the word, or on the one after."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        pairs = []
        for _ in range(rng.integers(1, 4)):
            noun = rng.choice(NOUNS, p=np.arange(12, 0, -1) / 78)
            verb = rng.random() < 0.5
            pairs += [
                "the/DT",
                f"{noun}/{'VB' if verb else 'NN'}",
                "x/A" if verb else "y/B",
            ]
        made.append(sentence(*pairs))
    return made


@pytest.fixture(scope="module")
def treebank():
    return number({"train": drawn(80, 0), "dev": drawn(30, 1), "test": drawn(30, 2)})


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)
    torch.set_num_threads(1)


def make(tagger, treebank, dropout=0.0):
    return TagModel(
        treebank.types,
        len(treebank.classes),
        tagger,
        dimensions=6,
        dropout=dropout,
        weight_drop=dropout,
        order=ranks(treebank.types, tagger.order, 0),
    )


def test_which_taggers_there_are():
    own = taggers([1, 3, 6], 6, [4, 9], ordered_at=3, blocks_at=3)
    assert [one.name for one in own if one.hidden == 4] == [
        "dense1_lstm4", "dense3_lstm4", "dense6_lstm4", "sparse3_lstm4",
        "sparse3_down_lstm4", "sparse3_random_lstm4", "sparse3_blocks_lstm4",
    ]  # fmt: skip
    assert len({one.name for one in own}) == len(own) == 14


# --- what is read ---


def test_words_are_numbered_by_frequency_and_cased():
    train = [sentence("b/X", "a/Y", "b/X", "B/Y", "c/Z")]
    read = number(
        {"train": train, "dev": [sentence("a/Y", "d/X", "b/W")], "test": train}
    )
    assert read.counts.tolist() == [0, 2, 1, 1, 1]
    assert read.splits["train"].words[0].tolist() == [1, 2, 1, 3, 4]
    assert read.splits["dev"].words[0].tolist() == [2, UNKNOWN, 1]
    assert read.splits["dev"].counts[0].tolist() == [1, 0, 2]
    assert read.classes == ("X", "Y", "Z")
    assert read.splits["dev"].tags[0].tolist() == [1, 0, UNSEEN]


def test_a_tag_that_training_lacks_is_told(caplog):
    with caplog.at_level(logging.WARNING):
        number({"train": [sentence("a/X", "b/Y")], "dev": [sentence("a/W")]})
    assert "1 word(s) of dev have a tag that training lacks" in caplog.text


@pytest.mark.parametrize("tags", [("X", "X"), ("", "")])
def test_one_tag_only_is_refused(tags):
    train = [Labelled(True, ("a", "b"), {"xpos": tags})]
    with pytest.raises(InputError, match="needs two"):
        number({"train": train}, "train.conllu")


def test_a_treebank_without_sentences_is_refused(tmp_path):
    (tmp_path / "empty.conllu").write_text("")
    with pytest.raises(InputError, match=r"empty\.conllu holds no sentence"):
        read_tagged({"train": str(tmp_path / "empty.conllu")})


def test_batches_hold_every_sentence_once_with_those_of_its_length(treebank):
    split = treebank.splits["train"]
    seen = 0
    for batch in batches(split, 7):
        assert (
            batch.words.shape
            == batch.tags.shape
            == (int(batch.lengths.max()), len(batch.lengths))
        )
        assert (batch.tags != IGNORED).sum() == batch.lengths.sum()
        seen += len(batch.lengths)
    assert seen == 80
    chosen = np.concatenate([part for part, _ in in_order(split, 7)])
    assert sorted(chosen) == list(range(80))


# --- what is dropped ---


def test_without_dropping_it_is_nn_lstm():
    lstm = DroppedLSTM(3, 4, drop=0.5)
    plain = nn.LSTM(3, 4)
    plain.load_state_dict(lstm.state_dict())
    x = torch.randn(5, 2, 3)
    expected = plain(x)[0]
    assert not torch.allclose(lstm(x)[0], expected)
    dropped(lstm, False)
    assert torch.equal(lstm(x)[0], expected)


def test_recurrent_weights_are_dropped_and_no_others():
    lstm = DroppedLSTM(3, 4, drop=0.5)
    plain = nn.LSTM(3, 4)
    x = torch.randn(5, 2, 3)
    torch.manual_seed(3)
    found = lstm(x)[0]
    torch.manual_seed(3)
    plain.load_state_dict(lstm.state_dict())
    with torch.no_grad():
        plain.weight_hh_l0.copy_(nn.functional.dropout(lstm.weight_hh_l0, 0.5))
    assert torch.allclose(found, plain(x)[0])
    found.sum().backward()
    gradient = lstm.weight_hh_l0.grad
    assert bool((gradient[plain.weight_hh_l0 == 0] == 0).all())
    assert (gradient != 0).any()


@pytest.mark.parametrize(
    "wrong", [{"num_layers": 2}, {"bidirectional": True}, {"batch_first": True}]
)
def test_lstms_that_cannot_be_dropped_are_refused(wrong):
    with pytest.raises(ValueError, match="one layer"):
        DroppedLSTM(3, 4, drop=0.5, **wrong)


def test_locked_dropout_is_the_same_at_every_step():
    x = torch.rand(6, 3, 50) + 1
    found = locked_dropout(x, 0.4, training=True)
    kept = found != 0
    assert bool((kept == kept[0]).all())
    assert not bool((kept[:, 0] == kept[:, 1]).all())
    assert torch.allclose(found[kept], x[kept] / 0.6)
    assert locked_dropout(x, 0.4, training=False) is x


def test_word_dropout_drops_all_of_a_word():
    ids = torch.tensor([[0, 1, 2], [1, 0, 3]])
    vectors = torch.ones(2, 3, 4)
    for _ in range(20):
        found = word_dropout(vectors, ids, 5, 0.5, training=True)
        assert torch.equal(found[0, 0], found[1, 1])
        assert torch.equal(found[0, 1], found[1, 0])
        assert set(found.flatten().tolist()) <= {0.0, 2.0}
    assert word_dropout(vectors, ids, 5, 0.5, training=False) is vectors


# --- the model ---


def test_it_is_a_bidirectional_lstm_over_each_sentence(treebank):
    model = make(DENSE, treebank).eval()
    both = nn.LSTM(3, 4, bidirectional=True)
    names = dict(both.named_parameters())
    with torch.no_grad():
        for name, values in model.forwards.named_parameters():
            names[name].copy_(values)
        for name, values in model.backwards.named_parameters():
            names[f"{name}_reverse"].copy_(values)
    split = treebank.splits["dev"]
    for batch in batches(split, 9):
        found = model(batch.words, batch.lengths)
        packed = nn.utils.rnn.pack_padded_sequence(
            model.embedding(batch.words), batch.lengths, enforce_sorted=False
        )
        output, _ = nn.utils.rnn.pad_packed_sequence(both(packed)[0])
        expected = model.decoder(model.between(output).tanh())
        for column, length in enumerate(batch.lengths):
            assert torch.allclose(
                found[:length, column], expected[:length, column], atol=1e-6
            )


def test_orders_give_other_words_all_dimensions(treebank):
    types = treebank.types
    for order in ("up", "down", "random"):
        rank = ranks(types, order, 1)
        assert sorted(rank) == list(range(types))
        assert rank[UNKNOWN] == 0
    model = make(SPARSE._replace(order="down"), treebank)
    assert isinstance(model.embedding, SparseEmbedding)
    lengths = (model.embedding(model.order[torch.arange(types)]) != 0).sum(dim=1)
    assert lengths[UNKNOWN] == lengths[-1] == 6
    assert lengths[1] < 6
    assert (ranks(types, "random", 1) == ranks(types, "random", 1)).all()


def test_a_sparse_embedding_has_as_many_parameters_as_the_dense_one(treebank):
    dense, sparse = (make(one, treebank) for one in (DENSE, SPARSE))
    count = [sum(p.numel() for p in m.embedding.parameters()) for m in (dense, sparse)]
    assert abs(count[0] - count[1]) <= 3


def test_words_that_are_seen_once_are_unknown_half_of_the_time():
    class Asked(nn.Module):
        def forward(self, words, lengths):
            seen.append(words)
            return torch.zeros(*words.shape, 2, requires_grad=True)

    seen = []
    split = number({"train": [sentence("a/X", "a/X", "b/Y")]}).splits["train"]
    (batch,) = batches(split, 1)
    loss = TagLoss(torch.tensor([False, False, True]), "half")
    for _ in range(300):
        loss(Asked(), batch, 0)
    words = torch.stack(seen)[:, :, 0]
    assert bool((words[:, :2] == 1).all())
    assert set(words[:, 2].tolist()) == {UNKNOWN, 2}
    assert 90 < (words[:, 2] == UNKNOWN).sum() < 210
    seen.clear()
    TagLoss(torch.tensor([False, False, True]), "never")(Asked(), batch, 0)
    assert seen[0].flatten().tolist() == [1, 1, 2]


# --- training ---


def train(treebank, tagger, folder, **options):
    return train_tagger(
        tagger, treebank, STUDY, seed=1, folder=folder, device="cpu", **options
    )


def test_a_tagger_learns_and_is_scored(treebank, tmp_path):
    found = train(treebank, SPARSE, tmp_path)
    row = found.summary.iloc[0]
    assert row["test_accuracy"] > 0.75
    assert 0 < row["test_macro_f1"] <= 1
    tags = np.concatenate(treebank.splits["test"].tags)
    commonest = np.bincount(tags[tags != IGNORED]).max() / (tags != IGNORED).sum()
    assert row["test_commonest"] == pytest.approx(commonest)
    assert row["untrained"] == found.curve["dev_accuracy"].iloc[0]
    assert row["test_accuracy"] > commonest
    assert row["embedding_parameters"] < row["parameters"]
    test = found.sentences[found.sentences["split"] == "test"]
    assert test["correct"].sum() / test["words"].sum() == pytest.approx(
        row["test_accuracy"]
    )
    assert (test["rare_correct"] <= test["rare_words"]).all()
    assert (test["rare_words"] <= test["words"]).all()
    assert 0 < test["rare_words"].sum() <= test["words"].sum() / 2
    assert found.curve["epoch"].tolist() == list(range(7))
    assert (
        found.curve["train_loss_nats"].iloc[-1] < found.curve["train_loss_nats"].iloc[1]
    )
    assert found.curve["dev_accuracy"].iloc[-1] == pytest.approx(row["dev_accuracy"])


def test_answers_are_in_the_order_of_the_text(treebank):
    model = make(DENSE, treebank)
    split = treebank.splits["test"]
    gold, guessed = answers(model, split)
    assert [len(one) for one in gold] == [len(words) for words in split.words]
    words = torch.from_numpy(split.words[3])[:, None]
    alone = model.eval()(words, torch.tensor([len(words)])).argmax(dim=2)[:, 0]
    assert guessed[3].tolist() == alone.tolist()


def test_a_killed_tagger_goes_on_and_ends_with_the_same_bytes(
    treebank, tmp_path, monkeypatch
):
    whole = train(treebank, SPARSE, tmp_path / "whole", identity="a")
    calls = []
    plain = TagLoss.__call__

    def killed(self, *arguments):
        calls.append(1)
        if len(calls) == 40:
            raise KeyboardInterrupt
        return plain(self, *arguments)

    monkeypatch.setattr(TagLoss, "__call__", killed)
    with pytest.raises(KeyboardInterrupt):
        train(treebank, SPARSE, tmp_path / "killed", identity="a", save_every_s=0)
    again = train(treebank, SPARSE, tmp_path / "killed", identity="a")
    name = "epoch6.safetensors"
    assert (tmp_path / "whole" / name).read_bytes() == (
        tmp_path / "killed" / name
    ).read_bytes()
    for one, other in zip(whole, again, strict=True):
        assert one.equals(other)
    with pytest.raises(InputError, match="another recipe"):
        train(treebank, SPARSE, tmp_path / "killed", identity="b")


def write(split, path):
    write_conllu_file(
        (
            Sentence(
                words=one.words, upos=("X",) * len(one.words), xpos=one.labels["xpos"],
                heads=(0,) * len(one.words), deprels=("_",) * len(one.words),
                misc=({},) * len(one.words),
            )
            for one in split
        ),
        path,
    )  # fmt: skip


def test_together_or_apart_taggers_are_the_same(script, folder):
    parts = {"train": drawn(40, 0), "dev": drawn(10, 1), "test": drawn(10, 2)}
    paths = {name: f"{name}.conllu" for name in parts}
    for name, split in parts.items():
        write(split, Path(paths[name]))
    own = taggers([1, 3], 6, [4], ordered_at=3)

    def job(chosen, at):
        script(
            "train_predefined_taggers",
            input=paths,
            output={
                name: [f"{at}/{one.name}/{file}" for one in chosen]
                for name, file in (
                    ("weights", "epoch2.safetensors"), ("summary", "summary.parquet"),
                    ("sentences", "sentences.parquet"), ("curve", "curve.parquet"),
                )
            },
            params={
                "taggers": [tuple(one) for one in chosen], "study": {**STUDY, "epochs": 2},
                "device": "cpu", "threads": 1, "code": "0",
            },
            wildcards={"seed": "1"},
        )  # fmt: skip

    job(own, "together")
    job([own[2]], "apart")
    file = f"{own[2].name}/sentences.parquet"
    assert read_table(f"together/{file}").equals(read_table(f"apart/{file}"))
    assert all(state.is_delivered for state in read_states("state"))
    assert len(read_states("state")) == len(own) + 1
