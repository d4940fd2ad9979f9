"""The tasks' analogues in a generated language, of pairs: arcs, deep arcs, antecedents.

As in `generated`, the rules find as much in the control language.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator

import numpy as np

from ontogeny.corpus.treebank import Sentence
from ontogeny.tasks.probing import paper
from ontogeny.tasks.probing.generated import Generated
from ontogeny.tasks.probing.sentences import paired, sentence_of
from ontogeny.tasks.probing.task import NONE, Document, Part
from ontogeny.tasks.probing.trees import path_up, with_others
from ontogeny.tasks.probing.web_treebank import (
    SyntacticArcClass as TreebankArcClass,
)
from ontogeny.tasks.probing.web_treebank import (
    SyntacticArcPrediction as TreebankArcPrediction,
)

SAME = "same"
SUBJECT, OBJECT, RECIPIENT = "subject", "object", "recipient"
_ROLES = {
    "nsubj": SUBJECT,
    "obl:agent": SUBJECT,
    "nsubj:pass": OBJECT,
    "obj": OBJECT,
    "iobj": RECIPIENT,
}


class SyntacticArcPrediction(TreebankArcPrediction):
    """As of a treebank."""

    stands_in = "generated"
    text, files = Generated.text, Generated.files


class SyntacticArcClass(TreebankArcClass):
    """As of a treebank."""

    stands_in = "generated"
    text, files = Generated.text, Generated.files


class Pairs(Generated):
    """Labels of pairs of words."""

    @abstractmethod
    def pairs(
        self, tree: Sentence, draws: np.random.Generator
    ) -> Iterable[tuple[int, int, str]]:
        """Child, head, label."""

    def document(self, unit: int, tree: Sentence, part: Part) -> Document:
        """See `Treebank.document`."""
        pairs = self.pairs(tree, self.draws(part, unit))
        return paired(unit, sentence_of(tree), pairs)


def deep_arguments(tree: Sentence) -> dict[tuple[int, int], str]:
    """Role by (argument, verb): who does it, what it is done to, who is given it.

    Passives are undone; a relative pronoun's place is filled by its antecedent; a
    participle after a noun has this as its subject, a past participle as its object; an
    infinitive or a second verb without a subject has that of the verb above.

    >>> upos = ("PRON", "AUX", "VERB", "ADP", "PROPN")
    >>> relations = ("nsubj:pass", "aux:pass", "root", "case", "obl:agent")
    >>> words = ("It", "was", "sung", "by", "Ann")
    >>> tree = Sentence(words, upos, upos, (3, 3, 0, 5, 3), relations, ({},) * 5)
    >>> deep_arguments(tree)
    {(0, 2): 'object', (4, 2): 'subject'}
    """
    verbs = [word for word, upos in enumerate(tree.upos) if upos == "VERB"]
    found = {verb: _overt(tree, verb) for verb in verbs}
    # From above, so that a verb's own subject is there before it is handed down.
    for verb in sorted(verbs, key=lambda word: _depth(tree, word)):
        role = _gap(tree, verb)
        above = tree.heads[verb] - 1
        if role and role not in found[verb].values() and above >= 0:
            if tree.deprels[verb] in ("xcomp", "conj"):
                subjects = found.get(above, {}).items()
                found[verb] |= {word: role for word, its in subjects if its == role}
            else:
                found[verb][above] = role
    return {
        (argument, verb): role
        for verb, its in found.items()
        for argument, role in sorted(its.items())
        if argument != verb
    }


def _overt(tree: Sentence, verb: int) -> dict[int, str]:
    found = {}
    for word, (head, relation) in enumerate(zip(tree.heads, tree.deprels, strict=True)):
        if head - 1 != verb:
            continue
        role = _ROLES.get(relation)
        if relation == "obl" and _is_recipient(tree, word):
            role = RECIPIENT
        if role:
            is_gap = (
                tree.deprels[verb] == "acl:relcl" and _sense(tree, word) == "relative"
            )
            found[tree.heads[verb] - 1 if is_gap else word] = role
    return found


def _is_recipient(tree: Sentence, word: int) -> bool:
    """Whether it is someone something is given *to*, in the sense of a role."""
    return any(
        head - 1 == word
        and tree.words[at].lower() == "to"
        and _sense(tree, at) == "role"
        for at, head in enumerate(tree.heads)
    )


def _gap(tree: Sentence, verb: int) -> str | None:
    """Which role is filled from above, if it is open."""
    relation = tree.deprels[verb]
    if relation == "acl":
        return OBJECT if tree.xpos[verb] == "VBN" else SUBJECT
    return SUBJECT if relation in ("xcomp", "conj") else None


def _depth(tree: Sentence, word: int) -> int:
    return sum(1 for _ in path_up(word, tree.heads))


class SemanticArcPrediction(paper.SemanticArcPrediction, Pairs):
    """Deep arguments with their verbs and with as many other words."""

    stands_in = "generated, deep arguments"

    def pairs(
        self, tree: Sentence, draws: np.random.Generator
    ) -> Iterator[tuple[int, int, str]]:
        """See `Pairs.pairs`."""
        heads: dict[int, list[int]] = {}
        for argument, verb in sorted(deep_arguments(tree)):
            heads.setdefault(argument, []).append(verb)
        return with_others(heads, len(tree), draws)


class SemanticArcClass(paper.SemanticArcClass, Pairs):
    """Deep subject, object, recipient."""

    stands_in = "generated, deep arguments"

    def pairs(
        self, tree: Sentence, draws: np.random.Generator
    ) -> Iterator[tuple[int, int, str]]:
        """See `Pairs.pairs`."""
        for (argument, verb), role in sorted(deep_arguments(tree).items()):
            yield argument, verb, role


class Coreference(paper.Coreference, Pairs):
    """Relative and reflexive pronouns with their antecedents and with other nouns.

    A relative pronoun's antecedent is the head of its clause's verb, a reflexive one's
    the deep subject of its verb. The other noun is an earlier one, if there is any.
    """

    stands_in = "generated, relative and reflexive pronouns"

    def pairs(
        self, tree: Sentence, draws: np.random.Generator
    ) -> Iterator[tuple[int, int, str]]:
        """See `Pairs.pairs`."""
        roles = deep_arguments(tree)
        nouns = [
            word for word, upos in enumerate(tree.upos) if upos in ("NOUN", "PROPN")
        ]
        for word in range(len(tree)):
            own = _antecedent(tree, word, roles)
            if own is None or own == word:
                continue
            yield word, own, SAME
            others = [noun for noun in nouns if noun not in (word, own)]
            others = [noun for noun in others if noun < word] or others
            if others:
                yield word, others[draws.integers(len(others))], NONE


def _antecedent(
    tree: Sentence, word: int, roles: dict[tuple[int, int], str]
) -> int | None:
    verb = tree.heads[word] - 1
    if _sense(tree, word) == "relative" and verb >= 0:
        return tree.heads[verb] - 1 if tree.heads[verb] else None
    if _sense(tree, word) == "reflexive":
        subjects = (
            argument
            for (argument, its), role in roles.items()
            if its == verb and role == SUBJECT
        )
        return next(subjects, None)
    return None


def _sense(tree: Sentence, word: int) -> str:
    return tree.misc[word].get("Sem", "")
