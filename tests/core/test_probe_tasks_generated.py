"""The tasks' analogues in the generated languages."""

import numpy as np
import pytest
from probe_texts import pairs, tree, treebank, words_and_labels

from ontogeny.corpus.treebank import read_conllu, write_conllu_file
from ontogeny.grammar.parts import treebank as generate
from ontogeny.tasks.probing import generated, generated_pairs
from ontogeny.tasks.probing.corruption import corrupted
from ontogeny.tasks.probing.generated_pairs import deep_arguments
from ontogeny.tasks.probing.registry import tasks_of
from ontogeny.tasks.probing.task import PARTS

# "The very old dog that Ann did not see gave itself to Rome , if it sang and would dance"
LONG = tree(
    "The very old dog that Ann did not see gave itself to Rome , if it sang and would dance",
    "DET ADV ADJ NOUN PRON PROPN AUX PART VERB VERB PRON ADP PROPN PUNCT SCONJ PRON "
    "VERB CCONJ AUX VERB",
    "4 3 4 10 9 9 9 9 4 0 10 13 10 17 17 17 10 20 20 17",
    "det advmod amod nsubj obj nsubj aux advmod acl:relcl root obj case obl punct mark "
    "nsubj advcl cc aux conj",
    xpos="DT RB JJ NN WDT NNP VBD RB VB VBD PRP IN NNP , IN PRP VBD CC MD VB",
    sense="definite degree age animal relative name_female tense negation thought giving "
    "reflexive role name_place comma condition pronoun speech conjunction modality motion",
)


@pytest.fixture
def long(tmp_path):
    return treebank(tmp_path / "a.conllu", LONG)


def labels(task, path):
    (one,) = task().documents([path] * len(task.files["train"]), "train")
    return [label for _, label in words_and_labels(one)]


def test_word_tasks_read_gold(long):
    assert labels(generated.PartOfSpeech, long) == list(LONG.xpos)
    assert labels(generated.SemanticTag, long)[3] == "animal"
    names = labels(generated.NamedEntity, long)
    assert [names[at] for at in (4, 5, 12)] == ["O", "B-female", "B-place"]
    assert labels(generated.Conjunct, long) == ["O"] * 17 + ["I-CONJ"] * 3


def test_categories_tell_on_which_side_arguments_are(long):
    found = labels(generated.Category, long)
    assert found[0] == "DET:det:"
    assert found[8] == "VERB:acl:relcl:\\\\"
    assert found[9] == "VERB:root:\\/"
    assert found[16] == "VERB:advcl:\\"


def test_relations_above(long):
    assert labels(generated.Parent, long) == list(LONG.deprels)
    assert labels(generated.Grandparent, long)[:5] == [
        "nsubj",
        "amod",
        "nsubj",
        "root",
        "acl:relcl",
    ]
    assert labels(generated.GreatGrandparent, long)[:5] == [
        "root",
        "nsubj",
        "root",
        "None",
        "nsubj",
    ]


def test_chunks_are_nouns_with_what_is_before_them(long):
    found = labels(generated.Chunk, long)
    assert found[:7] == ["B-NP", "I-NP", "I-NP", "I-NP", "O", "B-NP", "O"]
    assert found[12] == "B-NP"
    assert found[13:] == ["O"] * 7


def test_factuality_is_of_negation_modality_and_condition(long):
    (one,) = generated.Factuality().documents([long], "train")
    assert words_and_labels(one) == [
        ("see", -3.0),
        ("gave", 3.0),
        ("sang", 1.0),
        ("dance", 1.0),
    ]


def test_deep_arguments_fill_what_is_left_out(long):
    found = {
        (LONG.words[argument], LONG.words[verb]): role
        for (argument, verb), role in deep_arguments(LONG).items()
    }
    assert found == {
        ("Ann", "see"): "subject",
        ("dog", "see"): "object",
        ("dog", "gave"): "subject",
        ("itself", "gave"): "object",
        ("Rome", "gave"): "recipient",
        ("it", "sang"): "subject",
        ("it", "dance"): "subject",
    }
    (one,) = generated_pairs.SemanticArcClass().documents([long], "train")
    assert {(child, head): label for child, head, label in pairs(one)} == found
    (one,) = generated_pairs.SemanticArcPrediction().documents([long], "train")
    arcs = {pair[:2] for pair in pairs(one) if pair[2] == "arc"}
    assert arcs == set(found)


@pytest.mark.parametrize(
    ("words", "upos", "heads", "relations", "xpos", "expected"),
    [
        # Participles after a noun.
        ("men singing songs", "NOUN VERB NOUN", "0 1 2", "root acl obj", "NNS VBG NNS",
         {(0, 1): "subject", (2, 1): "object"}),
        ("songs sung by men", "NOUN VERB ADP NOUN", "0 1 4 2", "root acl case obl:agent",
         "NNS VBN IN NNS", {(0, 1): "object", (3, 1): "subject"}),
        # An infinitive has the subject of the verb above, and that of it again.
        ("men want to try to sing", "NOUN VERB PART VERB PART VERB", "2 0 4 2 6 4",
         "nsubj root mark xcomp mark xcomp", "NNS VBP TO VB TO VB",
         {(0, 1): "subject", (0, 3): "subject", (0, 5): "subject"}),
        # Its own subject stays.
        ("men sing and dogs bark", "NOUN VERB CCONJ NOUN VERB", "2 0 5 5 2",
         "nsubj root cc nsubj conj", "NNS VBP CC NNS VBP",
         {(0, 1): "subject", (3, 4): "subject"}),
    ],
)  # fmt: skip
def test_deep_arguments(words, upos, heads, relations, xpos, expected):
    assert deep_arguments(tree(words, upos, heads, relations, xpos=xpos)) == expected


def test_antecedents_of_relative_and_reflexive_pronouns(long):
    (one,) = generated_pairs.Coreference().documents([long], "train")
    found = pairs(one)
    assert found[::2] == [("that", "dog", "same"), ("itself", "dog", "same")]
    assert [(later, label) for later, _, label in found[1::2]] == [
        ("that", "none"),
        ("itself", "none"),
    ]
    # No noun is before "that" but its antecedent; before "itself" there is one.
    assert found[1][1] in ("Ann", "Rome")
    assert found[3][1] == "Ann"


def test_prepositions_are_asked_for_whose_form_has_several_senses(tmp_path):
    def phrase(form, sense, kind):
        return tree(
            f"{form} it", "ADP NOUN", "2 0", "case root", sense=f"{sense} {kind}"
        )

    train = treebank(
        tmp_path / "train.conllu",
        phrase("in", "spatial", "place"),
        phrase("In", "temporal", "event"),
        phrase("by", "role", "person"),
    )
    test = treebank(
        tmp_path / "test.conllu",
        phrase("by", "role", "place"),
        phrase("in", "role", "place"),
    )
    (one,) = generated.PrepositionFunction().documents([train, test], "test")
    assert (one.unit, words_and_labels(one)) == (1, [("in", "role")])
    (one,) = generated.PrepositionRole().documents([train, test], "test")
    assert words_and_labels(one) == [("in", "role:p")]
    first, second = generated.PrepositionFunction().documents([train], "train")
    assert words_and_labels(first) + words_and_labels(second) == [
        ("in", "spatial"),
        ("In", "temporal"),
    ]
    # Where none has several, the most frequent are asked for.
    alone = treebank(tmp_path / "alone.conllu", *[phrase("by", "role", "place")] * 2)
    found = generated.PrepositionFunction().documents([alone, test], "test")
    assert [words_and_labels(one) for one in found] == [[("by", "role")]]


def test_errors_are_of_agreement_and_order(long):
    changed = 0
    for seed in range(300):
        words, wrong = corrupted(LONG, np.random.default_rng(seed))
        assert len(words) == len(wrong) == len(LONG)
        same = [a == b for a, b in zip(words, LONG.words, strict=True)]
        # What is not marked is as it was; what is marked is not.
        assert [not w for w in wrong] == same
        changed += any(wrong)
    assert 70 <= changed <= 130, "a third of them"


@pytest.mark.parametrize(
    ("word", "xpos", "other"),
    [
        ("is", "VBZ", "are"),
        ("Were", "VBD", "Was"),
        ("sings", "VBZ", "sing"),
        ("sing", "VBP", "sings"),
    ],
)
def test_a_finite_verb_has_another_number(word, xpos, other):
    alone = tree(word, "VERB", "0", "root", xpos=xpos)
    found = {corrupted(alone, np.random.default_rng(seed))[0] for seed in range(30)}
    assert found == {(word,), (other,)}


@pytest.fixture(scope="module", params=["mini", "control"])
def language(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    parts = generate(6000, language=request.param, types=400, seed=1)
    for part, sentences in parts.items():
        write_conllu_file(sentences, folder / f"{part}.conllu")
    return request.param, folder


def test_every_task_has_items_in_every_part_of_both_languages(language):
    name, folder = language
    for task in tasks_of("generated"):
        known, unseen, tested = set(), 0, 0
        for part in PARTS:
            files = [folder / f"{file}.conllu" for _, file in task.files[part]]
            for document in task.documents(files, part):
                for _, label in document.items:
                    if part == "train":
                        known.add(label)
                    elif part == "test":
                        tested, unseen = tested + 1, unseen + (label not in known)
        assert len(known) > 1, task.name
        assert unseen <= 0.05 * tested or task.metric == "pearson", (name, task.name)


def test_rules_find_what_the_grammar_made(language):
    """In mini every reflexive agrees with its antecedent, and every gap is filled."""
    name, folder = language
    if name == "control":
        pytest.skip("its trees are drawn by lot")
    agree = {"himself": "he", "herself": "she", "themselves": "they", "itself": "it"}
    agree |= {"myself": "I", "ourselves": "we", "yourself": "you"}
    reflexives = right = 0
    for sentence in read_conllu(folder / "train.conllu"):
        roles = deep_arguments(sentence)
        for verb, relation in enumerate(sentence.deprels):
            if relation == "acl:relcl":
                noun = sentence.heads[verb] - 1
                assert (noun, verb) in roles
                assert noun < verb
        assert all(sentence.upos[verb] == "VERB" for _, verb in roles)
        for word, form in enumerate(sentence.words):
            if form in agree:
                verb = sentence.heads[word] - 1
                subjects = [
                    argument
                    for (argument, its), role in roles.items()
                    if its == verb and role == "subject"
                ]
                assert len(subjects) == 1
                reflexives += 1
                subject = sentence.words[subjects[0]].lower()
                pronoun = sentence.upos[subjects[0]] == "PRON"
                right += not pronoun or subject == agree[form].lower()
    assert reflexives >= 20
    assert right >= 0.9 * reflexives
