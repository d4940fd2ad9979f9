"""Stages that make a corpus, its tags, and what all studies share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ontogeny.cost import rates
from ontogeny.cost.sizes import Text, file_format, file_words, raw_types, treebank
from ontogeny.cost.stage import Stage, small
from ontogeny.settings import Dataset, Settings

PARTS = ("train", "dev", "test")


@dataclass(frozen=True)
class Plan:
    """A config and the texts that it speaks of.

    Attributes:
        settings: The config.
        datasets: Of config/datasets.yaml.
        text: The corpus.
    """

    settings: Settings
    datasets: Mapping[str, Dataset]
    text: Text

    def makes(self, *studies: str) -> bool:
        """Whether `all` makes one of some studies."""
        return any(study in self.settings.studies for study in studies)

    @property
    def reads_corpus(self) -> bool:
        """Whether anything is asked of the corpus; scaffolds have their own texts."""
        return self.makes("sparsity", "svcca", "interdependence")

    @property
    def languages(self) -> int:
        """The corpus, and its control language where there is one."""
        return 1 + self.settings.control

    @property
    def tags(self) -> bool:
        """Whether the corpus is tagged."""
        silver = self.settings.svcca.upos == "silver"
        return self.makes("sparsity") or (self.makes("svcca") and silver)

    @property
    def trains_tagger(self) -> bool:
        """Whether it is tagged by a tagger of its own."""
        return self.tags and self.settings.tagging.pipeline == "trained"

    def treebank(self, name: str) -> dict[str, float]:
        """Words of a treebank's parts."""
        return treebank(self.settings, self.datasets, name)


def corpus_stages(plan: Plan) -> Iterator[Stage]:
    """Fetch or generate, read, keep."""
    files = _fetched(plan)
    yield Stage(
        "fetch",
        len(files),
        rates.START,
        rates.PLAIN,
        disk=sum(_file_bytes(plan, *file) for file in files) / max(1, len(files)),
    )
    yield from _generated(plan)
    if not plan.reads_corpus:
        return
    text, corpus = plan.text, plan.settings.corpus
    split = not corpus.tokenised or corpus.file_format == "conllu"
    words = text.words / corpus.shards
    yield Stage(
        "read_corpus",
        plan.languages * corpus.shards,
        (rates.START_SPACY if split else rates.START)
        + words * (rates.SPLIT_WORD if split else rates.READ_WORD),
        rates.SPACY if split else rates.TABLES,
        disk=words * rates.SENTENCES_WORD,
        after=("generate_corpus", "fetch"),
    )
    yield Stage(
        "keep_sentences",
        plan.languages,
        rates.START + text.words * rates.KEEP_WORD,
        rates.TABLES + rates.TYPE_MEMORY * raw_types(text.words),
        disk=text.kept * rates.SENTENCES_WORD + sum(text.parts) * rates.TOKENS_WORD,
        after=("read_corpus",),
    )


def _generated(plan: Plan) -> Iterator[Stage]:
    settings = plan.settings
    written = rates.RAW_WORD["generated"]
    if settings.corpus.format == "generated" and plan.reads_corpus:
        words = plan.text.words
        yield Stage(
            "generate_corpus",
            plan.languages,
            rates.START + words * rates.GENERATE_WORD,
            rates.PLAIN + rates.GENERATE_MEMORY_WORD * words,
            disk=words * written,
        )
    wanted = [
        (plan.trains_tagger or plan.makes("sparsity"), settings.tagging.treebank),
        (plan.makes("svcca"), settings.svcca.xpos),
        (plan.makes("svcca"), settings.svcca.semantics),
        (plan.makes("interdependence"), settings.interdependence.treebank),
    ]
    if any(needed and name == "generated" for needed, name in wanted):
        words = sum(plan.treebank("generated").values())
        yield Stage(
            "generate_treebank",
            plan.languages,
            rates.START + words * 2 * rates.GENERATE_WORD,
            rates.PLAIN,
            disk=words * written,
        )


def tagging_stages(plan: Plan) -> Iterator[Stage]:
    """Tagger, tags, word classes."""
    if not plan.tags:
        return
    tagging, trains = plan.settings.tagging, plan.trains_tagger
    trees = plan.treebank(tagging.treebank)
    after = ("generate_treebank", "fetch")
    yield Stage(
        "train_tagger",
        plan.languages * trains,
        rates.START_SPACY
        + tagging.max_epochs * trees["train"] * rates.TRAIN_TAGGER_WORD,
        rates.SPACY + rates.TAGGER_MEMORY_WORD * trees["train"],
        disk=rates.TAGGER,
        after=after,
    )
    kept = plan.text.kept
    yield Stage(
        "tag_sentences",
        plan.languages * tagging.shards,
        rates.START_SPACY + kept / tagging.shards * rates.TAG_SENTENCES_WORD,
        rates.SPACY,
        disk=kept / tagging.shards * rates.TAGS_WORD,
        after=("keep_sentences", "train_tagger"),
    )
    tested = trees["test"] + sum(plan.treebank(n)["test"] for n in tagging.also_test)
    sparsity = plan.makes("sparsity")
    yield Stage(
        "score_tagger",
        int(sparsity),
        rates.START_SPACY + tested * rates.TAG_SENTENCES_WORD,
        rates.SPACY,
        after=("train_tagger", *after),
    )
    yield Stage(
        "classify_words",
        plan.languages * sparsity,
        rates.START + kept * rates.READ_WORD,
        rates.TABLES,
        after=("tag_sentences",),
    )


def report_stages(plan: Plan) -> Iterator[Stage]:
    """Claims, pages, and the config beside the results."""
    pages = 1 + plan.reads_corpus + plan.makes("svcca") + plan.makes("interdependence")
    judged = tuple(f"judge_{study}" for study in plan.settings.studies)
    yield small("report_claims", 1, judged)
    yield small("render_page", pages, ("report_claims",))
    yield small("save_config", 1)


def _fetched(plan: Plan) -> set[tuple[str, str]]:
    """Data sets' files that are read, each once."""
    settings, found = plan.settings, set()
    if plan.reads_corpus and settings.corpus.dataset:
        name = settings.corpus.dataset
        found |= {(name, file) for file in plan.datasets[name].files}
    trees: list[tuple[str, tuple[str, ...]]] = []
    if plan.trains_tagger:
        trees.append((settings.tagging.treebank, PARTS[:2]))
    if plan.makes("sparsity"):
        tested = [settings.tagging.treebank, *settings.tagging.also_test]
        trees += [(name, PARTS[2:]) for name in tested]
    if plan.makes("svcca") and settings.svcca.xpos:
        trees.append((settings.svcca.xpos, PARTS))
    if plan.makes("interdependence"):
        trees.append((settings.interdependence.treebank, PARTS))
    for name, parts in trees:
        if name != "generated":
            files = plan.datasets[name].treebank
            found |= {(name, file) for part, file in files.items() if part in parts}
    name = settings.svcca.semantics or "generated"
    if plan.makes("svcca") and name != "generated":
        labelled = plan.datasets[name].semantics.values()
        found |= {(name, file) for files in labelled for file in files}
    return found


def _file_bytes(plan: Plan, name: str, file: str) -> float:
    written = rates.RAW_WORD[file_format(plan.settings, plan.datasets[name])]
    return written * file_words(plan.settings, plan.datasets, name, file)
