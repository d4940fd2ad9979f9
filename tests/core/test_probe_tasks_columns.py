"""Tasks of files with a word a line, and what every task is held to."""

import zipfile

import numpy as np
import pyarrow as pa
import pytest
from probe_texts import archive, words_and_labels

from ontogeny.errors import InputError
from ontogeny.sections.dataset import read_datasets
from ontogeny.tasks.probing import archives
from ontogeny.tasks.probing.chunks import Chunk
from ontogeny.tasks.probing.fce import GrammaticalError
from ontogeny.tasks.probing.meaning_bank import Category, SemanticTag
from ontogeny.tasks.probing.registry import TASKS, tasks_of
from ontogeny.tasks.probing.sentences import blanks_in
from ontogeny.tasks.probing.task import PARTS, Document, Item, Sentence, Task

NAMES = [
    "pos",
    "ccg",
    "parent",
    "gparent",
    "ggparent",
    "chunk",
    "ner",
    "ged",
    "conj",
    "syn_arc_pred",
    "syn_arc_class",
    "st",
    "ps_fxn",
    "ps_role",
    "ef",
    "sem_arc_pred",
    "sem_arc_class",
    "coref",
]


@pytest.mark.parametrize("which", ["open", "generated"])
def test_there_are_the_paper_s_eighteen_tasks(which):
    found = dict(zip(TASKS[which], tasks_of(which), strict=True))
    assert list(found) == NAMES == [task.name for task in found.values()]
    groups = [task.group for task in found.values()]
    assert [groups.count(g) for g in ("pos", "syntax", "semantics")] == [1, 10, 7]
    assert all(task.paper and task.stands_in for task in found.values())
    pairs = {name for name, task in found.items() if task.kind == "pair"}
    assert pairs == {name for name in NAMES if "arc" in name} | {"coref"}
    metrics = {name: t.metric for name, t in found.items() if t.metric != "accuracy"}
    spans = dict.fromkeys(("chunk", "ner", "conj"), "span_f1")
    assert metrics == {**spans, "ged": "class_f", "ef": "pearson"}


def test_both_kinds_of_a_task_differ_in_their_text_alone(root):
    for (_, a), (_, b) in zip(
        zip(TASKS["open"], tasks_of("open"), strict=True),
        zip(TASKS["generated"], tasks_of("generated"), strict=True),
        strict=True,
    ):
        same = ("name", "title", "group", "kind", "metric", "positive", "paper")
        assert [getattr(a, key) for key in same] == [getattr(b, key) for key in same]


def test_what_a_task_reads_is_a_file_of_a_data_set(root):
    datasets = read_datasets(root / "config" / "datasets.yaml")
    for _, task in zip(TASKS["open"], tasks_of("open"), strict=True):
        assert set(task.files) == set(PARTS)
        assert task.text in datasets
        for files in task.files.values():
            assert all(file in datasets[name].files for name, file in files)
    for _, task in zip(TASKS["generated"], tasks_of("generated"), strict=True):
        named = {pair for files in task.files.values() for pair in files}
        assert named == {("generated", part) for part in ("train", "dev", "test")}


CHUNKS = "He PRP B-NP\nsings VBZ B-VP\n. . O\n\n# # B-NP\n5 CD I-NP\n\n"


def chunks(folder, train=CHUNKS, name="conll2000/train.txt"):
    path = folder / "conll2000.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(name, train)
        file.writestr("conll2000/test.txt", "Go VB B-VP\n")
    return path


class FewChunks(Chunk):
    held_out = 1


def test_chunks_are_read_from_their_archive(tmp_path):
    path = chunks(tmp_path)
    (train,), (valid,), (test,) = (
        FewChunks().documents([path], part) for part in PARTS
    )
    assert words_and_labels(train) == [("He", "B-NP"), ("sings", "B-VP"), (".", "O")]
    assert words_and_labels(valid) == [("#", "B-NP"), ("5", "I-NP")]
    assert words_and_labels(test) == [("Go", "B-VP")]
    assert train.sentences[0].blanks == (True, True, True)
    assert [one.unit for one in (train, valid, test)] == [0, 0, 0]


class FewErrors(GrammaticalError):
    held_out = 2


def test_the_last_training_sentences_validate(tmp_path):
    path = tmp_path / "train.tsv"
    path.write_text("I\tc\ngoes\ti\n\nYou\tc\n\nWe\tc\n\n\nThey\tc\n")
    train, valid = (
        [words_and_labels(one) for one in FewErrors().documents([path], part)]
        for part in ("train", "valid")
    )
    assert train == [[("I", "c"), ("goes", "i")], [("You", "c")]]
    assert valid == [[("We", "c")], [("They", "c")]]
    test = list(FewErrors().documents([path], "test"))
    assert [one.unit for one in test] == [0, 1, 2, 3]
    assert GrammaticalError.positive == "i"


BANK = """\
# raw sent = Ann Lee isn't in New York.
Ann~Lee\tAnn~Lee\tann\tPER\tn\tO\t[]
is\tis\tbe\tNOW\ts\\np\tO\t[]
n't\tn't\tnot\tNOT\ts/s\tO\t[]
in\tin\tin\tREL\tpp/np\tO\t[]
New~York\tNew~York\tny\tGPE\tnp\tO\t[]
.\t.\t.\tNIL\t.\tO\t[]

"""


def test_meaning_and_categories_are_columns_of_one_file(tmp_path):
    path = tmp_path / "en.conll"
    path.write_text(BANK)
    (tags,) = SemanticTag().documents([path], "valid")
    (categories,) = Category().documents([path], "valid")
    words = ["Ann Lee", "is", "n't", "in", "New York", "."]
    labels = ["PER", "NOW", "NOT", "REL", "GPE", "NIL"]
    assert words_and_labels(tags) == list(zip(words, labels, strict=True))
    assert words_and_labels(categories)[3] == ("in", "pp/np")
    assert tags.sentences == categories.sentences
    assert tags.sentences[0].blanks == (True, False, True, True, False, True)


def test_blanks_are_those_of_the_text():
    words = ["He", "did", "n't", "(", "say", ")", "so", "."]
    blanks = blanks_in("He  didn't (say)  so.", words)
    pieces = (word + " " * blank for word, blank in zip(words, blanks, strict=True))
    assert "".join(pieces).strip() == "He didn't (say) so."
    assert blanks_in("He did not", words) is None


@pytest.mark.parametrize(
    ("task", "content", "sentence"),
    [
        (
            GrammaticalError,
            "I\tc\ngoes\n",
            r"train\.tsv, line 2: a word and its labels",
        ),
        (GrammaticalError, "\tc\n", "line 1: a word and its labels"),
        (GrammaticalError, "I\tc\n", r"of 1 sentences the last 2,222 are to validate"),
        (SemanticTag, "A\tA\ta\n", "line 1: .* 5 columns or more, this line has 3"),
        (SemanticTag, "# only = comments\n\n", "nothing of the train part has a label"),
        (SemanticTag, "\xff".encode("latin-1"), "is not UTF-8"),
        (SemanticTag, b"\x1f\x8b\xff", "is compressed"),
        (Chunk, "no archive", r"cannot be read \(File is not a zip file\)"),
    ],
)
def test_what_is_no_such_file_is_told(tmp_path, task, content, sentence):
    path = tmp_path / "train.tsv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError, match=sentence):
        list(task().documents([path], "train"))


def test_a_file_that_is_not_there_is_told(tmp_path):
    for task in (GrammaticalError, Chunk):
        with pytest.raises(InputError, match="cannot be read"):
            list(task().documents([tmp_path / "none"], "train"))


def test_an_archive_without_the_file_is_told(tmp_path):
    path = chunks(tmp_path, name="other.txt")
    with pytest.raises(
        InputError, match=r"has no conll2000/train\.txt: is it the right"
    ):
        list(Chunk().documents([path], "train"))


def test_a_label_that_is_no_span_s_is_told(tmp_path):
    path = chunks(tmp_path, CHUNKS.replace("B-VP", "VP"))
    with pytest.raises(
        InputError,
        match=r"conll2000\.zip, train part: Chunk, unit 0 .*'VP' is no label",
    ):
        list(FewChunks().documents([path], "train"))


def test_an_archive_gives_its_files_alone(tmp_path):
    path = archive(tmp_path / "a.tar.zst", data__a="a", other__b="b", data__c="c")
    found = list(archives.tar_texts(path, "data/", ""))
    assert found == [("data/a", "a"), ("data/c", "c")]


HEADER = 512


@pytest.mark.parametrize(
    "length",
    [HEADER + 100, 2 * HEADER, 2 * HEADER + 2000, 3 * HEADER + 2560, 4 * HEADER + 2560],
    ids=["in a header", "after one", "in a text", "after a text", "before the end"],
)
def test_a_cut_archive_is_told(tmp_path, length):
    path = archive(tmp_path / "a.tar.zst", data__a="a word\n" * 300, data__b="b")
    with pa.input_stream(str(path), compression="zstd") as file:
        whole = file.read()
    (tmp_path / "cut.tar").write_bytes(whole[:length])
    with pytest.raises(InputError, match=r"cut\.tar cannot be read .*, and whole"):
        list(archives.tar_texts(tmp_path / "cut.tar", "data/", ""))
    (tmp_path / "cut.tar.zst").write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match=r"cut\.tar\.zst cannot be read"):
        list(archives.tar_texts(tmp_path / "cut.tar.zst", "data/", ""))


def test_a_damaged_header_is_no_end(tmp_path):
    path = archive(tmp_path / "a.tar.zst", data__a="a", data__b="b")
    with pa.input_stream(str(path), compression="zstd") as file:
        whole = bytearray(file.read())
    whole[3 * HEADER] ^= 1  # of b's, after the folder's, a's and a's text
    (tmp_path / "bad.tar").write_bytes(whole)
    with pytest.raises(InputError, match=r"bad\.tar cannot be read"):
        list(archives.tar_texts(tmp_path / "bad.tar", "data/", ""))


def test_an_archive_that_unpacks_to_too_much_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST", 100)
    path = archive(tmp_path / "a.tar.zst", a="a")
    with pytest.raises(InputError, match="unpacks to more than 100 bytes"):
        list(archives.tar_texts(path, "", ""))
    with pytest.raises(InputError, match="unpacks to more than 100 bytes"):
        archives.zip_text(chunks(tmp_path, CHUNKS * 9), "conll2000/train.txt")


def one(*items, **attributes):
    """A task of one sentence of two words with these items."""

    class Own(Task):
        name, title, group = "own", "Own", "syntax"
        stands_in = text = "own"
        files = dict.fromkeys(PARTS, (("own", "a.txt"),))

        def read(self, files, part):
            sentence = Sentence(("go", "on"), (True, True))
            yield Document(0, (sentence,), tuple(Item(*item) for item in items))

    for key, value in attributes.items():
        setattr(Own, key, value)
    return list(Own().documents(["a.txt"], "test"))


@pytest.mark.parametrize(
    ("items", "attributes", "sentence"),
    [
        ([], {}, "nothing of the test part has a label of Own"),
        ([(((0, 2),), "a")], {}, "an item of kind word has 1 place"),
        ([(((1, 0),), "a")], {}, "has 1 place"),
        ([(((0, 0),), "a")], {"kind": "pair"}, "an item of kind pair has 2 place"),
        ([(((0, 0),), 1.0)], {}, "1.0 is no label for accuracy: a text"),
        (
            [(((0, 0),), "")],
            {},
            "'' is no label for accuracy: a text that is not empty",
        ),
        ([(((0, 0),), "a")], {"metric": "pearson"}, "'a' is no label for pearson"),
        ([(((0, 0),), np.nan)], {"metric": "pearson"}, "nan is no label for pearson"),
    ],
)
def test_what_an_own_task_gives_is_checked(items, attributes, sentence):
    with pytest.raises(InputError, match=sentence):
        one(*items, **attributes)


def test_a_task_is_given_its_files(tmp_path):
    assert one((((0, 1),), "a"))[0].items[0].label == "a"
    with pytest.raises(InputError, match=r"is read from 1 file\(s\), 2 are given"):
        list(SemanticTag().documents([tmp_path, tmp_path], "train"))
