"""Whether events happened: UDS-IH2 over EWT."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from ontogeny.corpus.treebank import Sentence
from ontogeny.disk.texts import lines_of
from ontogeny.errors import InputError, one_line
from ontogeny.tasks.probing import paper
from ontogeny.tasks.probing.archives import zip_text
from ontogeny.tasks.probing.sentences import labelled, sentence_of
from ontogeny.tasks.probing.task import Document, Files, Part
from ontogeny.tasks.probing.web_treebank import TEST, TRAIN, VALID, OverTreebank

DATA = "uds-factuality"
ANNOTATION = (
    (DATA, "factuality.normalized.zip"),
    (DATA, "ud_ids.json"),
)
MEMBER = "factuality.json"
PREDICATES = ("VERB", "AUX")
"""What a predicate is: the annotation is of verbs, which AUX were, too, in UD 1.2."""


class Factuality(paper.Factuality, OverTreebank):
    """Values of predicates' roots, −3 to 3 before they were normalised.

    Roots are words of UD 1.2. ASSUME: one that the sentence lacks, or that is no verb
    there, is of a sentence that has since been split into other words; it is left out.
    """

    stands_in = "UDS 2.0, UDS-IH2, normalised"
    files: ClassVar[Files] = {
        "train": (TRAIN, *ANNOTATION),
        "valid": (VALID, *ANNOTATION),
        "test": (TEST, *ANNOTATION),
    }

    def notes(
        self, files: Sequence[Path], trees: Sequence[Sentence], part: Part
    ) -> list[dict[int, float] | None]:
        """See `OverTreebank.notes`."""
        graphs = _loaded(files[0], zip_text(files[0], MEMBER)).get("data", {})
        text = "\n".join(line for _, line in lines_of(files[1]))
        names = _loaded(files[1], text)
        numbers = {tree.comments.get("sent_id"): at for at, tree in enumerate(trees)}
        found: list[dict[int, float] | None] = [None] * len(trees)
        fit = wanted = 0
        for graph, nodes in graphs.items():
            number = numbers.get(names.get(graph, {}).get("sentence_id"))
            if number is None:
                continue  # of another part
            values = _values(files[0], graph, nodes)
            upos = trees[number].upos
            kept = {
                word: value
                for word, value in values.items()
                if word < len(upos) and upos[word] in PREDICATES
            }
            wanted, fit = wanted + len(values), fit + len(kept)
            found[number] = kept
        self.leave_out(wanted - fit, wanted, part, "predicates")
        return found

    def document(
        self, unit: int, tree: Sentence, note: dict[int, float], part: Part
    ) -> Document:
        """See `OverTreebank.document`."""
        return labelled(unit, sentence_of(tree), map(note.get, range(len(tree))))


def _loaded(path: Path, text: str) -> dict[str, Any]:
    """JSON of values by name."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise InputError(
            f"{path} is no JSON ({one_line(error)}): is it whole?"
        ) from error
    if not isinstance(found, dict) or not all(
        isinstance(value, dict) for value in found.values()
    ):
        raise InputError(f"{path} has no values by name: is it the right file?")
    return found


def _values(path: Path, graph: str, nodes: dict[str, Any]) -> dict[int, float]:
    """Value of each predicate by its root, from 0; nodes are called …-pred-K."""
    try:
        return {
            int(node.rpartition("-")[2]) - 1: float(
                about["factuality"]["factual"]["value"]
            )
            for node, about in nodes.items()
        }
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{path}, {graph}: a node is called …-pred-NUMBER and has a value "
            f"factuality.factual.value; this one has not ({one_line(error)})."
        ) from error
