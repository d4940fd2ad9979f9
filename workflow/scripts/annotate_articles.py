"""Label the longest articles: parts of speech, topic (rule annotate_articles)."""

from pathlib import Path

from ontogeny.annotation.articles import (
    UPOS_SOURCES,
    cut_into_runs,
    labelled_articles,
    longest_articles,
)
from ontogeny.annotation.texts import make_text
from ontogeny.files import read_table, write_table
from ontogeny.jobs import run


def main(job):
    kept, upos_of = Path(job.input.kept), UPOS_SOURCES[job.params.upos]
    sentences = longest_articles(kept, job.params.articles)
    text = make_text(
        labelled_articles(
            sentences,
            cut_into_runs(
                sentences, job.params.shares, test_tokens=job.params.test_tokens
            ),
            upos_of(map(Path, job.input.upos), set(sentences["sentence"])),
            read_table(job.input.documents)["title"],
        ),
        read_table(job.input.vocabulary),
    )
    write_table(text.tokens, job.output.tokens)
    write_table(text.classes, job.output.classes)


if __name__ == "__main__":
    run(main, snakemake)
