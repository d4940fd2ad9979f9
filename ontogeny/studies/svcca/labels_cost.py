"""What labels the SVCCA study's tag models learn, and how many words have them."""

from __future__ import annotations

from typing import NamedTuple

from ontogeny.cost import sizes
from ontogeny.cost.plan import Plan
from ontogeny.cost.sizes import Parts
from ontogeny.studies.svcca.names import COMMON
from ontogeny.studies.svcca.variants import VARIANTS

ARTICLE, GENERATED_ARTICLE = 9_500, 750
"""Words of one of the longest articles: the thesis's hundred, and mini's."""


class Tagset(NamedTuple):
    """Labels of one kind, and the text that they are learned from.

    Attributes:
        name: As the workflow has it.
        classes: Different labels, about.
        domain: The text.
        parts: Its words.
    """

    name: str
    classes: int
    domain: str
    parts: Parts


def tagsets(plan: Plan) -> list[Tagset]:
    """All that the config asks for."""
    svcca = plan.section("svcca")
    articles = _articles(plan)
    found = [
        Tagset("upos", 17, COMMON, articles),
        Tagset("topic", svcca.articles, COMMON, articles),
    ]
    if svcca.xpos:
        found.append(Tagset("xpos", 49, "xpos", _xpos(plan)))
    if svcca.semantics:
        parts = _semantics(plan)
        found += [
            Tagset("sem_coarse", 13, "sem", parts),
            Tagset("sem_fine", 70, "sem", parts),
        ]
    return found


def _articles(plan: Plan) -> Parts:
    """The longest articles of the training split."""
    settings = plan.settings
    generated = settings.corpus.format == "generated"
    longest = plan.section("svcca").articles * (
        GENERATED_ARTICLE if generated else ARTICLE
    )
    words, shares = min(0.5 * plan.text.parts.train, longest), settings.corpus.splits
    train, valid, test = (
        words * share / (shares.train + shares.valid + shares.test)
        for share in (shares.train, shares.valid, shares.test)
    )
    return Parts(train, valid, min(test, plan.section("svcca").test_tokens))


def _xpos(plan: Plan) -> Parts:
    """The treebank of fine parts of speech."""
    parts = plan.treebank(plan.section("svcca").xpos or "")
    ends = 1 + 1 / sizes.TREEBANK_SENTENCE
    return Parts(*(ends * parts[part] for part in ("train", "dev", "test")))


def _semantics(plan: Plan) -> Parts:
    """The data set of semantic tags."""
    name = plan.section("svcca").semantics or ""
    if name == "generated":
        parts = plan.treebank(name)
        ends = 1 + 1 / sizes.GENERATED_SENTENCE
        return Parts(*(ends * parts[part] for part in ("train", "dev", "test")))
    settings, datasets = plan.settings, plan.datasets
    files, ends = datasets[name].semantics, 1 + 1 / sizes.MEANING_SENTENCE
    return Parts(
        *(
            ends
            * sum(
                sizes.file_words(settings, datasets, name, file) for file in files[part]
            )
            for part in ("train", "dev", "test")
        )
    )


def views(labels: list[Tagset]) -> list[float]:
    """Words of each tag model's views: the common text's, then its own domain's."""
    common = labels[0].parts.test
    own = [tagset.parts.test for tagset in labels if tagset.domain != COMMON]
    return (len(labels) * [common] + own) * len(VARIANTS)
