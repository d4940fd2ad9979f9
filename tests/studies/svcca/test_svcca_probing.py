"""Tasks of probes asked of language models: what is read, what is told, what is refused."""

import json
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from safetensors.torch import save_file

from ontogeny.errors import InputError
from ontogeny.models import LanguageModel
from ontogeny.settings import read_settings
from ontogeny.studies.svcca.figures import decodable
from ontogeny.studies.svcca.plots import FIGURES
from ontogeny.studies.svcca.probing import COLUMNS, asked_of, probe, read_words
from ontogeny.tasks.probing.selection import select
from ontogeny.tasks.probing.task import Document, Item, Sentence, Task
from ontogeny.training.callbacks import METADATA

WORDS = ["<unk>", "<eos>", *(f"w{n}" for n in range(12))]
VOCABULARY = pd.DataFrame({"word": WORDS}).reset_index(names="id")
FILES = {part: ["-"] for part in ("train", "valid", "test")}
SITES = {"embedding": 16, "lstm1": 8, "lstm2": 8}


class Kinds(Task):
    """A word's class is told by the word alone; one word is unknown to the model."""

    name = title = "kinds"
    group = "pos"
    paper = "a paper's"
    stands_in = "the same, drawn"
    text = "drawn"
    files = dict.fromkeys(FILES, (("drawn", "-"),))

    def read(self, files, part):
        rng = np.random.default_rng(len(part))
        for unit in range(80):
            numbers = rng.integers(13, size=rng.integers(2, 8))
            words = tuple(f"W{n}" for n in numbers)
            items = [
                Item(((0, at),), "abc"[n % 3]) for at, n in enumerate(numbers) if at
            ]
            yield Document(unit, (Sentence(words, (True,) * len(words)),), tuple(items))


class Pairs(Kinds):
    """Whether two neighbours are of one class."""

    name = title = "pairs"
    kind = "pair"

    def read(self, files, part):
        for one in super().read(files, part):
            words = one.sentences[0].words
            kinds = [int(word[1:]) % 3 for word in words]
            items = tuple(
                Item(((0, at), (0, at + 1)), "same" if a == b else "not")
                for at, (a, b) in enumerate(pairwise(kinds))
            )
            yield Document(one.unit, one.sentences, items)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return LanguageModel(len(WORDS), embedding=16, hidden=8)


@pytest.fixture(scope="module")
def table(model, tmp_path_factory):
    paths = []
    for epoch in (0, 3):
        paths.append(tmp_path_factory.mktemp("lm") / f"epoch{epoch}.safetensors")
        about = {METADATA: json.dumps({"epoch": epoch, "step": 10 * epoch})}
        with torch.no_grad():
            model.embedding.weight[2:].mul_(1 if epoch else 0)
        save_file(
            {k: v.clone() for k, v in model.state_dict().items()}, paths[-1], about
        )
        torch.manual_seed(0)
        model.embedding.reset_parameters()
    tasks = [(task, FILES) for task in (Kinds(), Pairs())]
    return probe(model, paths, tasks, VOCABULARY, words=None, validation_words=None)


def test_words_are_the_vocabulary_s_and_sentences_begin_after_an_end():
    sentences = pa.table({"sentence": [0, 1], "words": [["W3", "new"], ["w0"]]})
    read, tokens = read_words(sentences, VOCABULARY)
    assert read["words"].to_pylist() == [["w3", "<unk>"], ["w0"]]
    assert tokens["id"].tolist() == [1, 5, 0, 1, 2]
    assert tokens["sentence"].tolist() == [0, 0, 0, 1, 1]


@pytest.mark.parametrize("task", [Kinds(), Pairs()])
def test_vectors_are_what_the_model_makes_of_a_sentence_alone(model, task):
    chosen = select(task, FILES, words=None, validation_words=None)
    one = asked_of(task, chosen, VOCABULARY, torch.device("cpu"))
    found = one.vectors(model, ["lstm1", "lstm2"])
    wanted = one.question.wanted
    assert found.shape == (2, len(wanted), 8)
    model.eval()
    for number in range(0, len(wanted), 37):
        sentence, word = wanted[number]
        words = [w.lower() for w in chosen.sentences["words"][int(sentence)].as_py()]
        ids = [1, *(WORDS.index(w) if w in WORDS else 0 for w in words)]
        seen = {}
        with torch.no_grad():
            model(
                torch.tensor(ids)[:, None],
                None,
                at_site=lambda name, x, seen=seen: seen.setdefault(name, x),
            )
        for place, site in enumerate(("lstm1", "lstm2")):
            expected = seen[site][word + 1, 0]
            torch.testing.assert_close(
                found[place, number], expected, rtol=1e-4, atol=1e-6
            )


def test_every_site_is_asked_every_task_at_every_epoch(table):
    assert list(table) == COLUMNS
    assert not table.duplicated(["epoch", "site", "task"]).any()
    assert len(table) == 2 * len(SITES) * 2
    assert set(zip(table["epoch"], table["step"], strict=True)) == {(0, 0), (3, 30)}
    assert set(table["data"]) == {"a paper's, drawn"}


def test_what_the_embedding_holds_is_read_once_it_is_there(table):
    kinds = table[table["task"].eq("kinds")].set_index(["epoch", "site"])["score"]
    # w12 is unknown, and none of its classmates are.
    assert kinds[3, "embedding"] > 0.99
    # Of zeros nothing can be read: one class of three.
    assert kinds[0, "embedding"] < 0.5
    assert kinds[3, "lstm1"] > kinds[0, "lstm1"]


def test_form_alone_reads_the_same_words(table):
    form = table.groupby("task")["form"].first()
    assert form["kinds"] > 0.99
    assert 0.5 < form["pairs"] < 0.95


def test_unknown_words_are_counted(table):
    chosen = select(Kinds(), FILES, words=None, validation_words=None)
    items = chosen.items.to_pandas()
    test = items[items["part"].eq("test")]
    words = chosen.sentences["words"].to_pylist()
    lost = sum(
        words[s[0]][w[0]] == "W12"
        for s, w in zip(test["sentences"], test["words"], strict=True)
    )
    kinds = table[table["task"].eq("kinds")].iloc[0]
    assert (kinds["items"], kinds["unknown"]) == (len(test), lost)
    assert lost > 0


def settings(**probes):
    return read_settings(
        {
            "name": "a", "studies": ["svcca"], "corpus": {"format": "generated", "tokens": 1000},
            "lm": {"epochs": 5},
            "svcca": {
                "upos": "gold", "xpos": None, "semantics": None,
                "probes": {"texts": "generated", **probes},
            },
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("epochs", "expected"),
    [(None, [0, 1, 2, 3, 4, 5]), ([-1, 0, 2], [0, 2, 5]), ([5, -1], [5])],
)
def test_epochs_are_numbers_of_models(epochs, expected):
    probes = settings(epochs=epochs).svcca.probes
    assert probes.numbers(5) == expected


@pytest.mark.parametrize(
    ("probes", "message"),
    [
        ({"epochs": [6]}, "svcca.probes.epochs: there is no epoch 6"),
        ({"epochs": []}, "epochs"),
        ({"tasks": ["poss"]}, "generated has no task 'poss'"),
        ({"texts": "closed"}, "there is no group of tasks 'closed'"),
    ],
)
def test_a_config_that_cannot_be_is_refused(probes, message):
    with pytest.raises(InputError, match=message):
        settings(**probes)


def drawn(table):
    rows = table.assign(site=table["site"].replace({"lstm1": "h1", "lstm2": "h2"}))
    several = pd.concat([rows.assign(seed=seed) for seed in (1, 2)])
    return decodable(several, pd.Series({0: 0.0, 3: 0.5}))


def test_the_figure_has_a_panel_for_each_task(table):
    figure = FIGURES["decodable"](drawn(table), note="made up")
    FigureCanvasAgg(figure).draw()
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert titles == ["kinds: accuracy", "pairs: accuracy"]
    kinds = table[table["task"].eq("kinds") & table["site"].eq("lstm1")]
    lines = [tuple(line.get_ydata()) for line in figure.axes[0].lines]
    assert tuple(kinds["score"]) in lines
    assert (kinds["form"].iloc[0],) * 2 in lines
    below = figure._supxlabel.get_text().replace("\n", " ")
    assert "kinds: a paper's, drawn" in below
    assert "made up" in below


def test_what_each_seed_s_job_computed_anew_splits_no_line(table):
    """Another machine's rounding of form alone, or a score that is missing."""
    several = pd.concat([table.assign(seed=seed) for seed in (1, 2)])
    second = several["seed"].eq(2)
    several.loc[second, "form"] += 1e-7
    found = decodable(several, pd.Series({0: 0.0, 3: 0.5}))
    assert not found.duplicated(["task", "site", "epoch"]).any()
    assert set(found["seeds"]) == {2}
    none = decodable(table.assign(seed=1, form=np.nan), pd.Series({0: 0.0, 3: 0.5}))
    assert len(none) == len(table)


def test_a_figure_of_no_task_says_so():
    empty = decodable(pd.DataFrame(), pd.Series({0: 0.0}))
    figure = FIGURES["decodable"](empty, note="made up")
    said = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert said == ["no task was asked: svcca.probes"]
