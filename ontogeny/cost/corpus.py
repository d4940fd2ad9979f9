"""Stages that make a corpus, its tags, and what all studies share."""

from __future__ import annotations

from collections.abc import Iterator

from ontogeny.cost import rates
from ontogeny.cost.plan import Plan
from ontogeny.cost.sizes import (
    Text,
    file_format,
    file_words,
    official,
    raw_types,
)
from ontogeny.cost.stage import Stage, small


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
    if any(need.official for need in plan.needs):
        yield _encoding(official(plan.settings, plan.datasets))
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


def _encoding(text: Text) -> Stage:
    return Stage(
        "encode_official",
        1,
        rates.START + text.words * rates.KEEP_WORD,
        rates.TABLES + rates.OFFICIAL_MEMORY_WORD * text.words,
        disk=text.words * rates.TOKENS_WORD,
        after=("fetch",),
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
    if any(name == "generated" for name, _ in plan.treebanks()):
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
    yield Stage(
        "shuffle_corpus",
        plan.corpora - plan.languages,
        rates.START + kept * rates.KEEP_WORD,
        rates.TABLES + rates.SHUFFLE_MEMORY_WORD * kept,
        disk=kept * (rates.SENTENCES_WORD + rates.TAGS_WORD + rates.TOKENS_WORD),
        after=("tag_sentences",),
    )
    tested = trees["test"] + sum(plan.treebank(n)["test"] for n in tagging.also_test)
    yield Stage(
        "score_tagger",
        int(plan.word_classes),
        rates.START_SPACY + tested * rates.TAG_SENTENCES_WORD,
        rates.SPACY,
        after=("train_tagger", *after),
    )
    yield Stage(
        "classify_words",
        plan.corpora * plan.word_classes,
        rates.START + kept * rates.READ_WORD,
        rates.TABLES,
        after=("tag_sentences",),
    )


def report_stages(plan: Plan) -> Iterator[Stage]:
    """Claims, pages, and the config beside the results."""
    judged = tuple(f"judge_{study}" for study in plan.settings.studies)
    yield small("report_claims", 1, judged)
    yield small("render_page", 1 + plan.pages, ("report_claims",))
    yield small("save_config", 1)


def _fetched(plan: Plan) -> set[tuple[str, str]]:
    """Data sets' files that are read, each once."""
    settings, found = plan.settings, set()
    if plan.reads_corpus and settings.corpus.dataset:
        name = settings.corpus.dataset
        found |= {(name, file) for file in plan.datasets[name].files}
    for name, parts in plan.treebanks():
        if name != "generated":
            files = plan.datasets[name].treebank
            found |= {(name, file) for part, file in files.items() if part in parts}
    return found.union(*(need.files for need in plan.needs))


def _file_bytes(plan: Plan, name: str, file: str) -> float:
    written = rates.RAW_WORD[file_format(plan.settings, plan.datasets[name])]
    return written * file_words(plan.settings, plan.datasets, name, file)
