"""Coreference of words in novels."""

import pytest
from probe_texts import archive, pairs

from ontogeny.errors import InputError
from ontogeny.tasks.probing import litbank
from ontogeny.tasks.probing.litbank import Coreference

MEMBER = "coref__conll__{}_brat.conll"
NOVEL = """\
#begin document (a_novel); part 0
Ann (0)
saw _
the (1
dog 1)

She (0)
and (0
Bob (2)|0)
called -
it (1)
; _
he (2)
ran _
to _
HER (0)
, _
her (0)

#end document
"""


def novel(text, name="a"):
    """Thirteen columns of each `word mention`."""
    lines = []
    for line in text.splitlines():
        word, _, mention = line.partition(" ")
        is_word = mention and not line.startswith("#")
        row = [name, "0", "0", word, *["_"] * 8, mention]
        lines.append("\t".join(row) if is_word else line)
    return "\n".join(lines) + "\n"


def novels(folder, text=NOVEL, number=10):
    texts = {MEMBER.format(at): novel(text) for at in range(number)}
    return archive(folder / "l.tar.zst", **texts, entities__a="x")


def test_later_mentions_are_paired_with_earlier_ones_of_other_form(tmp_path):
    (one,) = Coreference().documents([novels(tmp_path)], "test")
    found = pairs(one)
    same = [(later, earlier) for later, earlier, label in found if label == "same"]
    # "and Bob" is longer than a word; "HER" and "her" are alike.
    assert same == [
        ("She", "Ann"),
        ("he", "Bob"),
        ("HER", "Ann"),
        ("HER", "She"),
        ("her", "Ann"),
        ("her", "She"),
    ]
    others = [(later, earlier) for later, earlier, label in found if label == "none"]
    # Before "She" there is none of another cluster: "the dog" is two words.
    assert [later for later, _ in others] == ["he", "HER", "HER", "her", "her"]
    possible = {"he": {"Ann", "She", "it"}, "her": {"Bob", "it", "he"}}
    assert all(earlier in possible[later.lower()] for later, earlier in others)
    assert len(one.sentences) == 2
    assert all(at[0] > at[1] for at, _ in one.items)


def test_novels_are_split(tmp_path):
    path = novels(tmp_path)
    counts = {
        part: [one.unit for one in Coreference().documents([path], part)]
        for part in ("train", "valid", "test")
    }
    assert counts == {"train": list(range(8)), "valid": [0], "test": [0]}
    names = [
        document.sentences[0].words[0]
        for part in counts
        for document in Coreference().documents([named(tmp_path)], part)
    ]
    assert sorted(names) == [f"Ann{at}" for at in range(10)]
    assert names != sorted(names)


def named(folder):
    texts = {
        MEMBER.format(at): novel(NOVEL.replace("Ann", f"Ann{at}")) for at in range(10)
    }
    return archive(folder / "n.tar.zst", **texts)


def test_of_a_novel_no_more_than_so_many_pairs_are_drawn(tmp_path, monkeypatch):
    path = novels(tmp_path)
    (whole,) = Coreference().documents([path], "test")
    monkeypatch.setattr(litbank, "MOST", 3)
    (few,) = Coreference().documents([path], "test")
    labels = [label for _, label in few.items]
    assert labels.count("same") == 3
    wanted = [item for item in whole.items if item.label == "same"]
    kept = [item for item in few.items if item.label == "same"]
    assert kept == [item for item in wanted if item in kept], "in the text's order"
    (again,) = Coreference().documents([path], "test")
    assert again == few


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (NOVEL.replace("Ann (0)", "Ann (x)"), r"_brat\.conll, line 2: '\(x\)' is no"),
        ("Ann\n", "line 1: .* 13 columns"),
        ("Ann (0)\n", "nothing of the train part has a label of Coref"),
    ],
)
def test_what_is_no_coreference_is_told(tmp_path, text, sentence):
    with pytest.raises(InputError, match=sentence):
        list(Coreference().documents([novels(tmp_path, text)], "train"))


def test_too_few_novels_are_told(tmp_path):
    with pytest.raises(InputError, match="nothing of the test part has a label"):
        list(Coreference().documents([novels(tmp_path, number=2)], "test"))
