"""Mini keeps its own rules; the control language keeps none of them."""

from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import ks_2samp, spearmanr

from ontogeny.corpus.treebank import read_conllu, write_conllu
from ontogeny.errors import InputError
from ontogeny.grammar import LANGUAGES, documents
from ontogeny.grammar.sister import sister_order

OPEN = {"ADJ", "ADV", "INTJ", "NOUN", "PROPN", "VERB"}
CLOSED = {"ADP", "AUX", "CCONJ", "DET", "PART", "PRON", "SCONJ"}
TOKENS = 200_000
TRAINING_SHARE = 0.7
MIN_COUNT = 5
PLURAL_PRONOUNS = {"they", "we", "you", "i", "these", "those"}  # take the plain form
REFLEXIVES = {
    "he": "himself",
    "she": "herself",
    "it": "itself",
    "they": "themselves",
    "i": "myself",
    "we": "ourselves",
    "you": "yourself",
}


@cache
def text(language="mini", tokens=TOKENS, seed=0):
    return tuple(documents(tokens, language=language, seed=seed))


def sentences(language="mini", tokens=TOKENS, seed=0):
    return [s for d in text(language, tokens, seed) for s in d.sentences]


@cache
def tag_counts(language="mini", seed=0):
    """Lower-cased word -> its tags."""
    counts = defaultdict(Counter)
    for sentence in sentences(language, seed=seed):
        for word, tag in zip(sentence.words, sentence.upos, strict=True):
            counts[word.lower()][tag] += 1
    return counts


def dominant(language="mini"):
    """Word -> (expected training count, its class where one tag has the majority)."""
    found = {}
    for word, tags in tag_counts(language).items():
        total = sum(tags.values())
        tag, count = tags.most_common(1)[0]
        if count > total / 2:
            found[word] = (TRAINING_SHARE * total, tag)
    return found


def words_of(document):
    return [word for s in document.sentences for word in s.words]


def children(sentence, head):
    """Positions of the dependents of a word, all from 1."""
    return [i for i, h in enumerate(sentence.heads, 1) if h == head]


def child(sentence, head, *relations):
    """First dependent with one of the relations, or None."""
    found = (
        i for i in children(sentence, head) if sentence.deprels[i - 1] in relations
    )
    return next(found, None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_same_seed_same_text(language):
    one, two = (list(documents(3000, language=language, seed=4)) for _ in range(2))
    assert one == two
    assert one != list(documents(3000, language=language, seed=5))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tokens", [1, 1000, 5000])
def test_text_ends_with_the_document_that_reaches_the_size(language, tokens):
    sizes = [len(d) for d in documents(tokens, language=language)]
    assert sum(sizes) >= tokens
    assert sum(sizes[:-1]) < tokens
    longer = documents(2 * tokens, language=language)
    assert [len(d) for d, _ in zip(longer, sizes, strict=False)] == sizes


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"tokens": 0}, "at least 1 token"),
        ({"tokens": 9, "language": "maxi"}, "mini, control"),
        ({"tokens": 9, "seed": -1}, "seed"),
        ({"tokens": 9, "types": 3}, "types"),
        ({"tokens": 9, "language_seed": -1}, "language.s seed"),
    ],
)
def test_bad_arguments_are_told_at_the_call(arguments, message):
    with pytest.raises(InputError, match=message):
        documents(**arguments)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_does_not_depend_on_the_seed(language):
    def tagged_words(tokens, seed):
        found = set()
        for s in sentences(language, tokens, seed):
            found.update(zip(map(str.lower, s.words), s.upos, s.xpos, strict=True))
        return found

    known, new = tagged_words(TOKENS, seed=0), tagged_words(20_000, seed=1)
    assert len(new) > 1000
    assert len(new - known) < 0.01 * len(new)


@pytest.mark.parametrize("types", [200, 800])
def test_lexicon_size_is_a_choice(types):
    words = {
        w.lower() for d in documents(120 * types, types=types) for w in words_of(d)
    }
    assert 0.7 * types < len(words) < 1.3 * types + 250  # function words are extra


@pytest.mark.parametrize("language", LANGUAGES)
def test_documents_carry_their_annotation(language):
    for document in text(language)[:20]:
        first, *rest = document.sentences
        assert first.opens_document
        assert not any(s.opens_document for s in rest)
        assert first.comments["newdoc id"] == document.id
        assert first.comments["title"] == document.title
        assert {s.comments["topic"] for s in document.sentences} == {document.topic}
        assert 10 <= len(document.sentences) < 60
    ids = [s.comments["sent_id"] for s in sentences(language)]
    assert len(set(ids)) == len(ids)
    assert 10 <= len({d.topic for d in text(language)}) <= 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_tagsets_have_the_size_of_the_papers(language):
    xpos = {tag for s in sentences(language) for tag in s.xpos}
    fine = {pairs["Sem"] for s in sentences(language) for pairs in s.misc}
    coarse = {pairs["SemCoarse"] for s in sentences(language) for pairs in s.misc}
    assert 25 <= len(xpos) <= 40
    assert len(fine) >= 20
    assert 7 <= len(coarse) <= 10
    pairs = {(m["Sem"], m["SemCoarse"]) for s in sentences(language) for m in s.misc}
    assert len(pairs) == len(fine)  # every fine class lies in one coarse class


@pytest.mark.parametrize("language", LANGUAGES)
def test_trees_have_one_root_and_are_projective(language):
    for sentence in sentences(language, 20_000):
        assert sentence.heads.count(0) == 1
        assert (sentence.deprels[sentence.heads.index(0)]) == "root"
        arcs = [tuple(sorted(arc)) for arc in enumerate(sentence.heads, 1)]
        # Projective with the root's arc included, hence without cycles too.
        assert not any(
            a < c < b < d for a, b in arcs for c, d in arcs if (a, b) != (c, d)
        )
        for word in range(1, len(sentence) + 1):
            seen = set()
            while word:
                assert word not in seen
                seen.add(word)
                word = sentence.heads[word - 1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_conllu_round_trip(language, tmp_path):
    written = sentences(language, 3000)
    with (tmp_path / "text.conllu").open("w", encoding="utf-8") as file:
        write_conllu(written, file)
    assert list(read_conllu(tmp_path / "text.conllu")) == written


def subject_of(sentence, verb):
    """Position of a verb's subject, found across coordination and relatives."""
    subject = child(sentence, verb, "nsubj", "nsubj:pass")
    if subject is None and sentence.deprels[verb - 1] == "conj":
        return subject_of(sentence, sentence.heads[verb - 1])
    if subject and sentence.misc[subject - 1]["Sem"] == "relative":
        return sentence.heads[verb - 1]
    return subject


def takes_plain_form(sentence, subject):
    """Whether a subject demands VBP; relative clauses never coordinate theirs."""
    second = child(sentence, subject, "conj")
    if second:
        link = sentence.words[child(sentence, second, "cc") - 1]
        return link == "and" or takes_plain_form(sentence, second)
    word, tag = sentence.words[subject - 1].lower(), sentence.xpos[subject - 1]
    return tag == "NNS" or word in PLURAL_PRONOUNS


def finite_verbs(sentence):
    """Pairs of a finite present form and the head of its clause."""
    for i, (upos, xpos) in enumerate(zip(sentence.upos, sentence.xpos, strict=True), 1):
        if xpos in ("VBZ", "VBP"):
            auxiliary = sentence.deprels[i - 1] in ("aux", "aux:pass", "cop")
            assert auxiliary or upos == "VERB" or child(sentence, i, "expl")
            yield i, sentence.heads[i - 1] if auxiliary else i


def test_verbs_agree_with_their_subjects_at_any_distance():
    distances = []
    for sentence in sentences(tokens=60_000):
        for finite, verb in finite_verbs(sentence):
            subject = subject_of(sentence, verb)
            if sentence.deprels[verb - 1] == "acl:relcl" and child(
                sentence, subject, "conj"
            ):
                continue  # a relative clause modifies one conjunct or the whole
            plain = takes_plain_form(sentence, subject)
            assert sentence.xpos[finite - 1] == ("VBP" if plain else "VBZ"), sentence
            distances.append(abs(finite - subject))
    assert len(distances) > 2000
    assert sum(distance > 5 for distance in distances) > 100


def test_be_and_indefinite_articles_have_the_right_form():
    for sentence in sentences(tokens=60_000):
        words = [word.lower() for word in sentence.words]
        for word, following in pairwise(words):
            if word in ("a", "an"):
                assert (word == "an") == (following[0] in "aeiou")
        for i, word in enumerate(words, 1):
            if word in ("am", "is", "are"):
                head = i if child(sentence, i, "expl") else sentence.heads[i - 1]
                subject = words[subject_of(sentence, head) - 1]
                assert (word == "am") == (subject == "i")


def test_reflexives_agree_with_subjects():
    found = Counter()
    for sentence in sentences():
        for i, misc in enumerate(sentence.misc, 1):
            if misc["Sem"] != "reflexive":
                continue
            subject = child(sentence, sentence.heads[i - 1], "nsubj")
            if subject is None or child(sentence, subject, "conj"):
                continue
            word, sem = sentence.words[subject - 1].lower(), sentence.misc[subject - 1]
            named = {"name_female": "she", "name_male": "he"}.get(sem["Sem"], word)
            if sentence.xpos[subject - 1] == "NNS":
                named = "they"
            if named in REFLEXIVES:
                assert sentence.words[i - 1] == REFLEXIVES[named]
                found[sentence.words[i - 1]] += 1
    assert len(found) == len(REFLEXIVES) - 1  # things do nothing to themselves
    assert sum(found.values()) > 100


def test_paired_words_come_in_pairs():
    partner = {"either": "or", "neither": "nor", "both": "and", "if": "then"}
    gaps = defaultdict(list)
    for sentence in sentences():
        words = [word.lower() for word in sentence.words]
        for i, (word, relation) in enumerate(
            zip(words, sentence.deprels, strict=True), 1
        ):
            if relation == "cc:preconj":
                second = child(sentence, sentence.heads[i - 1], "conj")
                link = child(sentence, second, "cc")
                assert words[link - 1] == partner[word]
                gaps[word].append(link - i)
            elif word == "if" and sentence.misc[i - 1]["Sem"] == "condition":
                condition = sentence.heads[i - 1]
                main = sentence.heads[condition - 1]
                then = [
                    c
                    for c in children(sentence, main)
                    if words[c - 1] == "then" and c > condition
                ]
                assert then
                gaps[word].append(then[0] - i)
    assert gaps.keys() == partner.keys()
    assert all(len(gap) > 100 and max(gap) >= 8 for gap in gaps.values())


def test_verbs_keep_their_preposition():
    prepositions = defaultdict(Counter)
    for sentence in sentences():
        for i, misc in enumerate(sentence.misc, 1):
            if misc["Sem"] == "argument" and sentence.deprels[i - 1] == "case":
                noun = sentence.heads[i - 1]
                verb = sentence.heads[noun - 1]
                if sentence.deprels[noun - 1] == "obl" and verb == noun - 2:
                    prepositions[sentence.words[verb - 1]][sentence.words[i - 1]] += 1
    assert len(prepositions) > 20
    assert all(len(found) == 1 for found in prepositions.values())


def test_frequencies_are_zipfian():
    counts = np.array(sorted(sum(c.values()) for c in tag_counts().values()))[::-1]
    assert 1000 <= len(counts) <= 2000
    slope = np.polyfit(np.log(np.arange(1, len(counts) + 1)), np.log(counts), 1)[0]
    assert -1.25 < slope < -0.85


def test_the_minimum_count_costs_few_sentences():
    counts = {word: sum(tags.values()) for word, tags in tag_counts().items()}
    kept = [
        all(counts[word.lower()] >= MIN_COUNT for word in sentence.words)
        for sentence in sentences()
    ]
    assert np.mean(kept) > 0.95
    assert np.mean([count >= 10 for count in counts.values()]) > 0.9


def test_open_classes_are_larger_and_more_ambiguous():
    def entropies(classes):
        found = []
        for word, (count, tag) in dominant().items():
            if count >= 10 and tag in classes:
                p = np.array(list(tag_counts()[word].values())) / (
                    count / TRAINING_SHARE
                )
                found.append(-(p * np.log2(p)).sum())
        return np.array(found)

    opened, closed = entropies(OPEN), entropies(CLOSED)
    assert len(opened) > 5 * len(closed)
    assert opened.mean() > 1.5 * closed.mean()
    assert np.sum(opened > 0.5) > 100
    assert np.sum(closed > 0.2) > 10


def test_matched_samples_of_open_and_closed_words_exist():
    def frequencies(classes):
        kept = [n for n, tag in dominant().values() if n >= 10 and tag in classes]
        return np.array(sorted(kept, reverse=True))

    opened, closed = frequencies(OPEN), frequencies(CLOSED)
    assert len(closed) >= 100
    size, window = 100, np.ones(100) / 100
    means = [np.convolve(f, window, "valid") for f in (opened, closed)]
    closest = min(abs(np.log(m / means[0])).min() for m in means[1])
    assert closest < 0.01, f"no matched samples of {size} words"


def test_topics_and_names_cluster():
    """Names recur within a document, nouns within a topic."""
    by_document, by_topic = defaultdict(set), defaultdict(Counter)
    totals, nouns = Counter(), Counter()
    for document in text():
        for s in document.sentences:
            for word, tag in zip(s.words[1:], s.upos[1:], strict=True):
                if tag == "PROPN":
                    by_document[word].add(document.id)
                    totals[word] += 1
                if tag == "NOUN":
                    by_topic[document.topic][word] += 1
                    nouns[word] += 1
    frequent = [word for word, count in totals.items() if count >= 20]
    assert np.mean([totals[w] / len(by_document[w]) for w in frequent]) > 2
    n = sum(nouns.values())
    information = sum(
        count / n * np.log(count * n / (nouns[word] * sum(row.values())))
        for row in by_topic.values()
        for word, count in row.items()
    )
    assert information > 0.3  # nats per noun


def alignment_of(sentence):
    pairs = [pair.split("-") for pair in sentence.comments["alignment"].split()]
    return [(int(i), int(j)) for i, j in pairs]


@pytest.mark.parametrize("language", LANGUAGES)
def test_alignment_is_a_bijection(language):
    for sentence in sentences(language, 20_000):
        source, target = zip(*alignment_of(sentence), strict=True)
        n = len(sentence)
        assert source == tuple(range(n))
        assert sorted(target) == list(range(n))
        assert len(sentence.comments["text_sister"].split()) == n
        assert sentence.comments["text"].split() == list(sentence.words)


def test_sister_language_orders_and_words_differ():
    moved, dictionary = [], defaultdict(set)
    for sentence in sentences(tokens=20_000):
        order = sister_order(sentence.heads, sentence.deprels)
        pairs = alignment_of(sentence)
        assert [i for i, _ in sorted(pairs, key=lambda p: p[1])] == order
        moved.append(order != sorted(order))
        sister = sentence.comments["text_sister"].split()
        for i, j in pairs:
            key = sentence.words[i].lower(), sentence.upos[i], sentence.xpos[i]
            dictionary[key].add(sister[j].lower())
    assert np.mean(moved) > 0.95
    changed = [
        word not in found
        for (word, tag, _), found in dictionary.items()
        if tag not in ("PROPN", "PUNCT")
    ]
    assert np.mean(changed) > 0.99
    assert np.mean([len(found) == 1 for found in dictionary.values()]) > 0.95


def adjacent_information(words, top=50):
    """Mutual information (nats) of neighbours among frequent words, others pooled."""
    frequent = [word for word, _ in Counter(words).most_common(top)]
    index = {word: i for i, word in enumerate(frequent)}
    ids = np.array([index.get(word, top) for word in words])
    joint = np.zeros((top + 1, top + 1))
    np.add.at(joint, (ids[:-1], ids[1:]), 1)
    joint /= joint.sum()
    expected = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    seen = joint > 0
    return float((joint[seen] * np.log(joint[seen] / expected[seen])).sum())


def test_control_words_are_independent():
    def information(language):
        words = [w.lower() for d in text(language) for w in words_of(d)]
        shuffled = np.random.default_rng(0).permutation(words).tolist()
        return adjacent_information(words), adjacent_information(shuffled)

    control, by_chance = information("control")
    assert control == pytest.approx(by_chance, rel=0.1)
    mini, by_chance = information("mini")
    assert mini > 20 * by_chance


def test_control_tags_say_nothing_about_neighbours_or_frequency():
    tags = [tag for s in sentences("control") for tag in s.upos]
    assert adjacent_information(tags, top=13) < 0.002
    words = list(dominant("control").values())
    frequency, tag = zip(*words, strict=True)
    rho = spearmanr(frequency, [t in OPEN for t in tag]).statistic
    assert abs(rho) < 0.05
    assert set(tag) == OPEN | CLOSED
    ambiguous = np.mean([len(tags) > 1 for tags in tag_counts("control").values()])
    assert 0.15 < ambiguous < 0.35


def test_control_has_the_frequencies_and_lengths_of_mini():
    def counts(language):
        values = sorted(sum(c.values()) for c in tag_counts(language).values())
        return np.array(values[::-1])

    one, two = counts("mini"), counts("control")
    assert len(two) == pytest.approx(len(one), rel=0.05)
    assert np.abs(np.log(one[:500] / two[:500])).max() < 0.25
    for lengths in (
        [[len(s) for s in sentences(language)] for language in LANGUAGES],
        [[len(d.sentences) for d in text(language)] for language in LANGUAGES],
    ):
        assert ks_2samp(*lengths).pvalue > 0.001
