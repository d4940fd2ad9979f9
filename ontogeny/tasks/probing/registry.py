"""Which tasks there are: groups of them, each task by its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module

from ontogeny.tasks.probing.task import Task

PACKAGE = __name__.rpartition(".")[0]
GENERATED = "generated"
"""In a task's `files`, what stands for a data set: the generated treebank."""

TASKS: Mapping[str, Mapping[str, str]] = {
    "open": {
        "pos": "web_treebank.PartOfSpeech",
        "ccg": "meaning_bank.Category",
        "parent": "propbank.Parent",
        "gparent": "propbank.Grandparent",
        "ggparent": "propbank.GreatGrandparent",
        "chunk": "chunks.Chunk",
        "ner": "entities.NamedEntity",
        "ged": "fce.GrammaticalError",
        "conj": "web_treebank.Conjunct",
        "syn_arc_pred": "web_treebank.SyntacticArcPrediction",
        "syn_arc_class": "web_treebank.SyntacticArcClass",
        "st": "meaning_bank.SemanticTag",
        "ps_fxn": "prepositions.PrepositionFunction",
        "ps_role": "prepositions.PrepositionRole",
        "ef": "factuality.Factuality",
        "sem_arc_pred": "propbank.SemanticArcPrediction",
        "sem_arc_class": "propbank.SemanticArcClass",
        "coref": "litbank.Coreference",
    },
    "generated": {
        "pos": "generated.PartOfSpeech",
        "ccg": "generated.Category",
        "parent": "generated.Parent",
        "gparent": "generated.Grandparent",
        "ggparent": "generated.GreatGrandparent",
        "chunk": "generated.Chunk",
        "ner": "generated.NamedEntity",
        "ged": "generated.GrammaticalError",
        "conj": "generated.Conjunct",
        "syn_arc_pred": "generated_pairs.SyntacticArcPrediction",
        "syn_arc_class": "generated_pairs.SyntacticArcClass",
        "st": "generated.SemanticTag",
        "ps_fxn": "generated.PrepositionFunction",
        "ps_role": "generated.PrepositionRole",
        "ef": "generated.Factuality",
        "sem_arc_pred": "generated_pairs.SemanticArcPrediction",
        "sem_arc_class": "generated_pairs.SemanticArcClass",
        "coref": "generated_pairs.Coreference",
    },
}
"""By group and task, module and class, from this package on; docs/own-task.md adds."""


def tasks_of(group: str, names: Sequence[str] | None = None) -> list[Task]:
    """Tasks of a group, in its order.

    Args:
        group: One of `TASKS`.
        names: Which; None: all.
    """
    return [
        _task(TASKS[group][name])
        for name in TASKS[group]
        if names is None or name in names
    ]


def modules_of(tasks: Sequence[Task]) -> list[str]:
    """Modules that tasks come from, for the digest of a script that loads them."""
    return sorted({type(task).__module__ for task in tasks})


def _task(path: str) -> Task:
    module, _, name = path.rpartition(".")
    found = getattr(import_module(f"{PACKAGE}.{module}"), name)()
    assert isinstance(found, Task)
    return found
