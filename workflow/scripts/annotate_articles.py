"""Label the longest articles: parts of speech, topic (rule annotate_articles)."""

from pathlib import Path

from ontogeny.disk.files import read_table, write_table
from ontogeny.running.jobs import run
from ontogeny.studies.svcca.articles import annotate_articles


def main(job):
    text = annotate_articles(
        Path(job.input.kept),
        map(Path, job.input.upos),
        read_table(job.input.documents),
        read_table(job.input.vocabulary),
        upos=job.params.upos,
        articles=job.params.articles,
        shares=job.params.shares,
        test_tokens=job.params.test_tokens,
    )
    write_table(text.tokens, job.output.tokens)
    write_table(text.classes, job.output.classes)


if __name__ == "__main__":
    run(main, snakemake)
