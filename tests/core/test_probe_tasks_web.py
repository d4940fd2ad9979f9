"""Tasks of EWT's trees, and of annotations of its sentences by others."""

import json
import logging
import zipfile
from collections import Counter
from itertools import pairwise

import pytest
from probe_texts import archive, pairs, tree, treebank, words_and_labels

from ontogeny.errors import InputError
from ontogeny.tasks.probing import propbank, web_treebank
from ontogeny.tasks.probing.entities import NamedEntity
from ontogeny.tasks.probing.factuality import Factuality
from ontogeny.tasks.probing.prepositions import PrepositionFunction, PrepositionRole
from ontogeny.tasks.probing.trees import conjuncts, head_of_span

FIRST = tree(
    "Ann does n't sing in Rome or dance",
    "PROPN AUX PART VERB ADP PROPN CCONJ VERB",
    "4 4 4 0 6 4 8 4",
    "nsubj aux advmod root case obl cc conj",
    xpos="NNP VBZ RB VB IN NNP CC VB",
    newdoc="reviews-1",
    sent_id="reviews-1-0001",
    text="Ann doesn't sing in Rome or dance",
)
SECOND = tree(
    "Go home .",
    "VERB ADV PUNCT",
    "0 1 1",
    "root advmod punct",
    xpos="VB RB .",
    sent_id="reviews-1-0002",
)


@pytest.fixture
def ewt(tmp_path):
    return treebank(tmp_path / "ewt.conllu", FIRST, SECOND)


def test_parts_of_speech_and_blanks(ewt):
    first, second = web_treebank.PartOfSpeech().documents([ewt], "train")
    assert words_and_labels(second) == [("Go", "VB"), ("home", "RB"), (".", ".")]
    assert first.sentences[0].blanks == (True, False, *[True] * 6)
    assert (first.unit, second.unit) == (0, 1)


def test_without_a_text_blanks_are_space_after(tmp_path):
    lines = [
        "1\tGo\t_\tX\tX\t_\t0\troot\t_\tSpaceAfter=No",
        "2\t.\t_\tX\tX\t_\t1\tpunct\t_\t_",
    ]
    (tmp_path / "a.conllu").write_text("\n".join(lines) + "\n\n")
    (one,) = web_treebank.PartOfSpeech().documents([tmp_path / "a.conllu"], "test")
    assert one.sentences[0].blanks == (False, True)


def test_conjuncts_are_outermost_subtrees_of_sentences_that_have_one(ewt):
    (one,) = web_treebank.Conjunct().documents([ewt], "train")
    labels = ["O"] * 6 + ["I-CONJ"] * 2
    assert [label for _, label in words_and_labels(one)] == labels
    assert one.unit == 0
    # A conjunct in a conjunct, and one that follows at once.
    heads, relations = (0, 1, 2, 1), ("root", "conj", "conj:and", "conj")
    assert conjuncts(heads, relations) == ["O", "I-CONJ", "I-CONJ", "B-CONJ"]


def test_syntactic_arcs(ewt):
    first, second = web_treebank.SyntacticArcClass().documents([ewt], "train")
    assert pairs(second) == [("home", "Go", "advmod"), (".", "Go", "punct")]
    assert pairs(first)[-1] == ("dance", "sing", "conj")
    assert len(first.items) == 7


def test_each_arc_has_one_other_that_is_none(ewt):
    found = list(web_treebank.SyntacticArcPrediction().documents([ewt], "train"))
    for document, heads in zip(found, (FIRST.heads, SECOND.heads), strict=True):
        arcs, others = document.items[::2], document.items[1::2]
        assert {label for _, label in arcs} == {"arc"}
        assert {label for _, label in others} == {"none"}
        for (at, _), (other, _) in zip(arcs, others, strict=True):
            assert at[0] == other[0]  # the same child
            child, head = at[0][1], at[1][1]
            assert heads[child] == head + 1
            assert other[1][1] not in (child, head)


def test_others_are_the_same_whatever_is_read_before(ewt, tmp_path):
    task = web_treebank.SyntacticArcPrediction()
    again, _ = task.documents([ewt], "train")
    next(task.documents([ewt], "train"))
    _, second = task.documents([ewt], "train")
    longer = treebank(tmp_path / "b.conllu", SECOND, SECOND, FIRST)
    other, same, _ = task.documents([longer], "train")
    assert (same.unit, same.items) == (1, second.items)
    assert next(task.documents([ewt], "train")).items == again.items
    assert other.unit == 0
    many = treebank(tmp_path / "c.conllu", *[FIRST] * 30)
    drawn = [one.items for one in task.documents([many], "train")]
    assert len(set(drawn)) > 20, "drawn for each sentence anew"
    counts = Counter(
        at[1][1] for items in drawn for at, label in items if label == "none"
    )
    assert set(counts) == set(range(8)), "of all words"
    tested = [one.items for one in task.documents([many], "test")]
    assert all(a != b for a, b in pairwise([drawn, tested]))


def test_two_words_have_no_other(tmp_path):
    path = treebank(tmp_path / "a.conllu", tree("Go on", "X X", "0 1", "root dep"))
    (one,) = web_treebank.SyntacticArcPrediction().documents([path], "train")
    assert pairs(one) == [("on", "Go", "arc")]


def test_a_word_without_a_head_is_told(tmp_path):
    path = treebank(
        tmp_path / "a.conllu", tree("Go on", "X X", "0 -1", "root dep", sent_id="s")
    )
    with pytest.raises(InputError, match=r"a\.conllu, sentence s: a word has no head"):
        list(web_treebank.SyntacticArcClass().documents([path], "train"))


def test_the_head_of_a_span_is_the_highest_outside_it():
    #        the old  dog  ran away
    heads = (3, 3, 4, 0, 4)
    assert head_of_span(0, 2, heads) == 2
    assert head_of_span(3, 4, heads) == 3
    assert head_of_span(2, 4, heads) == 3
    # Two whose heads are outside: the higher one.
    assert head_of_span(1, 2, (0, 4, 1, 3)) == 2


NAME = "reviews/00/1.xml"
SKELETON = f"""\
{NAME} 0 0 [WORD] NNP (TOP(S(NP-SBJ*) - - (ARG0*) (ARG0*)
{NAME} 0 1 [WORD] VBZ (VP* - - * *
{NAME} 0 2 [WORD] RB * - - (ARGM-NEG*) *
{NAME} 0 3 [WORD] VB (VP(VP* sing sing.01 (V*) *
{NAME} 0 4 [WORD] IN (PP* - - (ARGM-LOC* *
{NAME} 0 5 [WORD] NNP (NP*))) - - *) *
{NAME} 0 6 [WORD] CC * - - * *
{NAME} 0 7 [WORD] VB (VP*))))) dance dance.01 * (V*)

{NAME} 1 0 [WORD] VB (TOP(S(VP* - -
{NAME} 1 1 [WORD] RB *))) - -

"""
MEMBER = "data__google__ewt__reviews__00__1.xml.gold_skel"


@pytest.fixture
def skeletons(tmp_path):
    return archive(tmp_path / "p.tar.zst", **{MEMBER: SKELETON, "data__other.txt": "x"})


@pytest.mark.parametrize(
    ("task", "labels"),
    [
        (propbank.Parent, "NP VP VP VP PP NP VP VP"),
        (propbank.Grandparent, "S S S VP VP PP VP VP"),
        (propbank.GreatGrandparent, "None None None VP VP VP S VP"),
    ],
)
def test_ancestors(ewt, skeletons, task, labels, caplog):
    caplog.set_level(logging.INFO)
    (one,) = task().documents([ewt, skeletons], "train")
    found = words_and_labels(one)
    assert [word for word, _ in found] == list(FIRST.words)
    assert [label for _, label in found] == labels.split()
    assert "1 of 2 sentences do not fit the treebank's words" in caplog.text


def test_arguments_are_their_spans_heads(ewt, skeletons):
    (one,) = propbank.SemanticArcClass().documents([ewt, skeletons], "train")
    assert pairs(one) == [
        ("Ann", "sing", "ARG0"),
        ("Ann", "dance", "ARG0"),
        ("n't", "sing", "ARGM-NEG"),
        ("Rome", "sing", "ARGM-LOC"),
    ]
    (one,) = propbank.SemanticArcPrediction().documents([ewt, skeletons], "train")
    found = pairs(one)
    arcs = [(child, head) for child, head, label in found if label == "arc"]
    others = [(child, head) for child, head, label in found if label == "none"]
    assert arcs == [
        ("Ann", "sing"),
        ("Ann", "dance"),
        ("n't", "sing"),
        ("Rome", "sing"),
    ]
    assert [child for child, _ in others] == ["Ann", "Ann", "n't", "Rome"]
    assert len(set(others)) == 4
    assert not set(others) & set(arcs)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (
            "(PP*",
            "(PP",
            r"p\.tar\.zst: .*1\.xml\.gold_skel, line 1, word 5: '\(PP' is no",
        ),
        ("(VP*)))))", "(VP*))))))", "word 8: more brackets close than open"),
        ("(VP*)))))", "(VP*))))", r"line 1: 1 bracket\(s\) never close"),
    ],
)
def test_a_tree_that_is_none_is_told(ewt, tmp_path, before, after, sentence):
    path = archive(
        tmp_path / "p.tar.zst", **{MEMBER: SKELETON.replace(before, after, 1)}
    )
    with pytest.raises(InputError, match=sentence):
        list(propbank.Parent().documents([ewt, path], "train"))


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("(ARG0*)x", "line 1, word 3: column 9 has no arguments"),
        ("*)", "line 1, word 3: column 9 has no arguments"),
        ("(ARG0*", "line 1, word 4: column 9 has no arguments"),
    ],
)
def test_arguments_that_are_none_are_told(ewt, tmp_path, cell, sentence):
    broken = SKELETON.replace("(ARGM-NEG*)", cell)
    path = archive(tmp_path / "p.tar.zst", **{MEMBER: broken})
    with pytest.raises(InputError, match=sentence):
        list(propbank.SemanticArcClass().documents([ewt, path], "train"))


def test_an_argument_that_never_closes_is_told(ewt, tmp_path):
    broken = SKELETON.replace("- - *) *", "- - * *")
    path = archive(tmp_path / "p.tar.zst", **{MEMBER: broken})
    with pytest.raises(InputError, match="in column 9 ARGM-LOC never closes"):
        list(propbank.SemanticArcClass().documents([ewt, path], "train"))


def test_an_archive_of_something_else_is_told(ewt, tmp_path):
    path = archive(tmp_path / "p.tar.zst", a="b")
    with pytest.raises(InputError, match="is it the right archive"):
        list(propbank.Parent().documents([ewt, path], "train"))


NAMES = """\
# sent_id = reviews-1-0001
1\tAnn\tB-PER\t-\tx
2\tdoes\tO
3\tn't\tB-O\t-\tx
4\tsing\tB-OTH\t-\tx
5\tin\tI-OTH
6\tRome\tB-LOC
7\tor\tO
8\tdance\tO

# sent_id = reviews-1-0002
1\tGo\tO
2\thome.\tO

"""


def test_names(ewt, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    (tmp_path / "a.iob2").write_text(NAMES)
    (one,) = NamedEntity().documents([ewt, tmp_path / "a.iob2"], "train")
    labels = [label for _, label in words_and_labels(one)]
    assert labels == ["B-PER", "O", "O", "O", "O", "B-LOC", "O", "O"]
    assert "1 of 2 sentences do not fit" in caplog.text


VIS = (
    "reviews-1-0001\tAnn|N-n.PERSON does_ n't|ADV _sing|V-v.x~in|P-p.Locus:p.Goal "
    "Rome|N or|P-p.Time dance|V\n"
    "reviews-1-0002\tGo_home|P-p.Goal .|PUNCT\n"
    "reviews-9-0001\tElsewhere|P-p.Goal\n"
)


def test_prepositions_are_read_as_drawn(ewt, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    (tmp_path / "train.vis").write_text(VIS)
    files = [ewt, tmp_path / "train.vis"]
    (roles,) = PrepositionRole().documents(files, "train")
    (functions,) = PrepositionFunction().documents(files, "train")
    assert words_and_labels(roles) == [("in", "p.Locus"), ("or", "p.Time")]
    assert words_and_labels(functions) == [("in", "p.Goal"), ("or", "p.Time")]
    assert "1 of 3 sentences do not fit" in caplog.text


def test_a_preposition_in_an_expression_with_a_gap_is_no_target(tmp_path):
    sentence = tree("to let me in", "X X X X", "0 1 1 1", "root a b c", sent_id="s")
    path = treebank(tmp_path / "a.conllu", sentence)
    for line, found in (
        ("to|P-p.Goal let_ me|P-p.Time _in|P-p.Goal", ["to", "me"]),
        ("to|P-p.Goal let~ me|P-p.Time ~in|P-p.Goal", ["to", "me", "in"]),
        ("to_let|P-p.Goal me|PRON.POSS-`$ in|P-??", []),
        ("to|INF.P-p.Goal let|V-v.x me|PRON.POSS-p.A:p.B in", ["to", "me"]),
    ):
        (tmp_path / "a.vis").write_text(f"s\t{line}\n")
        documents = PrepositionRole().read([path, tmp_path / "a.vis"], "train")
        assert [w for one in documents for w, _ in words_and_labels(one)] == found


def lexical(words, *labels):
    """Rows of .conllulex: strong expression, role and function of each word."""
    rows = []
    for number, (word, (expression, role, function)) in enumerate(
        zip(words, labels, strict=True), 1
    ):
        row = [str(number), word, *["_"] * 8, expression, "P", word, role, function]
        rows.append("\t".join([*row, *["_"] * 4]))
    return "\n".join(rows)


def test_prepositions_are_read_in_columns(ewt, tmp_path):
    none, within = ("_", "_", "_"), ("1:1", "p.Goal", "p.Goal")
    labels = [none, none, ("_", "v.x", "_"), within, ("_", "p.Locus", "p.Goal"), none]
    text = lexical(FIRST.words, *labels, ("_", "??", "??"), none)
    (tmp_path / "a.conllulex").write_text(
        f"# sent_id = reviews-1-0001\n{text}\n\n# sent_id = reviews-1-0002\n"
        f"{lexical(['Go'], none)}\n\n"
    )
    files = [ewt, tmp_path / "a.conllulex"]
    (one,) = PrepositionFunction().documents(files, "test")
    assert words_and_labels(one) == [("in", "p.Goal")]
    (one,) = PrepositionRole().documents(files, "test")
    assert words_and_labels(one) == [("in", "p.Locus")]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.vis", "no tab\n", r"a\.vis, line 1: a sentence's name, a tab"),
        ("a.conllulex", "1\tGo\n", r"a\.conllulex, line 1: .* 19 columns"),
        ("a.vis", "other\tGo\n", "nothing of the valid part has a label of PS-Role"),
    ],
)
def test_what_is_not_streusle_is_told(ewt, tmp_path, name, content, sentence):
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=sentence):
        list(PrepositionRole().documents([ewt, tmp_path / name], "valid"))


def facts(folder, graphs, ids=None):
    data = {
        graph: {
            f"{graph}-semantics-pred-{word}": {
                "factuality": {"factual": {"value": value}}
            }
            for word, value in values.items()
        }
        for graph, values in graphs.items()
    }
    with zipfile.ZipFile(folder / "f.zip", "w") as file:
        file.writestr("factuality.json", json.dumps({"data": data}))
    names = ids or {"g1": "reviews-1-0001", "g2": "reviews-1-0002", "g3": "elsewhere"}
    about = {graph: {"sentence_id": name} for graph, name in names.items()}
    (folder / "ids.json").write_text(json.dumps(about))
    return [folder / "f.zip", folder / "ids.json"]


def test_values_of_predicates_are_of_verbs_that_are_there(ewt, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    files = facts(
        tmp_path,
        {"g2": {1: -1.5, 2: 0.3, 9: 1.0}, "g1": {4: 0.25, 8: 2}, "g3": {1: 1.0}},
    )
    first, second = Factuality().documents([ewt, *files], "train")
    assert words_and_labels(first) == [("sing", 0.25), ("dance", 2.0)]
    assert words_and_labels(second) == [("Go", -1.5)]
    assert "2 of 5 predicates do not fit" in caplog.text


def test_what_is_no_factuality_is_told(ewt, tmp_path):
    files = facts(tmp_path, {"g1": {"x": 1.0}})
    with pytest.raises(InputError, match=r"f\.zip, g1: a node is called …-pred-NUMBER"):
        list(Factuality().documents([ewt, *files], "train"))
    files = facts(tmp_path, {"g1": {4: 1.0}})
    files[1].write_text("[1")
    with pytest.raises(InputError, match=r"ids\.json is no JSON"):
        list(Factuality().documents([ewt, *files], "train"))
    files[1].write_text("[]")
    with pytest.raises(InputError, match=r"ids\.json has no values by name"):
        list(Factuality().documents([ewt, *files], "train"))
    files[1].unlink()
    with pytest.raises(InputError, match=r"ids\.json"):
        list(Factuality().documents([ewt, *files], "train"))
