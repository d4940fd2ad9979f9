"""The 18 tasks of Movva & Zhao (2020, table A2), wherever they are read from.

Data that are not open have a substitute here, which a task's `stands_in` names.
"""

from __future__ import annotations

from ontogeny.tasks.probing.task import Task


class PartOfSpeech(Task):
    """Part of speech of a word."""

    name, title, group = "pos", "POS", "pos"
    paper = "PTB"


class Category(Task):
    """Category of a word in combinatory categorial grammar."""

    name, title, group = "ccg", "CCG", "syntax"
    paper = "CCGbank"


class Parent(Task):
    """Phrase that a word is in, above its part of speech."""

    name, title, group = "parent", "Parent", "syntax"
    paper = "PTB"


class Grandparent(Task):
    """Phrase around a word's phrase."""

    name, title, group = "gparent", "GParent", "syntax"
    paper = "PTB"


class GreatGrandparent(Task):
    """Phrase around that one."""

    name, title, group = "ggparent", "GGParent", "syntax"
    paper = "PTB"


class Chunk(Task):
    """Phrases without those within them."""

    name, title, group = "chunk", "Chunk", "syntax"
    metric = "span_f1"
    paper = "CoNLL 2000"


class NamedEntity(Task):
    """Names, and of what they are."""

    name, title, group = "ner", "NER", "syntax"
    metric = "span_f1"
    paper = "CoNLL 2003"


class GrammaticalError(Task):
    """Words that are wrong where they stand."""

    name, title, group = "ged", "GED", "syntax"
    metric, positive = "class_f", "i"
    paper = "FCE"


class Conjunct(Task):
    """What is joined by a conjunction."""

    name, title, group = "conj", "Conj", "syntax"
    metric = "span_f1"
    paper = "PTB, with Ficler & Goldberg's coordinations"


class SyntacticArcPrediction(Task):
    """Whether a word is another's syntactic head."""

    name, title, group = "syn_arc_pred", "SynArcPred", "syntax"
    kind = "pair"
    paper = "PTB, as UD"


class SyntacticArcClass(Task):
    """A word's relation to its syntactic head."""

    name, title, group = "syn_arc_class", "SynArcClass", "syntax"
    kind = "pair"
    paper = "PTB, as UD"


class SemanticTag(Task):
    """Semantic tag of a word."""

    name, title, group = "st", "ST", "semantics"
    paper = "GMB"


class PrepositionFunction(Task):
    """What a preposition itself means."""

    name, title, group = "ps_fxn", "PS-Fxn", "semantics"
    paper = "STREUSLE 4.0"


class PrepositionRole(Task):
    """What role a preposition's phrase has."""

    name, title, group = "ps_role", "PS-Role", "semantics"
    paper = "STREUSLE 4.0"


class Factuality(Task):
    """Whether what a predicate says happened."""

    name, title, group = "ef", "EF", "semantics"
    metric = "pearson"
    paper = "It Happened"


class SemanticArcPrediction(Task):
    """Whether a word is another's argument."""

    name, title, group = "sem_arc_pred", "SemArcPred", "semantics"
    kind = "pair"
    paper = "SDP, DM"


class SemanticArcClass(Task):
    """A word's role as an argument."""

    name, title, group = "sem_arc_class", "SemArcClass", "semantics"
    kind = "pair"
    paper = "SDP, DM"


class Coreference(Task):
    """Whether two words mean the same thing."""

    name, title, group = "coref", "Coref", "semantics"
    kind = "pair"
    paper = "OntoNotes"
