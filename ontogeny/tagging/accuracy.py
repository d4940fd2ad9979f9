"""How often a tagging pipeline agrees with a treebank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pandas as pd
from spacy.language import Language

from ontogeny.corpus.treebank import Sentence
from ontogeny.tagging.tags import gold_tags, normalise, tag_sentences
from ontogeny.tagging.upos import UPOS

OVERALL = "all"


def accuracy(
    nlp: Language, sentences: Iterable[Sentence], *, lowercase: bool
) -> pd.DataFrame:
    """Share of words that get their gold tag, on gold tokens.

    Args:
        nlp: From `load_pipeline`.
        sentences: Annotated sentences; words without a tag ("_") are read by
            the tagger but not scored.
        lowercase: Whether to lowercase the words first, as the corpus in
            question comes lowercased. The score then says how good the tags
            of that corpus are.

    Returns:
        One row per tag of UPOS and a last one, "all": `tag`, `words` (with that
        gold tag), `correct` (of them) and `accuracy` (NaN without words).

    Raises:
        InputError: If a gold tag is not universal, or the pipeline sets none.
    """
    gold = list(sentences)
    words = (normalise(sentence.words, lowercase=lowercase) for sentence in gold)
    total: Counter[str] = Counter()
    correct: Counter[str] = Counter()
    for sentence, tags in zip(gold, tag_sentences(nlp, words), strict=True):
        for expected, tag in zip(gold_tags(sentence), tags, strict=True):
            if expected:
                total[expected] += 1
                correct[expected] += expected == UPOS[tag]
    rows = [(tag, total[tag], correct[tag]) for tag in UPOS]
    rows.append((OVERALL, total.total(), correct.total()))
    table = pd.DataFrame(rows, columns=["tag", "words", "correct"])
    return table.assign(
        accuracy=table["correct"] / table["words"].where(table["words"] > 0)
    )
