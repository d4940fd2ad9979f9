"""Labelled texts and characters: every format, what they become, and bad input."""

import io
import tarfile
from collections import Counter

import pyarrow as pa
import pytest

from ontogeny.corpus.filtering import SPLITS
from ontogeny.errors import InputError
from ontogeny.tasks.characters import encode_characters
from ontogeny.tasks.encoding import encode_texts
from ontogeny.tasks.labelled import LabelledText, read_labelled, read_parts

TEXTS = {
    "train/pos/0_9.txt": "A fine film",
    "train/neg/1_2.txt": "A dull film",
    "test/neg/0_1.txt": "So dull",
}


def folder_of(root):
    for name, text in TEXTS.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def archive_of(root, ending, names=TEXTS):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, text in names.items():
            data = text.encode()
            about = tarfile.TarInfo(f"aclImdb/{name}")
            about.size = len(data)
            archive.addfile(about, io.BytesIO(data))
    path = root / f"reviews.tar{ending}"
    data = stream.getvalue()
    kind = {".zst": "zstd", ".gz": "gzip"}.get(ending)
    if kind:
        with pa.output_stream(str(path), compression=kind) as file:
            file.write(data)
    else:
        path.write_bytes(data)
    return path


@pytest.mark.parametrize("ending", ["folder", "", ".gz", ".zst"])
def test_folders_and_archives_hold_parts_and_labels(tmp_path, ending):
    path = folder_of(tmp_path) if ending == "folder" else archive_of(tmp_path, ending)
    assert list(read_labelled([path], "train")) == [
        ("neg", "A dull film"),
        ("pos", "A fine film"),
    ]
    assert list(read_labelled([path], "test")) == [("neg", "So dull")]


def test_a_folder_may_have_no_parts(tmp_path):
    path = folder_of(tmp_path) / "train"
    assert {text.label for text in read_labelled([path])} == {"pos", "neg"}


def test_news_come_in_rows(tmp_path):
    path = tmp_path / "train.csv"
    path.write_text('"3","Oil up","Prices, again"\n"4","Chips","Down"\n')
    assert list(read_labelled([path])) == [
        ("3", "Oil up Prices, again"),
        ("4", "Chips Down"),
    ]


CONLLU = """\
# newdoc id = weblog-a_1
1\tOne\t_\tX\tX\t_\t0\troot\t_\t_

1\tTwo\t_\tX\tX\t_\t0\troot\t_\t_

# newdoc id = email-b_2
1\tThree\t_\tX\tX\t_\t0\troot\t_\t_

"""


def test_sentences_have_their_documents_genre(tmp_path):
    path = tmp_path / "train.conllu"
    path.write_text(CONLLU)
    found = list(read_labelled([path]))
    assert found == [("weblog", "One"), ("weblog", "Two"), ("email", "Three")]


def test_generated_articles_are_cut_by_topic(tmp_path):
    path = tmp_path / "corpus.conllu"
    word = "1\tone\t_\tX\tX\t_\t0\troot\t_\t_"
    sentence = "\n".join(word.replace("1", str(n), 1) for n in range(1, 31))
    article = (
        f"# newdoc id = {{}}\n# topic = sea\n{sentence}\n\n" + f"{sentence}\n\n" * 4
    )
    path.write_text(article.format("a-1") + article.format("a-2"))
    found = list(read_labelled([path]))
    assert {text.label for text in found} == {"sea"}
    assert [len(text.text.split()) for text in found] == [60] * 4
    train, test = read_parts([str(path)], [])
    assert (len(train), len(test)) == (4, 0)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.txt", b"x", "labelled texts come as a folder"),
        ("a.csv", b"only one\n", "row 1: class, title, description are wanted"),
        ("a.csv", b"1,\xff\n", "is not UTF-8"),
        ("a.csv", b"1," + b"x" * 200_000, "cannot be read .field larger"),
        ("a.csv", b"\n", "a.csv has no text"),
        ("a.tar.zst", b"no archive", "cannot be read"),
        ("a.tar.gz", b"\x1f\x8bcut", "cannot be read"),
        ("a.conllu", CONLLU.replace("weblog-", "").encode(), "its class is not known"),
    ],
)
def test_what_is_no_labelled_text_is_told(tmp_path, name, content, sentence):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=sentence):
        list(read_labelled([path]))
    with pytest.raises(InputError, match="cannot be read"):
        list(read_labelled([tmp_path / "absent.csv"]))


def test_a_cut_archive_is_told(tmp_path):
    path = archive_of(
        tmp_path, ".zst", {f"train/pos/{n}.txt": str(n) * 900 for n in range(90)}
    )
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match="check that it is there, and whole"):
        list(read_labelled([path], "train"))


def test_an_archive_may_hold_labels_alone(tmp_path):
    names = {"pos/1.txt": "fine", "neg/2.txt": "dull", "neg/._2.txt": "\x00"}
    path = archive_of(tmp_path, "", names)
    found = [("neg", "dull"), ("pos", "fine")]
    assert list(read_labelled([path], "train")) == found
    assert list(read_labelled([path])) == found


def test_an_archive_of_one_part_has_no_other(tmp_path):
    path = archive_of(tmp_path, "", {"test/pos/1.txt": "fine"})
    with pytest.raises(InputError, match=r"reviews\.tar has no text of part train"):
        list(read_labelled([path], "train"))


@pytest.mark.parametrize("what", ["cut", "damaged"])
def test_a_plain_archive_loses_no_text_in_silence(tmp_path, what):
    names = {f"train/pos/{n}.txt": "x" * 900 for n in range(20)}
    path = archive_of(tmp_path, "", names)
    data = path.read_bytes()
    # A member has a header of 512 bytes and two blocks.
    for start in range(0, 20 * 1536, 256):
        after = b"" if what == "cut" else b"\xff" * 512 + data[start + 512 :]
        if start % 1536 == 0 or what == "cut":
            path.write_bytes(data[:start] + after)
            with pytest.raises(InputError, match="and whole"):
                list(read_labelled([path], "train"))


@pytest.mark.parametrize("head", ["Class Index,Title,Description\n", "label,text\n\n"])
def test_a_head_and_blank_lines_are_no_texts(tmp_path, head):
    path = tmp_path / "train.csv"
    path.write_text(f"{head}3,Oil up\n\n4,Chips\n")
    assert list(read_labelled([path])) == [("3", "Oil up"), ("4", "Chips")]


def test_texts_that_were_learned_are_no_test(tmp_path):
    path = str(folder_of(tmp_path) / "train")
    with pytest.raises(InputError, match="has the texts that are learned from"):
        read_parts([path], [path])


def texts(*pairs):
    return [LabelledText(label, text) for label, text in pairs]


GOOD = texts(*[("pos", f"good film {n % 3}") for n in range(20)])
BAD = texts(*[("neg", f"bad film, {n % 3}!") for n in range(20)])


def test_texts_become_frequent_words_between_marks():
    found = encode_texts(GOOD + BAD, GOOD[:2], words=7, length=4)
    words = found.vocabulary["word"].tolist()
    assert words[:4] == ["<s>", "<unk>", "</s>", "film"]
    assert set(words[4:6]) == {"good", "bad"}
    assert len(words) == 7
    sizes = {split: len(table) for split, table in found.splits.items()}
    assert sizes == {"train": 34, "valid": 6, "test": 2}
    first = found.splits["test"]["ids"][0]
    assert first[0] == 0
    assert first[2] == words.index("film")
    assert len(first) == 4
    assert found.labels["label"].tolist() == ["neg", "pos"]
    assert found.labels[["train", "valid"]].to_numpy().sum() == 40
    short = encode_texts(GOOD + BAD, GOOD[:1], length=9).splits["test"]["ids"][0]
    assert len(short) == 5
    assert short[-1] == 2


def test_frequent_words_are_those_used_often_in_two_texts_or_more():
    train = texts(("a", "x x x x y z"), ("b", "x y z z"), ("a", "once " * 9)) * 2
    train = [*train, LabelledText("b", "alone " * 9)]
    found = encode_texts(train, train[:1], valid_share=0, seed=1).vocabulary
    counts = dict(zip(found["word"], found["count"], strict=True))
    ranked = found["word"].tolist()[3:]
    assert "alone" not in counts
    assert ranked == sorted(ranked, key=lambda word: (-counts[word], word))
    assert counts["x"] > counts["z"] > counts["y"]


def test_a_class_that_is_not_tested_is_warned_of(caplog):
    encode_texts(GOOD + BAD, GOOD[:1])
    assert "No text to be tested on is of class neg" in caplog.text


def test_validation_is_drawn_by_seed_alone():
    one, two, other = (
        encode_texts(GOOD + BAD, GOOD[:1], seed=seed).splits["valid"]
        for seed in (1, 1, 2)
    )
    assert one["label"].tolist() == two["label"].tolist()
    assert [*one["ids"][0]] == [*two["ids"][0]]
    assert [list(x) for x in one["ids"]] != [list(x) for x in other["ids"]]


def test_case_is_kept_or_not():
    train = texts(("a", "Up up"), ("b", "Up"), ("a", "up"), ("b", "Up up")) * 3
    cased, lower = (
        encode_texts(train, train[:1], lowercase=lowercase).vocabulary["word"].tolist()
        for lowercase in (False, True)
    )
    assert {"Up", "up"} < set(cased)
    assert "Up" not in lower


@pytest.mark.parametrize(
    ("train", "test", "sentence"),
    [
        (GOOD, GOOD, "all texts to learn from are of one class, pos"),
        (
            GOOD + BAD,
            texts(("odd", "film")),
            "of class odd, which those to learn from lack",
        ),
        ([], GOOD, "no text to learn from"),
        (GOOD + BAD, [], "no text to be tested on"),
        (
            texts(("a", "x"), ("b", "y"), ("a", "z")),
            texts(("a", "x")),
            "no word is in 2",
        ),
    ],
)
def test_what_cannot_be_learned_is_told(train, test, sentence):
    with pytest.raises(InputError) as error:
        encode_texts(train, test)
    assert sentence in str(error.value)[0].lower() + str(error.value)[1:]


def test_characters_are_lines_with_marks(tmp_path):
    paths = {}
    for split, text in zip(
        SPLITS, ("the cat\nsat \n", " a cat\n", "hat\n"), strict=True
    ):
        paths[split] = tmp_path / split
        paths[split].write_text(text)
    vocabulary, found = encode_characters(paths)
    characters = vocabulary["character"].to_numpy()
    assert "".join(characters[found["train"]["id"]]) == "the_cat\nsat\n"
    assert found["train"]["line"].tolist() == [1] * 8 + [2] * 4
    assert dict(zip(characters, vocabulary["count"], strict=True)) == Counter(
        "the_cat\nsat\n"
    )
    paths["test"].write_text("hats up\n")
    with pytest.raises(InputError, match=r"2 character.s. that"):
        encode_characters(paths)
    paths["train"].write_text("\n")
    with pytest.raises(InputError, match="has no character"):
        encode_characters(paths)
