"""The real data, where there are any: counts against those that are published.

`ONTOGENY_DATA` names a folder with a folder a data set, as `data_dir` does.
"""

import logging
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from ontogeny.tasks.probing.archives import tar_texts
from ontogeny.tasks.probing.propbank import ARCHIVE
from ontogeny.tasks.probing.registry import tasks_of
from ontogeny.tasks.probing.task import PARTS

DATA = os.environ.get("ONTOGENY_DATA")
pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(not DATA, reason="ONTOGENY_DATA names no folder of real data"),
]


class Found:
    """What a task's parts hold: documents, words, labels."""

    def __init__(self, task):
        self.documents, self.words, self.labels = {}, {}, {}
        for part in PARTS:
            files = [Path(DATA, *names) for names in task.files[part]]
            own = list(task.documents(files, part))
            self.documents[part] = len(own)
            self.words[part] = sum(len(s.words) for one in own for s in one.sentences)
            self.labels[part] = Counter(i.label for one in own for i in one.items)

    def items(self):
        return [sum(labels.values()) for labels in self.labels.values()]

    def classes(self):
        return len(set().union(*self.labels.values()))


@pytest.fixture(scope="module")
def read():
    """Read a task by its name, once."""
    known = {}

    def find(name):
        if name not in known:
            known[name] = Found(*tasks_of("open", [name]))
        return known[name]

    return find


def test_ewt_has_what_its_release_says(read):
    found = read("pos")
    assert list(found.documents.values()) == [12_544, 2_001, 2_077]
    assert found.items() == [204_577, 25_147, 25_094]
    assert found.classes() == 49
    assert read("conj").documents["train"] == 4_747
    arcs = read("syn_arc_class")
    assert arcs.items()[0] == 192_033 == 204_577 - 12_544
    assert arcs.classes() == 50  # and root
    both = read("syn_arc_pred").labels["train"]
    assert both["arc"] == 192_033
    assert 0.99 < both["none"] / both["arc"] <= 1


def test_propbank_fits(read, caplog):
    caplog.set_level(logging.INFO)
    found = [read(name) for name in ("parent", "gparent", "ggparent")]
    assert [len(one.labels["train"]) for one in found] == [28, 24, 21]
    assert [sum(one.documents.values()) for one in found] == [16_552] * 3
    pattern = r"Parent, \w+: (\d+) of (\d+) sentences"
    told = [map(int, pair) for pair in re.findall(r"\b" + pattern, caplog.text)]
    misfits, of = map(sum, zip(*told, strict=True))
    assert (misfits, of) == (27, 16_579)
    roles = read("sem_arc_class")
    arcs = [labels["arc"] for labels in read("sem_arc_pred").labels.values()]
    assert arcs == roles.items()
    # Spans, but those of sentences that do not fit, or with the head of another one.
    archive = Path(DATA, *ARCHIVE)
    texts = tar_texts(archive, "data/google/ewt/", "")
    spans = sum(len(re.findall(r"\((?:[CR]-)?ARG", text)) for _, text in texts)
    assert 0.99 < sum(arcs) / spans < 1


def test_the_meaning_bank_has_its_tags(read):
    for name, classes in (("st", 69), ("ccg", None)):
        found = read(name)
        assert list(found.documents.values()) == [7_745, 1_174, 1_053]
        assert found.items() == [50_408, 7_368, 6_821]
        assert classes in (None, found.classes())
    assert len(read("ccg").labels["train"]) == 294


def test_chunks_are_those_of_the_shared_task(read):
    found = read("chunk")
    assert list(found.documents.values()) == [7_936, 1_000, 2_012]
    assert found.items()[0] + found.items()[1] == 211_727
    assert found.items()[2] == 47_377
    assert len(found.labels["train"]) == 22


def test_learners_errors_are_all_there(read):
    found = read("ged")
    assert list(found.documents.values()) == [28_731 - 2_222, 2_222, 2_720]
    trained = found.labels["train"] + found.labels["valid"]
    assert trained == {"c": 393_936, "i": 58_897}
    assert found.items()[2] == 41_477


def test_names_are_those_of_the_pre_release(read):
    found = read("ner")
    assert list(found.documents.values()) == [12_543 - 14, 2_001 - 3, 2_077 - 3]
    # Of the file: PER 2,873, LOC 2,698, ORG 1,434; fourteen sentences do not fit.
    train = found.labels["train"]
    wanted = {"B-PER": 2_873, "B-LOC": 2_698, "B-ORG": 1_434}
    assert all(0 <= number - train[label] <= 6 for label, number in wanted.items())
    assert found.classes() == 7


def test_prepositions_are_the_targets_of_one_word(read):
    for name in ("ps_role", "ps_fxn"):
        train, valid, test = read(name).items()
        # 4,553, 462 and 485 targets, of which some have several words.
        assert (valid, test) == (433, 457)
        assert 0.93 < train / 4_553 < 0.95
        assert all(label.startswith("p.") for label in read(name).labels["train"])


def test_factuality_is_of_nearly_all_predicates(read):
    found = read("ef")
    published = [22_209, 2_646, 2_548]
    left_out = [a - b for a, b in zip(published, found.items(), strict=True)]
    assert left_out == [48, 8, 1]
    # Of 1,247 and 1,221 sentences; of two, nothing is left.
    assert list(found.documents.values())[1:] == [1_245, 1_221]


def test_novels_are_a_hundred(read):
    found = read("coref")
    assert list(found.documents.values()) == [80, 10, 10]
    assert sum(found.words.values()) == 210_532
    same = [labels["same"] for labels in found.labels.values()]
    assert all(
        0.9 * 200 * n < s <= 200 * n for s, n in zip(same, (80, 10, 10), strict=True)
    )
